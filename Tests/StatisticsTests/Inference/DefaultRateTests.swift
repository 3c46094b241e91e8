import TestSupport
import Testing

@testable import Statistics

@Suite("Default rates")
struct DefaultRateTests {
    @Test("intervals agree with statsmodels and SciPy")
    func intervalOracle() throws {
        let names: [(String, DefaultRate.IntervalMethod)] = [
            ("clopper_pearson", .clopperPearson), ("wilson", .wilson), ("agresti_coull", .agrestiCoull),
            ("jeffreys_0_and_1_at_the_ends", .jeffreys), ("wald", .wald),
        ]
        for entry in try Oracle(fixture: "proportion_intervals", in: .module)("expected").list {
            let rate = try DefaultRate(defaults: try entry("d").integer, of: try entry("n").integer)
            for (name, method) in names {
                let interval = try rate.interval(method, level: try entry("level").number)
                expectClose(
                    [interval.lowerBound, interval.upperBound], try entry(name).numbers, absolute: 1e-12,
                    "\(name) of \(rate)")
            }
        }
    }

    @Test("intervals agree with a published example")
    func publishedIntervals() throws {
        let rate = try DefaultRate(defaults: 15, of: 531)
        let expected: [DefaultRate.IntervalMethod: [Double]] = [
            .wald: [0.0141565, 0.0423407], .agrestiCoull: [0.0168031, 0.0464707],
            .jeffreys: [0.016605, 0.045005], .clopperPearson: [0.0158949, 0.0461642],
        ]
        for (method, bounds) in expected {
            let interval = try rate.interval(method)
            expectClose([interval.lowerBound, interval.upperBound], bounds, absolute: 6e-7)
        }
        expectClose(try rate.effectiveObligors(correlation: 0.01), 84, absolute: 0.5)
    }

    @Test("intervals cover as published")
    func coverage() throws {
        let law = try BinomialDistribution(trials: 200, probability: 0.005)
        func coverage(_ method: DefaultRate.IntervalMethod) throws -> Double {
            var sum = 0.0
            for defaults in 0...30 {
                let interval = try DefaultRate(defaults: defaults, of: 200).interval(method)
                if interval.contains(0.005) { sum += law.probability(defaults) }
            }
            return sum
        }
        expectClose(try coverage(.wald), 0.6325, absolute: 5e-5)
        expectClose(try coverage(.agrestiCoull), 0.9813, absolute: 5e-5)
        expectClose(try coverage(.jeffreys), 0.9813, absolute: 5e-5)
        #expect(try coverage(.clopperPearson) >= 0.95)
    }

    @Test(
        "intervals are mirrored with the outcome and widen with the level",
        arguments: DefaultRate.IntervalMethod.allCases)
    func intervalLaws(method: DefaultRate.IntervalMethod) throws {
        for (defaults, obligors) in [(0, 1), (1, 1), (0, 40), (7, 40), (40, 40), (3, 100_000_000)] {
            let rate = try DefaultRate(defaults: defaults, of: obligors)
            let mirrored = try DefaultRate(defaults: obligors - defaults, of: obligors)
            let interval = try rate.interval(method)
            let other = try mirrored.interval(method)
            expectClose(1 - other.upperBound, interval.lowerBound, absolute: 1e-15)
            expectClose(1 - other.lowerBound, interval.upperBound, absolute: 1e-15)
            let wider = try rate.interval(method, level: 0.9999)
            #expect(wider.lowerBound <= interval.lowerBound && wider.upperBound >= interval.upperBound)
            #expect(interval.lowerBound >= 0 && interval.upperBound <= 1)
            #expect(interval.contains(rate.rate) || method == .agrestiCoull)
        }
    }

