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
        _ gradients: GradientStore, output: Int, rows: Range<Int>, scores: AlignedBuffer<Double>,
        outcomes: [Float], weights: [Float], instructions: Instructions
    ) {
        let rowCount = scores.count / classes
        // Friedman (2001): the diagonal hessian understates the step of K − 1 free scores by K ÷ (K − 1).
        let factor = Double(classes) / Double(classes - 1)
        fillByRow(gradients, rows: rows, weights: weights) { row in
            let largest = (0..<classes).reduce(-Double.infinity) { max($0, scores[$1 * rowCount + row]) }
            let sum = (0..<classes).reduce(0.0) { $0 + exp(scores[$1 * rowCount + row] - largest) }
            let probability = exp(scores[output * rowCount + row] - largest) / sum
            let isLabel = outcomes[row] == Float(output)
            return (probability - (isLabel ? 1 : 0), factor * probability * (1 - probability))
        }
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
