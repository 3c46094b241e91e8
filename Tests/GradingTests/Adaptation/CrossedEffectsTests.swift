import Foundation
import Statistics
import TestSupport
import Testing
import Vocabulary

@testable import Grading

@Suite("Crossed effects agree with mgcv")
struct CrossedEffectsOracleTests {
    private struct Setting {
        let effects: CrossedEffects
        let cases: [Oracle]
        let estimated: [Double]
        let data: AdaptationData
    }

    private func setting() throws -> Setting {
        let oracle = try Oracle(fixture: "mgcv_crossed", in: .module)
        let industries = try oracle("industry").numbers.map { Int($0) }
        let regions = try oracle("region").numbers.map { Int($0) }
        let eta = try oracle("eta").numbers
        let defaulted = try oracle("y").numbers.map { $0 == 1 }
        var cells: [CrossedEffects.Cell] = []
        for industry in 0..<4 {
            for region in 0..<3 {
                let rows = eta.indices.filter { industries[$0] == industry && regions[$0] == region }
                let events = rows.filter { defaulted[$0] }
                cells.append(
                    CrossedEffects.Cell(
                        industry: industry, region: region, predictors: [],
                        likelihood: CellLikelihood(
                            logOdds: rows.map { eta[$0] }, defaults: events.count,
                            linear: events.reduce(0) { $0 + eta[$1] }, centre: 0)))
            }
        }
        return Setting(
            effects: CrossedEffects(cells: cells, industries: 4, regions: 3, predictors: 0),
            cases: try oracle("cases").list, estimated: try oracle("estimated").numbers,
            data: AdaptationData(
                logOdds: eta, defaulted: defaulted, industries: industries.map { "i\($0)" },
                regions: regions.map { "r\($0)" }))
    }

    @Test func modesCovariancesAndMarginalLikelihoods() throws {
        let setting = try setting()
        var evidences: [(ours: Double, theirs: Double)] = []
        for item in setting.cases {
            let spreads = try item("spreads").numbers
            let solution = try #require(
                setting.effects.solution(
                    .init(industry: spreads[0], region: spreads[1], interaction: spreads[2]),
                    from: setting.effects.start))
            expectClose(solution.shifts, try item("shifts").numbers, absolute: 2e-6)
            // The variance of a shift less the mean, weighted by information, from mgcv's covariance.
            let covariance = try item("covariance").numbers
            let weights = zip(setting.effects.cells, solution.shifts).map { -$0.likelihood.at($1).curvature }
            let shares = weights.map { $0 / weights.reduce(0, +) }
            for cell in 0..<12 {
                let contrast = (0..<12).map { ($0 == cell ? 1 : 0) - shares[$0] }
                var variance = 0.0
                for row in 0..<12 {
                    for column in 0..<12 {
                        variance += contrast[row] * contrast[column] * covariance[row * 12 + column]
                    }
                }
                expectClose(solution.contrastVariances[cell], variance, relative: 1e-4)
                expectClose(solution.ownWeights[cell], weights[cell] * covariance[cell * 13], relative: 1e-4)
            }
            evidences.append((solution.evidence, -(try item("reml").number)))
        }
        // Constants differ, differences do not.
        for (one, other) in zip(evidences, evidences.dropFirst()) {
            expectClose(other.ours - one.ours, other.theirs - one.theirs, absolute: 1e-4)
        }
    }

    @Test func averagedSpreadsAreNearTheRestrictedLikelihoods() throws {
        let setting = try setting()
        let fit = try CellAdaptation.fitted(to: setting.data)
        // Averages over what four industries and three regions leave open, so no closer than their order.
        #expect(fit.spreads.industry > setting.estimated[0] * 0.7 && fit.spreads.industry < 1.2)
        #expect(fit.spreads.interaction < 0.4 && fit.spreads.region < 0.9)
    }
}

