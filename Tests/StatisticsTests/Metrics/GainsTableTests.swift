import Statistics
import TestSupport
import Testing

@Suite("A gains table")
struct GainsTableTests {
    @Test("has parts of equal weight that hold all defaults", arguments: [1, 3, 10, 50])
    func sums(parts count: Int) throws {
        let data = RankedOutcomesTests.random(9)
        let ranked = try RankedOutcomes(risks: data.risks, defaulted: data.defaulted)
        let parts = try GainsTable(ranked, parts: count).parts
        #expect(parts.count == count)
        for part in parts { expectClose(part.rows, 300 / Double(count), relative: 1e-12) }
        expectClose(parts.reduce(0) { $0 + $1.defaults }, ranked.defaults, relative: 1e-12)
        expectClose(parts[count - 1].cumulativeGain, 1, relative: 1e-12)
        expectClose(parts[count - 1].cumulativeLift, 1, relative: 1e-12)
    }

    @Test("shares ties out, so that all tied has a lift of one everywhere")
    func allTied() throws {
        let ranked = try RankedOutcomes(
            risks: Array(repeating: 1, count: 7), defaulted: [true, false, false, true, false, false, false])
        for part in try GainsTable(ranked, parts: 3).parts { expectClose(part.lift, 1, relative: 1e-12) }
    }

    @Test("reads as written by hand")
    func byHand() throws {
        let ranked = try RankedOutcomes(risks: [1, 2, 3, 4], defaulted: [false, false, false, true])
        let parts = try GainsTable(ranked, parts: 2).parts
        #expect(parts.map(\.defaults) == [1, 0])
        #expect(parts.map(\.lift) == [2, 0])
        #expect(parts.map(\.lowestRisk) == [3, 1])
        #expect(parts.map(\.defaultRate) == [0.5, 0])
    }

    @Test("refuses no parts")
    func refusesNoParts() throws {
        let ranked = try RankedOutcomes(risks: [1, 2], defaulted: [false, true])
        #expect(throws: MetricError.self) { try GainsTable(ranked, parts: 0) }
    }
}
