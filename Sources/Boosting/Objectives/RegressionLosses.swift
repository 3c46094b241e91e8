import Glibc

/// Half the squared error: ½ (f − y)².
struct SquaredLoss: Loss {
    func baseScores(outcomes: [Float], weights: [Float]) -> [Double] {
        let sums = WeightedSums.sums(outcomes, weights) { $0 }
        return [sums.value / sums.weight]
    }

    func fill(
        _ gradients: [GradientStore], rows: Range<Int>, scores: AlignedBuffer<Double>,
        outcomes: [Float], weights: [Float], instructions: Instructions
    ) {
        fillByRow(gradients[0], rows: rows, weights: weights) { (scores[$0] - Double(outcomes[$0]), 1) }
    }

    func loss(scores: [Double], outcome: Double) -> Double {
        0.5 * (scores[0] - outcome) * (scores[0] - outcome)
    }
}

/// Poisson deviance up to a constant: e^f − y·f.
struct PoissonLoss: Loss {
    /// Raises the hessian so that one step cannot multiply a mean by more than about e^1.4, as LightGBM does.
    private static let stepGuard = exp(0.7)

    func baseScores(outcomes: [Float], weights: [Float]) -> [Double] {
        let sums = WeightedSums.sums(outcomes, weights) { $0 }
        return [log(sums.value / sums.weight)]
    }

    func fill(
        _ gradients: [GradientStore], rows: Range<Int>, scores: AlignedBuffer<Double>,
        outcomes: [Float], weights: [Float], instructions: Instructions
    ) {
        fillByRow(gradients[0], rows: rows, weights: weights) { row in
            let mean = exp(min(scores[row], 80))
            return (mean - Double(outcomes[row]), mean * Self.stepGuard)
        }
    }

    func loss(scores: [Double], outcome: Double) -> Double { exp(scores[0]) - outcome * scores[0] }
}

/// Pinball loss at level τ: (τ − 1{y < f}) (y − f).
///
/// It has no second derivative: trees are grown with 1 in its place, and leaves take the quantile of their residuals.
struct QuantileLoss: Loss {
    /// τ.
    let level: Double

    var renewsLeaves: Bool { true }

    func baseScores(outcomes: [Float], weights: [Float]) -> [Double] {
        let rows = outcomes.indices.map {
            (value: Double(outcomes[$0]), weight: weights.isEmpty ? 1 : Double(weights[$0]))
        }
        return [renewedValue(residuals: rows) ?? 0]
    }

    func fill(
        _ gradients: [GradientStore], rows: Range<Int>, scores: AlignedBuffer<Double>,
        outcomes: [Float], weights: [Float], instructions: Instructions
    ) {
        fillByRow(gradients[0], rows: rows, weights: weights) { row in
            (Double(outcomes[row]) < scores[row] ? 1 - level : -level, 1)
        }
    }

    func loss(scores: [Double], outcome: Double) -> Double {
        (level - (outcome < scores[0] ? 1 : 0)) * (outcome - scores[0])
    }

    /// The least value at which the weights up to it reach τ of the total.
    func renewedValue(residuals: [(value: Double, weight: Double)]) -> Double? {
        let sorted = residuals.sorted { $0.value < $1.value }
        let target = level * sorted.reduce(0) { $0 + $1.weight }
        var reached = 0.0
        for residual in sorted {
            reached += residual.weight
            if reached >= target { return residual.value }
        }
        return sorted.last?.value
    }
}
