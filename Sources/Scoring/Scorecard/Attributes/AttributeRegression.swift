import Glibc
import LinearAlgebra
import Parallelism

/// A regression on attributes that are held close to a line through their WOE.
///
///     ηᵢ = α + Σⱼ (βⱼ · WOE(aᵢⱼ) + δ(aᵢⱼ))
///     f  = loss + ½ ρ Σⱼ βⱼ² + ½ κ Σⱼ (βⱼ − β̄)² + ½ Σⱼ λⱼ Σₐ δ(a)²
///
/// λ → ∞ is the classical scorecard, λ → 0 a coefficient for every attribute. With κ and λ from the data this is
/// empirical Bayes: βⱼ ~ N(μ, 1 ÷ κ) with a flat prior on μ, δ of characteristic j ~ N(0, 1 ÷ λⱼ), and κ and λ those
/// of the largest marginal likelihood (see ``MarginalLikelihood``).
struct AttributeRegression {
    /// ρ, λ or where it comes from, and the order to keep.
    struct Options {
        var ridge: Double
        var shrinkage: AttributeOptions.Shrinkage
        /// Pairs of attributes whose order is to be kept, in the order of the bins.
        var pairs: [AttributePair]
        var maximumIterations = 200
        /// As for ``LogisticOptions/tolerance``.
        var tolerance = 1e-9
    }

    /// The estimate.
    struct Fit {
        let intercept: Double
        /// β by characteristic.
        let slopes: [Double]
        /// √diag (H + S)⁻¹ for β.
        let standardErrors: [Double]
        /// β · WOE + δ by attribute, equal to the bit where the order ties attributes together.
        let contributions: [Double]
        /// κ and λⱼ.
        let strengths: ShrinkageStrengths
        /// Σⱼ (mⱼ − λⱼ tr (H + S)⁻¹ⱼ): how many coefficients the departures amount to.
        let degreesOfFreedom: Double
        /// Pairs that the order ties together.
        let ties: Int
        /// Newton steps in all.
        let iterations: Int
        /// Whether the choice of strengths had settled.
        let isSettled: Bool
    }

    let design: AttributeDesign
    let options: Options

    /// Minimises f, at the strengths of the largest marginal likelihood if the options say so.
    ///
    /// Strengths are found without the order, under which no likelihood is Gaussian; the order then holds at those
    /// strengths.
    ///
    /// - Throws: ``FitError/notConverged(iterations:gradientNorm:)``; ``FitError/oneClass(defaulted:observations:)``
    ///   and ``FitError/noObservations`` as for every regression.
    func fit() throws(FitError) -> Fit {
        let start = try start()
        var solver = Solver(design: design, ridge: options.ridge, start: start)
        var isSettled = true
        switch options.shrinkage {
        case .strength(let strength):
            guard strength >= 0, strength.isFinite else { throw .badPenalty(value: strength) }
            solver.strengths = ShrinkageStrengths(
                slopes: 0, departures: Array(repeating: strength, count: design.characteristics.count))
        case .marginalLikelihood:
            isSettled = try solver.chooseStrengths(limit: options.maximumIterations)
            solver.strengths = solver.strengths.rounded
        }
        let inequalities = options.pairs.map(solver.inequality)
        // The order asks for a start that keeps it, which a line through the WOE does; and from there the estimate
        // follows from the strengths alone, to the bit.
        solver.restart(at: start)
        try solver.minimise(
            inequalities, tolerance: options.tolerance, limit: solver.iterations + options.maximumIterations)
        return fit(of: solver, isSettled)
    }

    /// The log-odds of the default rate, a common slope of −½ and no departures: a modest scorecard in the right order.
    private func start() throws(FitError) -> [Double] {
        var (weight, defaults, observations, defaulted) = (0.0, 0.0, 0, 0)
        for (row, value) in design.weights.enumerated() {
            guard value >= 0, value.isFinite else { throw .badWeight(row: row, value: value) }
            guard value > 0 else { continue }
            weight += value
            defaults += value * design.outcomes[row]
            observations += 1
            if design.outcomes[row] > 0 { defaulted += 1 }
        }
        guard observations > 0 else { throw .noObservations }
        if defaulted == 0 { throw .oneClass(defaulted: false, observations: observations) }
        if defaulted == observations { throw .oneClass(defaulted: true, observations: observations) }
        let slopes = Array(repeating: -0.5, count: design.characteristics.count)
        return [log(defaults / (weight - defaults))] + slopes + Array(repeating: 0, count: design.woes.count)
    }

    private func fit(of solver: Solver, _ isSettled: Bool) -> Fit {
        let slopes = design.characteristics.count
        let variances =
            solver.inverse?.diagonal ?? Array(repeating: .infinity, count: solver.coefficients.count)
        var degrees = 0.0
        for (place, range) in design.characteristics.enumerated() {
            for attribute in range {
                degrees +=
                    1 - solver.strengths.departures[place] * variances[design.place(ofAttribute: attribute)]
            }
        }
        var contributions = design.contributions(at: solver.coefficients)
        var ties = 0
        // The minimum keeps the order to rounding; a billionth of a log-odd apart is a tie.
        for pair in options.pairs where contributions[pair.riskier] - contributions[pair.safer] < 1e-9 {
            contributions[pair.second] = contributions[pair.first]
            ties += 1
        }
        return Fit(
            intercept: solver.coefficients[0], slopes: Array(solver.coefficients[1..<1 + slopes]),
            standardErrors: variances[1..<1 + slopes].map { $0.squareRoot() },
            contributions: contributions, strengths: solver.strengths, degreesOfFreedom: degrees, ties: ties,
            iterations: solver.iterations, isSettled: isSettled)
    }
}

