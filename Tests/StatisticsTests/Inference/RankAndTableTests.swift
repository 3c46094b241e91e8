import Glibc
import TestSupport
import Testing

@testable import Statistics

@Suite("Rank and table tests agree with SciPy")
struct RankAndTableOracleTests {
    let input: Oracle
    let expected: Oracle

    init() throws {
        let oracle = try Oracle(fixture: "rank_and_table_tests", in: .module)
        input = try oracle("input")
        expected = try oracle("expected")
    }

    @Test func mannWhitney() throws {
        let test = try MannWhitneyTest(try input("a").numbers, try input("b").numbers)
        #expect(test.u == (try expected("mann_whitney", "u_a").number))
        expectClose(test.pValue, try expected("mann_whitney", "p_no_continuity").number, relative: 1e-12)
        expectClose(
            test.continuityCorrectedPValue, try expected("mann_whitney", "p_continuity").number,
            relative: 1e-12)
    }

    @Test func kolmogorovSmirnov() throws {
        let test = try KolmogorovSmirnovTest(try input("a").numbers, try input("b").numbers)
        expectClose(test.distance, try expected("ks_two_sample", "statistic").number, relative: 1e-12)
        expectClose(test.exactPValue, try expected("ks_two_sample", "p_exact").number, relative: 1e-12)
        expectClose(
            test.asymptoticPValue, try expected("ks_two_sample", "p_asymptotic").number, relative: 1e-12)
        #expect(test.pValue == test.exactPValue)
    }

