/// How far two variables rise together, by the pairs of observations that agree and disagree.
///
/// A pair is concordant if the observation with the larger x also has the larger y, discordant if it has the smaller.
/// Weights count an observation that often, and its copies are tied in both.
public struct RankAssociation: Sendable, Hashable {
    /// Weight of the concordant pairs.
    public let concordant: Double
    /// Weight of the discordant pairs.
    public let discordant: Double
    private let total: Double
    private let tiesInX: TieSums
    private let tiesInY: TieSums
    /// Σ over observations of (concordant − discordant partners)².
    private let squaredBalance: Double
    /// Σ of the same times the partners not tied in x, and of their square.
    private let balanceTimesUntied: Double
    private let squaredUntied: Double

    /// Counts pairs.
    ///
    /// - Parameters:
    ///   - x: First variable; may be infinite, no NaN.
    ///   - y: Second variable, of the same length.
    ///   - weights: w ≥ 0. Absent: all 1.
    /// - Throws: ``InferenceError``: NaN, bad weights, or fewer than two observations.
    /// - Complexity: O(n log n), by a binary indexed tree over the ranks of y.
    public init(_ x: [Double], _ y: [Double], weights: [Double]? = nil) throws(InferenceError) {
        precondition(
            x.count == y.count && x.count == weights?.count ?? x.count, "\(x.count) x, \(y.count) y")
        for values in [x, y] {
            if let position = values.firstIndex(where: \.isNaN) {
                throw .badValue(position: position, value: .nan)
            }
        }
        for weight in weights ?? [] where !isWeight(weight) {
            throw .badCount(what: "weight of an observation", value: weight, expected: weightRange)
        }
        let weights = weights ?? Array(repeating: 1, count: x.count)
        total = weights.reduce(0, +)
        guard total >= 2 else { throw .tooFew(what: "observations", given: Int(total), needed: 2) }
        let xRanks = DenseRanks(x)
        let yRanks = DenseRanks(y)
        tiesInX = TieSums(xRanks, weights)
        tiesInY = TieSums(yRanks, weights)
        // Partners below in x, then above in x; each pair is seen once from either side.
        let below = Self.partners(xRanks.order, xRanks, yRanks, weights)
        let above = Self.partners(xRanks.order.reversed(), xRanks, yRanks, weights)
        let ofSameX = xRanks.weights(weights)
        var (concordant, discordant, squares) = (0.0, 0.0, 0.0)
        var (mixed, squaredUntied) = (0.0, 0.0)
        for row in weights.indices {
            concordant += weights[row] * below.lower[row]
            discordant += weights[row] * below.higher[row]
            let balance = below.lower[row] + above.higher[row] - below.higher[row] - above.lower[row]
            squares += weights[row] * balance * balance
            let untied = total - ofSameX[xRanks.ranks[row]]
            mixed += weights[row] * balance * untied
            squaredUntied += weights[row] * untied * untied
        }
        self.concordant = concordant
        self.discordant = discordant
        squaredBalance = squares
        balanceTimesUntied = mixed
        self.squaredUntied = squaredUntied
    }

    /// For each row, the weight of the rows before it in the order, not tied in x, that have lower and higher y.
    private static func partners(
        _ order: some Sequence<Int>, _ xRanks: DenseRanks, _ yRanks: DenseRanks, _ weights: [Double]
    ) -> (lower: [Double], higher: [Double]) {
        var tree = WeightTree(count: yRanks.count)
        var lower = Array(repeating: 0.0, count: weights.count)
        var higher = lower
        var waiting: [Int] = []
        for row in order {
            if let first = waiting.first, xRanks.ranks[first] != xRanks.ranks[row] {
                for earlier in waiting { tree.add(weights[earlier], at: yRanks.ranks[earlier]) }
                waiting.removeAll(keepingCapacity: true)
            }
            waiting.append(row)
            let rank = yRanks.ranks[row]
            lower[row] = tree.sum(below: rank)
            higher[row] = tree.total - tree.sum(below: rank + 1)
        }
        return (lower, higher)
    }
}

extension RankAssociation {
    /// All pairs, n (n − 1) ÷ 2.
    public var pairs: Double { total * (total - 1) / 2 }

    /// Kendall's τ-b: (C − D) ÷ √((pairs not tied in x)(pairs not tied in y)); `nil` where a variable is constant.
    public var tauB: Double? {
        // The root of a square is exact, so a perfect association is 1.
        let untied = ((pairs - tiesInX.pairs) * (pairs - tiesInY.pairs)).squareRoot()
        return untied > 0 ? (concordant - discordant) / untied : nil
    }

    /// Stuart's τ-c: 2 (C − D) k ÷ (n² (k − 1)), k the smaller number of distinct values; `nil` if that is 1.
    public var tauC: Double? {
        let k = Double(min(tiesInX.distinct, tiesInY.distinct))
        return k > 1 ? 2 * (concordant - discordant) * k / (total * total * (k - 1)) : nil
    }

    /// Goodman and Kruskal's γ: (C − D) ÷ (C + D); `nil` where every pair is tied.
    public var gamma: Double? {
        concordant + discordant > 0 ? (concordant - discordant) / (concordant + discordant) : nil
    }

