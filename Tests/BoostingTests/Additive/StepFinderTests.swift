import TestSupport
import Testing

@testable import Boosting

@Suite("Steps of shape functions")
struct StepFinderTests {
    typealias Sum = StepFinder.Sum

    private static let finder = StepFinder(leaves: 2, minimumRows: 2, minimumHessian: 0.1, l2: 0.7)

    /// Sums of some positions at random.
    private static func sums(_ count: Int, seed: Int) -> [Sum] {
        var draws = Samples.Draws(state: UInt64(seed) << 20)
        return (0..<count).map { _ in
            let rows = (draws.next() * 4).rounded()
            return Sum(gradient: (draws.next() - 0.5) * rows, hessian: 0.25 * rows, rows: rows)
        }
    }

    private static func totals(_ sums: [Sum]) -> [Sum] {
        sums.reduce(into: [Sum()]) { $0.append($0[$0.count - 1] + $1) }
    }

    private static func worth(_ sum: Sum) -> Double {
        sum.gradient * sum.gradient / (sum.hessian + finder.l2)
    }

    @Test("two levels are the best of all cuts, missing values on either side or apart", arguments: 0..<60)
    func bestCut(seed: Int) {
        let sums = Self.sums(9, seed: seed)
        let missing = seed % 3 == 0 ? Sum() : Self.sums(1, seed: seed + 1000)[0]
        let levels = Self.finder.best(totals: Self.totals(sums), missing: missing, direction: 0)
        let whole = sums.reduce(missing, +)
        var best = 0.0
        for cut in 0...9 {
            let left = sums[..<cut].reduce(Sum(), +)
            for part in missing.rows > 0 ? [left, left + missing] : [left] {
                let rest = whole - part
                guard min(part.rows, rest.rows) >= 2, min(part.hessian, rest.hessian) >= 0.1 else { continue }
                best = max(best, Self.worth(part) + Self.worth(rest) - Self.worth(whole))
            }
        }
        let gain = levels.isEmpty ? 0 : levels.reduce(-Self.worth(whole)) { $0 + Self.worth($1.sum) }
        expectClose(gain, best, absolute: 1e-10)
    }

    @Test("levels part the positions and all sums, however cuts were found", arguments: 0..<40)
    func partition(seed: Int) {
        let sums = Self.sums(12, seed: seed)
        let missing = Self.sums(1, seed: seed + 500)[0]
        let finder = StepFinder(leaves: 4, minimumRows: 3, minimumHessian: 0.1, l2: 0.5)
        let totals = Self.totals(sums)
        for levels in [
            finder.best(totals: totals, missing: missing, direction: 0),
            finder.drawn(totals: totals, missing: missing, key: UInt64(seed)),
        ] {
            let ranges = levels.filter { $0.high > $0.low }.sorted { $0.low < $1.low }
            #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.high == $1.low })
            for level in levels {
                let own = sums[level.low..<level.high].reduce(level.hasMissing ? missing : Sum(), +)
                expectClose(own.gradient, level.sum.gradient, absolute: 1e-12)
                #expect(own.rows == level.sum.rows)
            }
            #expect(levels.count { $0.hasMissing } <= 1)
        }
    }

    @Test("pooled values keep to the direction and to the sum of all", arguments: [-1, 1] as [Int8], 0..<20)
    func direction(_ direction: Int8, seed: Int) {
        let sums = Self.sums(12, seed: seed)
        let finder = StepFinder(leaves: 6, minimumRows: 1, minimumHessian: 0, l2: 0)
        let levels = finder.drawn(totals: Self.totals(sums), missing: Sum(), key: UInt64(seed))
        let values = finder.values(levels, direction: direction)
        let ordered = levels.indices.sorted { levels[$0].low < levels[$1].low }.map { values[$0] }
        #expect(zip(ordered, ordered.dropFirst()).allSatisfy { ($1 - $0) * Double(direction) >= 0 })
        // Pooling keeps Σ H·v = −Σ G, unless a value was cut off at the limit.
        if values.allSatisfy({ abs($0) < StepFinder.largestValue }) {
            expectClose(
                zip(levels, values).reduce(0) { $0 + $1.0.sum.hessian * $1.1 },
                -levels.reduce(0) { $0 + $1.sum.gradient }, absolute: 1e-9)
        }
    }

