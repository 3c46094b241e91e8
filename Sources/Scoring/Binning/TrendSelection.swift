import Foundation

/// The choice of a trend for one variable.
///
/// A peak or a valley contains every ascending and descending partition (it may turn at an end), so it always has the
/// larger information value, on noise as well: by that measure nearly every variable bends. The automatic choice
/// therefore weighs the shapes by the Bayesian information criterion. For each shape the partition that maximises
///
///     2 ℓ − k ln n
///
/// is found exactly, with ℓ the binomial log-likelihood, k the number of bins and n the total weight. A bend is
/// taken if its criterion, less a further ln n for the turning point, exceeds that of both monotone shapes; otherwise
/// the better monotone trend by information value. The bins themselves are then those with the largest
/// information value under the chosen trend, which is never below that of the better monotone trend. The choice depends
/// on counts alone.
///
/// Source: Schwarz (1978), *Estimating the dimension of a model*, Annals of Statistics 6.
struct TrendSelection {
    private let byValue: OptimalPartition
    private let byCriterion: OptimalPartition
    private let penalty: Double

    /// A partition under a trend.
    struct Choice: Sendable {
        let trend: BinningTrend
        let partition: OptimalPartition.Solution
    }

    /// Prepares the choice for pre-bins with these counts; both classes must occur.
    init(nonDefaults: [Double], defaults: [Double], constraints: OptimalPartition.Constraints) {
        penalty = log(nonDefaults.reduce(0, +) + defaults.reduce(0, +))
        byValue = OptimalPartition(nonDefaults: nonDefaults, defaults: defaults, constraints: constraints)
        byCriterion = OptimalPartition(
            nonDefaults: nonDefaults, defaults: defaults, constraints: constraints,
            objective: .likelihood(penaltyPerBin: penalty))
    }

    /// The best partition under a trend, or under the one chosen; `nil` if none is admissible.
    func choice(_ trend: BinningTrend) -> Choice? {
        switch trend {
        case .automatic:
            if let bend = earnedBend { best(of: [bend]) } else { best(of: [.descending, .ascending]) }
        case .automaticMonotone:
            best(of: [.descending, .ascending])
        case .largestIV:
            best(of: [.descending, .ascending, .peak, .valley])
        case .ascending, .descending, .peak, .valley, .none:
            best(of: [trend])
        }
    }

    /// The trend of several with the largest IV, the first of equals.
    private func best(of trends: [BinningTrend]) -> Choice? {
        var best: Choice?
        for trend in trends {
            guard let partition = byValue.solve(trend.course) else { continue }
            if partition.value > best?.partition.value ?? -.infinity {
                best = Choice(trend: trend, partition: partition)
            }
        }
        return best
    }

    /// The bend that the information criterion prefers to a monotone trend, if there is one.
    private var earnedBend: BinningTrend? {
        func criterion(_ trend: BinningTrend) -> Double {
            byCriterion.solve(trend.course)?.value ?? -.infinity
        }
        let (peak, valley) = (criterion(.peak), criterion(.valley))
        let monotone = max(criterion(.ascending), criterion(.descending))
        guard max(peak, valley) - penalty > monotone else { return nil }
        return peak > valley ? .peak : .valley
    }
}

extension BinningTrend {
    /// The course that a trend prescribes; a choice prescribes none.
    fileprivate var course: OptimalPartition.Course {
        switch self {
        case .ascending: .ascending
        case .descending: .descending
        case .peak: .peak
        case .valley: .valley
        case .none, .automatic, .automaticMonotone, .largestIV: .free
        }
    }
}
