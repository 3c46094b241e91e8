import Foundation
import Glibc
import Statistics
import TestSupport
import Testing

@testable import Scoring

@Suite("Calibration maps")
struct CalibrationLawTests {
    private static let basis = Calibration.Basis(fittedOn: .heldOut, rows: 10, defaults: 2)

    private func pd(_ logOdds: Double) -> Double { 1 / (1 + exp(-logOdds)) }

    /// Every kind of map, fitted or set.
    static func maps() throws -> [Calibration.Map] {
        let sample = try Miscalibrated.sample()
        return [
            .line(try sample.platt()), .beta(try sample.beta()), .points(try sample.isotonic()),
            .points(try sample.vennAbers()), .line(try sample.shift(to: 0.02)),
            .points(try sample.quasiMoments(mean: 0.02, accuracyRatio: 0.5)),
            .cycle(.init(direction: .toPointInTime, factor: -1.5, assetCorrelation: 0.15)),
            .cycle(.init(direction: .toThroughTheCycle, factor: 2, assetCorrelation: 0.3)),
            .margin(
                .init(
                    margins: [
                        .init(category: .a, relative: 0.2, reason: "short history"),
                        .init(category: .c, absolute: 0.001, reason: "few defaults"),
                    ], floor: 0.0005)),
        ]
    }

    @Test("never fall, and make finite numbers of finite ones")
    func monotone() throws {
        var logOdds = stride(from: -12.0, through: 12, by: 0.01).map { $0 }
        logOdds += [-1e9, -5_000, -800, -60, 60, 800, 5_000, 1e9]
        logOdds.sort()
        let maps = try Self.maps()
        var chains = maps.map { [$0] }
        chains.append([maps[1], maps[3], maps[5], maps[7]])
        chains.append([maps[2], maps[6], maps[4], maps[7]])
        for chain in chains {
            let calibration = try Calibration(
                steps: chain.map { .init(.beta, $0) }, basis: Self.basis)
            let values = logOdds.map(calibration.logOdds)
            #expect(values.allSatisfy { $0.isFinite })
            #expect(zip(values, values.dropFirst()).allSatisfy { $1 >= $0 - 1e-12 * abs($0) })
        }
    }

    @Test("a chain of lines is applied as one line, and survives its file")
    func lines() throws {
        let first = Calibration.Line(intercept: 0.3, slope: 0.8)
        let second = Calibration.Line(intercept: -1, slope: 1.5)
        let chain = try Calibration(
            steps: [.init(.platt, .line(first)), .init(.centralTendency, .line(second))], basis: Self.basis)
        let line = try #require(chain.line)
        expectClose(line.value(-2.2), second.value(first.value(-2.2)), absolute: 1e-14)
        #expect(chain.logOdds(-2.2) == line.value(-2.2))
        for map in try Self.maps() {
            let calibration = try Calibration(
                steps: [.init(.platt, .line(first)), .init(.margin, map)], basis: Self.basis)
            let data = try JSONEncoder().encode(calibration)
            #expect(try JSONDecoder().decode(Calibration.self, from: data) == calibration)
        }
        let empty = try Calibration(steps: [], basis: Self.basis)
        #expect(empty.line == .identity && empty.logOdds(-3.25) == -3.25)
    }

