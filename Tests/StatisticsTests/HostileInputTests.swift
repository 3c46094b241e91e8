import Testing

@testable import Statistics

/// Random rows of awkward numbers: every figure is in its range, absent, or refused with a typed error.
@Suite("Awkward numbers end in a figure or a typed error")
struct HostileInputTests {
    static let awkward: [Double] = [
        0, -0.0, 1, -1, 0.5, 2, 1e-300, 1e300, -1e300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .nan,
        .infinity, -.infinity, 1e-17, 1 - 1e-16, 1e90, 1e-90, 700, -700, 3, 3, 3, 0.25,
    ]

    struct Rows {
        var values: [Double]
        var other: [Double]
        var probabilities: [Double]
        var weights: [Double]?
        var defaulted: [Bool]

        init(seed: UInt64) {
            var generator = SeededGenerator(seed: seed)
            let count = generator.integer(below: 12)
            // Half of the cases hold no number that is refused at once, so that the figures themselves are reached.
            let mild = generator.bernoulli(0.5)
            func draw() -> Double {
                let value = awkward[generator.integer(below: awkward.count)]
                return mild && value.isNaN ? 4 : value
            }
            func part() -> Double {
                let value = draw()
                return mild && !(value >= 0 && value <= 1) ? 0.125 : value
            }
            values = (0..<count).map { _ in draw() }
            other = (0..<count).map { _ in draw() }
            probabilities = (0..<count).map { _ in part() }
            let hasWeights = generator.bernoulli(0.5)
            let all = (0..<count).map { _ in mild ? abs(part()) : draw() }
            weights = hasWeights ? all : nil
            defaulted = (0..<count).map { _ in generator.bernoulli(0.4) }
        }
    }

