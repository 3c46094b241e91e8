import Glibc
import LinearAlgebra

/// Newton's method with step halving on a convex penalised likelihood.
///
/// On the columns of the objective (standardised, as a rule) it minimises
///
///     f(b) = ℓ(b) + ½ λ Σⱼ (scaleⱼ bⱼ)²,   step d = H⁻¹ g,   length √(gᵀ H⁻¹ g) in standard errors.
///
/// A step is halved until f falls by a share of what its slope promises (Armijo), which makes the method converge
/// from anywhere; far out, where the weights p (1 − p) have vanished, H is lifted by a multiple of the identity.
struct NewtonSolver {
    private let objective: LogisticObjective
    private let options: LogisticOptions
    /// λ · scaleⱼ² for every coefficient, 0 for the intercept.
    private let penalties: [Double]
    /// b, on the columns of the objective.
    private(set) var coefficients: [Double] = []
    /// ℓ at `coefficients`, and its derivatives there or before the last, tiny step; without the penalty.
    private(set) var state: LogisticObjective.Derivatives
    private(set) var iterations = 0
    private(set) var lastStep = Double.infinity
    private(set) var shortenedSteps = 0
    private var isRoundingLimited = false
    private var outcome = Outcome.running

    init(objective: LogisticObjective, ridge: Double, options: LogisticOptions) {
        self.objective = objective
        self.options = options
        let scale = objective.scaling.scale
        penalties = [0] + scale.map { ridge * $0 * $0 }
        state = LogisticObjective.Derivatives(
            loss: .infinity, gradient: [], hessian: Matrix(rows: 0, columns: 0))
    }

    /// How an iteration ended.
    enum Outcome {
        /// The last step was short enough.
        case converged
        /// The steps allowed are used up.
        case running
        /// No step along the Newton direction lowers the loss.
        case stuck
    }

    /// Sets the coefficients to begin with.
    mutating func start(at coefficients: [Double]) {
        self.coefficients = coefficients
        state = objective.derivatives(at: coefficients)
    }

    /// Iterates to the minimum, or until `limit` steps were taken in all; may be called again to go on.
    mutating func iterate(upTo limit: Int) -> Outcome {
        while outcome == .running, iterations < limit {
            let (step, decrement) = newtonStep()
            let previousStep = lastStep
            lastStep = decrement.squareRoot()
            iterations += 1
            // Quadratic convergence ends where rounding of the gradient begins.
            isRoundingLimited = lastStep < 1e-5 && lastStep > 0.25 * previousStep
            if lastStep <= options.tolerance || isRoundingLimited {
                state.loss += quadraticChange(along: step)
                coefficients = moved(by: 1, along: step)
                outcome = .converged
            } else if !advance(along: step, decrement: decrement) {
                outcome = .stuck
            }
        }
        return outcome
    }

    /// Whether the last step proves that the unpenalised likelihood has a maximum.
    ///
    /// Along any direction u with uᵀHu = 1 the third derivative of ℓ is at most R = maxᵢ |zᵢᵀu| ≤ maxᵢ |L⁻¹zᵢ| times
    /// the second, so the slope, −(step length) to begin with, rises by 1 / R at least: it turns positive in every
    /// direction if step · R < 1. On separated data step · R stays about 1 for ever.
    ///
    /// Source: Bach (2010), *Electronic Journal of Statistics* 4, 384–414, propositions 1 and 2.
    ///
    /// - Parameter magnitudes: maxᵢ |zᵢⱼ| for the intercept and every column.
    func provesMaximum(for magnitudes: [Double]) -> Bool {
        guard let factor = CholeskyFactor(state.hessian) else { return false }
        var squared = 0.0
        for row in factor.inverseLower {
            var sum = 0.0
            for (column, value) in row.enumerated() { sum += abs(value) * magnitudes[column] }
            squared += sum * sum
        }
        return lastStep * squared.squareRoot() < 0.5
    }

    /// d = H⁻¹ g and gᵀ d.
    private func newtonStep() -> (step: [Double], decrement: Double) {
        let gradient = penalisedGradient
        var hessian = penalisedHessian
        var factor = CholeskyFactor(hessian)
        let largest = (0..<hessian.rows).reduce(0) { max($0, hessian[$1, $1]) }
        var lift = max(largest, .leastNormalMagnitude) * 1e-12
        while factor == nil, lift.isFinite {
            for index in 0..<hessian.rows { hessian[index, index] += lift }
            factor = CholeskyFactor(hessian)
            lift *= 10
        }
        guard let factor else { return (gradient, .infinity) }
        let step = factor.solve(gradient)
        return (step, zip(gradient, step).reduce(0) { $0 + $1.0 * $1.1 })
    }

