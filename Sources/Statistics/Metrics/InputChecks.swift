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

/// Refuses weights that are negative or not finite.
func checkWeights(_ weights: [Double], rows: Int) throws(MetricError) {
    precondition(weights.count == rows, "\(weights.count) weights for \(rows) rows")
    for row in weights.indices where !(weights[row] >= 0 && weights[row].isFinite) {
        throw .badValue(
            row: row, what: "weight", value: "\(weights[row])", expected: "a finite number ≥ 0")
    }
}