extension AttributeRegression.Fit {
    /// What deserves a second look, in words.
    var remarks: [String] {
        let degrees = (10 * degreesOfFreedom).rounded() / 10
        var remarks = ["attributes depart from their WOE by \(degrees) degrees of freedom"]
        if ties > 0 {
            remarks.append("\(ties) pairs of attributes have equal points to keep the order of their WOE")
        }
        if !isSettled {
            remarks.append("the strength of shrinkage had not settled after \(iterations) steps")
        }
        return remarks
    }
}

/// Two attributes of a characteristic, of which one must not contribute more risk than the other.
struct AttributePair: Equatable, Sendable {
    /// The one that comes first in the order of the bins.
    let first: Int
    let second: Int
    /// Whether the first is the safer one.
    let firstIsSafer: Bool

    var safer: Int { firstIsSafer ? first : second }
    var riskier: Int { firstIsSafer ? second : first }
}

extension AttributeOptions.Order {
    /// The pairs whose order a characteristic keeps; a higher WOE is safer, and equal ones are not held to anything.
    func pairs(of binning: VariableBinning, firstAttribute: Int) -> [AttributePair] {
        let bins = binning.bins
        let chain: [Int]
        switch self {
        case .none: return []
        case .monotone, .neighbours:
            let bends = binning.trend != .ascending && binning.trend != .descending
            if self == .monotone, bends { return [] }
            chain = bins.indices.filter { bins[$0].isOrdinary && !bins[$0].isRarePool }
        case .woe:
            chain = bins.indices.sorted {
                bins[$0].woe != bins[$1].woe ? bins[$0].woe < bins[$1].woe : $0 < $1
            }
        }
        return zip(chain, chain.dropFirst()).compactMap { first, second in
            guard bins[first].woe != bins[second].woe else { return nil }
            return AttributePair(
                first: firstAttribute + first, second: firstAttribute + second,
                firstIsSafer: bins[first].woe > bins[second].woe)
        }
    }
}

/// How strongly slopes and departures are held back.
struct ShrinkageStrengths: Equatable, Sendable {
    /// κ.
    var slopes: Double
    /// λ by characteristic.
    var departures: [Double]

    /// To three digits, which is more than data can say and less than rounding can change.
    var rounded: ShrinkageStrengths {
        func rounded(_ value: Double) -> Double {
            guard value > 0, value.isFinite else { return value }
            let unit = pow(10, floor(log10(value)) - 2)
            return (value / unit).rounded() * unit
        }
        return ShrinkageStrengths(slopes: rounded(slopes), departures: departures.map(rounded))
    }
}

extension AttributeRegression {
    /// Newton's method on f, with the choice of strengths between its steps.
    struct Solver {
        let design: AttributeDesign
        let ridge: Double
        var strengths: ShrinkageStrengths
        private(set) var coefficients: [Double]
        private(set) var iterations = 0
        private var derivatives: AttributeDesign.Derivatives

        init(design: AttributeDesign, ridge: Double, start: [Double]) {
            self.design = design
            self.ridge = ridge
            coefficients = start
            derivatives = design.derivatives(at: start)
            // A variance of a tenth to begin with: departures of a third in log-odds.
            strengths = ShrinkageStrengths(
                slopes: design.characteristics.count > 1 ? 10 : 0,
                departures: Array(repeating: 10, count: design.characteristics.count))
        }

        /// (H + S)⁻¹ at the estimate.
        var inverse: Matrix? { FixedOrderCholesky(positiveDefinite: curvature(of: derivatives))?.inverse() }

        /// contribution(riskier) − contribution(safer) ≥ 0.
        func inequality(_ pair: AttributePair) -> OrderedMinimum.Inequality {
            let (safer, riskier) = (pair.safer, pair.riskier)
            func slope(_ attribute: Int) -> Int {
                1 + (design.characteristics.firstIndex { $0.contains(attribute) } ?? 0)
            }
            return OrderedMinimum.Inequality(terms: [
                (design.place(ofAttribute: riskier), 1), (slope(riskier), design.woes[riskier]),
                (design.place(ofAttribute: safer), -1), (slope(safer), -design.woes[safer]),
            ])
        }

        mutating func restart(at start: [Double]) {
            coefficients = start
            derivatives = design.derivatives(at: start)
        }

