import LinearAlgebra
import Statistics

extension LogisticInference {
    /// The profile-likelihood interval of a coefficient.
    ///
    /// It holds the values v that a likelihood-ratio test does not reject,
    ///
    ///     2 (ℓ(β̂) − max {ℓ(β) : β_j = v}) ≤ χ²₁ quantile.
    ///
    /// Unlike Wald's it need not be symmetric, and it holds up for few observations. With Firth's correction ℓ is the
    /// penalised likelihood.
    ///
    /// - Parameters:
    ///   - coefficient: 0 for the intercept, j for column j − 1.
    ///   - confidence: The level, in (0, 1).
    /// - Throws: ``FitError/needsUnpenalisedFit`` after a ridge; ``FitError/notConverged(iterations:gradientNorm:)``.
    /// - Complexity: about twenty short fits.
    ///
    /// Source: Venzon & Moolgavkar (1988), *Applied Statistics* 37, 87–94; the root is found here by Newton's method
    /// on the profile, whose slope is that of ℓ in the fixed coefficient.
    public func profileInterval(
        ofCoefficient coefficient: Int, confidence: Double = 0.95
    ) throws(FitError) -> ConfidenceInterval {
        precondition(fit.coefficients.indices.contains(coefficient), "no coefficient \(coefficient)")
        precondition(confidence > 0 && confidence < 1, "a confidence of \(confidence)")
        try requireLikelihood()
        let profile = LikelihoodProfile(self, of: coefficient)
        let z = NormalDistribution.standard.quantile(upperTail: (1 - confidence) / 2)
        return ConfidenceInterval(
            lower: try profile.end(at: z * z, direction: -1), upper: try profile.end(at: z * z, direction: 1),
            confidence: confidence)
    }
}

/// The likelihood maximised over all coefficients but one.
private struct LikelihoodProfile {
    private let likelihood: PenalisedLikelihood
    private let options: LogisticOptions
    private let fixed: Int
    /// The maximum, on the columns of the likelihood.
    private let best: [Double]
    private let bestValue: Double
    /// How the others move with the fixed coefficient near the maximum, 1 for itself.
    private let direction: [Double]
    /// The standard error of the coefficient, and what it is in units of the given column.
    private let standardError: Double
    private let unit: Double

    init(_ inference: LogisticInference, of coefficient: Int) {
        options = inference.options
        fixed = coefficient
        let objective = inference.problem.objective
        // Only without shifts is the intercept of the scaled columns that of the given ones.
        let scale = objective.scaling.scale
        let scaling =
            coefficient == 0
            ? ColumnScaling(scale: scale, shift: Array(repeating: 0, count: scale.count)) : objective.scaling
        likelihood = PenalisedLikelihood(
            LogisticObjective(
                features: objective.features, outcomes: objective.outcomes, weights: objective.weights,
                offset: objective.offset, workers: objective.workers, scaling: scaling,
                kernel: objective.kernel), options.penalty,
            weightSum: inference.problem.weightSum)
        best = scaling.scaled(inference.fit.coefficients)
        let point = likelihood.point(at: best)
        bestValue = point.value
        unit = coefficient == 0 ? 1 : scale[coefficient - 1]
        var picked = [Double](repeating: 0, count: best.count)
        picked[coefficient] = 1
        let column = FixedOrderCholesky(positiveDefinite: point.information)?.solve(picked) ?? picked
        standardError = column[coefficient].squareRoot()
        direction = column.map { $0 / column[coefficient] }
    }

    /// The value on one side where twice the fall of the profile reaches a threshold; ± ∞ if it never does.
    func end(at threshold: Double, direction sign: Double) throws(FitError) -> Double {
        var inside = 0.0
        var outside = Double.infinity
        // In standard errors from the maximum; Wald's end to begin with.
        var distance = threshold.squareRoot()
        var warm = best
        // Newton's method on an almost quadratic function; bisection where it would leave the bracket.
        for _ in 0..<200 {
            let value = best[fixed] + sign * distance * standardError
            let (fall, slope, coefficients) = try self.fall(at: value, from: warm)
            let excess = fall - threshold
            if excess <= 0 { inside = distance } else { outside = distance }
            warm = coefficients
            let rise = sign * slope * standardError
            let next = distance - excess / rise
            if abs(next - distance) <= 1e-12 * distance {
                return (best[fixed] + sign * next * standardError) * unit
            }
            if outside.isInfinite {
                // Newton's step may be far too long where the profile levels out.
                distance = rise > 0 && next > distance ? min(next, 4 * distance) : 2 * distance
                if distance > 1e4 { return sign * .infinity }
            } else {
                let isUseful = rise > 0 && next > inside && next < outside
                distance = isUseful ? next : (inside + outside) / 2
                if outside - inside <= 1e-13 * outside { break }
            }
        }
        return (best[fixed] + sign * distance * standardError) * unit
    }

    /// 2 (f(v) − f(best)) of the profile at a value, its slope in v, and the coefficients there.
    private func fall(
        at value: Double, from warm: [Double]
    ) throws(FitError) -> (fall: Double, slope: Double, coefficients: [Double]) {
        var start = warm
        let shift = value - warm[fixed]
        for index in start.indices { start[index] += shift * direction[index] }
        start[fixed] = value
        var solver = NewtonSolver(
            likelihood, start: start, tolerance: options.effectiveTolerance, fixed: [fixed])
        try options.finish(&solver)
        let point = likelihood.point(at: solver.coefficients)
        return (2 * (point.value - bestValue), 2 * point.gradient[fixed], solver.coefficients)
    }
}
