import Glibc
import LinearAlgebra

/// Newton's method with step halving on a penalised likelihood f.
///
///     step d = C⁻¹ g,   length √(gᵀ C⁻¹ g) in standard errors,   C the curvature of f
///
/// A step is halved until f falls by a share of what its slope promises (Armijo), which makes the method converge
/// from anywhere; far out, where the weights p (1 − p) have vanished, C is lifted by a multiple of the identity.
struct NewtonSolver {
    /// How an iteration ended.
    enum Outcome {
        /// The last step was short enough.
        case converged
        /// The steps allowed are used up.
        case running
        /// No step along the Newton direction lowers f.
        case stuck
    }

    /// f.
    let likelihood: PenalisedLikelihood
    /// Relative size of a step at which the iteration ends; that step is still taken.
    private let tolerance: Double
    /// √((p + 1) ÷ Σw), the root of the average leverage for a weight of 1: a step of so many standard errors changes
    /// them in about this proportion, whatever the number of rows or the unit of their weights.
    private let leverage: Double
    /// The coefficients that may move.
    private let free: [Int]
    /// b, on the columns of the objective.
    private(set) var coefficients: [Double]
    /// f and ℓ at `coefficients`, and their derivatives there or before the last, tiny step.
    private(set) var point: PenalisedLikelihood.Point
    private(set) var iterations = 0
    private(set) var lastStep = Double.infinity
    private(set) var shortenedSteps = 0
    private(set) var isRoundingLimited = false
    private(set) var outcome = Outcome.running

    /// Prepares an iteration.
    ///
    /// - Parameter fixed: Coefficients that keep their values.
    init(_ likelihood: PenalisedLikelihood, start: [Double], tolerance: Double, fixed: Set<Int> = []) {
        self.likelihood = likelihood
        self.tolerance = tolerance
        leverage = (Double(start.count) / likelihood.weightSum).squareRoot()
        coefficients = start
        free = start.indices.filter { !fixed.contains($0) }
        point = likelihood.point(at: start)
    }

    /// Iterates to the minimum, or until `limit` steps were taken in all; may be called again to go on.
    mutating func iterate(upTo limit: Int) -> Outcome {
        while outcome == .running, iterations < limit {
            let (step, decrement) = newtonStep()
            let previousStep = lastStep
            lastStep = decrement.squareRoot()
            iterations += 1
            isRoundingLimited = hasReachedRounding(after: previousStep)
            if lastStep * leverage <= tolerance || isRoundingLimited {
                finish(with: step)
            } else if !advance(along: step, decrement: decrement) {
                outcome = .stuck
            }
        }
        return outcome
    }

    /// Convergence ends where rounding of the gradient begins: it is quadratic, but linear with Firth's curvature.
    private func hasReachedRounding(after previousStep: Double) -> Bool {
        let size = lastStep * leverage
        if case .firth = likelihood.penalty { return size < 1e-10 && lastStep > 0.9 * previousStep }
        return size < 1e-6 && lastStep > 0.25 * previousStep
    }

    /// d = C⁻¹ g over the free coefficients, and gᵀ d.
    private func newtonStep() -> (step: [Double], decrement: Double) {
        let gradient = free.map { point.gradient[$0] }
        var curvature =
            free.count == coefficients.count
            ? point.curvature : point.curvature.selecting(rows: free, columns: free)
        var factor = FixedOrderCholesky(positiveDefinite: curvature)
        var lift = max(curvature.diagonal.max() ?? 0, .leastNormalMagnitude) * 1e-12
        while factor == nil, lift.isFinite {
            for index in 0..<curvature.rows { curvature[index, index] += lift }
            factor = FixedOrderCholesky(positiveDefinite: curvature)
            lift *= 10
        }
        var step = [Double](repeating: 0, count: coefficients.count)
        guard let solution = factor?.solve(gradient) else { return (step, .infinity) }
        var decrement = 0.0
        for (position, index) in free.enumerated() {
            step[index] = solution[position]
            decrement += gradient[position] * solution[position]
        }
        return (step, max(0, decrement))
    }

