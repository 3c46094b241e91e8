/// A logistic regression fitted under bounds: log-odds of default = β₀ + Σⱼ βⱼ xⱼ.
public struct BoundedLogisticFit: Sendable, Equatable {
    /// Where a coefficient ended.
    public enum Position: Sendable, Hashable {
        /// Between its bounds.
        case free
        /// At its lower bound, exactly.
        case atLower
        /// At its upper bound, exactly.
        case atUpper
        /// Where equal bounds hold it.
        case fixed
    }

    /// Names of the p columns.
    public let names: [String]
    /// β₀, β₁ … β_p, in log-odds of default per unit of the column.
    public let coefficients: [Double]
    /// Where each coefficient ended, intercept first.
    public let positions: [Position]
    /// The slope of the (penalised) log-likelihood per unit of each coefficient.
    ///
    /// It is 0 where the coefficient is free, ≤ 0 at a lower bound, ≥ 0 at an upper one. Its size says how much
    /// log-likelihood a slightly wider bound would gain.
    public let scores: [Double]
    /// Standard errors of the free coefficients, those at bounds taken as known; 0 for these.
    public let standardErrors: [Double]
    /// ℓ = Σ w [y ln p + (1 − y) ln(1 − p)], without any penalty.
    public let logLikelihood: Double
    /// ℓ of the model with an intercept (and the offset) alone.
    public let nullLogLikelihood: Double
    /// The largest violation of the optimality conditions of Karush, Kuhn and Tucker: the slope of the mean loss that
    /// an allowed move of one coefficient would follow downwards, per standard deviation of its column.
    public let violation: Double
    /// Newton steps tried; one that had to be shortened counts every length.
    public let iterations: Int

    /// −2 ℓ.
    public var deviance: Double { -2 * logLikelihood }

    /// Names of the columns whose coefficients are at a bound or fixed.
    public var boundColumns: [String] {
        names.indices.filter { positions[$0 + 1] != .free }.map { names[$0] }
    }
}