        /// S·x for the penalty ½ xᵀSx.
        private func penalised(_ point: [Double]) -> [Double] {
            var result = [Double](repeating: 0, count: point.count)
            let slopes = design.characteristics.count
            let mean = point[1..<1 + slopes].reduce(0, +) / Double(max(1, slopes))
            for (place, range) in design.characteristics.enumerated() {
                result[1 + place] =
                    ridge * point[1 + place] + strengths.slopes * (point[1 + place] - mean)
                for attribute in range {
                    let index = design.place(ofAttribute: attribute)
                    result[index] = strengths.departures[place] * point[index]
                }
            }
            return result
        }

        /// H + S.
        private func curvature(of derivatives: AttributeDesign.Derivatives) -> Matrix {
            var matrix = derivatives.hessian
            let slopes = design.characteristics.count
            let shared = strengths.slopes / Double(max(1, slopes))
            for (place, range) in design.characteristics.enumerated() {
                matrix[1 + place, 1 + place] += ridge + strengths.slopes
                for other in 0..<slopes { matrix[1 + place, 1 + other] -= shared }
                for attribute in range {
                    let index = design.place(ofAttribute: attribute)
                    matrix[index, index] += strengths.departures[place]
                }
            }
            return matrix
        }

        private func value(_ loss: Double, at point: [Double]) -> Double {
            loss + 0.5 * Self.dot(point, penalised(point))
        }

        private static func dot(_ left: [Double], _ right: [Double]) -> Double {
            var sum = 0.0
            for index in left.indices { sum += left[index] * right[index] }
            return sum
        }

        private var gradient: [Double] { zip(derivatives.gradient, penalised(coefficients)).map { $0 + $1 } }

        /// The factor of H + S, with a lift of the diagonal where rounding makes it singular.
        private func factor() -> FixedOrderCholesky? {
            var matrix = curvature(of: derivatives)
            var lift = max(matrix.diagonal.max() ?? 0, .leastNormalMagnitude) * 1e-14
            var factor = FixedOrderCholesky(positiveDefinite: matrix)
            while factor == nil, lift.isFinite {
                for index in 0..<matrix.rows { matrix[index, index] += lift }
                factor = FixedOrderCholesky(positiveDefinite: matrix)
                lift *= 10
            }
            return factor
        }

        /// Minimises f under inequalities, from a point that keeps them.
        mutating func minimise(
            _ inequalities: [OrderedMinimum.Inequality], tolerance: Double, limit: Int
        ) throws(FitError) {
            let leverage =
                (Double(coefficients.count) / max(design.weights.reduce(0, +), .leastNormalMagnitude))
                .squareRoot()
            var length = Double.infinity
            while iterations < limit {
                guard let factor = factor() else { break }
                let slope = gradient
                let centre = zip(coefficients, factor.solve(slope)).map { $0 - $1 }
                let target = OrderedMinimum(
                    factor: factor, order: coefficients.count, inequalities: inequalities
                ).solution(from: centre)
                let step = zip(coefficients, target).map { $0 - $1 }
                let promise = max(0, Self.dot(slope, step))
                let previous = length
                length = promise.squareRoot()
                iterations += 1
                let isShort = length * leverage <= tolerance
                // Convergence is quadratic until rounding.
                let isRounding = length * leverage < 1e-6 && length > 0.25 * previous
                guard advance(to: target, step, promise) else {
                    if length * leverage < 1e-6 { return }
                    break
                }
                if isShort || isRounding { return }
            }
            throw .notConverged(iterations: iterations, gradientNorm: length)
        }

        /// Moves along −step, halving it until f falls enough; false if no length helps.
        private mutating func advance(to target: [Double], _ step: [Double], _ promise: Double) -> Bool {
            let before = value(derivatives.loss, at: coefficients)
            // A fall below the rounding of the sum cannot be seen; the full step is then safe.
            let rounding = 1e-12 * abs(before)
            var length = 1.0
            while length > 1e-12 {
                let candidate =
                    length == 1 ? target : zip(coefficients, step).map { $0 - length * $1 }
                let reached = design.derivatives(at: candidate)
                if value(reached.loss, at: candidate) <= before - 1e-4 * length * promise + rounding {
                    coefficients = candidate
                    derivatives = reached
                    return true
                }
                length /= 2
            }
            return false
        }

        /// Alternates Newton steps and the choice of strengths on their quadratic model; false if they had not settled
        /// within the limit.
        mutating func chooseStrengths(limit: Int) throws(FitError) -> Bool {
            var degrees: [Double] = []
            while iterations < limit {
                let model = MarginalLikelihood(
                    hessian: derivatives.hessian, gradient: derivatives.gradient, point: coefficients,
                    characteristics: design.characteristics, ridge: ridge)
                let choice = model.strengths(from: strengths)
                strengths = choice.strengths
                guard let factor = factor() else { return false }
                let slope = gradient
                let step = factor.solve(slope)
                let target = zip(coefficients, step).map { $0 - $1 }
                iterations += 1
                guard advance(to: target, step, max(0, Self.dot(slope, step))) else {
                    throw .notConverged(
                        iterations: iterations, gradientNorm: Self.dot(slope, step).magnitude.squareRoot())
                }
                let change = zip(choice.degrees, degrees).map { abs($0 - $1) }.max() ?? .infinity
                degrees = choice.degrees
                if change < MarginalLikelihood.tolerance { return true }
            }
            return false
        }
    }
}