    @Test("maps that fall or could make no number are refused")
    func refusals() {
        let maps: [Calibration.Map] = [
            .line(.init(intercept: 0, slope: -1)), .line(.init(intercept: .nan, slope: 1)),
            .line(.init(intercept: 0, slope: .infinity)), .beta(.init(a: -0.1, b: 1, c: 0)),
            .beta(.init(a: 0, b: 0, c: 0)), .points(.init(logOdds: [], values: [], scale: .pd)),
            .points(.init(logOdds: [0, 1], values: [0.2, 0.1], scale: .pd)),
            .points(.init(logOdds: [0, 0], values: [0.1, 0.2], scale: .pd)),
            .points(.init(logOdds: [0, 1], values: [0.1, 1], scale: .pd)),
            .points(.init(logOdds: [0, 1], values: [-1, 900], scale: .logOdds)),
            .points(.init(logOdds: [0], values: [0.1, 0.2], scale: .pd)),
            .cycle(.init(direction: .toPointInTime, factor: 0, assetCorrelation: 1)),
            .cycle(.init(direction: .toPointInTime, factor: .nan, assetCorrelation: 0.1)),
            .margin(.init(margins: [.init(category: .b, relative: -0.1, reason: "")], floor: 0)),
            .margin(.init(margins: [], floor: 1)),
        ]
        for map in maps {
            #expect(throws: CalibrationError.self) {
                try Calibration(steps: [.init(.margin, map)], basis: Self.basis)
            }
        }
    }

    @Test("fitted maps find what was done to the log-odds")
    func recovery() throws {
        let sample = try Miscalibrated.sample(rows: 60_000)
        let line = try sample.platt()
        expectClose([line.intercept, line.slope], [0.7, 0.6], absolute: 0.05)
        // A line in log-odds is the beta curve with a = b.
        let curve = try sample.beta()
        for logOdds in [-6.0, -3, -1] {
            expectClose(
                pd(Calibration.Map.beta(curve).value(logOdds)), pd(0.7 + 0.6 * logOdds), relative: 0.1)
            expectClose(
                pd(Calibration.Map.points(try sample.isotonic()).value(logOdds)), pd(0.7 + 0.6 * logOdds),
                relative: 0.25)
        }
    }

    @Test("the mean PD and the accuracy ratio are what was asked for")
    func centralTendency() throws {
        let sample = try Miscalibrated.sample()
        for target in [0.001, 0.03, 0.6] {
            let shift = try sample.shift(to: target)
            expectClose(sample.meanPD { shift.value($0) }, target, relative: 1e-12)
            for ratio in [0.2, 0.55] {
                let line = try sample.shiftAndScale(to: target, accuracyRatio: ratio)
                expectClose(sample.meanPD { line.value($0) }, target, relative: 1e-12)
                expectClose(sample.expectedAccuracyRatio { line.value($0) }, ratio, relative: 1e-9)
                let curve = Calibration.Map.points(
                    try sample.quasiMoments(mean: target, accuracyRatio: ratio))
                expectClose(sample.meanPD { curve.value($0) }, target, relative: 1e-9)
                expectClose(sample.expectedAccuracyRatio { curve.value($0) }, ratio, relative: 1e-9)
            }
            let lowest = target / 50
            let line = try sample.shiftAndScale(to: target, lowestPD: lowest)
            expectClose(sample.meanPD { line.value($0) }, target, relative: 1e-9)
            expectClose(pd(line.value(sample.groups[0].logOdds)), lowest, relative: 1e-12)
        }
        #expect(throws: CalibrationError.self) { try sample.shift(to: 0) }
        #expect(throws: CalibrationError.self) { try sample.shiftAndScale(to: 0.02, accuracyRatio: 1) }
        #expect(throws: CalibrationError.self) { try sample.shiftAndScale(to: 0.02, lowestPD: 0.03) }
        #expect(throws: CalibrationError.self) {
            try sample.quasiMoments(mean: 0.02, accuracyRatio: .nan)
        }
    }

    @Test("quasi-moment matching sees ranks alone")
    func ranks() throws {
        let (logOdds, defaulted) = Miscalibrated.draw(rows: 700, intercept: 0, slope: 1, seed: 4)
        let plain = try CalibrationSample(logOdds: logOdds, defaulted: defaulted)
        let bent = try CalibrationSample(logOdds: logOdds.map { $0 * $0 * $0 }, defaulted: defaulted)
        let first = Calibration.Map.points(try plain.quasiMoments(mean: 0.04, accuracyRatio: 0.6))
        let second = Calibration.Map.points(try bent.quasiMoments(mean: 0.04, accuracyRatio: 0.6))
        for value in logOdds {
            expectClose(first.value(value), second.value(value * value * value), absolute: 1e-9)
        }
    }

    @Test("a weight of two is two rows, and the order of rows is irrelevant")
    func weights() throws {
        let (logOdds, defaulted) = Miscalibrated.draw(rows: 500, intercept: 0.2, slope: 0.8, seed: 9)
        let doubled = try CalibrationSample(logOdds: logOdds + logOdds, defaulted: defaulted + defaulted)
        let weighted = try CalibrationSample(
            logOdds: logOdds.reversed(), defaulted: defaulted.reversed(),
            weights: Array(repeating: 2, count: 500))
        #expect(doubled.groups == weighted.groups)
        expectClose(try doubled.platt().slope, try weighted.platt().slope, relative: 1e-12)
    }

    @Test("one class, equal log-odds, separation, a reversed ranking and no numbers are told apart")
    func degenerate() throws {
        func sample(_ logOdds: [Double], _ defaulted: [Bool]) throws(CalibrationError) -> CalibrationSample {
            try CalibrationSample(logOdds: logOdds, defaulted: defaulted)
        }
        #expect(throws: CalibrationError.empty) { try sample([], []) }
        #expect(throws: CalibrationError.badValue(what: "log-odds", row: 1)) {
            try sample([0, .nan], [true, false])
        }
        #expect(throws: CalibrationError.self) { try sample([.infinity], [true]) }
        #expect(throws: CalibrationError.badValue(what: "weight", row: 0)) {
            try CalibrationSample(logOdds: [1], defaulted: [true], weights: [-1])
        }
        let oneClass = try sample([-3, -2, -1], [false, false, false])
        let alike = try sample([-3, -3, -3], [false, true, false])
        let reversed = try sample([-4, -3, -2, -1], [true, true, false, false])
        for sample in [oneClass, alike, reversed] {
            #expect(throws: CalibrationError.self) { try sample.platt() }
            #expect(throws: CalibrationError.self) { try sample.beta() }
            #expect(throws: CalibrationError.self) { try sample.isotonic() }
            #expect(throws: CalibrationError.self) { try sample.vennAbers() }
        }
        // Smoothed outcomes and steps bear separation; the likelihood of a beta curve does not.
        let separated = try sample([-4, -3, -2, -1], [false, false, true, true])
        #expect(try separated.platt().slope > 0)
        #expect(try separated.isotonic().values.allSatisfy { $0 > 0 && $0 < 1 })
        #expect(try separated.vennAbers().values.allSatisfy { $0 > 0 && $0 < 1 })
        #expect(throws: CalibrationError.self) { try separated.beta() }
        // A mean PD needs no default.
        expectClose(
            oneClass.meanPD { (try? oneClass.shift(to: 0.01))?.value($0) ?? .nan }, 0.01, relative: 1e-12)
    }

    @Test("margins raise every PD as stated, and the floor holds")
    func margins() throws {
        let margin = Calibration.Map.margin(
            .init(
                margins: [
                    .init(category: .a, relative: 0.1, reason: "a"),
                    .init(category: .b, relative: 0.15, reason: "b"),
                    .init(category: .c, absolute: 0.002, reason: "c"),
                ], floor: 0.005))
        for value in [0.0001, 0.003, 0.2, 0.7] {
            let raised = pd(margin.value(log(value) - log1p(-value)))
            expectClose(raised, max(0.005, value * 1.25 + 0.002), relative: 1e-12)
        }
        #expect(margin.value(3) < 25 && margin.value(600) == 600)
    }
}

