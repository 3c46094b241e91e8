import Parallelism

/// The derivatives of an objective and where its raw scores start.
protocol Loss: Sendable {
    /// Raw scores that fit best as constants, one per output.
    func baseScores(outcomes: [Float], weights: [Float]) -> [Double]

    /// Writes w·ℓ′ and w·ℓ″ of all outputs for a range of rows.
    ///
    /// - Parameters:
    ///   - gradients: Where to, one per output.
    ///   - scores: Raw scores, output after output, n each.
    ///   - weights: By row; empty for all 1.
    func fill(
        _ gradients: [GradientStore], rows: Range<Int>, scores: AlignedBuffer<Double>,
        outcomes: [Float], weights: [Float], instructions: Instructions)

    /// The loss of one row of weight 1.
    func loss(scores: [Double], outcome: Double) -> Double

    /// Whether leaves take ``renewedValue(residuals:)``.
    var renewsLeaves: Bool { get }

    /// P(y ≤ k) for every class or level k but the last; empty where outcomes are numbers.
    func cumulativeProbabilities(scores: [Double]) -> [Double]

    /// Improves what the loss itself has learned, after the scores have changed.
    mutating func relearn(
        scores: AlignedBuffer<Double>, outcomes: [Float], weights: [Float], workers: Workers)

    /// The best value of a leaf from its rows' residuals y − f, where second derivatives do not give it.
    func renewedValue(residuals: [(value: Double, weight: Double)]) -> Double?
}

extension Loss {
    var renewsLeaves: Bool { false }

    func renewedValue(residuals: [(value: Double, weight: Double)]) -> Double? { nil }

    func cumulativeProbabilities(scores: [Double]) -> [Double] { [] }

    mutating func relearn(
        scores: AlignedBuffer<Double>, outcomes: [Float], weights: [Float], workers: Workers
    ) {}

    /// Writes the derivatives row by row.
    func fillByRow(
        _ gradients: GradientStore, rows: Range<Int>, weights: [Float],
        _ derivatives: (Int) -> (gradient: Double, hessian: Double)
    ) {
        gradients.gradients.withMutableSpan(rows) { first in
            gradients.hessians.withMutableSpan(rows) { second in
                for index in first.indices {
                    let row = rows.lowerBound + index
                    let weight = weights.isEmpty ? 1 : Double(weights[row])
                    let pair = derivatives(row)
                    first[index] = Float(weight * pair.gradient)
                    second[index] = Float(weight * pair.hessian)
                }
            }
        }
    }
}

/// Sums of weights that base scores are made of.
enum WeightedSums {
    /// Σw and Σw·f(y).
    static func sums(
        _ outcomes: [Float], _ weights: [Float], _ value: (Double) -> Double
    ) -> (weight: Double, value: Double) {
        var total = (weight: 0.0, value: 0.0)
        for row in outcomes.indices {
            let weight = weights.isEmpty ? 1 : Double(weights[row])
            total.weight += weight
            total.value += weight * value(Double(outcomes[row]))
        }
        return total
    }
}
