import Glibc

/// Binary log loss: log(1 + e^f) − y·f.
struct BinaryLoss: Loss {
    func baseScores(outcomes: [Float], weights: [Float]) -> [Double] {
        let sums = WeightedSums.sums(outcomes, weights) { $0 }
        return [log(sums.value) - log(sums.weight - sums.value)]
    }

    func fill(
        _ gradients: [GradientStore], rows: Range<Int>, scores: AlignedBuffer<Double>,
        outcomes: [Float], weights: [Float], instructions: Instructions
    ) {
        GradientKernel.binary(
            gradients[0], rows: rows, scores: scores, outcomes: outcomes, weights: weights,
            instructions: instructions)
    }

    func cumulativeProbabilities(scores: [Double]) -> [Double] { [1 / (1 + exp(scores[0]))] }

    func loss(scores: [Double], outcome: Double) -> Double {
        max(scores[0], 0) + log1p(exp(-abs(scores[0]))) - outcome * scores[0]
    }
}