    /// Somers' D of y given x: (C − D) ÷ (pairs not tied in x); `nil` where x is constant.
    ///
    /// With x the realised outcome and y the forecast, ½ (1 + D) is the generalised AUC.
    public var somersDOfYGivenX: Double? {
        let untied = pairs - tiesInX.pairs
        return untied > 0 ? (concordant - discordant) / untied : nil
    }

    /// ½ (1 + D) with Somers' D of y given x.
    ///
    /// Of two observations that differ in the outcome x, it is the share in which the forecast y differs the same way,
    /// ties of the forecast half. For two outcomes it is the AUC.
    ///
    /// Source: ECB (2019), *Instructions for reporting the validation results of internal models*, on LGD and CCF.
    public var generalisedAUC: Double? { somersDOfYGivenX.map { (1 + $0) / 2 } }

    /// The standard error of ``generalisedAUC``, by the jackknife's linear part; for two outcomes it is DeLong's, but
    /// for a divisor n in place of n − 1.
    ///
    /// With b the concordant less the discordant partners of an observation, u those that are not tied with it in x,
    /// and U the pairs not tied in x: √Σ (b − D u)² ÷ 2U.
    public var generalisedAUCStandardError: Double? {
        guard let d = somersDOfYGivenX else { return nil }
        let squares = squaredBalance - 2 * d * balanceTimesUntied + d * d * squaredUntied
        // Rounding can leave a perfect ranking below 0.
        return max(0, squares).squareRoot() / (2 * (pairs - tiesInX.pairs))
    }

    /// Somers' D of x given y.
    public var somersDOfXGivenY: Double? {
        let untied = pairs - tiesInY.pairs
        return untied > 0 ? (concordant - discordant) / untied : nil
    }

    /// C − D in standard deviations if the variables are independent, ties in both accounted for.
    ///
    /// Source: Kendall (1970), *Rank Correlation Methods*, 4th ed., §5; `nil` where a variable is constant.
    public var z: Double? {
        let n = total
        let m = n * (n - 1)
        let v0 = m * (2 * n + 5) - tiesInX.v - tiesInY.v
        var variance = v0 / 18 + 2 * tiesInX.pairs * tiesInY.pairs / m
        if n > 2 { variance += tiesInX.triples * tiesInY.triples / (9 * m * (n - 2)) }
        return variance > 0 && tauB != nil ? (concordant - discordant) / variance.squareRoot() : nil
    }

    /// P(|Z| ≥ |z|), the test of independence by Kendall's τ.
    public var pValue: Double? { z.map { 2 * NormalTail.lower(-abs($0)) } }

    /// P(|Z| ≥ |C − D| ÷ its standard deviation without assuming independence), the test of Somers' D.
    ///
    /// Source: Somers (1962); variance after Brown & Benedetti (1977), *JASA* 72.
    public var somersPValue: Double? {
        let balance = 2 * (concordant - discordant)
        let spread = squaredBalance - balance * balance / total
        guard tauB != nil else { return nil }
        // A perfect association has no spread.
        return spread > 0 ? 2 * NormalTail.lower(-abs(balance) / (2 * spread.squareRoot())) : 0
    }

    /// Sums over the groups of ties of one variable.
    private struct TieSums: Sendable, Hashable {
        /// Σ t (t − 1) ÷ 2.
        var pairs = 0.0
        /// Σ t (t − 1)(t − 2).
        var triples = 0.0
        /// Σ t (t − 1)(2t + 5).
        var v = 0.0
        var distinct = 0

        init(_ ranks: DenseRanks, _ weights: [Double]) {
            for size in ranks.weights(weights) where size > 0 {
                distinct += 1
                pairs += size * (size - 1) / 2
                triples += size * (size - 1) * (size - 2)
                v += size * (size - 1) * (2 * size + 5)
            }
        }
    }
}

/// The rank of each value among the distinct ones, from 0.
private struct DenseRanks {
    let ranks: [Int]
    /// Rows from the lowest value to the highest.
    let order: [Int]
    let count: Int

    init(_ values: [Double]) {
        let rising = RisingOrder(values)
        order = rising.positions.map(Int.init)
        var ranks = Array(repeating: 0, count: values.count)
        var rank = -1
        for (place, row) in order.enumerated() {
            if place == 0 || rising.values[place] != rising.values[place - 1] { rank += 1 }
            ranks[row] = rank
        }
        self.ranks = ranks
        count = rank + 1
    }

    /// The weight of every rank.
    func weights(_ weights: [Double]) -> [Double] {
        var sums = Array(repeating: 0.0, count: count)
        for row in weights.indices { sums[ranks[row]] += weights[row] }
        return sums
    }
}

/// Sums of weights over ranks, with additions in between (Fenwick 1994).
private struct WeightTree {
    private var sums: [Double]
    private(set) var total = 0.0

    init(count: Int) {
        sums = Array(repeating: 0, count: count + 1)
    }

    mutating func add(_ weight: Double, at rank: Int) {
        total += weight
        var place = rank + 1
        while place < sums.count {
            sums[place] += weight
            place += place & -place
        }
    }

    func sum(below rank: Int) -> Double {
        var (place, sum) = (rank, 0.0)
        while place > 0 {
            sum += sums[place]
            place -= place & -place
        }
        return sum
    }
}
