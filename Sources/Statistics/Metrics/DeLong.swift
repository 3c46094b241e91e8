/// The area under the ROC curve with its sampling variance, and the comparison of two areas on the same obligors.
///
/// The placement of a default is the share of non-defaults less risky than it, ties half, and the other way round for
/// a non-default; the area is the mean placement and its variance comes from theirs:
///
///     Var = S₁₀ ÷ m + S₀₁ ÷ n, S the variances of the m and n placements, divisors m − 1 and n − 1
///
/// Source: DeLong, DeLong & Clarke-Pearson (1988), *Biometrics* 44; Sun & Xu (2014), *IEEE Signal Processing Letters* 21,
/// for placements by ranks in O(n log n).
public struct DeLongEstimate: Sendable {
    /// The area under the ROC curve, in [0, 1].
    public let auc: Double
    /// Its sampling variance; 0 where a class has one member.
    public let variance: Double
    private let ofDefaults: [Double]
    private let ofNonDefaults: [Double]

    /// The square root of the variance.
    public var standardError: Double { variance.squareRoot() }

    /// Ranks observations by risk; see ``RankedOutcomes/init(risks:defaulted:weights:)`` for arguments and errors.
    ///
    /// - Complexity: O(n).
    public init(risks: [Double], defaulted: [Bool]) throws(MetricError) {
        let ranked = try RankedOutcomes(risks: risks, defaulted: defaulted)
        var placementByRisk: [(ofDefault: Double, ofNonDefault: Double)] = []
        var (defaultsBelow, nonDefaultsBelow) = (0.0, 0.0)
        for group in ranked.groups {
            placementByRisk.append(
                (
                    (nonDefaultsBelow + group.nonDefaults / 2) / ranked.nonDefaults,
                    1 - (defaultsBelow + group.defaults / 2) / ranked.defaults
                ))
            defaultsBelow += group.defaults
            nonDefaultsBelow += group.nonDefaults
        }
        // Placements go back to the observations' own order, in which two models can be paired.
        var placements = [Double](repeating: 0, count: risks.count)
        var group = -1
        var last = Double.nan
        for position in RisingOrder.positions(of: risks) {
            let row = Int(position)
            if risks[row] != last {
                group += 1
                last = risks[row]
            }
            placements[row] =
                defaulted[row] ? placementByRisk[group].ofDefault : placementByRisk[group].ofNonDefault
        }
        ofDefaults = defaulted.indices.filter { defaulted[$0] }.map { placements[$0] }
        ofNonDefaults = defaulted.indices.filter { !defaulted[$0] }.map { placements[$0] }
        auc = ranked.auc
        variance = Self.covariance(ofDefaults, ofDefaults) + Self.covariance(ofNonDefaults, ofNonDefaults)
    }

    /// The area's confidence interval, auc ± z · standard error cut to [0, 1].
    ///
    /// - Parameter level: Confidence in (0, 1), such as 0.95.
    public func interval(level: Double = 0.95) -> ClosedRange<Double> {
        let reach = NormalDistribution.standard.quantile(upperTail: (1 - level) / 2) * standardError
        return max(0, auc - reach)...min(1, auc + reach)
    }

    /// The covariance of this area and another model's on the same observations in the same order.
    public func covariance(with other: DeLongEstimate) -> Double {
        precondition(
            ofDefaults.count == other.ofDefaults.count && ofNonDefaults.count == other.ofNonDefaults.count,
            "areas of different observations")
        return Self.covariance(ofDefaults, other.ofDefaults)
            + Self.covariance(ofNonDefaults, other.ofNonDefaults)
    }

    /// Tests whether this area and another model's on the same observations differ.
    ///
    /// - Returns: z = (A − B) ÷ standard error of the difference, and its two-sided p-value; z = 0 and p = 1 where
    ///   both rank alike.
    public func compared(with other: DeLongEstimate) -> (z: Double, pValue: Double) {
        let difference = auc - other.auc
        let spread = variance + other.variance - 2 * covariance(with: other)
        guard difference != 0 else { return (0, 1) }
        let z = difference / max(0, spread).squareRoot()
        return (z, 2 * NormalDistribution.standard.survival(abs(z)))
    }

    /// The covariance of two means of paired placements.
    private static func covariance(_ left: [Double], _ right: [Double]) -> Double {
        let count = Double(left.count)
        guard count > 1 else { return 0 }
        let meanLeft = left.reduce(0, +) / count
        let meanRight = right.reduce(0, +) / count
        var sum = 0.0
        for index in left.indices { sum += (left[index] - meanLeft) * (right[index] - meanRight) }
        return sum / (count - 1) / count
    }
}

extension RankedOutcomes {
    /// Hanley and McNeil's standard error of the area, which knows the area and the two counts alone.
    ///
    /// Q₁ = A ÷ (2 − A), Q₂ = 2A² ÷ (1 + A),
    /// Var = [A (1 − A) + (m − 1)(Q₁ − A²) + (n − 1)(Q₂ − A²)] ÷ (m n).
    ///
    /// Source: Hanley & McNeil (1982), *Radiology* 143.
    public var hanleyMcNeilStandardError: Double {
        let area = auc
        let q1 = area / (2 - area)
        let q2 = 2 * area * area / (1 + area)
        let sum =
            area * (1 - area) + (defaults - 1) * (q1 - area * area) + (nonDefaults - 1) * (q2 - area * area)
        return (sum / (defaults * nonDefaults)).squareRoot()
    }
}