    private func expectIn(_ range: ClosedRange<Double>, _ value: Double?, _ what: String, _ seed: UInt64) {
        guard let value else { return }
        let slack = 1e-9
        #expect(
            value >= range.lowerBound - slack && value <= range.upperBound + slack,
            "\(what) of seed \(seed): \(value)")
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func discrimination(block: UInt64) throws {
        for seed in block * 50..<block * 50 + 50 {
            let rows = Rows(seed: seed)
            if let ranked = try? RankedOutcomes(
                risks: rows.values, defaulted: rows.defaulted, weights: rows.weights)
            {
                expectIn(0...1, ranked.auc, "AUC", seed)
                expectIn(0...1, ranked.kolmogorovSmirnov.distance, "KS", seed)
                expectIn(0...1, ranked.averagePrecision, "average precision", seed)
                expectIn(0...1, ranked.precisionRecallTrapezoid, "precision-recall", seed)
                expectIn(0...1, ranked.youden.index, "Youden", seed)
                expectIn(0...0.3, try ranked.partialAUC(falsePositiveRateUpTo: 0.3), "partial AUC", seed)
                expectIn(-1...1, ranked.confusion(callingFrom: 0.5).matthewsCorrelation, "Matthews", seed)
                expectIn(0...1, try GainsTable(ranked, parts: 4).parts.last?.cumulativeGain, "gain", seed)
                expectIn(-1e-6...1, try? HMeasure(ranked).h, "H", seed)
                if let divergence = ranked.divergence { #expect(divergence >= 0) }
            }
            if let gains = try? GainsTable(
                wholeRows: rows.values, defaulted: rows.defaulted, weights: rows.weights, parts: 3)
            {
                expectIn(1...1, gains.parts.last?.cumulativeGain, "gain", seed)
            }
            if let first = try? DeLongEstimate(
                risks: rows.values, defaulted: rows.defaulted, weights: rows.weights),
                let second = try? DeLongEstimate(
                    risks: rows.other, defaulted: rows.defaulted, weights: rows.weights)
            {
                expectIn(0...1, first.compared(with: second).pValue, "DeLong", seed)
                expectIn(0...1, try first.interval().upperBound, "interval", seed)
            }
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func forecastsAndCalibration(block: UInt64) throws {
        for seed in block * 50..<block * 50 + 50 {
            let rows = Rows(seed: seed)
            let (p, y, w) = (rows.probabilities, rows.defaulted, rows.weights)
            if let scores = try? ForecastScores(probabilities: p, defaulted: y, weights: w) {
                expectIn(0...1, scores.brier, "Brier", seed)
                expectIn(0...Double.infinity, scores.logLoss, "log loss", seed)
            }
            if let scores = try? ForecastScores(logOdds: rows.values, defaulted: y, weights: w) {
                expectIn(0...Double.infinity, scores.logLoss, "log loss", seed)
            }
            expectIn(
                0...1, try? SpiegelhalterTest(probabilities: p, defaulted: y, weights: w).pValue,
                "Spiegelhalter", seed)
            for grouping in [HosmerLemeshowTest.Grouping.quantiles, .equalCounts] {
                expectIn(
                    0...1,
                    (try? HosmerLemeshowTest(
                        probabilities: p, defaulted: y, weights: w, groups: 3, grouping: grouping))?.pValue(),
                    "Hosmer-Lemeshow", seed)
            }
            if let line = try? CalibrationLine(logOdds: rows.values, defaulted: y, weights: w) {
                #expect(line.slope.isFinite && line.intercept.isFinite, "\(seed)")
                expectIn(0...1, line.pValue, "calibration line", seed)
            }
            if let fit = try? IsotonicRegression(x: rows.values, y: p, weights: w) {
                let bounds = (p.min() ?? 0)...(p.max() ?? 0)
                for value in rows.values { expectIn(bounds, fit.value(at: value), "isotonic", seed) }
            }
            if let quantiles = try? SampleQuantiles(rows.values, weights: w) {
                for rule in QuantileRule.allCases {
                    #expect(try !quantiles.value(0.4, rule: rule).isNaN, "\(seed)")
                }
            }
            let edges = [0, 1, 3].map { $0 * 0.5 }
            if let psi = try? PopulationStability(expected: rows.values, actual: rows.other, edges: edges) {
                expectIn(0...Double.infinity, psi.index, "PSI", seed)
            }
            if let psi = try? PopulationStability(expectedCounts: rows.values, actualCounts: rows.other) {
                expectIn(0...Double.infinity, psi.index, "PSI", seed)
            }
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func inference(block: UInt64) throws {
        for seed in block * 50..<block * 50 + 50 {
            let rows = Rows(seed: seed)
            expectIn(0...1, try? MannWhitneyTest(rows.values, rows.other).pValue, "Mann-Whitney", seed)
            expectIn(0...1, try? KolmogorovSmirnovTest(rows.values, rows.other).pValue, "KS test", seed)
            expectIn(
                0...1, try? KolmogorovSmirnovTest(rows.values, rows.other).asymptoticPValue, "KS test", seed)
            expectIn(0...1, try? WelchTest(rows.values, rows.other).pValue, "Welch", seed)
            if let association = try? RankAssociation(rows.values, rows.other, weights: rows.weights) {
                expectIn(-1...1, association.gamma, "gamma", seed)
                expectIn(0...1, association.pValue, "Kendall", seed)
                expectIn(0...1, association.somersPValue, "Somers", seed)
            }
            if let spearman = try? SpearmanCorrelation.value(rows.values, rows.other) {
                expectIn(-1...1, spearman, "Spearman", seed)
            }
            let half = rows.values.count / 2
            let table = try? ContingencyTable([
                Array(rows.values.prefix(half)), Array(rows.other.prefix(half)),
            ])
            expectIn(0...1, table?.chiSquaredPValue, "chi-squared", seed)
            expectIn(0...1, table?.gPValue, "G", seed)
            expectIn(0...1, try? MultipleTesting.holm(rows.values).max(), "Holm", seed)
        }
    }

    @Test func fisherOfLargeCounts() throws {
        for (a, b, c, d) in [
            (10_000_000, 10_000_000, 10_000_000, 10_000_000),
            (0, 10_000_000, 10_000_000, 0),
            (5, 1_000_000_000, 7, 1_000_000_000), (0, 0, 0, 0),
        ] {
            let test = try FisherExactTest(a, b, c, d)
            expectIn(0...1, test.twoSided, "Fisher", 0)
            expectIn(0...1, test.greater, "Fisher", 0)
        }
    }
}
