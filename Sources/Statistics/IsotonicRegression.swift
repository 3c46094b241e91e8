/// The non-decreasing step function closest to some points in weighted least squares.
///
/// Minimises Σ wᵢ (yᵢ − f(xᵢ))² over non-decreasing f by pooling adjacent violators; equal x are one point. The fit
/// keeps the weighted mean of y.
///
/// Source: Ayer, Brunk, Ewing, Reid & Silverman (1955), *Annals of Mathematical Statistics* 26; Best & Chakravarti
/// (1990).
public struct IsotonicRegression: Sendable, Hashable {
    /// A pooled stretch: all x from ``lower`` to ``upper`` have one value.
    public struct Block: Sendable, Hashable {
        /// Smallest x of the block.
        public let lower: Double
        /// Largest x of the block.
        public let upper: Double
        /// Its weighted mean of y.
        public let value: Double
        /// Its weight.
        public let weight: Double
    }

    /// The blocks, x and values rising strictly.
    public let blocks: [Block]

    /// Fits points.
    ///
    /// - Parameters:
    ///   - x: Positions, finite.
    ///   - y: Values from −10²⁰⁰ to 10²⁰⁰, of the same length.
    ///   - weights: w ≥ 0, of the same length; absent for all 1. Points of weight 0 do not count.
    /// - Throws: ``MetricError/empty``, ``MetricError/badValue(row:what:value:expected:)``.
    /// - Complexity: O(n).
    public init(x: [Double], y: [Double], weights: [Double]? = nil) throws(MetricError) {
        precondition(x.count == y.count && x.count == weights?.count ?? x.count, "\(x.count) x, \(y.count) y")
        try checkValues(x, weights: weights, what: "x", allowsInfinite: false)
        if let row = y.firstIndex(where: { !(abs($0) <= 1e200) }) {
            // Products with weights would leave the range of doubles.
            throw .badValue(
                row: row, what: "y", value: "\(y[row])", expected: "a number from -1e200 to 1e200")
        }
        var pools: [Pool] = []
        for position in RisingOrder(x).positions {
            let row = Int(position)
            let weight = weights?[row] ?? 1
            if weight == 0 { continue }
            let point = Pool(lower: x[row], upper: x[row], sum: weight * y[row], weight: weight)
            if let last = pools.last, last.upper == x[row], last.lower == x[row] {
                pools[pools.count - 1].absorb(point)
            } else {
                Self.settle(&pools)
                pools.append(point)
            }
        }
        Self.settle(&pools)
        guard !pools.isEmpty else { throw .empty }
        blocks = pools.map {
            Block(lower: $0.lower, upper: $0.upper, value: $0.sum / $0.weight, weight: $0.weight)
        }
    }

    private struct Pool {
        var lower: Double
        var upper: Double
        var sum: Double
        var weight: Double

        mutating func absorb(_ next: Pool) {
            upper = next.upper
            sum += next.sum
            weight += next.weight
        }
    }

    /// Pools the last stretch with those before it as long as it is not above them.
    private static func settle(_ pools: inout [Pool]) {
        while pools.count > 1 {
            let (last, before) = (pools[pools.count - 1], pools[pools.count - 2])
            guard last.sum / last.weight <= before.sum / before.weight else { return }
            pools.removeLast()
            pools[pools.count - 1].absorb(last)
        }
    }

    /// The fitted value at a position: linear between blocks, constant inside and outside of them.
    public func value(at x: Double) -> Double {
        guard !x.isNaN else { return .nan }
        var (low, high) = (0, blocks.count)
        while low < high {
            let middle = (low + high) / 2
            if blocks[middle].upper < x { low = middle + 1 } else { high = middle }
        }
        guard low < blocks.count else { return blocks[blocks.count - 1].value }
        let block = blocks[low]
        guard x < block.lower, low > 0 else { return block.value }
        let before = blocks[low - 1]
        let share = (x - before.upper) / (block.lower - before.upper)
        return before.value + share * (block.value - before.value)
    }
}
