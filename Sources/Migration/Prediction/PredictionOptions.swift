public import Parallelism

/// How the next state of each obligor is predicted.
public struct PredictionOptions: Sendable {
    /// The model.
    public enum Method: String, Sendable, Hashable, CaseIterable {
        /// The smoothed matrix: the same for all obligors of a state.
        case cohort
        /// Cumulative logit with thresholds by current state.
        case orderedLogit = "ordered-logit"
        /// Cumulative probit with thresholds by current state.
        case orderedProbit = "ordered-probit"
        /// Multinomial logit that changes the matrix.
        case multinomial
        /// Boosted trees with K-class loss that change the matrix.
        case boosted
        /// Boosted trees with ordinal loss.
        case boostedOrdinal = "boosted-ordinal"
        /// The mean of ordered logit and boosted trees with ordinal loss.
        case blend
    }

    /// The model.
    public var method: Method
    /// What is assumed of obligors whose rating was withdrawn.
    public var withdrawal = WithdrawalRule.excluded
    /// λ of the regressions, as in ``RegressionOptions/ridge``.
    public var ridge = 10.0
    /// Obligors that are thought into every state, spread over the next states like all obligors'; > 0.
    public var priorObligors = 1.0
    /// Columns that a regression may use.
    public var maximumColumns = 40
    /// Rounds of boosting.
    public var rounds = 80
    /// About as many rows are drawn for every round of trees, if there are more; at least 1,000.
    ///
    /// Trees of eight leaves gain nothing from more, and growing one then costs the same for any portfolio.
    public var rowsPerRound = 8_000
    /// Where randomness of boosting starts.
    public var seed: UInt64 = 1
    /// Threads; the result does not depend on them.
    public var workers = Workers.single

    /// Options with their defaults.
    public init(method: Method = .blend) { self.method = method }

    func validated() throws(MigrationError) -> PredictionOptions {
        guard ridge > 0, ridge.isFinite else {
            throw .badOption(name: "ridge", value: "\(ridge)", expected: "finite and positive")
        }
        guard priorObligors > 0, priorObligors.isFinite else {
            throw .badOption(
                name: "priorObligors", value: "\(priorObligors)", expected: "finite and positive")
        }
        guard maximumColumns >= 1 else {
            throw .badOption(name: "maximumColumns", value: "\(maximumColumns)", expected: "at least 1")
        }
        guard rowsPerRound >= 1_000 else {
            throw .badOption(name: "rowsPerRound", value: "\(rowsPerRound)", expected: "at least 1,000")
        }
        guard rounds >= 1 else {
            throw .badOption(name: "rounds", value: "\(rounds)", expected: "at least 1")
        }
        return self
    }
}