@Suite("A calibration is fitted step by step")
struct CalibrationFitterTests {
    private func pd(_ logOdds: Double) -> Double { 1 / (1 + exp(-logOdds)) }

    private func fit(_ options: CalibrationRecipe, _ sample: CalibrationSample) throws -> Calibration {
        try CalibrationFitter(options: options).fit(sample)
    }

    @Test("resampled rows: the population's default rate comes back")
    func resampling() throws {
        // Of a population with 4 % defaults, all defaults were kept and one in eight others.
        var generator = SeededGenerator(seed: 12)
        var (logOdds, defaulted) = ([Double](), [Bool]())
        for _ in 0..<60_000 {
            let truth = -3.6 + generator.normal()
            let isDefault = generator.bernoulli(pd(truth))
            guard isDefault || generator.bernoulli(0.125) else { continue }
            // A model of the resampled rows sees odds that are eight times as high.
            logOdds.append(truth + log(8))
            defaulted.append(isDefault)
        }
        let rate = 0.041
        let sample = try CalibrationSample(logOdds: logOdds, defaulted: defaulted)
        let calibration = try fit(.init(resampling: .init(populationRate: rate)), sample)
        let line = try #require(calibration.line)
        expectClose(line.intercept, -log(8), absolute: 0.1)
        // With a central tendency on top the mean is that of the population, not of the rows.
        let tendency = try fit(
            .init(
                resampling: .init(populationRate: rate),
                centralTendency: .init(target: .rate(rate))), sample)
        let population = sample.reweighted(toDefaultRate: rate)
        expectClose(population.defaultWeight / population.weight, rate, relative: 1e-12)
        expectClose(population.meanPD { tendency.logOdds($0) }, rate, relative: 1e-9)
        #expect(tendency.steps.map(\.purpose) == [.priorShift, .centralTendency])
    }

