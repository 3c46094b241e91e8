import Glibc
import Statistics

/// How many times as often obligors of one group move as those of another, state by state alike.
///
/// The Mantel–Haenszel ratio of rates over states s, with d events in T obligor-years of the group (1) and of the
/// others (0): Σ d₁T₀ ÷ T over Σ d₀T₁ ÷ T. Its logarithm has the variance of Greenland & Robins; the test compares Σ d₁
/// with what equal rates make of all events, Σ d T₁ ÷ T.
///
/// Sources: Rothman & Greenland (1998), *Modern Epidemiology*, ch. 15; Greenland & Robins (1985), *Biometrics* 41.
public struct HazardRatio: Sendable, Equatable {
    /// The ratio; NaN without events to compare.
    public let ratio: Double
    /// 95 % interval of the ratio.
    public let interval: ClosedRange<Double>
    /// χ² of one degree of freedom if the rates are alike.
    public let statistic: Double
    /// P(χ² ≥ statistic).
    public let pValue: Double
    /// Events of the group and of the others.
    public let events: (group: Int, others: Int)
    /// Σ d T₁T₀ ÷ T²: the variance of Σ d₁ under equal rates.
    private let information: Double

    /// Events and obligor-years of a state.
    struct Stratum {
        var events = (group: 0.0, others: 0.0)
        var years = (group: 0.0, others: 0.0)
    }

    init(_ strata: [Stratum]) {
        var (above, below, gap, information) = (0.0, 0.0, 0.0, 0.0)
        var (group, others) = (0.0, 0.0)
        for stratum in strata {
            let years = stratum.years.group + stratum.years.others
            let events = stratum.events.group + stratum.events.others
            group += stratum.events.group
            others += stratum.events.others
            guard years > 0 else { continue }
            above += stratum.events.group * stratum.years.others / years
            below += stratum.events.others * stratum.years.group / years
            gap += stratum.events.group - events * stratum.years.group / years
            information += events * stratum.years.group * stratum.years.others / (years * years)
        }
        ratio = below > 0 ? above / below : .nan
        let error = above > 0 && below > 0 ? (information / (above * below)).squareRoot() : .nan
        let z = 1.959963984540054
        interval =
            error.isFinite ? ratio * exp(-z * error)...ratio * exp(z * error) : 0...Double.infinity
        statistic = information > 0 ? gap * gap / information : 0
        pValue = information > 0 ? 2 * NormalDistribution.standard.survival(statistic.squareRoot()) : 1
        events = (Int(group), Int(others))
        self.information = information
    }

    /// The chance that the test finds a ratio: Φ(|ln r| √I − z), I being the variance of Σ d₁.
    public func power(at ratio: Double, level: Double = 0.05) -> Double {
        guard ratio > 0, information > 0 else { return level }
        let z = NormalDistribution.standard.quantile(1 - level / 2)
        return NormalDistribution.standard.cdf(abs(log(ratio)) * information.squareRoot() - z)
    }

    /// Whether obligors that came from a better state go on to a worse one more often than those that came from a
    /// worse.
    ///
    /// Stretches that begin with the first rating are left out: where they came from is not known.
    ///
    /// Source: Lando & Skødeberg (2002), §5, on rating drift.
    public static func downgradeMomentum(_ histories: RatingHistories) -> HazardRatio {
        var strata = [Stratum](repeating: Stratum(), count: histories.scale.count)
        var before: RatingHistories.Spell?
        histories.forEachSpell { spell in
            defer { before = spell }
            guard let before, before.obligor == spell.obligor, before.next == spell.state else { return }
            let isDowngrade = spell.next.map { $0 > spell.state } ?? false
            let years = spell.exit - spell.entry
            if before.state < spell.state {
                strata[spell.state].years.group += years
                if isDowngrade { strata[spell.state].events.group += 1 }
            } else {
                strata[spell.state].years.others += years
                if isDowngrade { strata[spell.state].events.others += 1 }
            }
        }
        return HazardRatio(strata)
    }

    /// Whether obligors that have been in a state for longer move more or less often than those that are new to it.
    ///
    /// - Parameter years: What is long, > 0. Stretches that begin with the first rating are left out, since the time in
    ///   the state before it is not known.
    public static func durationDependence(
        _ histories: RatingHistories, beyond years: Double = 1
    ) -> HazardRatio {
        var strata = [Stratum](repeating: Stratum(), count: histories.scale.count)
        var before: RatingHistories.Spell?
        histories.forEachSpell { spell in
            defer { before = spell }
            guard let before, before.obligor == spell.obligor, before.next == spell.state else { return }
            let length = spell.exit - spell.entry
            strata[spell.state].years.others += min(length, years)
            strata[spell.state].years.group += max(0, length - years)
            guard spell.next != nil else { return }
            if length > years {
                strata[spell.state].events.group += 1
            } else {
                strata[spell.state].events.others += 1
            }
        }
        return HazardRatio(strata)
    }

    /// Whether two ratios are the same.
    public static func == (left: HazardRatio, right: HazardRatio) -> Bool {
        left.ratio == right.ratio && left.interval == right.interval && left.statistic == right.statistic
            && left.events == right.events
    }
}
