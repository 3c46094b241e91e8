import Foundation
import Statistics
import TestSupport
import Testing
import Vocabulary

@testable import Grading

@Suite("Adaptation to industry and region")
struct CellAdaptationTests {
    /// Obligors of cells with given sizes and shifts.
    private static func data(
        _ cells: [(industry: String, region: String, obligors: Int, shift: Double)], seed: UInt64,
        predictors: [AdaptationData.Predictor] = []
    ) -> AdaptationData {
        var random = SeededGenerator(seed: seed)
        var (eta, defaulted, industries, regions) = ([Double](), [Bool](), [String?](), [String?]())
        for cell in cells {
            for _ in 0..<cell.obligors {
                let risk = random.normal(mean: -3, standardDeviation: 1)
                eta.append(risk)
                defaulted.append(random.bernoulli(ProbabilityOfDefault.value(ofLogOdds: risk + cell.shift)))
                industries.append(cell.industry)
                regions.append(cell.region)
            }
        }
        return AdaptationData(
            logOdds: eta, defaulted: defaulted, industries: industries, regions: regions,
            predictors: predictors)
    }

    /// 5 × 4 cells of the same size with the given shifts by industry.
    private static func grid(_ obligors: Int, shifts: [Double], seed: UInt64) -> AdaptationData {
        data(
            shifts.enumerated().flatMap { place, shift in
                ["n", "e", "s", "w"].map { ("i\(place)", $0, obligors, shift) }
            }, seed: seed)
    }

    private static func meanPD(_ data: AdaptationData, _ shift: (Int) -> Double) -> Double {
        data.logOdds.indices.reduce(0) {
            $0 + ProbabilityOfDefault.value(ofLogOdds: data.logOdds[$1] + shift($1))
        } / Double(data.logOdds.count)
    }

    @Test func theMeanPDIsKept() throws {
        let data = Self.grid(150, shifts: [-1, -0.3, 0, 0.4, 0.9], seed: 1)
        let fit = try CellAdaptation.fitted(to: data)
        let adapted = Self.meanPD(data) { fit.shift(industry: data.industries[$0], region: data.regions[$0]) }
        expectClose(adapted, Self.meanPD(data) { _ in 0 }, relative: 1e-8)
    }

    /// Every fifth row names its industry only, every seventh its region only, every eleventh neither, some of them
    /// levels that no complete row has.
    @Test func theMeanPDIsKeptOverRowsThatNameOnlyOne() throws {
        let whole = Self.grid(150, shifts: [-1, -0.3, 0, 0.4, 0.9], seed: 1)
        let rows = whole.logOdds.indices
        let data = AdaptationData(
            logOdds: whole.logOdds, defaulted: whole.defaulted,
            industries: rows.map {
                $0 % 11 == 0 || $0 % 7 == 0 ? nil : $0 % 35 == 5 ? "alone" : whole.industries[$0]
            }, regions: rows.map { $0 % 11 == 0 || $0 % 5 == 0 ? nil : whole.regions[$0] })
        #expect(rows.contains { data.industries[$0] == "alone" && data.regions[$0] == nil })
        let fit = try CellAdaptation.fitted(to: data)
        #expect(fit.obligors < rows.count && !fit.industries.contains { $0.name == "alone" })
        let adapted = Self.meanPD(data) { fit.shift(industry: data.industries[$0], region: data.regions[$0]) }
        expectClose(adapted, Self.meanPD(data) { _ in 0 }, relative: 1e-8)
    }

