/// A distribution of a real number with a density.
///
/// The upper tail is a function of its own, because 1 − cdf has no digits left where it matters. NaN in gives NaN
/// out; a quantile of a number outside [0, 1] is a programming error.
public protocol ContinuousDistribution: Sendable, Hashable {
    /// The density f(x); 0 outside the support, ∞ where it is unbounded.
    func density(_ x: Double) -> Double

    /// ln f(x), finite where the density itself underflows.
    func logDensity(_ x: Double) -> Double

    /// P(X ≤ x).
    func cdf(_ x: Double) -> Double

    /// P(X > x), with its digits kept where it is small.
    func survival(_ x: Double) -> Double

    /// The x with P(X ≤ x) = p for p in [0, 1]; the ends of the support at 0 and 1.
    func quantile(_ probability: Double) -> Double

    /// The x with P(X > x) = q for q in [0, 1], with its digits kept where q is small.
    func quantile(upperTail probability: Double) -> Double
}

/// A distribution of a count.
public protocol DiscreteDistribution: Sendable, Hashable {
    /// P(X = count).
    func probability(_ count: Int) -> Double

    /// P(X ≤ count).
    func cdf(_ count: Int) -> Double

    /// P(X > count), with its digits kept where it is small; P(X ≥ k) is `survival(k - 1)`.
    func survival(_ count: Int) -> Double

    /// The smallest count with P(X ≤ count) ≥ p, for p in [0, 1].
    func quantile(_ probability: Double) -> Int

    /// The smallest count with P(X > count) ≤ q, for q in [0, 1].
    func quantile(upperTail probability: Double) -> Int
}

/// Stops on a quantile of what is not a probability.
func requireProbability(_ value: Double) {
    precondition(value >= 0 && value <= 1, "a quantile of \(value), which is not a probability")
}
