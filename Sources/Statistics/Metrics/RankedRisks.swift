/// Risks put in order once, for figures under many sets of weights or outcomes, as in a bootstrap.
public struct RankedRisks: Sendable {
    private let order: RisingOrder

    /// Orders risks.
    ///
    /// - Parameter risks: Any monotone measure of risk; ±∞ allowed.
    /// - Throws: ``MetricError/badValue(row:what:value:expected:)`` for NaN.
    /// - Complexity: O(n).
    public init(_ risks: [Double]) throws(MetricError) {
        try checkValues(risks, weights: nil, what: "risk", allowsInfinite: true)
        order = RisingOrder(risks)
    }

    /// The outcomes of these risks; the same as ``RankedOutcomes/init(risks:defaulted:weights:)`` without the sort.
    ///
    /// - Parameters:
    ///   - defaulted: Outcomes, in the order in which the risks were given.
    ///   - weights: w ≥ 0, likewise. Absent: all 1.
    /// - Throws: ``MetricError``.
    public func outcomes(defaulted: [Bool], weights: [Double]? = nil) throws(MetricError) -> RankedOutcomes {
        precondition(
            order.positions.count == defaulted.count,
            "\(order.positions.count) risks, \(defaulted.count) outcomes")
        if let weights { try checkWeights(weights, rows: defaulted.count) }
        return try RankedOutcomes(order: order, defaulted: defaulted, weights: weights)
    }
}
