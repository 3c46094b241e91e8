import Glibc

/// K-class log loss: −f_y + log Σₖ e^fₖ.
struct SoftmaxLoss: Loss {
    /// K.
    let classes: Int

    func baseScores(outcomes: [Float], weights: [Float]) -> [Double] {
        let shares = (0..<classes).map { label in
            WeightedSums.sums(outcomes, weights) { $0 == Double(label) ? 1 : 0 }
        }
        // A class without rows starts at half a row rather than at −∞.
        return shares.map { log(max($0.value, 0.5) / $0.weight) }
    }

    func fill(
        _ gradients: [GradientStore], rows: Range<Int>, scores: AlignedBuffer<Double>,
        outcomes: [Float], weights: [Float], instructions: Instructions
    ) {
        GradientKernel.softmax(
            gradients, rows: rows, scores: scores, outcomes: outcomes, weights: weights,
            instructions: instructions)
    }

    func cumulativeProbabilities(scores: [Double]) -> [Double] {
        let largest = scores.max() ?? 0
        let shares = scores.map { exp($0 - largest) }
        let total = shares.reduce(0, +)
        var below = 0.0
        return shares.dropLast().map { share in
            below += share
            return below / total
        }
    }

    func loss(scores: [Double], outcome: Double) -> Double {
        let largest = scores.max() ?? 0
        return log(scores.reduce(0) { $0 + exp($1 - largest) }) + largest - scores[Int(outcome)]
    }
}