    @Test("the strength of a pair is the fall of squares that a cross adds to a sum", arguments: 0..<20)
    func strength(seed: Int) {
        let (rows, columns) = (4, 3)
        let cells = Self.sums(rows * columns, seed: seed).map {
            Sum(gradient: $0.gradient, hessian: $0.hessian + 0.3, rows: $0.rows + 2)
        }
        let finder = StepFinder(leaves: 3, minimumRows: 1, minimumHessian: 0, l2: 0)
        let cross = CrossFinder(rows: rows, columns: columns, finder: finder)
        var best = 0.0
        for row in 1..<rows {
            for column in 1..<columns {
                var corners = [Sum](repeating: Sum(), count: 4)
                for place in cells.indices {
                    let corner = (place / columns < row ? 0 : 2) + (place % columns < column ? 0 : 1)
                    corners[corner] = corners[corner] + cells[place]
                }
                best = max(best, Self.crossGain(corners))
            }
        }
        expectClose(cross.strength(totals: Self.totals(cells, rows, columns)), best, relative: 1e-9)
    }

    private static func totals(_ cells: [Sum], _ rows: Int, _ columns: Int) -> [Sum] {
        (0...rows).flatMap { row in
            (0...columns).map { column in
                cells.indices.filter { $0 / columns < row && $0 % columns < column }.reduce(Sum()) {
                    $0 + cells[$1]
                }
            }
        }
    }

    /// Twice the fall of the objective from the best a + b by alternating weighted means to the four means.
    private static func crossGain(_ corners: [Sum]) -> Double {
        let means = corners.map { -$0.gradient / $0.hessian }
        let weights = corners.map(\.hessian)
        var (left, right) = ([0.0, 0.0], [0.0, 0.0])
        for _ in 0..<20_000 {
            for row in 0..<2 {
                let places = [2 * row, 2 * row + 1]
                left[row] =
                    places.reduce(0) { $0 + weights[$1] * (means[$1] - right[$1 % 2]) }
                    / places.reduce(0) { $0 + weights[$1] }
            }
            for column in 0..<2 {
                let places = [column, 2 + column]
                right[column] =
                    places.reduce(0) { $0 + weights[$1] * (means[$1] - left[$1 / 2]) }
                    / places.reduce(0) { $0 + weights[$1] }
            }
        }
        return means.indices.reduce(0) { sum, place in
            let miss = means[place] - left[place / 2] - right[place % 2]
            return sum + weights[place] * miss * miss
        }
    }

    @Test("blocks of a cross part the grid, found or drawn", arguments: 0..<20)
    func blocks(seed: Int) {
        let (rows, columns) = (5, 4)
        let cells = Self.sums(rows * columns, seed: seed)
        let cross = CrossFinder(
            rows: rows, columns: columns,
            finder: StepFinder(leaves: 3, minimumRows: 3, minimumHessian: 0.01, l2: 1))
        let totals = Self.totals(cells, rows, columns)
        for (isDrawn, blocks) in [
            (false, cross.best(totals: totals)), (true, cross.drawn(totals: totals, key: UInt64(seed))),
        ] {
            var hits = [Int](repeating: 0, count: rows * columns)
            for block in blocks {
                var sum = Sum()
                for row in block.rows {
                    for column in block.columns {
                        hits[row * columns + column] += 1
                        sum = sum + cells[row * columns + column]
                    }
                }
                expectClose(sum.gradient, block.sum.gradient, absolute: 1e-12)
                #expect(block.sum.rows >= 3)
            }
            #expect(hits.allSatisfy { $0 <= 1 })
            if !isDrawn, !blocks.isEmpty { #expect(hits.allSatisfy { $0 == 1 }) }
        }
    }
}
