/// Hand's H: how much a ranking saves, averaged over a stated distribution of misclassification costs.
///
/// With c the cost of refusing a good obligor and 1 − c that of taking a bad one, distributed as Beta(2, 1 + 1 ÷ SR)
/// whose mode is SR ÷ (1 + SR), H is 1 minus the expected minimum loss over that of a ranking without information.
/// Unlike the AUC it weighs the same costs for every ranking.
///
/// Source: Hand (2009), *Machine Learning* 77; Hand & Anagnostopoulos (2014), *Pattern Recognition Letters* 40.
public struct HMeasure: Sendable, Hashable {
    /// H, from 0 to 1.
    public let h: Double
    /// Area under the convex hull of the ROC curve.
    public let areaUnderHull: Double
    /// The smallest share of all rows called wrong at any cut-off.
    public let minimumErrorRate: Double
    /// Twice the smallest loss at any cut-off where costs are SR to 1.
    public let minimumWeightedLoss: Double
    /// SR, the cost of refusing a good obligor in units of the cost of taking a bad one.
    public let severityRatio: Double

    /// Works out H.
    ///
    /// - Parameter severityRatio: SR > 0; absent for defaults ÷ non-defaults, at which both kinds of error weigh alike
    ///   in total.
    /// - Throws: ``MetricError/badParameter(name:value:expected:)``.
    public init(_ ranked: RankedOutcomes, severityRatio: Double? = nil) throws(MetricError) {
        let ratio = severityRatio ?? ranked.defaults / ranked.nonDefaults
        guard ratio >= 1e-6, ratio <= 1e6 else {
            throw .badParameter(name: "severity ratio", value: "\(ratio)", expected: "from 1e-6 to 1e6")
        }
        let total = ranked.defaults + ranked.nonDefaults
        let priors = (good: ranked.nonDefaults / total, bad: ranked.defaults / total)
        let points = Self.points(ranked)
        let cost = ratio / (1 + ratio)
        minimumErrorRate = Self.smallestLoss(points, priors.good, priors.bad)
        minimumWeightedLoss = 2 * Self.smallestLoss(points, cost * priors.good, (1 - cost) * priors.bad)
        let hull = Self.hull(of: points)
        areaUnderHull =
            zip(hull, hull.dropFirst()).reduce(0) {
                $0 + ($1.1.good - $1.0.good) * (2 - $1.0.bad - $1.1.bad) / 2
            }
        let costs = CostDistribution(ratio: ratio)
        let expected = Self.expectedLoss(hull, priors, costs)
        // Without information all are taken or all refused, whichever is cheaper.
        let worst =
            priors.good * costs.mean(upTo: priors.bad)
            + priors.bad * (costs.complementMean(upTo: 1) - costs.complementMean(upTo: priors.bad))
        h = 1 - expected / worst
        self.severityRatio = ratio
    }

    /// Shares of the non-defaults and of the defaults at or below a cut-off.
    private struct Point {
        var good: Double
        var bad: Double
    }

    private static func points(_ ranked: RankedOutcomes) -> [Point] {
        var points = [Point(good: 0, bad: 0)]
        var (defaults, nonDefaults) = (0.0, 0.0)
        for group in ranked.groups {
            defaults += group.defaults
            nonDefaults += group.nonDefaults
            points.append(Point(good: nonDefaults / ranked.nonDefaults, bad: defaults / ranked.defaults))
        }
        return points
    }

    private static func smallestLoss(_ points: [Point], _ goodWeight: Double, _ badWeight: Double) -> Double {
        points.reduce(.infinity) { min($0, goodWeight * (1 - $1.good) + badWeight * $1.bad) }
    }

    /// The lower hull of bad over good, from (0, 0) to (1, 1): the cut-offs that are best at some cost.
    private static func hull(of points: [Point]) -> [Point] {
        var hull: [Point] = []
        for point in points {
            while hull.count > 1 {
                let (before, last) = (hull[hull.count - 2], hull[hull.count - 1])
                let turn =
                    (last.good - before.good) * (point.bad - before.bad)
                    - (last.bad - before.bad) * (point.good - before.good)
                if turn > 0 { break }
                hull.removeLast()
            }
            hull.append(point)
        }
        return hull
    }

    private static func expectedLoss(
        _ hull: [Point], _ priors: (good: Double, bad: Double), _ costs: CostDistribution
    ) -> Double {
        var loss = 0.0
        var from = 0.0
        for (place, point) in hull.enumerated() {
            var to = 1.0
            if place + 1 < hull.count {
                let rise = priors.bad * (hull[place + 1].bad - point.bad)
                let run = priors.good * (hull[place + 1].good - point.good)
                to = rise / (rise + run)
            }
            loss += priors.good * (1 - point.good) * (costs.mean(upTo: to) - costs.mean(upTo: from))
            loss +=
                priors.bad * point.bad * (costs.complementMean(upTo: to) - costs.complementMean(upTo: from))
            from = to
        }
        return loss
    }
}

/// Costs distributed as Beta(2, b), with the partial means that expected losses need.
private struct CostDistribution {
    private let b: Double
    private var mean: Double { 2 / (2 + b) }

    init(ratio: Double) {
        b = 1 + 1 / ratio
    }

    /// ∫₀ᶜ t w(t) dt.
    func mean(upTo cost: Double) -> Double {
        mean * IncompleteBeta(3, b, at: cost, complement: 1 - cost).lower
    }

    /// ∫₀ᶜ (1 − t) w(t) dt.
    func complementMean(upTo cost: Double) -> Double {
        (1 - mean) * IncompleteBeta(2, b + 1, at: cost, complement: 1 - cost).lower
    }
}
