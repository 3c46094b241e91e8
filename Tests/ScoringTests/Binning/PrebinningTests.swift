import Foundation
import Statistics
import Tables
import TestSupport
import Testing

@testable import Scoring

/// A best-first classification tree that looks at every place between two values.
struct PlainTree {
    let rows: [(value: Double, defaulted: Bool, weight: Double)]
    let maximumLeaves: Int
    let minimumLeafWeight: Double

    /// The cut points, halfway between neighbouring values.
    func cuts() -> [Double] {
        let sorted = rows.filter { $0.weight > 0 }.sorted { $0.value < $1.value }
        var leaves = [sorted.indices]
        while leaves.count < maximumLeaves {
            var best: (leaf: Int, row: Int, gain: Double)?
            for (index, leaf) in leaves.enumerated() {
                guard let split = split(Array(sorted[leaf])), split.gain > best?.gain ?? -1 else { continue }
                best = (index, leaf.lowerBound + split.row, split.gain)
            }
            guard let best else { break }
            let leaf = leaves[best.leaf]
            leaves[best.leaf] = leaf.lowerBound..<best.row
            leaves.insert(best.row..<leaf.upperBound, at: best.leaf + 1)
        }
        return leaves.dropFirst().map { leaf in
            (sorted[leaf.lowerBound - 1].value + sorted[leaf.lowerBound].value) / 2
        }
    }

    /// Weighted fall of the Gini impurity, from its definition.
    private func split(
        _ leaf: [(value: Double, defaulted: Bool, weight: Double)]
    ) -> (row: Int, gain: Double)? {
        func impurity(_ weight: Double, _ defaults: Double) -> Double {
            2 * defaults * (weight - defaults) / weight
        }
        let weight = leaf.reduce(0) { $0 + $1.weight }
        let defaults = leaf.reduce(0) { $0 + ($1.defaulted ? $1.weight : 0) }
        guard defaults > 0, defaults < weight else { return nil }
        var best: (row: Int, gain: Double)?
        var below = 0.0
        var defaultsBelow = 0.0
        for row in leaf.indices.dropFirst() {
            below += leaf[row - 1].weight
            defaultsBelow += leaf[row - 1].defaulted ? leaf[row - 1].weight : 0
            guard leaf[row - 1].value != leaf[row].value, below >= minimumLeafWeight,
                weight - below >= minimumLeafWeight
            else { continue }
            let gain =
                impurity(weight, defaults) - impurity(below, defaultsBelow)
                - impurity(weight - below, defaults - defaultsBelow)
            // What rounding alone tells apart is a tie, and the first of equals is taken.
            if gain > (best?.gain ?? -1) + 1e-9 { best = (row, gain) }
        }
        return best
    }
}

@Suite("Pre-bins")
struct PrebinningTests {
    private func sample(
        _ values: [Double], _ defaulted: [Bool], _ weights: [Double]? = nil
    ) throws -> OrderedSample {
        var buffers = SortBuffers()
        return try OrderedSample(
            Column(name: "x", values: .double(values)), defaulted, weights, [], &buffers)
    }

