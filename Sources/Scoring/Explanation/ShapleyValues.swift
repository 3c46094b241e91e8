/// Shapley values: what each of several causes contributes to a difference that they make together.
///
///     φᵢ = Σ_{S ∌ i} |S|! (n − |S| − 1)! ÷ n! · [v(S ∪ {i}) − v(S)]
///
/// the mean of what cause i adds over all orders in which the causes can come. The values add up to v(all) − v(none); a
/// cause that never changes anything gets 0, and causes that are interchangeable get the same.
///
/// Source: Shapley (1953), "A value for n-person games", *Contributions to the Theory of Games* II.
public enum ShapleyValues {
    /// The most causes: 2ⁿ values are looked at.
    public static let limit = 16

    /// The values of `count` causes, 1 to ``limit``.
    ///
    /// - Parameter value: v of a set of causes, bit i for cause i; asked once for every set.
    public static func exact(_ count: Int, of value: (_ causes: Int) -> Double) -> [Double] {
        precondition((1...limit).contains(count), "\(count) causes")
        let values = (0..<(1 << count)).map(value)
        let weights = weights(of: count)
        return (0..<count).map { cause in
            var sum = 0.0
            for set in values.indices where set >> cause & 1 == 0 {
                sum += weights[set.nonzeroBitCount] * (values[set | 1 << cause] - values[set])
            }
            return sum
        }
    }

    /// By size of S the weight |S|! (n − |S| − 1)! ÷ n!, which is 1 ÷ (n · C(n − 1, |S|)).
    public static func weights(of count: Int) -> [Double] {
        var choices = 1.0
        return (0..<count).map { size in
            defer { choices = choices * Double(count - 1 - size) / Double(size + 1) }
            return 1 / (Double(count) * choices)
        }
    }

    /// A difference split over features in the direction of their own changes, so that the parts add up to it.
    ///
    /// Let feature j change the sum Σ c_j by Δ_j, together Δ, and let the difference be δ = f(Σ c_j + Δ) − f(Σ c_j) for
    /// an f that does not fall. Along the straight way from one sum to the other each feature is due Δ_j δ ÷ Δ (Aumann
    /// & Shapley); where the changes all but cancel, that ratio says nothing, and the features get what f's usual rise
    /// r gives, with the rest by the size of their changes. With ω = Δ² ÷ (Δ² + (Σ|Δ_j| ÷ 20)²), part j is
    ///
    ///     ω Δ_j δ ÷ Δ + (1 − ω) [r Δ_j + (δ − r Δ) |Δ_j| ÷ Σ|Δ_k|]
    ///
    /// - Parameter rise: r, what f rises by per unit where nothing else is known.
    /// - Returns: One part per feature, with the sum δ; all 0 where no feature changed.
    public static func parts(of difference: Double, along changes: [Double], rise: Double = 1) -> [Double] {
        let size = changes.reduce(0) { $0 + abs($1) }
        guard size > 0 else { return changes.map { _ in 0 } }
        let change = changes.reduce(0, +)
        let softness = size / 20
        let scale = change * change + softness * softness
        // ω ÷ Δ without dividing by a Δ near 0.
        let slope = change / scale * difference
        let rest = softness * softness / scale
        return changes.map { own in
            slope * own + rest * (rise * own + (difference - rise * change) * abs(own) / size)
        }
    }
}
