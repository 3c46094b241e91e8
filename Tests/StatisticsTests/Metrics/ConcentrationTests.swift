import Statistics
import TestSupport
import Testing

@Suite("Concentration over grades")
struct ConcentrationTests {
    /// The German credit grades of PDtoolkit, development and application.
    private static let development = [99.0, 72, 196, 100, 267, 266]
    private static let application = [47.0, 35, 93, 53, 131, 141]

    @Test("agrees with PDtoolkit's published figures")
    func published() throws {
        let initial = try Concentration(counts: Self.development)
        let current = try Concentration(counts: Self.application)
        expectClose(initial.herfindahl, 0.205446, absolute: 1e-12)
        expectClose(initial.coefficientOfVariation, 0.482_365_0, absolute: 5e-8)
        expectClose(initial.index, 0.116_749_7, absolute: 5e-8)
        expectClose(current.coefficientOfVariation, 0.496_403_1, absolute: 5e-8)
        expectClose(current.index, 0.122_936_3, absolute: 5e-8)
        let test = try #require(current.rise(since: initial))
        expectClose(test.z, 0.073_192_6, absolute: 5e-8)
        expectClose(test.pValue, 0.470_826_4, absolute: 5e-8)
    }

    @Test("runs from even to all in one, and cares for neither scale nor order")
    func laws() throws {
        let even = try Concentration(counts: [5, 5, 5, 5])
        #expect(even.index < 1e-12 && even.rise(since: even) == nil)
        expectClose(even.herfindahl, 0.25, absolute: 1e-15)
        let single = try Concentration(counts: [0, 9, 0])
        expectClose([single.herfindahl, single.index], [1, 1], absolute: 1e-12)
        let some = try Concentration(counts: [1, 2, 7])
        let scaled = try Concentration(counts: [70, 10, 20])
        expectClose(some.index, scaled.index, absolute: 1e-14)
        let same = try #require(some.rise(since: some))
        #expect(same.z == 0 && same.pValue == 0.5)
    }

    @Test("refuses what is no portfolio")
    func refusals() {
        #expect(throws: MetricError.empty) { try Concentration(counts: [0, 0]) }
        #expect(throws: MetricError.self) { try Concentration(counts: [1]) }
        #expect(throws: MetricError.self) { try Concentration(counts: [1, -1]) }
        #expect(throws: MetricError.self) { try Concentration(counts: [1, .nan]) }
        #expect(throws: MetricError.self) { try Concentration(counts: [1, .infinity]) }
    }
}
