import Statistics
import Testing

@Suite("Errors of metrics")
struct MetricErrorTests {
    @Test(
        "name the fact, the value and the remedy",
        arguments: [
            (MetricError.empty, "weights"), (.oneClass(defaulted: true), "both outcomes"),
            (.tooFew(what: "defaults", given: 1, needed: 2), "take more obligors"),
            (.badValue(row: 3, what: "risk", value: "NaN", expected: "a number"), "expected a number"),
            (.undefined("all forecasts are alike"), "all forecasts are alike"),
            (.badParameter(name: "level", value: "2", expected: "between 0 and 1"), "between 0 and 1"),
        ])
    func descriptions(error: MetricError, part: String) {
        #expect(error.description.contains(part))
    }

    @Test(
        "weights beyond the range of products are refused",
        arguments: [1e-91, 1e91, .leastNonzeroMagnitude, 1e308])
    func weightRange(weight: Double) {
        #expect(throws: MetricError.self) {
            try RankedOutcomes(risks: [1, 2], defaulted: [true, false], weights: [weight, 1])
        }
    }
}