@Suite("Cell likelihoods and their effects follow from their definitions")
struct CrossedEffectsTests {
    @Test func theTableAgreesWithTheSum() {
        var random = SeededGenerator(seed: 4)
        let eta = (0..<60).map { _ in random.normal(mean: -3, standardDeviation: 1.5) }
        let curve = CellLikelihood(
            logOdds: eta, defaults: 4, linear: eta[0] + eta[1] + eta[2] + eta[3], centre: 0.3)
        for step in 0..<400 {
            let shift = -9 + 0.0471 * Double(step)
            var (value, slope, curvature) = (eta[0] + eta[1] + eta[2] + eta[3] + 4 * shift, 4.0, 0.0)
            var skew = 0.0
            for risk in eta.map({ $0 + shift }) {
                let p = ProbabilityOfDefault.value(ofLogOdds: risk)
                value -= log1p(exp(risk))
                slope -= p
                curvature -= p * (1 - p)
                skew -= p * (1 - p) * (1 - 2 * p)
            }
            let point = curve.at(shift)
            expectClose(point.value, value, absolute: 1e-8)
            expectClose(point.slope, slope, absolute: 1e-6)
            expectClose(point.curvature, curvature, absolute: 1e-4)
            expectClose(point.skew, skew, absolute: 6e-3)
            expectClose(curve.expectedDefaults(at: shift), 4 - slope, absolute: 1e-6)
        }
    }

