import Glibc
import Scoring
import Statistics
import TestSupport
import Testing

@Suite(
    "Calibration maps agree with scikit-learn, betacal, statsmodels and SciPy",
    .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
struct CalibrationOracleTests {
    @Test("Platt's line", arguments: ReferenceSample.names, ReferenceSample.models)
    func platt(name: String, model: String) throws {
        let reference = try ReferenceSample(name, model)
        for (key, weighted) in [("platt_on_log_odds", false), ("platt_on_log_odds_weighted", true)] {
            let expected = try reference.expected(key)
            let line = try reference.sample(weighted: weighted).platt()
            // P = 1 ÷ (1 + exp(A f + B)); the reference is Newton's method to the end.
            expectClose(line.slope, -(try expected("newton", "A").number), relative: 1e-9, key)
            expectClose(line.intercept, -(try expected("newton", "B").number), absolute: 1e-9, key)
            expectClose(line.slope, -(try expected("scikit_learn", "A").number), absolute: 1e-4, key)
            expectClose(line.intercept, -(try expected("scikit_learn", "B").number), absolute: 1e-4, key)
        }
    }

    @Test(
        "the line through log-odds without smoothing", arguments: ReferenceSample.names,
        ReferenceSample.models)
    func line(name: String, model: String) throws {
        let reference = try ReferenceSample(name, model)
        let line = try CalibrationLine(logOdds: reference.logOdds, defaulted: reference.defaulted)
        expectClose(
            line.intercept, try reference.expected("log_odds_a_b", "intercept").number, absolute: 1e-8)
        expectClose(line.slope, try reference.expected("log_odds_a_b", "slope").number, relative: 1e-8)
    }

    /// The package's own rows: fitted on those with an even number, asked for the first forty of the others.
    @Test(
        "Venn and Abers's probabilities", arguments: ["german", "corporate"], ReferenceSample.models)
    func vennAbers(name: String, model: String) throws {
        let reference = try ReferenceSample(name, model)
        let even = stride(from: 0, to: reference.logOdds.count, by: 2)
        let predictor = try VennAbersPredictor(
            x: even.map { reference.logOdds[$0] }, y: even.map { reference.defaulted[$0] ? 1 : 0 })
        let asked = stride(from: 1, to: 80, by: 2).map { reference.logOdds[$0] }
        let expected = try reference.expected("venn_abers", "p0_p1").list.map { try $0.numbers }
        expectClose(
            asked.map { predictor.probabilities(at: $0).ifNot }, expected.map { $0[0] }, absolute: 1e-12)
        expectClose(
            asked.map { predictor.probabilities(at: $0).ifSo }, expected.map { $0[1] }, absolute: 1e-12)
        expectClose(
            asked.map(predictor.probability(at:)), try reference.expected("venn_abers", "p").numbers,
            absolute: 1e-12)
    }

    @Test("the beta curve", arguments: ReferenceSample.names, ReferenceSample.models)
    func beta(name: String, model: String) throws {
        let reference = try ReferenceSample(name, model)
        let expected = try reference.expected("beta", "maximum_likelihood")
        // Were a slope negative, the reference's maximum would not be the one under the bound.
        try #require(try expected("both_slopes_positive") == .flag(true))
        let curve = try reference.sample().beta()
        expectClose(curve.a, try expected("a").number, relative: 1e-7)
        expectClose(curve.b, try expected("b").number, relative: 1e-7)
        expectClose(curve.c, try expected("c").number, absolute: 1e-7)
        let calibration = try Calibration(
            steps: [.init(.beta, .beta(curve))], basis: .init(fittedOn: .heldOut, rows: 1, defaults: 1))
        let grid = [0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9, 0.99]
        let pds = grid.map { 1 / (1 + exp(-calibration.logOdds(log($0) - log1p(-$0)))) }
        // betacal's optimiser stops early.
        expectClose(pds, try reference.expected("beta", "betacal", "at_grid").numbers, absolute: 2e-3)
    }

    @Test("the isotonic steps", arguments: ReferenceSample.names, ReferenceSample.models)
    func isotonic(name: String, model: String) throws {
        let reference = try ReferenceSample(name, model)
        for (key, weighted) in [("isotonic", false), ("isotonic_weighted", true)] {
            let expected = try reference.expected(key)
            let map = try reference.sample(weighted: weighted).isotonic()
            let (least, largest) = (map.values[0], map.values[map.values.count - 1])
            #expect(least > 0 && largest < 1 && map.scale == .pd)
            expectClose(
                map.logOdds, try expected("thresholds_x").numbers.map { log($0) - log1p(-$0) },
                absolute: 1e-12, key)
            // Certainty is not promised at the ends.
            expectClose(
                map.values, try expected("thresholds_y").numbers.map { max(least, min(largest, $0)) },
                absolute: 1e-12, key)
        }
    }

    @Test("the shift to a mean PD", arguments: ReferenceSample.names, ReferenceSample.models)
    func shift(name: String, model: String) throws {
        let reference = try ReferenceSample(name, model)
        for target in [0.05, 0.2] {
            let line = try reference.sample().shift(to: target)
            let expected = try reference.expected("intercept_shift_to_mean_\(target)").number
            expectClose(line.intercept, expected, absolute: 1e-12)
            #expect(line.slope == 1)
        }
    }
}

@Suite("Central tendency and low-default bounds agree with published figures")
struct CalibrationFigureTests {
    /// The German credit grades of PDtoolkit's development sample, worst first.
    private static let obligors = [99.0, 72, 196, 100, 267, 266]
    private static let bads = [75.0, 46, 83, 30, 52, 14]

    private func development() throws -> CalibrationSample {
        var (logOdds, defaulted, weights) = ([Double](), [Bool](), [Double]())
        for (count, bad) in zip(Self.obligors, Self.bads) {
            logOdds += Array(repeating: log(bad / (count - bad)), count: 2)
            defaulted += [true, false]
            weights += [bad, count - bad]
        }
        return try CalibrationSample(logOdds: logOdds, defaulted: defaulted, weights: weights)
    }

    @Test("PDtoolkit's shift to 27 %")
    func centralTendency() throws {
        let sample = try development()
        let ofGrades = zip(Self.obligors, Self.bads).map { log($1 / ($0 - $1)) }
        let shift = try sample.shift(to: 0.27)
        expectClose(shift.intercept, -0.193_745_4, absolute: 5e-8)
        expectClose(
            ofGrades.map { 1 / (1 + exp(-shift.value($0))) },
            [0.720247, 0.593101, 0.377002, 0.260949, 0.166153, 0.043767], absolute: 5e-7)
    }

    /// The published row follows from its first two PDs: they fix the line, and the floor catches the safest grade.
    @Test("PDtoolkit's line in log-odds with a floor of 5 %")
    func lineWithFloor() throws {
        let published = [0.740_082_6, 0.606_983_0, 0.375_035_0, 0.251_615_1, 0.153_785_3, 0.05]
        let ofGrades = zip(Self.obligors, Self.bads).map { log($1 / ($0 - $1)) }
        let goals = published.map { log($0 / (1 - $0)) }
        let slope = (goals[0] - goals[1]) / (ofGrades[0] - ofGrades[1])
        let calibration = try Calibration(
            steps: [
                .init(
                    .centralTendency, .line(.init(intercept: goals[0] - slope * ofGrades[0], slope: slope))),
                .init(.margin, .margin(.init(margins: [], floor: 0.05))),
            ], basis: .init(fittedOn: .heldOut, rows: 1_000, defaults: 300))
        let pds = ofGrades.map { 1 / (1 + exp(-calibration.logOdds($0))) }
        expectClose(pds, published, absolute: 1e-6)
        expectClose(zip(Self.obligors, pds).reduce(0) { $0 + $1.0 * $1.1 } / 1_000, 0.27, absolute: 1e-6)
    }

    private static let confidences = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999]

    @Test("Pluto and Tasche's tables: upper PDs in percent")
    func plutoTasche() throws {
        // 100, 400 and 300 obligors in A, B and C.
        let cases: [(defaults: [Int], correlation: Double, percent: [[Double]])] = [
            (
                [0, 0, 0], 0,
                [
                    [0.0866, 0.1731, 0.2874, 0.3738, 0.5740, 0.8598],
                    [0.0990, 0.1978, 0.3284, 0.4270, 0.6557, 0.9820],
                    [0.2308, 0.4610, 0.7646, 0.9936, 1.5233, 2.2763],
                ]
            ),
            (
                [0, 2, 1], 0,
                [
                    [0.4588, 0.6378, 0.8332, 0.9663, 1.2501, 1.6225],
                    [0.5243, 0.7288, 0.9519, 1.1039, 1.4278, 1.8527],
                    [0.5588, 0.8950, 1.2903, 1.5715, 2.1921, 3.0359],
                ]
            ),
            (
                [0, 0, 0], 0.12,
                [
                    [0.1535, 0.4027, 0.8643, 1.3103, 2.6563, 5.2930],
                    [0.1730, 0.4510, 0.9618, 1.4521, 2.9203, 5.7650],
                    [0.3702, 0.9252, 1.8913, 2.7795, 5.3026, 9.8427],
                ]
            ),
            (
                [0, 2, 1], 0.12,
                [
                    [0.7106, 1.4149, 2.4910, 3.4121, 5.8758, 10.0754],
                    [0.8006, 1.5808, 2.7617, 3.7653, 6.4272, 10.9121],
                    [0.8352, 1.7536, 3.1813, 4.4078, 7.6714, 13.1333],
                ]
            ),
        ]
        for (defaults, correlation, percent) in cases {
            let portfolio = try LowDefaultPortfolio(obligors: [100, 400, 300], defaults: defaults)
            for (place, confidence) in Self.confidences.enumerated() {
                let bounds = try portfolio.upperPDs(
                    confidence: confidence,
                    dependence: correlation == 0
                        ? .independent : .correlated(assetCorrelation: correlation))
                expectClose(bounds.map { 100 * $0 }, percent.map { $0[place] }, absolute: 5.1e-5)
            }
        }
        let example = try LowDefaultPortfolio(
            obligors: [10, 40, 30, 20, 10], defaults: [0, 0, 0, 2, 1])
        expectClose(
            try example.upperPDs(confidence: 0.5), [0.033281, 0.036597, 0.060859, 0.121041, 0.162263],
            absolute: 5e-7)
    }

    @Test("several years: one year is the correlated bound, and independent years are one long year")
    func severalYears() throws {
        let portfolio = try LowDefaultPortfolio(obligors: [100, 400, 300], defaults: [0, 2, 1])
        func bounds(_ periods: LowDefaultPortfolio.MultiplePeriods) throws -> [Double] {
            try portfolio.upperPDs(confidence: 0.9, dependence: .multiplePeriods(periods))
        }
        let correlated = try portfolio.upperPDs(
            confidence: 0.9, dependence: .correlated(assetCorrelation: 0.12))
        // 4,000 paths leave some 2 % of noise.
        let oneYear = try bounds(.init(years: 1, assetCorrelation: 0.12, pairsOfPaths: 2_000))
        expectClose(oneYear, correlated, relative: 0.04)
        // Without correlation three years of p are one of 1 − (1 − p)³, and no path matters.
        let independent = try portfolio.upperPDs(confidence: 0.9)
        let three = try bounds(.init(years: 3, assetCorrelation: 0, pairsOfPaths: 1))
        expectClose(three.map { 1 - pow(1 - $0, 3) }, independent, relative: 1e-9)
        // Years that move together teach less than years that do not.
        let alike = try bounds(
            .init(years: 5, assetCorrelation: 0.12, yearCorrelation: 0.9, pairsOfPaths: 1_000))
        let apart = try bounds(
            .init(years: 5, assetCorrelation: 0.12, yearCorrelation: 0, pairsOfPaths: 1_000))
        #expect(zip(alike, apart).allSatisfy { $0 > $1 })
    }

    @Test("a portfolio that is none is refused, and bounds never fall with risk")
    func portfolios() throws {
        #expect(throws: CalibrationError.empty) { try LowDefaultPortfolio(obligors: [], defaults: []) }
        #expect(throws: CalibrationError.self) { try LowDefaultPortfolio(obligors: [5], defaults: [6]) }
        #expect(throws: CalibrationError.self) { try LowDefaultPortfolio(obligors: [-5], defaults: [0]) }
        let odd = try LowDefaultPortfolio(obligors: [50, 50, 0, 50], defaults: [9, 0, 0, 0])
        for confidence in [0, 1, .nan] {
            #expect(throws: CalibrationError.self) { try odd.upperPDs(confidence: confidence) }
        }
        #expect(throws: CalibrationError.self) {
            try odd.upperPDs(confidence: 0.5, dependence: .correlated(assetCorrelation: 1))
        }
        let bounds = try odd.upperPDs(confidence: 0.9)
        #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $0 <= $1 })
        let all = try LowDefaultPortfolio(obligors: [3], defaults: [3])
        #expect(try all.upperPDs(confidence: 0.5) == [1])
    }

    @Test("Basel's corporate correlations and risk weights")
    func riskWeights() throws {
        // PD, R, risk weight and that of a firm with 5 million of turnover, in percent.
        let cases: [(Double, Double, Double, Double)] = [
            (0.0003, 0.238213, 14.44, 11.30), (0.0005, 0.237037, 19.65, 15.40),
            (0.0010, 0.234148, 29.65, 23.30), (0.0025, 0.225900, 49.47, 39.01),
            (0.0040, 0.218248, 62.72, 49.49), (0.0050, 0.213456, 69.61, 54.91),
            (0.0075, 0.202475, 82.78, 65.14), (0.0100, 0.192784, 92.32, 72.39),
            (0.0130, 0.182645, 100.95, 78.77), (0.0150, 0.176684, 105.59, 82.11),
            (0.0200, 0.164146, 114.85, 88.55), (0.0250, 0.154381, 122.16, 93.43),
            (0.0300, 0.146776, 128.44, 97.58), (0.0400, 0.136240, 139.58, 105.04),
            (0.0500, 0.129850, 149.85, 112.26), (0.0600, 0.125974, 159.61, 119.48),
            (0.1000, 0.120809, 193.09, 146.51), (0.1500, 0.120066, 221.53, 171.91),
            (0.2000, 0.120005, 238.23, 188.42),
        ]
        for (pd, correlation, weight, ofSmall) in cases {
            let large = try RegulatoryCapital(pd: pd)
            let small = try RegulatoryCapital(pd: pd, turnover: 5)
            expectClose(large.assetCorrelation, correlation, absolute: 5.1e-7)
            expectClose(100 * large.riskWeight, weight, absolute: 0.0051)
            expectClose(100 * small.riskWeight, ofSmall, absolute: 0.0051)
        }
        #expect(throws: CalibrationError.self) { try RegulatoryCapital(pd: 0) }
        #expect(throws: CalibrationError.self) { try RegulatoryCapital(pd: 0.01, maturity: 9) }
        #expect(throws: CalibrationError.self) { try RegulatoryCapital(pd: .nan) }
    }
}
