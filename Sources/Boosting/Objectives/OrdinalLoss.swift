import Glibc
import Parallelism

/// Cumulative logit loss over levels 0 ..< K: −log P(y), P(y ≤ k) = 1 ÷ (1 + e^−(cₖ − f)).
///
/// With a and b the cumulative probabilities at the upper and lower cut of level y, ℓ′ = 1 − a − b and
/// ℓ″ = a (1 − a) + b (1 − b). Cuts start at those of the outcomes' shares and take a Newton step after every round.
///
/// Source: McCullagh (1980), *Regression Models for Ordinal Data*.
struct OrdinalLoss: Loss {
    /// K.
    let levels: Int
    /// c₀ < c₁ < … < c_{K−2}, once known.
    var cutPoints: [Double] { didSet { bounds = LevelBounds(cutPoints) } }
    private var bounds: LevelBounds

    init(levels: Int, cutPoints: [Double] = []) {
        self.levels = levels
        self.cutPoints = cutPoints
        bounds = LevelBounds(cutPoints)
    }

    /// Cut points at which a score of 0 gives every level its share of the weight.
    static func cutPoints(levels: Int, outcomes: [Float], weights: [Float]) -> [Double] {
        let shares = (0..<levels).map { level in
            WeightedSums.sums(outcomes, weights) { $0 == Double(level) ? 1 : 0 }
        }
        // Half a row for a level without any keeps the cuts apart.
        let filled = shares.map { max($0.value, 0.5) }
        let total = filled.reduce(0, +)
        var below = 0.0
        return filled.dropLast().map { share in
            below += share
            return log(below / (total - below))
        }
    }

    func baseScores(outcomes: [Float], weights: [Float]) -> [Double] { [0] }

    func fill(
        _ gradients: [GradientStore], rows: Range<Int>, scores: AlignedBuffer<Double>,
        outcomes: [Float], weights: [Float], instructions: Instructions
    ) {
        fillByRow(gradients[0], rows: rows, weights: weights) { row in
            let shares = bounds.shares(bounds.odds(scores[row], Int(outcomes[row])))
            return (shares.above - shares.below, shares.upTo * shares.above + shares.from * shares.below)
        }
    }

    func loss(scores: [Double], outcome: Double) -> Double {
        let level = Int(outcome)
        return bounds.loss(scores[0], level, bounds.odds(scores[0], level))
    }

    func cumulativeProbabilities(scores: [Double]) -> [Double] {
        cutPoints.map { 1 / (1 + exp(scores[0] - $0)) }
    }
}

/// The cuts on both sides of every level, infinite at the ends of the scale, and what the loss has of them alone.
private struct LevelBounds: Sendable {
    private let lower: [Double]
    private let upper: [Double]
    /// 1 − e^(l − u).
    let gaps: [Double]
    /// e^(l − u).
    let ratios: [Double]
    private let logGaps: [Double]

    init(_ cuts: [Double]) {
        lower = [-Double.infinity] + cuts
        upper = cuts + [.infinity]
        gaps = zip(lower, upper).map { -expm1($0 - $1) }
        ratios = zip(lower, upper).map { exp($0 - $1) }
        logGaps = gaps.map { log($0) }
    }

    /// e^(f − u) and e^(l − f): the odds of lying above the level, and those of lying below it.
    func odds(_ score: Double, _ level: Int) -> (above: Double, below: Double) {
        (exp(score - upper[level]), exp(lower[level] - score))
    }

    /// P(y ≤ level) and P(y > level), a and 1 − a; P(y ≥ level) and P(y < level), 1 − b and b: each to full precision.
    func shares(
        _ odds: (above: Double, below: Double)
    ) -> (upTo: Double, above: Double, from: Double, below: Double) {
        let (upTo, from) = (1 / (1 + odds.above), 1 / (1 + odds.below))
        return (
            upTo, odds.above.isInfinite ? 1 : odds.above * upTo,
            from, odds.below.isInfinite ? 1 : odds.below * from
        )
    }

    /// −log(a − b) as log((1 + e^(f − u)) (1 + e^(l − f))) − log(1 − e^(l − u)), in which nothing cancels far from the
    /// cuts.
    func loss(_ score: Double, _ level: Int, _ odds: (above: Double, below: Double)) -> Double {
        // A score is not far above the upper cut and far below the lower one.
        let excess = odds.above + odds.below + odds.above * odds.below
        let own = excess.isFinite ? log1p(excess) : max(score - upper[level], lower[level] - score)
        return own - logGaps[level]
    }
}

// MARK: Learning the cuts

