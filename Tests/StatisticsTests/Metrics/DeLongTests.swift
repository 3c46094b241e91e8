import Statistics
import TestSupport
import Testing

@Suite("DeLong's estimate")
struct DeLongTests {
    @Test("a weight of two is the row twice", arguments: 1...10 as ClosedRange<UInt64>)
    func weights(seed: UInt64) throws {
        let data = RankedOutcomesTests.random(seed, rows: 60)
        let other = RankedOutcomesTests.random(seed + 100, rows: 60).risks
        let copies = data.risks.indices.flatMap { Array(repeating: $0, count: Int(data.weights[$0])) }
        let outcomes = copies.map { data.defaulted[$0] }
        let weighted = try DeLongEstimate(risks: data.risks, defaulted: data.defaulted, weights: data.weights)
        let otherWeighted = try DeLongEstimate(risks: other, defaulted: data.defaulted, weights: data.weights)
        let repeated = try DeLongEstimate(risks: copies.map { data.risks[$0] }, defaulted: outcomes)
        let otherRepeated = try DeLongEstimate(risks: copies.map { other[$0] }, defaulted: outcomes)
        #expect(weighted.auc == repeated.auc)
        expectClose(weighted.variance, repeated.variance, relative: 1e-13)
        expectClose(
            weighted.covariance(with: otherWeighted), repeated.covariance(with: otherRepeated),
            absolute: 1e-16, relative: 1e-12)
        expectClose(
            weighted.compared(with: otherWeighted).z, repeated.compared(with: otherRepeated).z,
            relative: 1e-12)
    }

    @Test("the covariance with itself is the variance", arguments: 1...5 as ClosedRange<UInt64>)
    func ownCovariance(seed: UInt64) throws {
        let data = RankedOutcomesTests.random(seed)
        let estimate = try DeLongEstimate(risks: data.risks, defaulted: data.defaulted, weights: data.weights)
        expectClose(estimate.covariance(with: estimate), estimate.variance, relative: 1e-12)
        let same = estimate.compared(with: estimate)
        #expect(same.z == 0 && same.pValue == 1)
    }

    @Test("intervals hold the area and stay within 0 and 1")
    func intervals() throws {
        let data = RankedOutcomesTests.random(3)
        let estimate = try DeLongEstimate(risks: data.risks, defaulted: data.defaulted)
        #expect(try estimate.interval().contains(estimate.auc))
        #expect(try estimate.interval(level: 0.999999).lowerBound >= 0)
        let perfect = try DeLongEstimate(risks: [1, 2, 3, 4], defaulted: [false, false, true, true])
        #expect(try perfect.interval() == 1...1)
        let comparison = estimate.compared(with: estimate)
        #expect(try comparison.interval().contains(0))
        for level in [0, 1, -1, 2, Double.nan] {
            #expect(throws: MetricError.self) { try estimate.interval(level: level) }
            #expect(throws: MetricError.self) { try comparison.interval(level: level) }
        }
    }

    @Test("one member of a class has no variance")
    func tooFew() {
        #expect(throws: MetricError.tooFew(what: "defaults", given: 1, needed: 2)) {
            try DeLongEstimate(risks: [1, 2, 3], defaulted: [true, false, false])
        }
        #expect(throws: MetricError.tooFew(what: "non-defaults", given: 0.5, needed: 2)) {
            try DeLongEstimate(risks: [1, 2, 3], defaulted: [true, true, false], weights: [1, 1, 0.5])
        }
        #expect(
            MetricError.tooFew(what: "defaults", given: 1, needed: 2).description.contains("defaults weigh 1")
        )
    }

    @Test("the test against a fixed area reproduces a published portfolio")
    func againstDevelopment() throws {
        // PDtoolkit README: the application portfolio against the AUC at development.
        let counts: [Double] = [47, 35, 93, 53, 131, 141]
        let defaults: [Double] = [36, 21, 37, 15, 22, 11]
        let grades: [Double] = [6, 5, 4, 3, 2, 1]
        let ranked = try RankedOutcomes(
            risks: grades + grades, defaulted: (0..<12).map { $0 < 6 },
            weights: defaults + zip(counts, defaults).map { $0 - $1 })
        let z = (ranked.auc - 0.79465) / ranked.hanleyMcNeilStandardError
        expectClose(z, -0.5067005, absolute: 1e-6)
        expectClose(NormalDistribution.standard.cdf(z), 0.3061825, absolute: 5e-7)
        // The development portfolio itself.
        let before = try RankedOutcomes(
            risks: grades + grades, defaulted: (0..<12).map { $0 < 6 },
            weights: [75, 46, 83, 30, 52, 14, 24, 26, 113, 70, 215, 252])
        expectClose(before.auc, 0.79465, absolute: 1e-9)
    }
}
