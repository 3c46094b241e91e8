import LinearAlgebra

/// Minimises a quadratic model plus a separable penalty over a box.
///
///     q(u) = gᵀ(u − u₀) + ½ (u − u₀)ᵀ H (u − u₀) + h(u)
///
/// Cyclic coordinate descent finds which coefficients are zero or at a bound; a Cholesky solve over the others then
/// ends the search, so that nearly collinear columns cost no thousands of sweeps. The intercept, which is neither
/// penalised nor bounded, is eliminated first.
///
/// Source: Friedman, Hastie & Tibshirani (2010), *Regularization paths for generalized linear models via coordinate
/// descent*, Journal of Statistical Software 33(1), §2; the elimination is a Schur complement.
struct CoordinateDescent {
    private let penalty: SeparablePenalty
    /// Number of slopes.
    private let order: Int
    /// Hⱼₖ − Hⱼ₀ H₀ₖ ÷ H₀₀ over the slopes, column after column.
    private let curvature: [Double]
    /// Hⱼ₀ ÷ H₀₀ over the slopes: how much the intercept falls when a slope rises by 1.
    private let pull: [Double]
    private let start: [Double]
    /// How far the intercept would move if the slopes stayed.
    private let interceptStep: Double
    /// The slopes.
    private var slopes: [Double]
    /// The gradient of the reduced model, without h, at `slopes`.
    private var gradient: [Double]

    private init(
        _ penalty: SeparablePenalty, from start: [Double], gradient: [Double], curvature full: CurvatureModel
    ) {
        self.penalty = penalty
        self.start = start
        order = start.count - 1
        let stride = order + 1
        let corner = max(full.elements[0], .leastNormalMagnitude)
        let pull = full.elements[1..<stride].map { $0 / corner }
        self.pull = pull
        interceptStep = -gradient[0] / corner
        slopes = Array(start.dropFirst())
        self.gradient = zip(gradient.dropFirst(), pull).map { $0 - $1 * gradient[0] }
        var reduced: [Double] = []
        reduced.reserveCapacity(order * order)
        for column in 1..<stride {
            let first = column * stride
            let cross = full.elements[first]
            reduced.append(contentsOf: full.elements[first + 1..<first + stride])
            reduced.addMultiple(-cross, of: pull, at: (column - 1) * order)
        }
        self.curvature = reduced
    }

    /// The minimiser of the model.
    ///
    /// - Parameters:
    ///   - penalty: h and the box.
    ///   - start: u₀, within the box, where the model was taken and the search begins.
    ///   - gradient: g.
    ///   - curvature: H, symmetric and positive semidefinite.
    ///   - tolerance: The largest violation of optimality left, in units of the gradient; more may be left where H
    ///     is singular.
    static func minimiser(
        of penalty: SeparablePenalty, from start: [Double], gradient: [Double], curvature: CurvatureModel,
        tolerance: Double
    ) -> [Double] {
        var descent = CoordinateDescent(penalty, from: start, gradient: gradient, curvature: curvature)
        descent.run(tolerance: tolerance)
        return descent.solution
    }

    private var solution: [Double] {
        var intercept = start[0] + interceptStep
        for index in slopes.indices { intercept -= pull[index] * (slopes[index] - start[index + 1]) }
        return [intercept] + slopes
    }

    private mutating func run(tolerance: Double) {
        // A round is five sweeps and a solve. Few rounds suffice; where H is singular the solve may be impossible,
        // and the model need not be minimised further than this for the outer method to make progress.
        for _ in 0..<200 {
            if sweep(everywhere: true) <= tolerance { return }
            var change = Double.infinity
            for _ in 0..<4 where change > tolerance { change = sweep(everywhere: false) }
            if change > tolerance { solveOverFree() }
        }
    }

