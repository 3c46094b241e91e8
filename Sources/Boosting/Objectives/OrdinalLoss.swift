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
    var cutPoints: [Double] = []

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
            let (a, b) = cumulative(score: scores[row], level: Int(outcomes[row]))
            return (1 - a - b, a * (1 - a) + b * (1 - b))
        }
    }

    func loss(scores: [Double], outcome: Double) -> Double {
        loss(score: scores[0], level: Int(outcome), cutPoints: cutPoints)
    }

    func cumulativeProbabilities(scores: [Double]) -> [Double] {
        cutPoints.map { 1 / (1 + exp(scores[0] - $0)) }
    }

    private func cumulative(score: Double, level: Int) -> (upper: Double, lower: Double) {
        let upper = level < levels - 1 ? 1 / (1 + exp(score - cutPoints[level])) : 1
        let lower = level > 0 ? 1 / (1 + exp(score - cutPoints[level - 1])) : 0
        return (upper, lower)
    }

    /// −log(a − b) as log(1 + e^−u) + log(1 + e^l) − log(1 − e^(l − u)) with u and l the distances to the cuts, in
    /// which nothing cancels far from them.
    private func loss(score: Double, level: Int, cutPoints: [Double]) -> Double {
        var loss = 0.0
        if level < levels - 1 { loss += log1pExp(score - cutPoints[level]) }
        if level > 0 { loss += log1pExp(cutPoints[level - 1] - score) }
        if level > 0, level < levels - 1 { loss -= log(-expm1(cutPoints[level - 1] - cutPoints[level])) }
        return loss
    }

    private func log1pExp(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
}

// MARK: Learning the cuts

extension OrdinalLoss {
    /// Derivatives of the loss by the cuts: the gradient, and the diagonal of the hessian and what stands beside it.
    private struct Slope: Sendable {
        var gradient: [Double]
        var diagonal: [Double]
        var beside: [Double]

        init(cuts: Int) {
            gradient = [Double](repeating: 0, count: cuts)
            diagonal = gradient
            beside = gradient
        }

        mutating func add(_ other: Slope) {
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
        func mean(_ cuts: [Double]) -> Double {
            workers.reduce(outcomes.count, blockSize: blockRows, into: 0.0) { rows in
                rows.reduce(0.0) { sum, row in
                    sum + (weights.isEmpty ? 1 : Double(weights[row]))
                        * loss.loss(score: scores[row], level: Int(outcomes[row]), cutPoints: cuts)
                }
            } combine: {
                $0 += $1
            }
        }
        let before = mean(cutPoints)
        var share = 1.0
        for _ in 0..<8 {
            let cuts = zip(cutPoints, step).map { $0 - share * $1 }
            // Cuts closer than this leave a level no probability worth a number.
            let areApart = zip(cuts, cuts.dropFirst()).allSatisfy { $1 - $0 > 1e-6 }
            if areApart, mean(cuts) <= before {
                cutPoints = cuts
                return
            }
            share /= 2
        }
    }

    private func slope(
        _ rows: Range<Int>, scores: AlignedBuffer<Double>, outcomes: [Float], weights: [Float]
    ) -> Slope {
        var slope = Slope(cuts: levels - 1)
        for row in rows {
            let level = Int(outcomes[row])
            let weight = weights.isEmpty ? 1 : Double(weights[row])
            let (a, b) = cumulative(score: scores[row], level: level)
            // a − b = a (1 − b) (1 − e^(l − u)), so the ratios a (1 − a) ÷ P and b (1 − b) ÷ P need no difference.
            let isInner = level > 0 && level < levels - 1
            let gap = isInner ? -expm1(cutPoints[level - 1] - cutPoints[level]) : 1
            if level < levels - 1 {
                let ratio = (1 - a) / ((1 - b) * gap)
                slope.gradient[level] -= weight * ratio
                slope.diagonal[level] += weight * (ratio * ratio - ratio * (1 - 2 * a))
                if isInner { slope.beside[level - 1] -= weight * ratio * (b / (a * gap)) }
            }
            if level > 0 {
                let ratio = b / (a * gap)
                slope.gradient[level - 1] += weight * ratio
                slope.diagonal[level - 1] += weight * (ratio * ratio + ratio * (1 - 2 * b))
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