    @Test func thinCellsMoveLittleAndLargeOnesFollowTheirData() throws {
        // Two cells with the same default rate against the same expectation, one of 8 obligors, one of 4,000.
        var cells = (0..<6).flatMap { place in
            ["n", "e"].map { ("i\(place)", $0, 400, 0.25 * Double(place % 2)) }
        }
        cells.append(("large", "n", 4_000, 1.2))
        cells.append(("thin", "n", 8, 3))
        let data = Self.data(cells, seed: 7)
        let fit = try CellAdaptation.fitted(to: data)
        let large = try #require(fit.cells.first { $0.industry == "large" })
        let thin = try #require(fit.cells.first { $0.industry == "thin" })
        #expect(large.ownWeight > 0.9 && thin.ownWeight < 0.45)
        #expect(large.effectiveObligors < 1.12 * 4_000 && thin.effectiveObligors > 17)
        #expect(large.upper - large.lower < 0.5 * (thin.upper - thin.lower))
        // What the large cell's own data say, against the same for all.
        func own(_ cell: CellAdaptation.Cell) -> Double {
            log(Double(cell.defaults) / cell.expectedDefaults)
        }
        let others = fit.cells.filter { $0.industry.hasPrefix("i") }
        let usual = others.reduce(0) { $0 + $1.shift } / Double(others.count)
        // The true shifts are 1.2 and, on average, 0.125.
        #expect(abs(large.shift - usual - 1.075) < 0.25, "\(large.shift - usual)")
        #expect(abs(thin.shift) < 0.6 * abs(own(thin)), "\(thin)")
    }

    @Test func aUniformPortfolioIsLeftAlone() throws {
        let fit = try CellAdaptation.fitted(to: Self.grid(300, shifts: [0, 0, 0, 0, 0], seed: 3))
        #expect(fit.cells.allSatisfy { abs($0.shift) < 0.3 })
        // Intervals of 95 %: of twenty, one or two may miss.
        #expect(fit.cells.count { $0.lower < 0 && $0.upper > 0 } >= 18)
        #expect(fit.spreads.industry < 0.25 && fit.spreads.interaction < 0.25)
    }

    @Test func aPredictorCarriesWhatItExplains() throws {
        let shifts = (0..<12).map { -0.9 + 0.15 * Double($0) }
        let cells = shifts.enumerated().flatMap { place, shift in
            ["n", "e", "s"].map { ("i\(place + 10)", $0, 120, shift) }
        }
        let bare = Self.data(cells, seed: 5)
        let terms = bare.industries.map { 30 + 2 * (Double($0?.dropFirst() ?? "0") ?? 0) }
        let constant = [Double](repeating: 7, count: terms.count)
        let data = Self.data(
            cells, seed: 5,
            predictors: [
                .init(name: "terms", level: .industry, values: terms),
                .init(name: "constant", level: .region, values: constant),
                .init(name: "unknown", level: .region, values: constant.map { _ in .nan }),
            ])
        let fit = try CellAdaptation.fitted(to: data)
        #expect(fit.predictors.map(\.name) == ["terms", "constant", "unknown"])
        #expect(fit.predictors[0].coefficient > 0.25 && fit.predictors[0].coefficient < 0.9)
        #expect(fit.predictors[1].coefficient == 0 && fit.predictors[2].coefficient == 0)
        let without = try CellAdaptation.fitted(to: bare)
        #expect(fit.spreads.industry < without.spreads.industry)
        for effect in fit.industries {
            let step = Double(effect.name.dropFirst()).map { $0 - 10 } ?? .nan
            expectClose(
                effect.predicted, fit.predictors[0].coefficient * (step - 5.5) / 3.605551275463989,
                absolute: 1e-9)
        }
    }

    @Test func orderOfRowsAndNamesOfLevelsDoNotMatter() throws {
        let data = Self.grid(60, shifts: [-0.8, 0, 0.2, 0.5, 0], seed: 9)
        let fit = try CellAdaptation.fitted(to: data)
        var random = SeededGenerator(seed: 2)
        let order = random.permutation(data.logOdds.count)
        let other = try CellAdaptation.fitted(
            to: AdaptationData(
                logOdds: order.map { data.logOdds[$0] }, defaulted: order.map { data.defaulted[$0] },
                industries: order.map { data.industries[$0].map { "z" + $0 } },
                regions: order.map { data.regions[$0] }))
        for (cell, same) in zip(fit.cells, other.cells) {
            expectClose(cell.shift, same.shift, absolute: 1e-7)
            expectClose(cell.upper, same.upper, absolute: 1e-7)
        }
    }