    @Test("tests of a PD reproduce a published rating portfolio")
    func publishedTests() throws {
        // PDs are printed with seven decimals.
        let binomial = [0.4159984, 0.6059111, 0.3613128, 0.3479606, 0.3621511, 0.0966087]
        let jeffreys = [0.35159815, 0.53854844, 0.32231637, 0.29276184, 0.31876653, 0.07085215]
        let normal = [0.34293973, 0.53370338, 0.32475205, 0.29914802, 0.32669329, 0.06346722]
        for grade in 0..<6 {
            let rate = try DefaultRate(
                defaults: PublishedGrades.defaults[grade], of: PublishedGrades.counts[grade])
            let pd = PublishedGrades.pds[grade]
            expectClose(try rate.binomialPValue(of: pd), binomial[grade], absolute: 1e-6)
            expectClose(try rate.jeffreysPValue(of: pd), jeffreys[grade], absolute: 1e-6)
            expectClose(try rate.normalPValue(of: pd), normal[grade], absolute: 1e-6)
        }
        // Each grade against its worse neighbour, one-sided.
        let heterogeneity = [0.05319294, 0.02028868, 0.08176299, 0.03889198, 0.01161535]
        for grade in 1..<6 {
            let worse = try DefaultRate(
                defaults: PublishedGrades.defaults[grade - 1], of: PublishedGrades.counts[grade - 1])
            let better = try DefaultRate(
                defaults: PublishedGrades.defaults[grade], of: PublishedGrades.counts[grade])
            expectClose(NormalTail.lower(better.z(against: worse)), heterogeneity[grade - 1], absolute: 5e-9)
            expectClose(better.pValue(against: worse), 2 * heterogeneity[grade - 1], absolute: 1e-8)
        }
    }

    @Test("Kupiec's test agrees with a published example")
    func kupiec() throws {
        let failures = try DefaultRate(defaults: 3, of: 250)
        expectClose(try failures.kupiec(of: 0.05).statistic, 10.812334, absolute: 5e-7)
        expectClose(try failures.kupiec(of: 0.05).pValue, 0.00100826, absolute: 5e-9)
        expectClose(try failures.kupiec(of: 0.01).statistic, 0.0949401, absolute: 5e-8)
        expectClose(try failures.kupiec(of: 0.01).pValue, 0.757988, absolute: 5e-7)
        #expect(try DefaultRate(defaults: 1, of: 100).kupiec(of: 0.01).statistic == 0)
        expectClose(
            try DefaultRate(defaults: 0, of: 250).kupiec(of: 0.01).statistic, 5.025167926750725,
            relative: 1e-13)
    }

    @Test("the exact test is the binomial tail")
    func binomialTail() throws {
        #expect(try DefaultRate(defaults: 0, of: 10).binomialPValue(of: 0) == 1)
        #expect(try DefaultRate(defaults: 1, of: 10).binomialPValue(of: 0) == 0)
        #expect(try DefaultRate(defaults: 10, of: 10).binomialPValue(of: 1) == 1)
        expectClose(
            try DefaultRate(defaults: 10, of: 10).binomialPValue(of: 0.5), 1 / 1024.0, relative: 1e-14)
    }

    @Test("equal rates do not differ")
    func equalRates() throws {
        let none = try DefaultRate(defaults: 0, of: 10)
        #expect(none.z(against: none) == 0 && none.pValue(against: none) == 1)
        let third = try DefaultRate(defaults: 1, of: 3)
        expectClose(third.z(against: try DefaultRate(defaults: 10, of: 30)), 0, absolute: 1e-15)
    }

    @Test("refuse impossible counts, levels and PDs")
    func refusals() throws {
        for (defaults, obligors) in [(-1, 5), (6, 5), (0, 0), (0, -3)] {
            #expect(throws: InferenceError.self) { try DefaultRate(defaults: defaults, of: obligors) }
        }
        let rate = try DefaultRate(defaults: 1, of: 5)
        for value in [0, 1, -0.5, 1.5, Double.nan] {
            #expect(throws: InferenceError.self) { try rate.interval(level: value) }
            #expect(throws: InferenceError.self) { try rate.kupiec(of: value) }
            #expect(throws: InferenceError.self) { try rate.normalPValue(of: value) }
        }
        for value in [-0.5, 1.5, Double.nan] {
            #expect(throws: InferenceError.self) { try rate.binomialPValue(of: value) }
            #expect(throws: InferenceError.self) { try rate.jeffreysPValue(of: value) }
            #expect(throws: InferenceError.self) { try rate.effectiveObligors(correlation: value) }
        }
    }
}
