import Glibc

/// A probability of default over a stated performance window, kept as log-odds so that small ones keep their
/// digits.
public struct ProbabilityOfDefault: Sendable, Hashable {
    /// ln(p ÷ (1 − p)); higher is riskier; never NaN, may be infinite.
    public let logOdds: Double

    /// A probability from its log-odds of default; `nil` for NaN.
    public init?(logOdds: Double) {
        guard !logOdds.isNaN else { return nil }
        self.logOdds = logOdds
    }

    /// A probability from a fraction in [0, 1]; `nil` outside.
    public init?(_ value: Double) {
        guard value >= 0, value <= 1 else { return nil }
        logOdds = log(value) - log1p(-value)
    }

    /// The probability as a fraction in [0, 1].
    public var value: Double { Self.value(ofLogOdds: logOdds) }

    /// The probability of survival, 1 − p, without cancellation for large p.
    public var survival: Double { Self.value(ofLogOdds: -logOdds) }

    /// p = 1 ÷ (1 + e^−η), evaluated on the side of the exponential that cannot overflow.
    public static func value(ofLogOdds logOdds: Double) -> Double {
        if logOdds >= 0 { return 1 / (1 + exp(-logOdds)) }
        let odds = exp(logOdds)
        return odds / (1 + odds)
    }
}

extension ProbabilityOfDefault: Comparable {
    /// Orders by risk: a smaller probability of default is less.
    public static func < (left: Self, right: Self) -> Bool { left.logOdds < right.logOdds }
}
