import LinearAlgebra

/// How much one scaled column, z = scale · x, varies over the rows of positive weight.
struct WeightedSpread: Sendable {
    /// √(Σ w (z − z̄)² ÷ Σ w), with z̄ the weighted mean; 0 for a constant column.
    let deviation: Double
    /// Whether there are two different values.
    let varies: Bool

    /// Takes the spread of a column, in two passes so that a large mean costs no digits.
    ///
    /// - Parameter scale: About one over the spread of x, so that no square overflows.
    init(of features: Matrix, column: Int, scale: Double, weights: [Double]) {
        let elements = features.elements
        let first = column * features.rows
        let values = elements.span.extracting(first..<first + features.rows)
        let weights = weights.span
        guard let reference = weights.indices.first(where: { weights[$0] > 0 }) else {
            deviation = 0
            varies = false
            return
        }
        // About a value of the column itself, the sums of a constant column are exactly 0.
        let origin = values[reference] * scale
        var weightSum = 0.0
        var sum = 0.0
        for row in values.indices {
            weightSum += weights[row]
            sum += weights[row] * (values[row] * scale - origin)
        }
        let shift = sum / weightSum
        var squares = 0.0
        var rest = 0.0
        var differing = false
        for row in values.indices {
            let distance = values[row] * scale - origin
            let centred = distance - shift
            if distance != 0, weights[row] > 0 { differing = true }
            squares += weights[row] * centred * centred
            rest += weights[row] * centred
        }
        // What rounding left in the mean is taken out of the squares again.
        let variance = (squares - rest * rest / weightSum) / weightSum
        deviation = max(variance, 0).squareRoot()
        varies = differing
    }
}
