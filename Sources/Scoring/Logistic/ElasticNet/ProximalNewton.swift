import LinearAlgebra

/// Minimises the mean loss of a logistic regression plus a separable penalty over a box.
///
///     F(u) = ℓ(u) ÷ W + h(u),   W the sum of the weights
///
/// on the scaled columns of the objective. Every step goes to the minimum of a quadratic model of the loss plus the
/// penalty (``CoordinateDescent``), halved until F falls. The model's gradient is always exact; its hessian is exact
/// too (Newton's method) or learned from the steps (``CurvatureModel``) until progress slows down.
///
/// Source: Lee, Sun & Saunders (2014), *Proximal Newton-type methods for minimizing composite functions*, SIAM
/// Journal on Optimization 24(3), 1420-1443.
struct ProximalNewton: Sendable {
    /// When the hessian is computed anew.
    enum Curvature: Sendable {
        /// At every step.
        case exact
        /// When a step brought the violation of optimality down by less than a factor of four.
        case learned
    }

    /// The loss; its columns are those of the coefficients.
    let objective: LogisticObjective
    /// W.
    let weightSum: Double
    /// When the hessian is computed anew.
    let policy: Curvature
    /// u, intercept first.
    private(set) var coefficients: [Double]
    /// ℓ(u) ÷ W.
    private(set) var loss: Double
    /// Its gradient.
    private(set) var gradient: [Double]
    private var curvature: CurvatureModel
    /// Whether `curvature` is the hessian at `coefficients`.
    private var isExact = true
    /// Passes over the data so far.
    private(set) var passes = 1

    /// Starts at given coefficients with an exact hessian.
    init(_ objective: LogisticObjective, weightSum: Double, policy: Curvature, from start: [Double]) {
        self.objective = objective
        self.weightSum = weightSum
        self.policy = policy
        coefficients = start
        let derivatives = objective.derivatives(at: start)
        loss = derivatives.loss / weightSum
        gradient = derivatives.gradient.map { $0 / weightSum }
        curvature = CurvatureModel(exact: derivatives.hessian, times: 1 / weightSum)
    }

    /// How a minimisation ended.
    struct Outcome: Sendable {
        /// Whether the violation is within the tolerance.
        var converged: Bool
        /// The largest violation of the optimality conditions, per unit of a scaled column.
        var violation: Double
    }

    /// Moves to the minimum for a penalty; the present coefficients must lie within its box.
    ///
    /// - Parameters:
    ///   - penalty: h and the box.
    ///   - tolerance: The violation of the optimality conditions at which to stop.
    ///   - maximumPasses: How many passes over the data may be spent.
    mutating func minimise(_ penalty: SeparablePenalty, tolerance: Double, maximumPasses: Int) -> Outcome {
        let limit = passes + maximumPasses
        var violation = penalty.violation(gradient: gradient, at: coefficients)
        while violation > tolerance {
            guard passes < limit else { return Outcome(converged: false, violation: violation) }
            let target = CoordinateDescent.minimiser(
                of: penalty, from: coefficients, gradient: gradient, curvature: curvature,
                tolerance: 0.02 * tolerance)
            let advanced = advance(towards: target, penalty, limit: limit)
            let reached = penalty.violation(gradient: gradient, at: coefficients)
            if !isExact, !advanced || reached > 0.25 * violation { refreshCurvature() }
            violation = reached
        }
        return Outcome(converged: true, violation: violation)
    }

    /// Moves along the way to `target`, half as far as before until F falls by a share of what the model promises.
    ///
    /// - Returns: Whether the first, full step was taken.
    private mutating func advance(
        towards target: [Double], _ penalty: SeparablePenalty, limit: Int
    ) -> Bool {
        let step = zip(target, coefficients).map { $0 - $1 }
        let before = penalty.value(at: coefficients)
        let slope = zip(step, gradient).reduce(0) { $0 + $1.0 * $1.1 } + penalty.value(at: target) - before
        // A fall below the rounding of the mean loss cannot be seen; the full step is then safe.
        let rounding = 1e-13 * (1 + loss)
        var length = 1.0
        while true {
            let candidate =
                length == 1 ? target : zip(coefficients, step).map { $0 + length * $1 }
            let trial = evaluate(at: candidate)
            let change = trial.loss + penalty.value(at: candidate) - loss - before
            let accepted = change <= 1e-4 * length * slope + rounding
            if accepted || passes >= limit {
                if change <= rounding { move(to: candidate, trial) }
                return accepted && length == 1
            }
            length /= 2
        }
    }
}

