import Statistics
import TestSupport
import Testing
import Vocabulary

@testable import Scoring

@Suite("Tests of thin grades and parts do not cry wolf")
struct ThinPartTests {
    private let counts = CountTests(sample: "thin", options: ValidationOptions())

    private func count(_ defaults: Int, of obligors: Int, pd: Double) -> OutcomeCount {
        var count = OutcomeCount()
        for place in 0..<obligors { count.add(pd, defaulted: place < defaults) }
        return count
    }

    @Test(
        "Kupiec's p-value is the probability of all counts with at least the ratio",
        arguments: [0.004, 0.05, 0.5])
    func kupiec(pd: Double) throws {
        let obligors = 40
        let law = try BinomialDistribution(trials: obligors, probability: pd)
        func ratio(_ defaults: Int) throws -> Double {
            try DefaultRate(defaults: defaults, of: obligors).kupiec(of: pd).statistic
        }
        for defaults in 0...obligors {
            let seen = try ratio(defaults)
            var expected = 0.0
            for other in 0...obligors where try ratio(other) >= seen - 1e-9 {
                expected += law.survival(other - 1) - law.survival(other)
            }
            let tests = counts.tests(ofPart: count(defaults, of: obligors, pd: pd), scope: "grade:A")
            let test = try #require(tests.first { $0.name == "Kupiec" })
            expectClose(try #require(test.pValue), expected, absolute: 1e-9, "\(defaults)")
        }
    }

    @Test("the normal test gives no verdict where fewer than five defaults are expected")
    func normal() throws {
        for (defaults, obligors, isJudged) in [(1, 100, false), (10, 1_000, true)] {
            let tests = counts.tests(count(defaults, of: obligors, pd: 0.01), scope: "grade:A")
                .judged(significance: 0.05)
            let normal = try #require(tests.first { $0.name == "normal" })
            #expect(normal.pValue != nil && (normal.verdict != .undefined) == isJudged)
            #expect(tests.filter { $0.name != "normal" }.allSatisfy { $0.verdict == .pass })
        }
    }

    @Test("of portfolios whose parts are alike, one in twenty has a part that fails")
    func homogeneity() throws {
        var generator = SeededGenerator(seed: 20)
        let portfolios = 100
        var failed = 0
        for _ in 0..<portfolios {
            let count = 4_000
            let grades = (0..<count).map { _ in Grade.performing[generator.integer(below: 9)] }
            // The largest of ten industries has ten times the obligors of the smallest.
            let levels = (0..<count).map { _ in "\(Int(10 * generator.uniform() * generator.uniform()))" }
            let defaulted = grades.map { generator.bernoulli(0.001 * Double(1 << $0.rank)) }
            var sample = ValidationSample(
                name: "alike", logOdds: grades.map { Double($0.rank) - 7 }, defaulted: defaulted,
                grades: grades)
            sample.dimensions = [.init(name: "industry", levels: levels)]
            let tests = GradeTests(sample: sample, options: ValidationOptions(replicates: 0))
                .tests(against: nil).filter { $0.name == "homogeneity" }.judged(significance: 0.05)
            if tests.contains(where: { $0.verdict == .fail }) { failed += 1 }
        }
        // 5 % and three standard errors.
        #expect(failed <= 11, "\(failed) of \(portfolios)")
    }

    @Test("one default more in a small better grade is no sign that grades are reversed")
    func heterogeneity() throws {
        var sample = ValidationSample(
            name: "few", logOdds: Array(repeating: -5, count: 1_030),
            defaulted: (0..<1_030).map { $0 == 0 },
            grades: (0..<1_030).map { $0 < 30 ? .aa : .a })
        sample.dimensions = []
        let tests = GradeTests(sample: sample, options: ValidationOptions(replicates: 0)).tests(against: nil)
        let test = try #require(tests.judged(significance: 0.05).first { $0.name == "heterogeneity" })
        #expect(test.verdict == .warn)
        expectClose(try #require(test.pValue), 1, absolute: 1e-9)
    }
}