    @Test("low-default portfolios: the mean PD is the bound")
    func lowDefault() throws {
        var (logOdds, _) = Miscalibrated.draw(rows: 800, intercept: 0, slope: 1, seed: 2)
        logOdds.sort()
        let sample = try CalibrationSample(
            logOdds: logOdds, defaulted: logOdds.indices.map { $0 >= 797 })
        for (options, bound) in [
            (CalibrationRecipe.LowDefault(confidence: 0.9), 0.008332),
            (CalibrationRecipe.LowDefault(confidence: 0.9, assetCorrelation: 0.12), 0.024910),
        ] {
            let calibration = try fit(
                .init(centralTendency: .init(target: .lowDefault(options))), sample)
            expectClose(sample.meanPD { calibration.logOdds($0) }, bound, absolute: 5.1e-7)
        }
    }

    @Test("margin C is the upper end of Jeffreys's interval, and each margin keeps its reason")
    func marginOfEstimation() throws {
        let sample = try Miscalibrated.sample()
        let calibration = try fit(
            .init(
                method: .platt,
                margins: [
                    .init(category: .a, amount: .relative(0.05), reason: "missing accounts"),
                    .init(category: .c, amount: .confidence(0.9), reason: "length of the sample"),
                ], floor: 0.0005), sample)
        guard case .margin(let margin) = calibration.steps.last?.map else {
            Issue.record("the last step is no margin")
            return
        }
        let rate = try DefaultRate(defaults: sample.defaults, of: sample.rows)
        let upper = try BetaDistribution(
            Double(sample.defaults) + 0.5, Double(sample.rows - sample.defaults) + 0.5
        ).quantile(0.9)
        expectClose(margin.margins[1].relative, upper / rate.rate - 1, relative: 1e-9)
        #expect(margin.margins.map(\.reason) == ["missing accounts", "length of the sample"])
        #expect(calibration.line == nil && calibration.basis.rows == 4_000)
    }

    @Test("a cycle without a correlation takes Basel's at the mean PD")
    func cycle() throws {
        let sample = try Miscalibrated.sample()
        let calibration = try fit(
            .init(
                centralTendency: .init(target: .rate(0.02)),
                cycle: .init(direction: .toPointInTime, factor: -1)), sample)
        guard case .cycle(let shift) = calibration.steps.last?.map else {
            Issue.record("the last step is no cycle")
            return
        }
        expectClose(shift.assetCorrelation, 0.164146, absolute: 1e-6)
    }
}