extension ProximalNewton {
    /// The present estimate of the hessian of the mean loss over some of the coefficients, given by index.
    func hessian(over indices: [Int]) -> Matrix {
        var block = Matrix(rows: indices.count, columns: indices.count)
        for (column, index) in indices.enumerated() {
            for (row, other) in indices.enumerated() {
                block[row, column] = curvature.elements[index * curvature.order + other]
            }
        }
        return block
    }

    /// The slopes that grow without limit, although the optimality conditions hold within the tolerance.
    ///
    /// Where columns separate the classes the loss never stops falling along them. There gradient and hessian vanish
    /// at the same rate, and every step of Newton's method moves the log-odds of some row about as far as the one
    /// before it; anywhere else the steps shrink to nothing, if not at once. So up to three more are taken.
    mutating func runaways(_ penalty: SeparablePenalty) -> [Int] {
        for round in 0..<4 {
            let violation = penalty.violation(gradient: gradient, at: coefficients)
            let target = CoordinateDescent.minimiser(
                of: penalty, from: coefficients, gradient: gradient, curvature: curvature,
                tolerance: 1e-3 * violation)
            // Far more than the last step of a search that ends.
            let limit = 0.1
            guard largestMove(to: target) > limit else { return [] }
            if round == 3 {
                return target.indices.dropFirst().filter {
                    abs(target[$0] - coefficients[$0]) * largestMagnitude(of: $0 - 1) > limit
                }
            }
            move(to: target, evaluate(at: target))
            if !isExact { refreshCurvature() }
        }
        return []
    }

    /// The largest change of a row's log-odds on the way to `target`.
    private func largestMove(to target: [Double]) -> Double {
        let present = objective.logOdds(at: coefficients)
        let moved = objective.logOdds(at: target)
        return present.indices.reduce(0) {
            objective.weights[$1] > 0 ? max($0, abs(moved[$1] - present[$1])) : $0
        }
    }

    /// The largest |z| of a column in a row that counts.
    private func largestMagnitude(of column: Int) -> Double {
        let scale = objective.scaling.scale[column]
        let shift = objective.scaling.shift[column]
        return objective.weights.indices.reduce(0) {
            objective.weights[$1] > 0
                ? max($0, abs(objective.features[$1, column] * scale + shift)) : $0
        }
    }
}

extension ProximalNewton {
    private typealias Evaluation = (loss: Double, gradient: [Double], hessian: Matrix?)

    private mutating func evaluate(at candidate: [Double]) -> Evaluation {
        passes += 1
        switch policy {
        case .exact:
            let derivatives = objective.derivatives(at: candidate)
            return (
                derivatives.loss / weightSum, derivatives.gradient.map { $0 / weightSum },
                derivatives.hessian
            )
        case .learned:
            let (loss, gradient) = objective.lossAndGradient(at: candidate)
            return (loss / weightSum, gradient.map { $0 / weightSum }, nil)
        }
    }

    private mutating func move(to candidate: [Double], _ evaluation: Evaluation) {
        if let hessian = evaluation.hessian {
            curvature = CurvatureModel(exact: hessian, times: 1 / weightSum)
        } else {
            curvature.learn(
                step: zip(candidate, coefficients).map { $0 - $1 },
                gradientChange: zip(evaluation.gradient, gradient).map { $0 - $1 })
            isExact = false
        }
        coefficients = candidate
        loss = evaluation.loss
        gradient = evaluation.gradient
    }

    private mutating func refreshCurvature() {
        passes += 1
        let derivatives = objective.derivatives(at: coefficients)
        curvature = CurvatureModel(exact: derivatives.hessian, times: 1 / weightSum)
        isExact = true
    }
}