    /// Moves along −step, halving it until the loss falls enough; false if no length helps.
    private mutating func advance(along step: [Double], decrement: Double) -> Bool {
        let loss = penalisedLoss(state.loss, at: coefficients)
        // A fall below the rounding of the sum cannot be seen; the full step is then safe.
        let rounding = 1e-12 * abs(loss)
        var length = 1.0
        var candidate = moved(by: length, along: step)
        var derivatives = objective.derivatives(at: candidate)
        var reached = penalisedLoss(derivatives.loss, at: candidate)
        guard !(reached <= loss - 1e-4 * decrement + rounding) else {
            coefficients = candidate
            state = derivatives
            return true
        }
        shortenedSteps += 1
        while !(reached <= loss - 1e-4 * length * decrement + rounding) {
            length /= 2
            guard length > 1e-12 else { return false }
            candidate = moved(by: length, along: step)
            reached = penalisedLoss(objective.loss(at: candidate), at: candidate)
        }
        derivatives = objective.derivatives(at: candidate)
        coefficients = candidate
        state = derivatives
        return true
    }

    /// The change of ℓ that its derivatives promise for the whole step: −gᵀd + ½ dᵀHd.
    private func quadraticChange(along step: [Double]) -> Double {
        var change = 0.0
        for row in step.indices {
            change -= state.gradient[row] * step[row]
            for column in step.indices {
                change += 0.5 * step[row] * state.hessian[row, column] * step[column]
            }
        }
        return change
    }

    private func moved(by length: Double, along step: [Double]) -> [Double] {
        zip(coefficients, step).map { $0 - length * $1 }
    }

    private func penalisedLoss(_ loss: Double, at coefficients: [Double]) -> Double {
        var sum = loss
        for index in penalties.indices {
            sum += 0.5 * penalties[index] * coefficients[index] * coefficients[index]
        }
        return sum
    }

    private var penalisedGradient: [Double] {
        var gradient = state.gradient
        for index in penalties.indices { gradient[index] += penalties[index] * coefficients[index] }
        return gradient
    }

    private var penalisedHessian: Matrix {
        var hessian = state.hessian
        for index in penalties.indices { hessian[index, index] += penalties[index] }
        return hessian
    }

    /// Refuses columns that are combinations of others, unless a penalty tells them apart.
    func checkDependencies(names: [String]) throws(FitError) {
        guard penalties.allSatisfy({ $0 == 0 }) else { return }
        // 1e-11 of the squared length is 3e-6 of a standard deviation, and far above the rounding of the Gram matrix.
        let found = CholeskyFactor.dependencies(in: state.hessian, tolerance: 1e-11)
        guard !found.isEmpty else { return }
        throw .collinear(found.map { dependency($0.column, $0.coefficients, names: names) })
    }

    /// A dependency z_c = Σ aⱼ zⱼ of the scaled columns, in the columns as they were given.
    private func dependency(_ column: Int, _ shares: [Double], names: [String]) -> ColumnDependency {
        let scaling = objective.scaling
        guard column > 0 else { return ColumnDependency(column: "(intercept)", terms: [], constant: 0) }
        // scale_c x_c + shift_c = a₀ + Σ aⱼ (scaleⱼ xⱼ + shiftⱼ); shares below 1e-4 of a deviation are rounding.
        var constant = shares[0] - scaling.shift[column - 1]
        var terms: [ColumnDependency.Term] = []
        for other in 1..<shares.count where abs(shares[other]) > 1e-4 {
            constant += shares[other] * scaling.shift[other - 1]
            terms.append(
                ColumnDependency.Term(
                    column: names[other - 1],
                    coefficient: shares[other] * scaling.scale[other - 1] / scaling.scale[column - 1]))
        }
        return ColumnDependency(
            column: names[column - 1], terms: terms, constant: constant / scaling.scale[column - 1])
    }
}

extension NewtonSolver {
    /// The result in the units of the columns as they were given.
    func fit(of problem: LogisticProblem) -> LogisticFit {
        let scaling = problem.summary.standardising
        let inverse = CholeskyFactor(penalisedHessian)?.inverse
        let scaledCovariance =
            inverse
            ?? Matrix(rows: penalties.count, columns: penalties.count, repeating: .infinity)
        let covariance = scaling.unscaled(covariance: scaledCovariance)
        // The trace of H (H + Λ)⁻¹, which is p + 1 − Σ Λⱼⱼ (H + Λ)⁻¹ⱼⱼ.
        var degreesOfFreedom = Double(penalties.count)
        for index in penalties.indices {
            degreesOfFreedom -= penalties[index] * scaledCovariance[index, index]
        }
        var penalty = 0.0
        for index in penalties.indices {
            penalty += 0.5 * penalties[index] * coefficients[index] * coefficients[index]
        }
        var diagnostics: [LogisticFit.Diagnostic] = []
        if shortenedSteps > 0 { diagnostics.append(.shortenedSteps(shortenedSteps)) }
        if state.extremeRows > 0 { diagnostics.append(.extremeProbabilities(state.extremeRows)) }
        if isRoundingLimited { diagnostics.append(.roundingLimited(step: lastStep)) }
        return LogisticFit(
            names: problem.names, coefficients: scaling.unscaled(coefficients),
            standardErrors: (0..<covariance.rows).map { covariance[$0, $0].squareRoot() },
            covariance: covariance, logLikelihood: -state.loss, penalisedLogLikelihood: -state.loss - penalty,
            nullLogLikelihood: -problem.nullLoss, degreesOfFreedom: degreesOfFreedom,
            observations: problem.observations, weightSum: problem.weightSum, iterations: iterations,
            lastStep: lastStep, diagnostics: diagnostics)
    }
}