    /// Moves along −step, halving it until f falls enough; false if no length helps.
    private mutating func advance(along step: [Double], decrement: Double) -> Bool {
        // A fall below the rounding of the sum cannot be seen; the full step is then safe.
        let rounding = 1e-12 * abs(point.value)
        func isEnough(_ value: Double, _ length: Double) -> Bool {
            value <= point.value - 1e-4 * length * decrement + rounding
        }
        // Most full steps are good: their derivatives are worth working out at once.
        var candidate = moved(by: 1, along: step)
        var reached = likelihood.point(at: candidate)
        if !isEnough(reached.value, 1) {
            shortenedSteps += 1
            var length = 0.5
            candidate = moved(by: length, along: step)
            while !isEnough(likelihood.value(at: candidate), length) {
                length /= 2
                guard length > 1e-12 else { return false }
                candidate = moved(by: length, along: step)
            }
            reached = likelihood.point(at: candidate)
        }
        coefficients = candidate
        point = reached
        return true
    }

    /// Takes the last step, with the changes of f and ℓ that their derivatives promise: −gᵀd + ½ dᵀCd.
    private mutating func finish(with step: [Double]) {
        func quadratic(_ matrix: Matrix) -> Double {
            var sum = 0.0
            for row in free {
                for column in free { sum += step[row] * matrix[row, column] * step[column] }
            }
            return sum
        }
        let slope = free.reduce(0) { $0 + point.gradient[$1] * step[$1] }
        let change = -slope + 0.5 * quadratic(point.curvature)
        point.value += change
        // The part of the penalty: for a ridge λ b (b − d) …, exactly the difference of its values.
        if case .ridge(let strengths) = likelihood.penalty {
            var penaltyChange = 0.0
            for index in free {
                let after = coefficients[index] - step[index]
                penaltyChange +=
                    0.5 * strengths[index] * (after * after - coefficients[index] * coefficients[index])
            }
            point.loss += change - penaltyChange
        } else {
            point.loss += change
        }
        coefficients = moved(by: 1, along: step)
        outcome = .converged
    }

    private func moved(by length: Double, along step: [Double]) -> [Double] {
        zip(coefficients, step).map { $0 - length * $1 }
    }
}

extension NewtonSolver {
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
        guard let factor = FixedOrderCholesky(positiveDefinite: point.information) else { return false }
        let inverse = factor.solveLower(.identity(magnitudes.count))
        var squared = 0.0
        for row in 0..<inverse.rows {
            var sum = 0.0
            for column in 0...row { sum += abs(inverse[row, column]) * magnitudes[column] }
            squared += sum * sum
        }
        return lastStep * squared.squareRoot() < 0.5
    }

    /// The result in the units of the columns as they were given.
    func fit(of problem: LogisticProblem) -> LogisticFit {
        let scaling = likelihood.objective.scaling
        let count = coefficients.count
        var bread = point.information
        // The trace of H (H + Λ)⁻¹ is the number of coefficients less Σ Λⱼⱼ (H + Λ)⁻¹ⱼⱼ.
        var degreesOfFreedom = Double(count)
        if case .ridge = likelihood.penalty { bread = point.curvature }
        let inverse =
            FixedOrderCholesky(positiveDefinite: bread)?.inverse()
            ?? Matrix(rows: count, columns: count, repeating: .infinity)
        if case .ridge(let strengths) = likelihood.penalty {
            for index in strengths.indices { degreesOfFreedom -= strengths[index] * inverse[index, index] }
        }
        var penalised = -point.value
        if case .firth = likelihood.penalty {
            // ln det of the information in raw units.
            penalised -= scaling.scale.reduce(0) { $0 + log($1) }
        }
        let covariance = scaling.unscaled(covariance: inverse)
        var diagnostics: [LogisticFit.Diagnostic] = []
        if shortenedSteps > 0 { diagnostics.append(.shortenedSteps(shortenedSteps)) }
        if point.extremeRows > 0 { diagnostics.append(.extremeProbabilities(point.extremeRows)) }
        if isRoundingLimited { diagnostics.append(.roundingLimited(step: lastStep)) }
        return LogisticFit(
            names: problem.names, coefficients: scaling.unscaled(coefficients),
            standardErrors: covariance.diagonal.map { $0.squareRoot() }, covariance: covariance,
            logLikelihood: -point.loss, penalisedLogLikelihood: penalised,
            nullLogLikelihood: -problem.nullLoss, degreesOfFreedom: degreesOfFreedom,
            observations: problem.observations, weightSum: problem.weightSum, iterations: iterations,
            lastStep: lastStep, diagnostics: diagnostics)
    }
}
