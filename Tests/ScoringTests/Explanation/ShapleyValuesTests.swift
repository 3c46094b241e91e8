import Statistics
import TestSupport
import Testing

@testable import Scoring

@Suite("Shapley values split a difference fairly")
struct ShapleyValuesTests {
    private func game(_ count: Int, seed: UInt64) -> [Double] {
        var random = SeededGenerator(seed: seed)
        return (0..<(1 << count)).map { _ in random.normal(mean: 0, standardDeviation: 2) }
    }

    @Test(arguments: 1...7)
    func theyAddUpAndAreTheMeanOverAllOrders(count: Int) {
        let values = game(count, seed: UInt64(count))
        let shapley = ShapleyValues.exact(count) { values[$0] }
        expectClose(shapley.reduce(0, +), values[values.count - 1] - values[0], absolute: 1e-12)
        // All orders, by hand.
        var sums = [Double](repeating: 0, count: count)
        var orders = 0
        func walk(_ set: Int, _ gains: [Double]) {
            if set == values.count - 1 {
                orders += 1
                for cause in 0..<count { sums[cause] += gains[cause] }
                return
            }
            for cause in 0..<count where set >> cause & 1 == 0 {
                var gains = gains
                gains[cause] = values[set | 1 << cause] - values[set]
                walk(set | 1 << cause, gains)
            }
        }
        walk(0, [Double](repeating: 0, count: count))
        expectClose(shapley, sums.map { $0 / Double(orders) }, absolute: 1e-12)
    }

    @Test func causesThatChangeNothingGetNothingAndEqualOnesTheSame() {
        // v depends on the number of the first three causes alone.
        let shapley = ShapleyValues.exact(4) { Double(($0 & 7).nonzeroBitCount * ($0 & 7).nonzeroBitCount) }
        expectClose(shapley, [3, 3, 3, 0], absolute: 1e-12)
    }

    /// The glove game of Shapley and Shubik: one right glove, two left ones.
    @Test func theGloveGame() {
        let shapley = ShapleyValues.exact(3) { $0 & 1 == 1 && $0 & 6 != 0 ? 1 : 0 }
        expectClose(shapley, [2.0 / 3, 1.0 / 6, 1.0 / 6], absolute: 1e-12)
    }

    @Test(arguments: 0..<40)
    func partsAddUpAndStayBounded(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let count = 1 + random.integer(below: 12)
        var changes = (0..<count).map { _ in random.normal(mean: 0, standardDeviation: 1) }
        // Some that cancel, exactly or all but.
        if seed % 3 == 0, count > 1 { changes[0] -= changes.reduce(0, +) - (seed % 2 == 0 ? 0 : 1e-13) }
        let difference = random.normal(mean: 0, standardDeviation: 3)
        let parts = ShapleyValues.parts(of: difference, along: changes)
        expectClose(parts.reduce(0, +), difference, absolute: 1e-12)
        let size = changes.reduce(0) { $0 + abs($1) }
        for (part, change) in zip(parts, changes) {
            #expect(abs(part) <= (11 * abs(difference) / size + 3) * abs(change) + 1e-12)
        }
    }

    @Test func aLineGivesEachItsOwnChange() {
        let changes = [1.0, -0.25, 0, 2]
        expectClose(ShapleyValues.parts(of: 2.75, along: changes), changes, absolute: 1e-12)
        #expect(ShapleyValues.parts(of: 1, along: [0, 0]) == [0, 0])
        expectClose(ShapleyValues.parts(of: 3, along: [0, 0.001]), [0, 3], absolute: 1e-12)
    }
}
