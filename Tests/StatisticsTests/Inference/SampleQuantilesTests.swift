import TestSupport
import Testing

@testable import Statistics

@Suite("Sample quantiles")
struct SampleQuantilesTests {
    static let names: [String: QuantileRule] = [
        "inverted_cdf": .inverseCDF, "hazen": .hazen, "weibull": .weibull, "linear": .linear,
        "median_unbiased": .medianUnbiased,
    ]

    @Test("agree with NumPy under every rule")
    func oracle() throws {
        let oracle = try Oracle(fixture: "quantiles", in: .module)
        let sample = try SampleQuantiles(try oracle("input").numbers)
        for (name, rule) in Self.names {
            for (probability, value) in try oracle("expected", name).members {
                let p = try #require(Double(probability))
                // The position p · n of some rules is itself rounded.
                expectClose(
                    try sample.value(p, rule: rule), try value.number, relative: 2e-15, "\(name) \(p)")
            }
        }
    }

    @Test("a weight of two is the value twice", arguments: QuantileRule.allCases)
    func weights(rule: QuantileRule) throws {
        let values = [3.0, 1, 4, 1, 5, 9, 2, 6]
        let weights = [2.0, 1, 0, 3, 1, 1, 2, 1]
        let copies = values.indices.flatMap { Array(repeating: values[$0], count: Int(weights[$0])) }
        let weighted = try SampleQuantiles(values, weights: weights)
        let repeated = try SampleQuantiles(copies)
        #expect(weighted.count == repeated.count)
        for step in 0...100 {
            let p = Double(step) / 100
            #expect(try weighted.value(p, rule: rule) == repeated.value(p, rule: rule))
        }
    }

    @Test("rise, and stay within the sample", arguments: QuantileRule.allCases)
    func laws(rule: QuantileRule) throws {
        var generator = SeededGenerator(seed: 2)
        let values = (0..<37).map { _ in (generator.normal() * 3).rounded() }
        let sample = try SampleQuantiles(values)
        var last = -Double.infinity
        for step in 0...1000 {
            let value = try sample.value(Double(step) / 1000, rule: rule)
            #expect(value >= last)
            last = value
        }
        #expect(try sample.value(0, rule: rule) == values.min())
        #expect(try sample.value(1, rule: rule) == values.max())
    }

    @Test("of one value, and of infinite ones")
    func extremes() throws {
        #expect(try SampleQuantiles([7]).value(0.3) == 7)
        #expect(try SampleQuantiles([-.infinity, 1, .infinity]).value(0.5) == 1)
        #expect(try SampleQuantiles([-.infinity, -.infinity, 1]).value(0.25) == -.infinity)
    }

    @Test("refuse what has no order")
    func refusals() throws {
        #expect(throws: MetricError.empty) { try SampleQuantiles([]) }
        #expect(throws: MetricError.empty) { try SampleQuantiles([1], weights: [0]) }
        #expect(throws: MetricError.self) { try SampleQuantiles([1, .nan]) }
        #expect(throws: MetricError.self) { try SampleQuantiles([1], weights: [-1]) }
        let sample = try SampleQuantiles([1, 2])
        for p in [-0.1, 1.1, Double.nan] { #expect(throws: MetricError.self) { try sample.value(p) } }
    }
}
