import Glibc
import LinearAlgebra
import Parallelism

/// The negative log-likelihood of a logistic regression and its derivatives, on one set of observations.
///
/// With η = o + β₀ + Xβ and coefficients ordered [β₀, β₁ … β_p]:
///
///     loss      ℓ(β) = Σᵢ wᵢ [log(1 + e^ηᵢ) − yᵢ ηᵢ]
///     gradient  Σᵢ wᵢ (pᵢ − yᵢ) xᵢ
///     hessian   Σᵢ wᵢ pᵢ (1 − pᵢ) xᵢ xᵢᵀ
///
/// where xᵢ starts with a 1 for the intercept. Penalties are the business of the solvers.
struct LogisticObjective: Sendable {
    /// X, shape (n, p), without the intercept column.
    let features: Matrix
    /// y as 0 or 1, length n.
    let outcomes: [Double]
    /// w ≥ 0, length n.
    let weights: [Double]
    /// o, length n; empty for none.
    let offset: [Double]
    /// Threads to spread blocks of rows over; the result does not depend on them.
    let workers: Workers
    /// A change of every column that is applied while reading; the coefficients are those of the changed columns.
    var scaling: ColumnScaling?

    /// What one pass over the data gives.
    struct Derivatives: Sendable {
        /// ℓ(β).
        var loss: Double
        /// Length p + 1, intercept first.
        var gradient: [Double]
        /// Shape (p + 1, p + 1), symmetric, intercept first.
        var hessian: Matrix
    }

    /// Number of coefficients with the intercept, p + 1.
    var coefficientCount: Int { features.columns + 1 }

    /// η at the coefficients, length n.
    func logOdds(at coefficients: [Double]) -> [Double] {
        let rows = features.rows
        var logOdds = offset.isEmpty ? [Double](repeating: 0, count: rows) : offset
        let raw = scaling?.unscaled(coefficients) ?? coefficients
        for row in 0..<rows { logOdds[row] += raw[0] }
        for column in 0..<features.columns where raw[column + 1] != 0 {
            for row in 0..<rows { logOdds[row] += raw[column + 1] * features[row, column] }
        }
        return logOdds
    }

    /// ℓ at the coefficients.
    func loss(at coefficients: [Double]) -> Double {
        let logOdds = logOdds(at: coefficients)
        var loss = 0.0
        for row in logOdds.indices { loss += weights[row] * Self.rowLoss(logOdds[row], outcomes[row]) }
        return loss
    }

    /// ℓ and its gradient at the coefficients.
    func lossAndGradient(at coefficients: [Double]) -> (loss: Double, gradient: [Double]) {
        let derivatives = derivatives(at: coefficients)
        return (derivatives.loss, derivatives.gradient)
    }

    /// ℓ, gradient and hessian at the coefficients.
    func derivatives(at coefficients: [Double]) -> Derivatives {
        let count = coefficientCount
        let logOdds = logOdds(at: coefficients)
        var loss = 0.0
        var gradient = [Double](repeating: 0, count: count)
        var hessian = Matrix(rows: count, columns: count)
        for row in logOdds.indices {
            var x = [1.0] + features.row(row)
            if let scaling {
                for j in 0..<features.columns { x[j + 1] = scaling.shift[j] + scaling.scale[j] * x[j + 1] }
            }
            let probability = 1 / (1 + exp(-logOdds[row]))
            let residual = weights[row] * (probability - outcomes[row])
            let curvature = weights[row] * probability * (1 - probability)
            loss += weights[row] * Self.rowLoss(logOdds[row], outcomes[row])
            for i in 0..<count {
                gradient[i] += residual * x[i]
                for j in 0..<count { hessian[i, j] += curvature * x[i] * x[j] }
            }
        }
        return Derivatives(loss: loss, gradient: gradient, hessian: hessian)
    }

    /// log(1 + e^η) − yη without overflow.
    private static func rowLoss(_ logOdds: Double, _ outcome: Double) -> Double {
        max(logOdds, 0) + log1p(exp(-abs(logOdds))) - outcome * logOdds
    }
}
