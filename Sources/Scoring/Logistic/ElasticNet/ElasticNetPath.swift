/// The elastic nets of a grid of penalties, from the largest to the smallest.
public struct ElasticNetPath: Sendable, Equatable {
    /// The solution for one penalty.
    public struct Point: Sendable, Equatable {
        /// λ.
        public let penalty: Double
        /// β₀, β₁ … β_p, in log-odds of default per unit of the column; zeros are exact, and so are bounds.
        public let coefficients: [Double]
        /// −2 ℓ, ℓ = Σ w [y ln p + (1 − y) ln(1 − p)].
        public let deviance: Double
        /// 1 − deviance ÷ null deviance.
        public let devianceRatio: Double
        /// How far the solution is from the optimality conditions of Karush, Kuhn and Tucker: the largest slope of
        /// the objective that an allowed move of one coefficient would follow downwards, per standard deviation of
        /// its column.
        public let violation: Double
        /// Passes over the data spent on this penalty.
        public let passes: Int

        /// Number of slopes that are not zero.
        public var nonzeroCount: Int { coefficients.dropFirst().reduce(0) { $0 + ($1 != 0 ? 1 : 0) } }
    }

    /// Names of the p columns.
    public let names: [String]
    /// α.
    public let mixing: Double
    /// The solutions.
    public let points: [Point]
    /// −2 ℓ of the model with an intercept (and the offset) alone.
    public let nullDeviance: Double
    /// Columns with one value only, whose coefficients are 0 or at the bound closest to it.
    public let constantColumns: [String]

    /// The penalties.
    public var penalties: [Double] { points.map(\.penalty) }
}
