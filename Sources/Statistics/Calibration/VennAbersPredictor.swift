/// Probabilities with their own uncertainty, by isotonic regression with and without the new observation's default.
///
/// For a score, the isotonic regression of the outcomes is fitted twice: with the new observation as a non-default,
/// which gives it p₀, and as a default, which gives it p₁. One of the two is calibrated, whatever the scores; the
/// distance between them says how much the data leave open. The probability of least regret in log loss is p = p₁ ÷ (1
/// − p₀ + p₁), which is never 0 or 1.
///
/// Source: Vovk & Petej (2014), "Venn–Abers predictors", *UAI*; Vovk, Petej & Fedorova (2015), *NIPS* 28.
public struct VennAbersPredictor: Sendable, Hashable {
    /// Distinct scores, rising.
    private let scores: [Double]
    /// What the rows of each score hold.
    private let points: [Pool]
    /// The pools of the isotonic regression of the first k scores, worst last: a list that starts at the k-th entry.
    private let before: PoolLists
    /// The same of the scores from the k-th on, best first.
    private let after: PoolLists

    /// Takes up scores with outcomes.
    ///
    /// - Parameters:
    ///   - x: Scores, finite; higher is riskier.
    ///   - y: Outcomes, from 0 to 1, of the same length.
    ///   - weights: w ≥ 0, of the same length; absent for all 1. A new observation counts 1.
    /// - Throws: ``MetricError/empty``, ``MetricError/badValue(row:what:value:expected:)``.
    /// - Complexity: O(n log n).
    public init(x: [Double], y: [Double], weights: [Double]? = nil) throws(MetricError) {
        precondition(x.count == y.count && x.count == weights?.count ?? x.count, "\(x.count) x, \(y.count) y")
        try checkValues(x, weights: weights, what: "score", allowsInfinite: false)
        if let row = y.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
            throw .badValue(row: row, what: "outcome", value: "\(y[row])", expected: "from 0 to 1")
        }
        var (scores, points) = ([Double](), [Pool]())
        for position in RisingOrder(x).positions {
            let row = Int(position)
            let weight = weights?[row] ?? 1
            if weight == 0 { continue }
            let point = Pool(sum: weight * y[row], weight: weight)
            if scores.last == x[row] {
                points[points.count - 1].absorb(point)
            } else {
                scores.append(x[row])
                points.append(point)
            }
        }
        guard !points.isEmpty else { throw .empty }
        var (before, after) = (PoolLists(), PoolLists())
        // A pool that is not above the one before it takes that in; read backwards, one that is not below.
        for point in points { before.push(point) { new, last in new.mean <= last.mean } }
        for point in points.reversed() { after.push(point) { new, last in new.mean >= last.mean } }
        self.scores = scores
        self.points = points
        self.before = before
        self.after = after
    }

    /// p₀ and p₁ of a score; NaN for NaN.
    ///
    /// - Complexity: O(log n), and one step for every pool that the new observation joins.
    public func probabilities(at score: Double) -> (ifNot: Double, ifSo: Double) {
        guard !score.isNaN else { return (.nan, .nan) }
        var (low, high) = (0, scores.count)
        while low < high {
            let middle = (low + high) / 2
            if scores[middle] < score { low = middle + 1 } else { high = middle }
        }
        return (value(low, score, outcome: 0), value(low, score, outcome: 1))
    }

    /// p₁ ÷ (1 − p₀ + p₁) of a score.
    public func probability(at score: Double) -> Double {
        let (p0, p1) = probabilities(at: score)
        return p1 / (1 - p0 + p1)
    }

    /// The fit at a score with a new observation there.
    ///
    /// - Parameter place: How many scores are lower.
    private func value(_ place: Int, _ score: Double, outcome: Double) -> Double {
        let isKnown = place < scores.count && scores[place] == score
        var pool = Pool(sum: outcome, weight: 1)
        if isKnown { pool.absorb(points[place]) }
        var left = before.start(after: place)
        var right = after.start(after: scores.count - place - (isKnown ? 1 : 0))
        while true {
            if left >= 0, before.nodes[left].pool.mean >= pool.mean {
                pool.absorb(before.nodes[left].pool)
                left = before.nodes[left].next
            } else if right >= 0, after.nodes[right].pool.mean <= pool.mean {
                pool.absorb(after.nodes[right].pool)
                right = after.nodes[right].next
            } else {
                return pool.mean
            }
        }
    }

    private struct Pool: Sendable, Hashable {
        var sum: Double
        var weight: Double

        var mean: Double { sum / weight }

        mutating func absorb(_ other: Pool) {
            sum += other.sum
            weight += other.weight
        }
    }

    /// The stacks of pools after every push, which share what they have in common.
    private struct PoolLists: Sendable, Hashable {
        struct Node: Sendable, Hashable {
            let pool: Pool
            /// The pool under it, −1 for none.
            let next: Int
        }

        /// One per push: the top of the stack after it.
        private(set) var nodes: [Node] = []

        /// The top after some pushes, −1 after none.
        func start(after pushes: Int) -> Int { pushes - 1 }

        mutating func push(_ point: Pool, _ violates: (Pool, Pool) -> Bool) {
            var pool = point
            var top = nodes.count - 1
            while top >= 0, violates(pool, nodes[top].pool) {
                pool.absorb(nodes[top].pool)
                top = nodes[top].next
            }
            nodes.append(Node(pool: pool, next: top))
        }
    }
}
