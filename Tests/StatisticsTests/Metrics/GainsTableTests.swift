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

    @Test("whole rows keep their order among ties")
    func wholeRows() throws {
        let parts = try GainsTable(
            wholeRows: [5, 5, 1, 5, 1], defaulted: [false, true, true, true, false],
            weights: [1, 1, 2, 0, 2], parts: 2
        ).parts
        // Rows 0, 1 fill half of the first part's weight of 3; row 2 ends in the second.
        #expect(parts.map(\.rows) == [2, 4])
        #expect(parts.map(\.defaults) == [1, 2])
        #expect(parts.map(\.lowestRisk) == [5, 1])
    }

    @Test("whole rows leave parts out that no row falls into")
    func emptyParts() throws {
        let parts = try GainsTable(wholeRows: [2, 1], defaulted: [true, false], parts: 4).parts
        #expect(parts.map(\.rows) == [1, 1])
    }

    @Test("does not depend on the order of tied rows", arguments: 1...5 as ClosedRange<UInt64>)
    func orderIsIrrelevant(seed: UInt64) throws {
        let data = RankedOutcomesTests.random(seed)
        var generator = SeededGenerator(seed: seed)
        let order = generator.permutation(data.risks.count)
        let before = try RankedOutcomes(risks: data.risks, defaulted: data.defaulted, weights: data.weights)
        let after = try RankedOutcomes(
            risks: order.map { data.risks[$0] }, defaulted: order.map { data.defaulted[$0] },
            weights: order.map { data.weights[$0] })
        #expect(try GainsTable(before) == GainsTable(after))
    }

    @Test("fractional weights leave no slivers at the borders")
    func noSlivers() throws {
        // Ten risks of weight 0.1 each make ten parts of one risk each, whatever 0.1 + 0.1 + … rounds to.
        let ranked = try RankedOutcomes(
            risks: (0..<20).map { Double($0 / 2) }, defaulted: (0..<20).map { $0 % 2 == 0 },
            weights: Array(repeating: 0.05, count: 20))
        let parts = try GainsTable(ranked).parts
        #expect(parts.map(\.lowestRisk) == (0..<10).reversed().map(Double.init))
        for part in parts { expectClose(part.lift, 1, relative: 1e-12) }
    }

    @Test("refuses a number of parts that makes no sense", arguments: [0, -1, .min, 100_001, .max])
    func refusesParts(count: Int) throws {
        let ranked = try RankedOutcomes(risks: [1, 2], defaulted: [false, true])
        #expect(throws: MetricError.self) { try GainsTable(ranked, parts: count) }
        #expect(throws: MetricError.self) {
            try GainsTable(wholeRows: [1, 2], defaulted: [false, true], parts: count)
        }
    }
}
