import Glibc
public import LinearAlgebra

/// A fitted logistic regression: log-odds of default = β₀ + Σⱼ βⱼ xⱼ.
public struct LogisticFit: Sendable, Equatable {
    /// Something that worked but deserves a second look.
    public enum Diagnostic: Sendable, Equatable {
        /// Newton steps had to be shortened this many times before the loss fell: extreme values are likely.
        case shortenedSteps(Int)
        /// This many fitted probabilities are below 1e-10 or above 1 − 1e-10.
        case extremeProbabilities(Int)
        /// Rounding kept the last step at this length, in standard errors.
        case roundingLimited(step: Double)
    }

    /// Names of the p columns.
    public let names: [String]
    /// β₀, β₁ … β_p, in log-odds of default per unit of the column.
    public let coefficients: [Double]
    /// Standard errors of the coefficients, √diag(covariance).
    public let standardErrors: [Double]
    /// (XᵀWX)⁻¹ at the estimate, shape (p + 1, p + 1), intercept first; with a ridge (XᵀWX + λI)⁻¹.
    public let covariance: Matrix
    /// ℓ = Σ w [y ln p + (1 − y) ln(1 − p)] at the estimate, without any penalty.
    public let logLikelihood: Double
    /// ℓ minus the penalty: what was maximised.
    public let penalisedLogLikelihood: Double
    /// ℓ of the model with an intercept (and the offset) alone.
    public let nullLogLikelihood: Double
    /// Parameters: p + 1, or with a ridge the trace of XᵀWX (XᵀWX + λI)⁻¹.
    public let degreesOfFreedom: Double
    /// Rows with a positive weight.
    public let observations: Int
    /// Σ w.
    public let weightSum: Double
    /// Newton steps taken.
    public let iterations: Int
    /// Length of the last step in standard errors, √(gᵀH⁻¹g).
    public let lastStep: Double
    /// What deserves a second look.
    public let diagnostics: [Diagnostic]
}

extension LogisticFit {
    /// β₀.
    public var intercept: Double { coefficients[0] }

    /// β₁ … β_p.
    public var slopes: ArraySlice<Double> { coefficients.dropFirst() }

    /// −2 ℓ.
    public var deviance: Double { -2 * logLikelihood }

    /// −2 ℓ of the null model.
    public var nullDeviance: Double { -2 * nullLogLikelihood }

    /// Akaike's criterion, deviance + 2 · degrees of freedom.
    public var aic: Double { deviance + 2 * degreesOfFreedom }

    /// Schwarz's criterion, deviance + ln(observations) · degrees of freedom.
    public var bic: Double { deviance + log(Double(observations)) * degreesOfFreedom }
}

extension LogisticFit.Diagnostic: CustomStringConvertible {
    /// The fact and the remedy, in a sentence.
    public var description: String {
        switch self {
        case .shortenedSteps(let count):
            "the fit shortened \(count) \(count == 1 ? "step" : "steps") that overshot, as extreme values make it do: "
                + "look at the largest coefficients, and cap the columns' extremes"
        case .extremeProbabilities(let count):
            "\(count) \(count == 1 ? "observation has" : "observations have") a fitted PD below 1e-10 or above "
                + "1 - 1e-10: look for extreme values or a column that knows the outcome, or add a ridge"
        case .roundingLimited(let step):
            "rounding ended the fit \(step) standard errors from the exact optimum: columns are nearly collinear or of "
                + "very different size; standardise them, leave one out, or add a ridge"
        }
    }
}
