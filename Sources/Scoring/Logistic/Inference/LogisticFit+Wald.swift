public import LinearAlgebra
import Statistics

extension LogisticFit {
    /// One line of the table of coefficients.
    public struct Estimate: Sendable, Hashable {
        /// The column, or "(intercept)".
        public let name: String
        /// β.
        public let value: Double
        /// Its standard error.
        public let standardError: Double
        /// Wald's z, β ÷ standard error.
        public let z: Double
        /// Two-sided p-value of z under the standard normal distribution.
        public let pValue: Double
    }

    /// Wald's z of every coefficient, estimate ÷ standard error, the intercept first.
    public var zValues: [Double] { zip(coefficients, standardErrors).map { $0 / $1 } }

    /// The table of coefficients, the intercept first.
    public var estimates: [Estimate] {
        estimates(covariance: covariance)
    }

    /// The table of coefficients with another covariance, such as a robust or a clustered one.
    ///
    /// - Parameter covariance: Of β₀ … β_p, shape (p + 1, p + 1).
    public func estimates(covariance: Matrix) -> [Estimate] {
        precondition(
            covariance.rows == coefficients.count && covariance.columns == coefficients.count,
            "a \(covariance.rows)×\(covariance.columns) covariance of \(coefficients.count) coefficients")
        return coefficients.indices.map { index in
            let error = covariance[index, index].squareRoot()
            let z = coefficients[index] / error
            return Estimate(
                name: index == 0 ? RegressionReport.interceptName : names[index - 1],
                value: coefficients[index],
                standardError: error, z: z, pValue: 2 * NormalDistribution.standard.survival(abs(z)))
        }
    }

    /// Wald's intervals β ± z · standard error, the intercept first.
    ///
    /// - Parameter confidence: The level, in (0, 1).
    public func waldIntervals(confidence: Double = 0.95) -> [ConfidenceInterval] {
        waldIntervals(confidence: confidence, covariance: covariance)
    }

    /// Wald's intervals with another covariance, such as a robust or a clustered one.
    ///
    /// - Parameters:
    ///   - confidence: The level, in (0, 1).
    ///   - covariance: Of β₀ … β_p, shape (p + 1, p + 1).
    public func waldIntervals(confidence: Double, covariance: Matrix) -> [ConfidenceInterval] {
        precondition(confidence > 0 && confidence < 1, "a confidence of \(confidence)")
        let reach = NormalDistribution.standard.quantile(upperTail: (1 - confidence) / 2)
        return estimates(covariance: covariance).map { estimate in
            ConfidenceInterval(
                lower: estimate.value - reach * estimate.standardError,
                upper: estimate.value + reach * estimate.standardError, confidence: confidence)
        }
    }

    /// Wald's test that the coefficients of some columns are all zero, βᵀ V⁻¹ β.
    ///
    /// - Parameter columns: Positions of the columns, from 0, each once.
    /// - Returns: nil if their covariance is singular.
    public func waldTest(ofColumns columns: [Int]) -> ChiSquaredTest? {
        let indices = columns.map { $0 + 1 }
        let values = indices.map { coefficients[$0] }
        guard
            let factor = FixedOrderCholesky(
                positiveDefinite: covariance.selecting(rows: indices, columns: indices))
        else {
            return nil
        }
        let statistic = zip(values, factor.solve(values)).reduce(0) { $0 + $1.0 * $1.1 }
        return ChiSquaredTest(statistic: statistic, degreesOfFreedom: columns.count)
    }

    /// The likelihood-ratio test of a smaller model against this one, 2 (ℓ − ℓ₀).
    ///
    /// Meaningful for maximum-likelihood fits on the same rows, the smaller model's columns being among this one's.
    public func likelihoodRatioTest(against smaller: LogisticFit) -> ChiSquaredTest {
        ChiSquaredTest(
            statistic: 2 * (logLikelihood - smaller.logLikelihood),
            degreesOfFreedom: coefficients.count - smaller.coefficients.count)
    }

    /// The likelihood-ratio test of the intercept alone against this model.
    public var likelihoodRatioTestAgainstNull: ChiSquaredTest {
        ChiSquaredTest(
            statistic: 2 * (logLikelihood - nullLogLikelihood), degreesOfFreedom: coefficients.count - 1)
    }
}