    @Test func association() throws {
        let association = try RankAssociation(try input("x").numbers, try input("y").numbers)
        expectClose(try #require(association.tauB), try expected("kendall", "tau_b").number, relative: 1e-12)
        expectClose(try #require(association.tauC), try expected("kendall", "tau_c").number, relative: 1e-12)
        expectClose(
            try #require(association.pValue), try expected("kendall", "p_asymptotic").number, relative: 1e-12)
        expectClose(
            try #require(association.somersDOfYGivenX), try expected("somers_d_y_given_x", "d").number,
            relative: 1e-12)
        expectClose(
            try #require(association.somersPValue), try expected("somers_d_y_given_x", "p").number,
            relative: 1e-12)
        expectClose(
            try #require(try SpearmanCorrelation.value(try input("x").numbers, try input("y").numbers)),
            try expected("spearman").number, relative: 1e-12)
    }

    /// The counts of a table are weights of its cells.
    @Test func tableTauB() throws {
        let table = try input("table").rows
        let cells = table.indices.flatMap { row in table[row].indices.map { (row, $0) } }
        let association = try RankAssociation(
            cells.map { Double($0.0) }, cells.map { Double($0.1) }, weights: cells.map { table[$0.0][$0.1] })
        expectClose(
            try #require(association.tauB), try expected("goodman_kruskal_table_tau_b").number,
            relative: 1e-12)
    }

    @Test func independence() throws {
        let table = try ContingencyTable(try input("table").rows)
        expectClose(table.chiSquared, try expected("chi2_independence", "statistic").number, relative: 1e-12)
        expectClose(table.chiSquaredPValue, try expected("chi2_independence", "p").number, relative: 1e-12)
        expectClose(table.g, try expected("chi2_independence", "g_statistic").number, relative: 1e-12)
        expectClose(table.cramersV, try expected("chi2_independence", "cramers_v").number, relative: 1e-12)
        #expect(table.degreesOfFreedom == 4 && table.gPValue < 1e-11)
    }

    @Test func fisher() throws {
        let test = try FisherExactTest(8, 2, 1, 5)
        expectClose(test.twoSided, try expected("fisher_2x2_8_2_1_5", "p_two_sided").number, relative: 1e-12)
        expectClose(test.greater, try expected("fisher_2x2_8_2_1_5", "p_greater").number, relative: 1e-12)
    }

    @Test func welch() throws {
        let test = try WelchTest(try input("a").numbers, try input("b").numbers)
        expectClose(test.t, try expected("welch_t", "t").number, relative: 1e-12)
        expectClose(test.pValue, try expected("welch_t", "p").number, relative: 1e-12)
    }

    @Test func multipleTesting() throws {
        let pValues = [0.01, 0.04, 0.03, 0.005, 0.2]
        expectClose(
            try MultipleTesting.holm(pValues), try expected("holm_of_0.01_0.04_0.03_0.005_0.2").numbers,
            relative: 1e-12)
        expectClose(
            try MultipleTesting.benjaminiHochberg(pValues),
            try expected("benjamini_hochberg_of_the_same").numbers, relative: 1e-12)
    }
}

@Suite(
    "Rank tests of scored samples agree with SciPy and R",
    .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
struct RankTestSampleTests {
    @Test(arguments: ScoredSample.names, ScoredSample.models)
    func agree(name: String, model: String) throws {
        let sample = try ScoredSample(name)
        let risks = try sample.risks(model)
        let expected = try Oracle(shared: "metrics/\(name)_python.json")("expected", model)
        let bad = risks.indices.filter { sample.defaulted[$0] }.map { risks[$0] }
        let good = risks.indices.filter { !sample.defaulted[$0] }.map { risks[$0] }
        let mannWhitney = try MannWhitneyTest(bad, good)
        #expect(mannWhitney.u == (try expected("mann_whitney", "u_of_bads").number))
        // p-values of 1e-40 and less magnify the rounding of z a hundred times.
        expectClose(
            mannWhitney.pValue,
            try expected("mann_whitney", "p_two_sided_normal_tie_corrected_no_continuity").number,
            relative: 1e-10)
        let kolmogorov = try KolmogorovSmirnovTest(bad, good)
        expectClose(kolmogorov.distance, try expected("ks_two_sample", "statistic").number, relative: 1e-12)
        expectClose(
            kolmogorov.asymptoticPValue, try expected("ks_two_sample", "p_asymptotic").number, relative: 1e-9)
        let outcomes = sample.defaulted.map { $0 ? 1.0 : 0.0 }
        let association = try RankAssociation(risks, outcomes)
        expectClose(try #require(association.tauB), try expected("kendall_tau_b").number, relative: 1e-12)
        expectClose(
            try #require(association.somersDOfXGivenY), try expected("somers_d_score_given_outcome").number,
            relative: 1e-11)
        let r = try Oracle(shared: "metrics/\(name)_r.json")("expected")
        if model == "a" {
            // R prints 0 for a p-value below its smallest.
            expectClose(kolmogorov.distance, try r("ks_test_a", "statistic").number, relative: 1e-12)
            expectClose(kolmogorov.asymptoticPValue, try r("ks_test_a", "p").number, absolute: 1e-15)
        }
        guard model == "t" else { return }
        #expect(mannWhitney.u == (try r("wilcoxon_t", "W").number))
        expectClose(mannWhitney.pValue, try r("wilcoxon_t", "p").number, relative: 1e-10)
        expectClose(try #require(association.tauB), try r("kendall_t", "tau_b").number, relative: 1e-10)
        expectClose(try #require(association.z), try r("kendall_t", "z").number, relative: 1e-10)
        expectClose(try #require(association.pValue), try r("kendall_t", "p").number, relative: 1e-10)
    }
}

@Suite("Rank and table tests")
struct RankAndTableTests {
    static func sample(_ seed: UInt64, _ count: Int = 60) -> (x: [Double], y: [Double]) {
        var generator = SeededGenerator(seed: seed)
        let x = (0..<count).map { _ in Double(generator.integer(below: 12)) }
        return (x, x.map { ($0 + generator.normal() * 4).rounded() })
    }

    @Test("pairs are counted as one by one", arguments: 1...5 as ClosedRange<UInt64>)
    func pairs(seed: UInt64) throws {
        let (x, y) = Self.sample(seed)
        var (concordant, discordant) = (0.0, 0.0)
        for i in x.indices {
            for j in 0..<i {
                let sign = (x[i] - x[j]) * (y[i] - y[j])
                if sign > 0 { concordant += 1 }
                if sign < 0 { discordant += 1 }
            }
        }
        let association = try RankAssociation(x, y)
        #expect(association.concordant == concordant && association.discordant == discordant)
        let swapped = try RankAssociation(y, x)
        #expect(swapped.tauB == association.tauB)
        #expect(swapped.somersDOfXGivenY == association.somersDOfYGivenX)
    }

    @Test("a weight of two is the observation twice", arguments: 1...5 as ClosedRange<UInt64>)
    func weights(seed: UInt64) throws {
        let (x, y) = Self.sample(seed)
        let weights = x.indices.map { Double($0 % 4) }
        let copies = x.indices.flatMap { Array(repeating: $0, count: Int(weights[$0])) }
        let weighted = try RankAssociation(x, y, weights: weights)
        let repeated = try RankAssociation(copies.map { x[$0] }, copies.map { y[$0] })
        #expect(weighted == repeated)
        #expect(weighted.z == repeated.z && weighted.somersPValue == repeated.somersPValue)
    }

    @Test("perfect association and none")
    func associationExtremes() throws {
        let rising = try RankAssociation([1, 2, 3, 4], [10, 20, 30, 40])
        #expect(
            rising.tauB == 1 && rising.gamma == 1 && rising.somersDOfYGivenX == 1 && rising.somersPValue == 0)
        let falling = try RankAssociation([1, 2, 3, 4], [4, 3, 2, -.infinity])
        #expect(falling.tauB == -1)
        let constant = try RankAssociation([1, 1, 1], [1, 2, 3])
        #expect(constant.tauB == nil && constant.z == nil && constant.gamma == nil && constant.tauC == nil)
        #expect(constant.somersDOfYGivenX == nil && constant.somersDOfXGivenY == 0)
        #expect(try SpearmanCorrelation.value([1, 2, 3], [2, 4, 9]) == 1)
        #expect(try SpearmanCorrelation.value([1, 1, 1], [2, 4, 9]) == nil)
    }

    @Test("p-values of small samples are those of all orders")
    func exactKolmogorov() throws {
        // Three against three: D = 1 in 2 of 20 orders, D ≥ 2/3 in 12, by counting.
        expectClose(try KolmogorovSmirnovTest([1, 2, 3], [4, 5, 6]).exactPValue, 2 / 20.0, relative: 1e-14)
        expectClose(try KolmogorovSmirnovTest([1, 2, 4], [3, 5, 6]).exactPValue, 12 / 20.0, relative: 1e-14)
        expectClose(try KolmogorovSmirnovTest([1], [1]).exactPValue, 1, relative: 1e-14)
        #expect(try KolmogorovSmirnovTest([1, 1], [1, 1, 1]).pValue == 1)
    }

    @Test("the law of one sample's gap agrees with published quantiles")
    func kolmogorovLaw() {
        // Miller (1956), table 1: P(D ≥ d) = 0.05 and 0.01.
        for (n, d5, d1) in [
            (1, 0.975, 0.995), (5, 0.56328, 0.66853), (20, 0.29408, 0.35241), (100, 0.13403, 0.16081),
        ] {
            expectClose(KolmogorovLaw.survival(d5, count: n), 0.05, absolute: 2e-5, "\(n)")
            expectClose(KolmogorovLaw.survival(d1, count: n), 0.01, absolute: 1e-5, "\(n)")
        }
        // Below ½ ÷ n the gap cannot be, and at n = 1 it is uniform on (½, 1).
        #expect(KolmogorovLaw.survival(0.4, count: 1) == 1 && KolmogorovLaw.survival(1, count: 9) == 0)
        expectClose(KolmogorovLaw.survival(0.75, count: 1), 0.5, relative: 1e-14)
        // The three ways of working it out meet.
        for n in [60, 141, 1000] {
            let border = (n <= 140 ? 4 : 2.2) / Double(n)
            let below = KolmogorovLaw.survival((border * 0.999_999_9).squareRoot(), count: n)
            let above = KolmogorovLaw.survival((border * 1.000_000_1).squareRoot(), count: n)
            expectClose(below, above, absolute: 5e-6, "\(n)")
        }
        // SciPy 1.17, kstwo.sf at √(x ÷ n).
        for (x, n, p, tolerance) in [
            (1.5, 100, 0.09142504640844418, 1e-10), (0.75, 141, 0.42130366115722606, 5e-6),
            (1.5, 500, 0.09592687813878042, 1e-6), (3.5, 5000, 0.0017904778152299297, 1e-12),
        ] {
            let d = (x / Double(n)).squareRoot()
            expectClose(KolmogorovLaw.survival(d, count: n), p, absolute: tolerance, "\(n)")
        }
    }

    @Test(
        "Fisher's tails overlap in the observed count",
        arguments: [(3, 1, 1, 3), (0, 5, 2, 9), (12, 5, 29, 2), (1, 0, 0, 1)])
    func fisherLaws(a: Int, b: Int, c: Int, d: Int) throws {
        let test = try FisherExactTest(a, b, c, d)
        #expect(test.greater + test.less >= 1 - 1e-12)
        #expect(test.twoSided <= 1 && test.twoSided >= min(test.greater, test.less) - 1e-12)
        let mirrored = try FisherExactTest(b, a, d, c)
        expectClose(mirrored.greater, test.less, relative: 1e-12)
        expectClose(mirrored.twoSided, test.twoSided, relative: 1e-12)
    }

    @Test("Fisher's tea cups")
    func teaCups() throws {
        // Fisher (1935): all eight cups right has one chance in 70, three of four right 17 in 70.
        expectClose(try FisherExactTest(4, 0, 0, 4).greater, 1 / 70.0, relative: 1e-13)
        expectClose(try FisherExactTest(3, 1, 1, 3).greater, 17 / 70.0, relative: 1e-13)
        #expect(try FisherExactTest(0, 0, 3, 4).twoSided == 1)
    }

    @Test("Holm's p-values never fall below Benjamini and Hochberg's")
    func adjustments() throws {
        let pValues = [0.001, 0.02, 0.02, 0.3, 0.9, 0.04]
        let holm = try MultipleTesting.holm(pValues)
        let falseDiscovery = try MultipleTesting.benjaminiHochberg(pValues)
        for index in pValues.indices {
            #expect(holm[index] >= falseDiscovery[index] && falseDiscovery[index] >= pValues[index])
            #expect(holm[index] <= 1)
        }
        #expect(holm[1] == holm[2])
        #expect(try MultipleTesting.holm([]) == [])
        #expect(throws: InferenceError.self) { try MultipleTesting.holm([0.1, .nan]) }
        #expect(throws: InferenceError.self) { try MultipleTesting.benjaminiHochberg([1.1]) }
    }

    @Test("samples that cannot be compared are refused")
    func refusals() {
        #expect(throws: InferenceError.self) { try MannWhitneyTest([], [1]) }
        #expect(throws: InferenceError.self) { try MannWhitneyTest([1, 1], [1]) }
        #expect(throws: InferenceError.self) { try MannWhitneyTest([1, .nan], [1]) }
        #expect(throws: InferenceError.self) { try KolmogorovSmirnovTest([1], []) }
        #expect(throws: InferenceError.self) { try KolmogorovSmirnovTest([.nan], [1]) }
        #expect(throws: InferenceError.self) { try WelchTest([1], [1, 2]) }
        #expect(throws: InferenceError.self) { try WelchTest([1, 1], [2, 2]) }
        #expect(throws: InferenceError.self) { try WelchTest([1, .infinity], [2, 2]) }
        #expect(throws: InferenceError.self) { try WelchTest([1e300, -1e300], [2, 2]) }
        #expect(throws: InferenceError.self) { try RankAssociation([1], [1]) }
        #expect(throws: InferenceError.self) { try RankAssociation([1, .nan], [1, 2]) }
        #expect(throws: InferenceError.self) { try RankAssociation([1, 2], [1, 2], weights: [1, -1]) }
        #expect(throws: InferenceError.self) { try SpearmanCorrelation.value([1], [1]) }
        #expect(throws: InferenceError.self) { try SpearmanCorrelation.value([1, .nan], [1, 2]) }
        #expect(throws: InferenceError.self) { try ContingencyTable([[1, 2]]) }
        #expect(throws: InferenceError.self) { try ContingencyTable([[1], [2]]) }
        #expect(throws: InferenceError.self) { try ContingencyTable([[1, 2], [0, 0]]) }
        #expect(throws: InferenceError.self) { try ContingencyTable([[1, -2], [1, 1]]) }
        #expect(throws: InferenceError.self) { try FisherExactTest(-1, 2, 3, 4) }
        #expect(throws: InferenceError.self) { try FisherExactTest(1_000_000_001, 2, 3, 4) }
    }

    @Test("errors name fact, value and remedy")
    func descriptions() {
        let errors: [InferenceError] = [
            .badCount(what: "number of defaults", value: -1, expected: "0 or more"),
            .outOfRange(what: "level", value: 2, expected: "between 0 and 1"),
            .badValue(position: 3, value: .nan),
            .tooFew(what: "values", given: 1, needed: 2), .undefined("neither sample varies"),
        ]
        for error in errors { #expect(error.description.count > 25) }
    }
}

@Suite("Power of Fisher's test, and the generalised AUC")
struct FisherPowerAndGeneralisedAUCTests {
    @Test("power is the share of rejected tables with the same margins", arguments: [0.3, 1, 2.5])
    func power(oddsRatio: Double) throws {
        for (first, second, column) in [(12, 30, 9), (40, 5, 20), (8, 8, 16), (6, 9, 0)] {
            var (total, twoSided, greater) = (0.0, 0.0, 0.0)
            let counts = max(0, column - second)...min(first, column)
            for a in counts {
                let test = try FisherExactTest(a, first - a, column - a, second - column + a)
                let weight =
                    try BinomialDistribution(trials: first, probability: 0.5).probability(a)
                    * BinomialDistribution(trials: second, probability: 0.5).probability(column - a)
                    * pow(oddsRatio, Double(a))
                total += weight
                if test.twoSided < 0.05 { twoSided += weight }
                if test.greater < 0.05 { greater += weight }
            }
            let a = counts.lowerBound
            let test = try FisherExactTest(a, first - a, column - a, second - column + a)
            for (isTwoSided, expected) in [(true, twoSided), (false, greater)] {
                expectClose(
                    test.power(oddsRatio: oddsRatio, significance: 0.05, isTwoSided: isTwoSided),
                    expected / total, absolute: 1e-12)
            }
        }
    }

    @Test("of two outcomes it is the AUC with DeLong's error", arguments: 1...3 as ClosedRange<UInt64>)
    func ofTwoOutcomes(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let risks = (0..<120).map { _ in (4 * generator.normal()).rounded() }
        let defaulted = risks.map { generator.bernoulli(max(0, min(1, 0.3 + 0.02 * $0))) }
        let delong = try DeLongEstimate(risks: risks, defaulted: defaulted)
        let association = try RankAssociation(defaulted.map { $0 ? 1 : 0 }, risks)
        expectClose(try #require(association.generalisedAUC), delong.auc, relative: 1e-12)
        let count = defaulted.count { $0 }
        // DeLong divides the squares of each class by its size less one.
        let bounds = [count, risks.count - count].map { (Double($0 - 1) / Double($0)).squareRoot() }
        let error = try #require(association.generalisedAUCStandardError)
        let least = (bounds.min() ?? 1) - 1e-9
        let largest = (bounds.max() ?? 1) + 1e-9
        #expect(error >= least * delong.standardError && error <= largest * delong.standardError)
    }

    @Test("its error is the linear part of a jackknife, and weights repeat rows")
    func jackknife() throws {
        var generator = SeededGenerator(seed: 4)
        let outcome = (0..<300).map { _ in Double(generator.integer(below: 5)) }
        let forecast = outcome.map { ($0 + 2 * generator.normal()).rounded() }
        let all = try RankAssociation(outcome, forecast)
        let auc = try #require(all.generalisedAUC)
        var squares = 0.0
        for row in outcome.indices {
            var (x, y) = (outcome, forecast)
            x.remove(at: row)
            y.remove(at: row)
            let without = try #require(RankAssociation(x, y).generalisedAUC)
            squares += (without - auc) * (without - auc)
        }
        let error = try #require(all.generalisedAUCStandardError)
        expectClose(error, squares.squareRoot(), relative: 0.02)
        let doubled = try RankAssociation(outcome, forecast, weights: Array(repeating: 2, count: 300))
        let twice = try RankAssociation(outcome + outcome, forecast + forecast)
        expectClose(
            try #require(doubled.generalisedAUCStandardError),
            try #require(twice.generalisedAUCStandardError),
            relative: 1e-12)
        #expect(try RankAssociation([1, 1, 1], [3, 2, 1]).generalisedAUC == nil)
        let perfect = try RankAssociation([1, 2, 3], [10, 20, 30])
        #expect(perfect.generalisedAUC == 1)
        expectClose(try #require(perfect.generalisedAUCStandardError), 0, absolute: 1e-9)
    }
}
