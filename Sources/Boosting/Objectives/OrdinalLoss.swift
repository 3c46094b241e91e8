import Glibc

/// Cumulative logit loss over levels 0 ..< K: −log P(y), P(y ≤ k) = 1 ÷ (1 + e^−(cₖ − f)).
///
/// With a and b the cumulative probabilities at the upper and lower cut of level y, ℓ′ = 1 − a − b and
/// ℓ″ = a (1 − a) + b (1 − b). Cuts are those of the outcomes' shares at f = 0.
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
        _ gradients: GradientStore, output: Int, rows: Range<Int>, scores: AlignedBuffer<Double>,
        outcomes: [Float],
        weights: [Float]
    ) {
        fillByRow(gradients, rows: rows, weights: weights) { row in
            let (a, b) = cumulative(score: scores[row], level: Int(outcomes[row]))
            return (1 - a - b, a * (1 - a) + b * (1 - b))
        }
    }

    func loss(scores: [Double], outcome: Double) -> Double {
        let (a, b) = cumulative(score: scores[0], level: Int(outcome))
        return -log(max(a - b, .leastNormalMagnitude))
    }

    private func cumulative(score: Double, level: Int) -> (upper: Double, lower: Double) {
        let upper = level < levels - 1 ? 1 / (1 + exp(score - cutPoints[level])) : 1
        let lower = level > 0 ? 1 / (1 + exp(score - cutPoints[level - 1])) : 0
        return (upper, lower)
    }
}
