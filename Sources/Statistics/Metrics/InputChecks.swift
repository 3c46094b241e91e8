/// Refuses NaN, infinities where they are not allowed, and weights that do not count rows.
func checkValues(
    _ values: [Double], weights: [Double]?, what: String, allowsInfinite: Bool
) throws(MetricError) {
    for row in values.indices {
        let value = values[row]
        guard allowsInfinite ? !value.isNaN : value.isFinite else {
            throw .badValue(
                row: row, what: what, value: value.isNaN ? "NaN" : "\(value)",
                expected: allowsInfinite ? "a number" : "a finite number")
        }
    }
    if let weights { try checkWeights(weights, rows: values.count) }
}

/// Refuses weights that are negative, not finite, or so large or small that products of their sums leave the range
/// of doubles.
func checkWeights(_ weights: [Double], rows: Int) throws(MetricError) {
    precondition(weights.count == rows, "\(weights.count) weights for \(rows) rows")
    for row in weights.indices where !isWeight(weights[row]) {
        throw .badValue(row: row, what: "weight", value: "\(weights[row])", expected: weightRange)
    }
}

/// What a weight or a count may be.
let weightRange = "0, or from 1e-90 to 1e90"

/// Whether a number is in that range.
func isWeight(_ value: Double) -> Bool { value == 0 || value >= 1e-90 && value <= 1e90 }