    @Test func unknownLevelsGetWhatIsKnown() throws {
        let fit = try CellAdaptation.fitted(to: Self.grid(200, shifts: [-1, 0, 0, 0, 1], seed: 4))
        #expect(fit.shift(industry: nil, region: nil) == fit.intercept)
        #expect(fit.shift(industry: "new", region: "new") == fit.intercept)
        let riskier = fit.shift(industry: "i4", region: "new")
        #expect(riskier > fit.shift(industry: "i0", region: nil) + 0.8)
        let scale = MasterScale.standard
        let bounds = fit.bounds(of: scale, industry: "i4", region: "n")
        let shift = fit.shift(industry: "i4", region: "n")
        #expect(bounds[8] == 1)
        for pd in [0.0003, 0.002, 0.004, 0.03, 0.3] {
            let adapted = ProbabilityOfDefault.value(ofLogOdds: log(pd / (1 - pd)) + shift)
            #expect(Grade.performing[bounds.dropLast().count { pd >= $0 }] == scale.grade(ofPD: adapted))
        }
    }

    @Test func readsBackFromJSON() throws {
        let fit = try CellAdaptation.fitted(to: Self.grid(60, shifts: [-0.8, 0, 0.2, 0.5, 0], seed: 9))
        let data = try JSONEncoder().encode(fit)
        let read = try JSONDecoder().decode(CellAdaptation.self, from: data)
        #expect(
            read == fit && read.shift(industry: "i1", region: "e") == fit.shift(industry: "i1", region: "e"))
        let text = String(decoding: data, as: UTF8.self)
        for (old, new) in [
            ("\"formatVersion\":1", "\"formatVersion\":2"), ("\"i1\"", "\"i0\""),
            ("\"intercept\":", "\"x\":"),
        ] {
            #expect(text.contains(old))
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(CellAdaptation.self, from: Data(text.replacing(old, with: new).utf8))
            }
        }
    }

    @Test func degenerateDataAreNamed() throws {
        func error(_ data: AdaptationData, confidence: Double = 0.9) -> AdaptationError? {
            do throws(AdaptationError) {
                _ = try CellAdaptation.fitted(to: data, confidence: confidence)
                return nil
            } catch { return error }
        }
        let empty = AdaptationData(logOdds: [], defaulted: [], industries: [], regions: [])
        #expect(error(empty) == .noCells)
        func small(_ eta: [Double], _ defaulted: [Bool]) -> AdaptationData {
            AdaptationData(
                logOdds: eta, defaulted: defaulted, industries: eta.map { _ in "a" },
                regions: eta.map { _ in "b" })
        }
        #expect(error(small([0, 1], [true, true])) == .oneClass(defaults: 2, obligors: 2))
        #expect(error(small([0, .nan], [true, false])) != nil)
        #expect(error(small([0, .infinity], [true, false])) == .badLogOdds(row: 1, value: .infinity))
        #expect(error(small([0, 1], [true])) == .unequalLengths("outcomes", rows: 1, expected: 2))
        #expect(error(small([0, 1], [true, false]), confidence: 1) == .badConfidence(1))
        #expect(error(small([0, 1], [true, false])) == nil)
        // Log-odds beyond any data, and a common level far off.
        for extreme in [
            small([-700, 700, 0], [true, false, true]),
            small([Double](repeating: 30, count: 50), (0..<50).map { $0 == 0 }),
        ] {
            let outcome = error(extreme)
            #expect(outcome == nil || outcome == .noSolution, "\(String(describing: outcome))")
        }
        let names = (0..<700).map { "i\($0)" }
        #expect(
            error(
                AdaptationData(
                    logOdds: names.map { _ in 0 }, defaulted: names.indices.map { $0 == 0 },
                    industries: names,
                    regions: names.map { _ in "r" }))
                == .tooManyLevels(701, limit: 600))
    }
}
