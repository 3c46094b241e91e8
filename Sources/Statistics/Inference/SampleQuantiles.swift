/// Where a quantile lies between two values of a sample.
///
/// Numbers are those of Hyndman & Fan (1996), "Sample quantiles in statistical packages", *American Statistician* 50.
public enum QuantileRule: Sendable, Hashable, CaseIterable {
    /// Type 1: the smallest value with at least p of the sample at or below it; always a value of the sample.
    case inverseCDF
    /// Type 5: piecewise linear through the middles of the steps of the distribution function (Hazen).
    case hazen
    /// Type 6: position p (n + 1) (Weibull; SPSS, Minitab).
    case weibull
    /// Type 7: position 1 + p (n − 1) (R, NumPy, Excel).
    case linear
    /// Type 8: approximately median-unbiased for any distribution.
    case medianUnbiased
}

/// The quantiles of a sample, sorted once.
public struct SampleQuantiles: Sendable, Hashable {
    /// Distinct or not, ascending.
    private let values: [Double]
    /// Weight of the values up to and including each; `nil` for weights of 1.
    private let cumulative: [Double]?
    /// Number of values, or their weight.
    public let count: Double

    /// Sorts a sample.
    ///
    /// - Parameters:
    ///   - values: The sample; may be infinite.
    ///   - weights: w ≥ 0, of the same length; a weight of 2 counts the value twice. Absent: all 1.
    /// - Throws: ``MetricError/empty``, ``MetricError/badValue(row:what:value:expected:)``.
    public init(_ values: [Double], weights: [Double]? = nil) throws(MetricError) {
        try checkValues(values, weights: weights, what: "value", allowsInfinite: true)
        let order = RisingOrder(values)
        guard let weights else {
            guard !values.isEmpty else { throw .empty }
            self.values = order.values
            cumulative = nil
            count = Double(values.count)
            return
        }
        var kept: [Double] = []
        var sums: [Double] = []
        var sum = 0.0
        for (value, position) in zip(order.values, order.positions) where weights[Int(position)] > 0 {
            sum += weights[Int(position)]
            kept.append(value)
            sums.append(sum)
        }
        guard !kept.isEmpty else { throw .empty }
        self.values = kept
        cumulative = sums
        count = sum
    }

    /// The p-quantile.
    ///
    /// - Throws: ``MetricError/badParameter(name:value:expected:)`` for p outside [0, 1].
    public func value(_ probability: Double, rule: QuantileRule = .linear) throws(MetricError) -> Double {
        guard probability >= 0, probability <= 1 else {
            throw .badParameter(name: "probability", value: "\(probability)", expected: "from 0 to 1")
        }
        // Places count from 0.
        let place: Double
        switch rule {
        case .inverseCDF: return value(atPlace: (count * probability).rounded(.up) - 1)
        case .hazen: place = count * probability - 0.5
        case .weibull: place = (count + 1) * probability - 1
        case .linear: place = (count - 1) * probability
        case .medianUnbiased: place = count * probability + (1 + probability) / 3 - 1
        }
        let below = place.rounded(.down)
        let (lower, upper) = (value(atPlace: below), value(atPlace: below + 1))
        let share = place - below
        if lower == upper || share == 0 { return lower }
        let gap = upper - lower
        guard gap.isFinite else { return Self.between(lower, upper, share) }
        // From the nearer end, so that both ends come out exactly.
        return share < 0.5 ? lower + share * gap : upper - (1 - share) * gap
    }

    /// Between values whose difference is not finite: an infinite one draws everything to it, the nearer of two.
    private static func between(_ lower: Double, _ upper: Double, _ share: Double) -> Double {
        if lower == -.infinity { return upper == .infinity && share >= 0.5 ? upper : lower }
        return upper == .infinity ? upper : lower * (1 - share) + upper * share
    }

    /// The value at a whole place of the sorted sample, each value as often as it weighs; the ends beyond them.
    private func value(atPlace place: Double) -> Double {
        guard let cumulative else {
            return values[Int(max(0, min(place, count - 1)))]
        }
        // The first value whose cumulative weight exceeds the place.
        var (low, high) = (0, values.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] > place { high = middle } else { low = middle + 1 }
        }
        return values[low]
    }
}
