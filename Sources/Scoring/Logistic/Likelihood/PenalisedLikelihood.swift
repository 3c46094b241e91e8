import LinearAlgebra

/// A negative log-likelihood with its penalty, as Newton's method sees it.
///
///     none    f = ℓ
///     ridge   f = ℓ + ½ Σⱼ λⱼ bⱼ²
///     Firth   f = ℓ − ½ ln det H,   H = ZᵀWZ, the information
///
/// Firth's gradient is g − Σᵢ hᵢ (½ − pᵢ) zᵢ with the leverages hᵢ; its curvature is that of ℓ with the weights wᵢ +
/// hᵢ, which leaves out how the leverages change.
///
/// Sources: Firth (1993), *Biometrika* 80, 27–38; Heinze & Schemper (2002), *Statistics in Medicine* 21, 2409–2419.
struct PenalisedLikelihood: Sendable {
    /// The penalty on the columns of the objective.
    enum Penalty: Sendable {
        /// None.
        case none
        /// λⱼ for every coefficient, 0 for the intercept.
        case ridge([Double])
        /// Firth's correction.
        case firth
    }

    /// f at a point with what a Newton step needs.
    struct Point: Sendable {
        /// f.
        var value: Double
        /// ℓ.
        var loss: Double
        /// The gradient of f.
        let gradient: [Double]
        /// The matrix of the Newton step, about the second derivative of f.
        let curvature: Matrix
        /// H, the second derivative of ℓ.
        let information: Matrix
        /// Rows whose probability is extreme.
        let extremeRows: Int
    }

    let objective: LogisticObjective
    let penalty: Penalty
    /// Σ w.
    let weightSum: Double

    /// f on the columns of an objective, which the ridge of the options knows in raw units.
    init(_ objective: LogisticObjective, _ penalty: LogisticOptions.Penalty, weightSum: Double) {
        self.objective = objective
        self.weightSum = weightSum
        self.penalty =
            switch penalty {
            case .none, .ridge(0): .none
            case .ridge(let strength): .ridge([0] + objective.scaling.scale.map { strength * $0 * $0 })
            case .firth: .firth
            }
    }

    /// f with its derivatives.
    func point(at coefficients: [Double]) -> Point {
        let derivatives = objective.derivatives(at: coefficients)
        if case .firth = penalty { return firthPoint(derivatives, at: coefficients) }
        var gradient = derivatives.gradient
        var curvature = derivatives.hessian
        if case .ridge(let strengths) = penalty {
            for index in strengths.indices {
                gradient[index] += strengths[index] * coefficients[index]
                curvature[index, index] += strengths[index]
            }
        }
        return Point(
            value: derivatives.loss + ridge(at: coefficients), loss: derivatives.loss, gradient: gradient,
            curvature: curvature, information: derivatives.hessian, extremeRows: derivatives.extremeRows)
    }

    /// f alone.
    func value(at coefficients: [Double]) -> Double {
        if case .firth = penalty {
            let derivatives = objective.derivatives(at: coefficients)
            return derivatives.loss - halfLogDeterminant(of: derivatives.hessian)
        }
        return objective.loss(at: coefficients) + ridge(at: coefficients)
    }

    /// Whether a minimum exists for columns that depend on each other.
    var allowsDependentColumns: Bool { if case .ridge = penalty { true } else { false } }

    /// Whether a minimum exists only if the classes overlap.
    var isUnpenalised: Bool { if case .none = penalty { true } else { false } }

    private func ridge(at coefficients: [Double]) -> Double {
        guard case .ridge(let strengths) = penalty else { return 0 }
        var sum = 0.0
        for index in strengths.indices {
            sum += 0.5 * strengths[index] * coefficients[index] * coefficients[index]
        }
        return sum
    }

    /// ½ ln det H; −∞ where it is singular, so that no step goes there.
    private func halfLogDeterminant(of information: Matrix) -> Double {
        guard let factor = FixedOrderCholesky(positiveDefinite: information) else { return -.infinity }
        return 0.5 * factor.logDeterminant
    }

    private func firthPoint(_ derivatives: LogisticObjective.Derivatives, at coefficients: [Double]) -> Point
    {
        guard let factor = FixedOrderCholesky(positiveDefinite: derivatives.hessian) else {
            return Point(
                value: .infinity, loss: derivatives.loss, gradient: derivatives.gradient,
                curvature: derivatives.hessian, information: derivatives.hessian,
                extremeRows: derivatives.extremeRows)
        }
        let rows = objective.leverages(at: coefficients, information: factor)
        let shift = objective.columnSums(weighting: rows.map { $0.leverage * (0.5 - $0.probability) })
        var weights = objective.weights
        for row in weights.indices { weights[row] += rows[row].leverage }
        let augmented = objective.reweighted(weights).derivatives(at: coefficients)
        return Point(
            value: derivatives.loss - 0.5 * factor.logDeterminant, loss: derivatives.loss,
            gradient: zip(derivatives.gradient, shift).map { $0 - $1 }, curvature: augmented.hessian,
            information: derivatives.hessian, extremeRows: derivatives.extremeRows)
    }
}
