import Glibc
import LinearAlgebra

extension LogisticInference {
    /// What one observation does to the fit.
    public struct Influence: Sendable, Hashable {
        /// Fitted probability of default.
        public let probability: Double
        /// h, the pull of the observation on its own fit; the leverages sum to the number of coefficients.
        public let leverage: Double
        /// √w (y − p) ÷ √(p (1 − p)).
        public let pearsonResidual: Double
        /// ± √(2 w times the row's loss), with the sign of y − p.
        public let devianceResidual: Double
        /// About how far the coefficients move without the observation, r² h ÷ ((1 − h)² (p + 1)) with Pearson's r.
        public let cooksDistance: Double
    }

    /// The influence of every observation, in the order of the rows.
    ///
    /// Source: Pregibon (1981), *Annals of Statistics* 9, 705–724.
    public func influences() -> [Influence] {
        let objective = problem.objective
        let logOdds = objective.logOdds(at: scaledCoefficients)
        let rows = fittedRows()
        let count = Double(fit.coefficients.count)
        return rows.indices.map { row in
            let (leverage, y, weight) = (rows[row].leverage, objective.outcomes[row], objective.weights[row])
            let terms = LogisticObjective.rowTerms(logOdds[row], outcome: y, weight: 1)
            let pearson = weight.squareRoot() * -terms.residual / terms.curvature.squareRoot()
            let deviance = (2 * weight * terms.loss).squareRoot()
            return Influence(
                probability: rows[row].probability, leverage: leverage, pearsonResidual: pearson,
                devianceResidual: terms.residual > 0 ? -deviance : deviance,
                cooksDistance: pearson * pearson * leverage / ((1 - leverage) * (1 - leverage) * count))
        }
    }

    /// Probabilities and leverages at the fit.
    func fittedRows() -> [LogisticObjective.FittedRow] {
        let coefficients = scaledCoefficients
        guard let factor = FixedOrderCholesky(positiveDefinite: likelihood.point(at: coefficients).curvature)
        else { return [] }
        return problem.objective.leverages(at: coefficients, information: factor)
    }
}