extension OrdinalLoss {
    /// The loss and its derivatives by the cuts: the gradient, and the diagonal of the hessian and what stands beside
    /// it.
    struct Slope: Sendable {
        var loss = 0.0
        var gradient: [Double]
        var diagonal: [Double]
        var beside: [Double]

        init(cuts: Int) {
            gradient = [Double](repeating: 0, count: cuts)
            diagonal = gradient
            beside = gradient
        }

        mutating func add(_ other: Slope) {
            loss += other.loss
            for cut in gradient.indices {
                gradient[cut] += other.gradient[cut]
                diagonal[cut] += other.diagonal[cut]
                beside[cut] += other.beside[cut]
            }
        }
    }

    /// One Newton step of the cuts, shortened until they rise strictly and the loss does not.
    mutating func relearn(
        scores: AlignedBuffer<Double>, outcomes: [Float], weights: [Float], workers: Workers
    ) {
        let loss = self
        let blockRows = 8192
        let slope = workers.reduce(outcomes.count, blockSize: blockRows, into: Slope(cuts: levels - 1)) {
            rows in
            loss.slope(rows, scores: scores, outcomes: outcomes, weights: weights)
        } combine: {
            $0.add($1)
        }
        let step = Self.solve(slope)
        guard step.allSatisfy(\.isFinite) else { return }
        func total(_ bounds: LevelBounds) -> Double {
            workers.reduce(outcomes.count, blockSize: blockRows, into: 0.0) { rows in
                rows.reduce(0.0) { sum, row in
                    let level = Int(outcomes[row])
                    let own = bounds.loss(scores[row], level, bounds.odds(scores[row], level))
                    return sum + (weights.isEmpty ? 1 : Double(weights[row])) * own
                }
            } combine: {
                $0 += $1
            }
        }
        var share = 1.0
        for _ in 0..<8 {
            let cuts = zip(cutPoints, step).map { $0 - share * $1 }
            // Cuts closer than this leave a level no probability worth a number.
            let areApart = zip(cuts, cuts.dropFirst()).allSatisfy { $1 - $0 > 1e-6 }
            if areApart, total(LevelBounds(cuts)) <= slope.loss {
                cutPoints = cuts
                return
            }
            share /= 2
        }
    }

    func slope(
        _ rows: Range<Int>, scores: AlignedBuffer<Double>, outcomes: [Float], weights: [Float]
    ) -> Slope {
        var slope = Slope(cuts: levels - 1)
        for row in rows {
            let level = Int(outcomes[row])
            let weight = weights.isEmpty ? 1 : Double(weights[row])
            let odds = bounds.odds(scores[row], level)
            let shares = bounds.shares(odds)
            slope.loss += weight * bounds.loss(scores[row], level, odds)
            // a − b = a (1 − b) (1 − e^(l − u)), so the ratios r = a (1 − a) ÷ P and b (1 − b) ÷ P need no difference,
            // nor do the second derivatives: r² − r (1 − 2a) = r (a + r (b + (1 − b) e^(l − u))), of which the other
            // is the mirror image.
            let (gap, rest) = (bounds.gaps[level], bounds.ratios[level])
            if level < levels - 1 {
                let ratio = shares.above / (shares.from * gap)
                slope.gradient[level] -= weight * ratio
                slope.diagonal[level] +=
                    weight * ratio * (shares.upTo + ratio * (shares.below + shares.from * rest))
                if level > 0 {
                    slope.beside[level - 1] -= weight * ratio * (shares.below / (shares.upTo * gap))
                }
            }
            if level > 0 {
                let ratio = shares.below / (shares.upTo * gap)
                slope.gradient[level - 1] += weight * ratio
                slope.diagonal[level - 1] +=
                    weight * ratio * (shares.from + ratio * (shares.above + shares.upTo * rest))
            }
        }
        return slope
    }

    /// Solves the tridiagonal system of a Newton step by elimination.
    private static func solve(_ slope: Slope) -> [Double] {
        var (diagonal, right) = (slope.diagonal, slope.gradient)
        for cut in diagonal.indices.dropFirst() {
            let factor = slope.beside[cut - 1] / diagonal[cut - 1]
            diagonal[cut] -= factor * slope.beside[cut - 1]
            right[cut] -= factor * right[cut - 1]
        }
        var step = right
        for cut in diagonal.indices.reversed() {
            let next = cut + 1 < step.count ? slope.beside[cut] * step[cut + 1] : 0
            step[cut] = (right[cut] - next) / diagonal[cut]
        }
        return step
    }
}