    @Test(
        "the tree on candidates equals the tree that looks everywhere",
        arguments: [(3.0, 0.5), (40.0, 0.1), (1e6, 0.04), (1e6, 0.9)], [false, true])
    func treeEqualsPlainTree(spread: (distinct: Double, rate: Double), isWeighted: Bool) throws {
        for seed in 0..<6 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let rows = (0..<400).map { _ in
                let x = generator.uniform()
                return (
                    value: (x * spread.distinct).rounded(.down) - 2,
                    defaulted: generator.bernoulli(spread.rate * (0.5 + abs(x - 0.4))),
                    weight: isWeighted ? Double(generator.integer(below: 4)) : 1
                )
            }
            let weights = isWeighted ? rows.map(\.weight) : nil
            let sample = try sample(rows.map(\.value), rows.map(\.defaulted), weights)
            for least in [0.0, 1, 20, 90] {
                let tree = TreePrebinning(
                    candidates: CutCandidates(sample), maximumLeaves: 12, minimumLeafWeight: least)
                let plain = PlainTree(rows: rows, maximumLeaves: 12, minimumLeafWeight: least)
                let cuts = tree.positions().map { position in
                    let (below, above) = sample.neighbours(of: position)
                    return (below + above) / 2
                }
                #expect(cuts == plain.cuts(), "seed \(seed), at least \(least)")
            }
        }
    }

    @Test("quantiles hold equal weight where values do not repeat, and never cut a value in two")
    func quantiles() throws {
        var generator = SeededGenerator(seed: 3)
        let order = generator.permutation(1000)
        let distinct = try sample(order.map(Double.init), order.map { $0 % 7 == 0 })
        let cuts = CutCandidates(distinct).quantilePositions(bins: 8)
        #expect(cuts.map(\.rows) == [125, 250, 375, 500, 625, 750, 875])

        let tied = try sample(order.map { Double($0 / 300) }, order.map { $0 % 7 == 0 })
        #expect(CutCandidates(tied).quantilePositions(bins: 8).map(\.rows) == [300, 600, 900])

        let constant = try sample(order.map { _ in 1 }, order.map { $0 % 7 == 0 })
        #expect(CutCandidates(constant).quantilePositions(bins: 8).isEmpty)
    }

    @Test("a variable with few distinct values has a pre-bin for each")
    func fewValues() throws {
        let candidates = CutCandidates(
            try sample([3, 1, 2, 2, 1, 3, 3], [true, false, false, false, false, true, false]))
        #expect(candidates.everyPosition(limit: 3)?.map(\.rows) == [2, 4])
        #expect(candidates.everyPosition(limit: 2) == nil)
    }

    @Test("a cut lies above the lower value and not above the upper, in digits as asked")
    func cutPlacement() {
        let pairs: [(Double, Double)] = [
            (1, 2), (11.42, 11.43), (-0.3, 0.2), (-5, -4.999), (0, .leastNonzeroMagnitude),
            (.leastNonzeroMagnitude, 2 * .leastNonzeroMagnitude), (1, 1.0.nextUp), (-1.0.nextUp, -1),
            (-.greatestFiniteMagnitude, .greatestFiniteMagnitude), (1e300, 1.1e300), (99.5, 100.2),
            (0.1, 0.1.nextUp), (1e-300, 1e300), (-9 * .leastNonzeroMagnitude, -7 * .leastNonzeroMagnitude),
        ]
        for (below, above) in pairs {
            for placement in CutPlacement.allCases {
                let cut = placement.cut(between: below, and: above)
                #expect(cut > below && cut <= above, "\(placement) \(below) \(above): \(cut)")
            }
        }
        #expect(CutPlacement.shortest.cut(between: 11.4216, and: 11.4287) == 11.428)
        #expect(CutPlacement.shortest.cut(between: 99.5, and: 100.2) == 100)
        #expect(CutPlacement.shortest.cut(between: -0.3, and: 0.2) == 0)
        #expect(CutPlacement.shortest.cut(between: 1234.5, and: 1876) == 1800)
        #expect(CutPlacement.midpoint.cut(between: 1, and: 2) == 1.5)
    }
}

@Suite("Radix sort")
struct RadixSortTests {
    @Test("orders any keys", arguments: 0..<12)
    func ordersKeys(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let count = [0, 1, 2, 63, 65, 1000, 5000][seed % 7]
        let shapes: [(inout SeededGenerator) -> UInt64] = [
            { $0.next() }, { $0.next() >> 50 }, { $0.next() >> 30 | 1 << 63 }, { _ in 42 },
            // Alike in the leading 33 bits: the run must be settled by comparison.
            { $0.next() & 0xffff | ($0.next() & 1) << 63 },
        ]
        for shape in shapes {
            var keys = (0..<count).map { _ in shape(&generator) }
            var weighted = keys.enumerated().map { WeightedKey(key: $1, weight: Double($0)) }
            let expected = keys.sorted()
            var buffers = SortBuffers()
            RadixSort.sort(&keys, &buffers)
            RadixSort.sort(&weighted, &buffers)
            #expect(keys == expected)
            #expect(weighted.map(\.key) == expected)
            #expect(Set(weighted.map(\.weight)).count == count)
        }
    }

    @Test("ordered bits order as numbers do and give them back")
    func orderedBits() {
        let numbers: [Double] = [
            -.infinity, -.greatestFiniteMagnitude, -1, -.leastNormalMagnitude, -.leastNonzeroMagnitude, 0,
            .leastNonzeroMagnitude, .leastNormalMagnitude, 1, 1.0.nextUp, .greatestFiniteMagnitude, .infinity,
        ]
        for (first, second) in zip(numbers, numbers.dropFirst()) {
            #expect(first.orderedBits < second.orderedBits)
        }
        for number in numbers { #expect(Double(orderedBits: number.orderedBits) == number) }
        #expect((-0.0).orderedBits == 0.0.orderedBits)
    }
}