    /// Minimises over one coefficient after the other; those at rest at zero or a bound only if `everywhere`.
    ///
    /// - Returns: The largest fall of a coordinate's derivative.
    private mutating func sweep(everywhere: Bool) -> Double {
        var change = 0.0
        for index in 0..<order where everywhere || isFree(index) {
            let lower = penalty.lower[index + 1]
            let upper = penalty.upper[index + 1]
            guard lower < upper else { continue }
            let diagonal = curvature[index * order + index]
            let total = diagonal + penalty.square[index + 1]
            guard total > 0 else { continue }
            let free = diagonal * slopes[index] - gradient[index]
            let shrunk = softThreshold(free, penalty.absolute[index + 1]) / total
            let target = min(max(shrunk, lower), upper)
            let step = target - slopes[index]
            guard step != 0 else { continue }
            slopes[index] = target
            move(index, by: step)
            change = max(change, abs(step) * total)
        }
        return change
    }

    /// Adds `step` times a column of the curvature to the gradient.
    private mutating func move(_ index: Int, by step: Double) {
        gradient.addMultiple(step, of: curvature, from: index * order, count: order)
    }

    /// Whether a coefficient is neither at zero, if that is a kink, nor at a bound.
    private func isFree(_ index: Int) -> Bool {
        let value = slopes[index]
        return value > penalty.lower[index + 1] && value < penalty.upper[index + 1]
            && (value != 0 || penalty.absolute[index + 1] == 0)
    }

    /// Solves for the free coefficients together, signs and bounds kept; where the solution lies beyond a zero or
    /// a bound, goes as far as the first of these, holds that coefficient and solves again.
    private mutating func solveOverFree() {
        var free = (0..<order).filter { isFree($0) }
        while !free.isEmpty {
            guard let step = newtonStep(over: free) else { return }
            var length = 1.0
            var blocking: (index: Int, value: Double)?
            for (place, index) in free.enumerated() {
                let barrier = barrier(of: index, towards: step[place])
                let reach = (barrier - slopes[index]) / step[place]
                if step[place] != 0, reach < length {
                    length = max(reach, 0)
                    blocking = (index, barrier)
                }
            }
            for (place, index) in free.enumerated() {
                let target =
                    index == blocking?.index ? blocking?.value ?? 0 : slopes[index] + length * step[place]
                move(index, by: target - slopes[index])
                slopes[index] = target
            }
            guard let blocking else { return }
            free.removeAll { $0 == blocking.index || !isFree($0) }
        }
    }

    /// Where a free coefficient must stop when it moves: at zero if that is a kink, at a bound, or never.
    private func barrier(of index: Int, towards step: Double) -> Double {
        let value = slopes[index]
        let hasKink = penalty.absolute[index + 1] > 0
        if step > 0 {
            return hasKink && value < 0 ? min(0, penalty.upper[index + 1]) : penalty.upper[index + 1]
        }
        return hasKink && value > 0 ? max(0, penalty.lower[index + 1]) : penalty.lower[index + 1]
    }

    /// The step to the minimum over some coefficients with the others and all signs as they are; nil where the
    /// curvature is singular.
    private func newtonStep(over free: [Int]) -> [Double]? {
        var matrix = Matrix(rows: free.count, columns: free.count)
        var rightHandSide = [Double](repeating: 0, count: free.count)
        for (column, index) in free.enumerated() {
            for row in column..<free.count {
                matrix[row, column] = curvature[index * order + free[row]]
            }
            let square = penalty.square[index + 1]
            matrix[column, column] += square
            let sign = slopes[index] > 0 ? 1.0 : (slopes[index] < 0 ? -1.0 : 0.0)
            rightHandSide[column] =
                -(gradient[index] + square * slopes[index] + sign * penalty.absolute[index + 1])
        }
        let step = FixedOrderCholesky(positiveDefinite: matrix)?.solve(rightHandSide)
        guard let step, step.allSatisfy(\.isFinite) else { return nil }
        return step
    }
}

/// The number closest to 0 within `threshold` of a value: sign(x) max(|x| − t, 0).
private func softThreshold(_ value: Double, _ threshold: Double) -> Double {
    if value > threshold { return value - threshold }
    if value < -threshold { return value + threshold }
    return 0
}
