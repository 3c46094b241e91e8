/// What boosting minimises, and so what its raw scores mean.
public enum Objective: Sendable, Hashable {
    /// Binary log loss; the raw score is the log-odds of default.
    case binary
    /// K-class log loss by softmax; K raw scores a row.
    case softmax(classes: Int)
    /// Cumulative logit over ordered levels 0 ..< K; one raw score, higher means a higher level, and K − 1 rising
    /// cut points: P(y ≤ k) = 1 ÷ (1 + e^−(cₖ − f)).
    case ordinal(levels: Int)
    /// Half the squared error; the raw score is the mean.
    case squared
    /// Pinball loss at a level τ in (0, 1); the raw score is the quantile.
    case quantile(level: Double)
    /// Poisson deviance; the raw score is the logarithm of the mean.
    case poisson

    /// Raw scores per row.
    public var outputCount: Int {
        if case .softmax(let classes) = self { classes } else { 1 }
    }
}