    /// Two industries in one region without other effects, integrated over a fine grid.
    @Test func theMarginalLikelihoodIsTheIntegral() throws {
        let counts = [(40, 6), (60, 3)]
        let cells = counts.enumerated().map { number, count in
            CrossedEffects.Cell(
                industry: number, region: 0, predictors: [],
                likelihood: CellLikelihood(
                    logOdds: [Double](repeating: -2, count: count.0), defaults: count.1,
                    linear: -2 * Double(count.1), centre: 0))
        }
        let effects = CrossedEffects(cells: cells, industries: 2, regions: 1, predictors: 0)
        func integral(_ spread: Double) -> Double {
            var total = 0.0
            let step = 0.04
            for common in stride(from: -3.0, through: 3, by: step) {
                var product = 1.0
                for cell in cells {
                    var sum = 0.0
                    for effect in stride(from: -5.0, through: 5, by: 0.1) {
                        sum +=
                            exp(cell.likelihood.at(common + spread * effect).value - effect * effect / 2)
                            * 0.1
                    }
                    product *= sum
                }
                total += product * step
            }
            return log(total)
        }
        func evidence(_ spread: Double) throws -> Double {
            try #require(
                effects.solution(.init(industry: spread, region: 0, interaction: 0), from: effects.start)
            ).evidence
        }
        let exact = integral(0.8) - integral(0.2)
        // Laplace's approximation is close, not exact, for six and three defaults.
        expectClose(try evidence(0.8) - evidence(0.2), exact, absolute: 0.02)
    }

    /// An industry of 60 with five defaults beside one of 3,000, of which the shift is all but known: the bounds of the
    /// small one's interval against its posterior law on a fine grid, and what bounds the same distance away on both
    /// sides would miss.
    @Test func intervalsFollowTheSkewnessOfRareDefaults() throws {
        let (sizes, defaults, spread) = ([60, 3_000], [5, 250], 0.8)
        let names = ["small", "large"]
        var rows: [(industry: String, defaulted: Bool)] = []
        for place in 0..<2 {
            rows += (0..<sizes[place]).map { (names[place], $0 < defaults[place]) }
        }
        let data = AdaptationData(
            logOdds: rows.map { _ in -3 }, defaulted: rows.map(\.defaulted), industries: rows.map(\.industry),
            regions: rows.map { _ in "r" })
        let spreads = CrossedEffects.Spreads(industry: spread, region: 0, interaction: 0)
        let cell = try #require(
            try CellAdaptation.fitted(to: data, knowing: spreads).cells.first { $0.industry == "small" })
        let curves = zip(sizes, defaults).map { size, count in
            CellLikelihood(
                logOdds: [Double](repeating: -3, count: size), defaults: count, linear: -3 * Double(count),
                centre: 0)
        }
        let effects = CrossedEffects(
            cells: curves.enumerated().map {
                .init(industry: $0.offset, region: 0, predictors: [], likelihood: $0.element)
            }, industries: 2, regions: 1, predictors: 0)
        let modes = try #require(effects.solution(spreads, from: effects.start)).shifts
        let weights = zip(curves, modes).map { -$0.at($1).curvature }
        let share = weights[1] / (weights[0] + weights[1])
        // The common level integrated out, the two shifts differ by N(0, 2 σ²).
        var law: [(difference: Double, weight: Double)] = []
        for first in stride(from: -4.0, through: 4, by: 0.02) {
            for second in stride(from: -0.4, through: 1.2, by: 0.02) {
                let gap = first - second
                law.append(
                    (
                        share * (gap - (modes[0] - modes[1])),
                        exp(
                            curves[0].at(first).value + curves[1].at(second).value
                                - curves[0].at(modes[0]).value - curves[1].at(modes[1]).value
                                - gap * gap / (4 * spread * spread))
                    ))
            }
        }
        law.sort { $0.difference < $1.difference }
        let total = law.reduce(0) { $0 + $1.weight }
        func quantile(_ probability: Double) -> Double {
            var sum = 0.0
            return law.first {
                sum += $0.weight
                return sum >= probability * total
            }?.difference ?? .nan
        }
        let exact = (quantile(0.025), quantile(0.975))
        expectClose(cell.lower - cell.shift, exact.0, absolute: 0.06)
        expectClose(cell.upper - cell.shift, exact.1, absolute: 0.06)
        let half = (cell.upper - cell.lower) / 2
        #expect(abs(half - exact.1) > 0.08 && abs(-half - exact.0) > 0.08, "\(exact) \(half)")
        #expect(cell.lower < cell.shift && cell.shift < cell.upper)
    }

    /// The same two cells with interactions and a predictor: mean and third cumulant of the small one's difference from
    /// the portfolio against its posterior law on a fine grid.
    @Test(arguments: [(0.6, 0.5, 0.4), (0.05, 0.6, 0), (0.05, 0, 0.5), (0.3, 0.7, -0.5)])
    func skewnessIsThatOfTheLawWithInteractionsAndPredictors(
        industry: Double, interaction: Double, predictor: Double
    ) throws {
        let curves = [(60, 5), (3_000, 250)].map { size, defaults in
            CellLikelihood(
                logOdds: [Double](repeating: -3, count: size), defaults: defaults,
                linear: -3 * Double(defaults), centre: 0)
        }
        let effects = CrossedEffects(
            cells: curves.enumerated().map { place, curve in
                .init(
                    industry: place, region: 0, predictors: [place == 0 ? predictor : -predictor],
                    likelihood: curve)
            }, industries: 2, regions: 1, predictors: 1)
        let spreads = CrossedEffects.Spreads(industry: industry, region: 0.4, interaction: interaction)
        let solution = try #require(effects.solution(spreads, from: effects.start))
        let modes = solution.shifts
        let weights = zip(curves, modes).map { -$0.at($1).curvature }
        let share = weights[1] / (weights[0] + weights[1])
        // The common level and the region integrated out, the two shifts differ by a normal law of this variance.
        let variance =
            4 * predictor * predictor + 2 * (industry * industry + interaction * interaction)
        func axis(_ cell: Int, _ shifts: StrideTo<Double>) -> [(shift: Double, value: Double)] {
            shifts.map { ($0, curves[cell].at($0).value - curves[cell].at(modes[cell]).value) }
        }
        let second = axis(1, stride(from: -0.6, to: 1.2, by: 0.02))
        var moments = [0.0, 0, 0, 0]
        for first in axis(0, stride(from: -4, to: 4, by: 0.02)) {
            for second in second {
                let gap = first.shift - second.shift
                let weight = exp(first.value + second.value - gap * gap / (2 * variance))
                let difference = share * (gap - (modes[0] - modes[1]))
                for power in 0..<4 { moments[power] += weight * pow(difference, Double(power)) }
            }
        }
        let (mean, square, cube) = (
            moments[1] / moments[0], moments[2] / moments[0], moments[3] / moments[0]
        )
        // First order in the skewness, and that of the large cell is left out.
        expectClose(solution.meanOffsets[0], mean, relative: 0.04)
        expectClose(
            solution.thirdCumulants[0], cube - 3 * mean * square + 2 * mean * mean * mean, relative: 0.12)
    }
}
