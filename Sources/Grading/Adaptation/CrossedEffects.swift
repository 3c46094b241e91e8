import Glibc
import LinearAlgebra

/// Industry, region and interaction effects on the log-odds of cells, for given standard deviations of the three.
///
/// The shift of cell c of industry i and region r is
///
///     d_c = φ₀ + x_cᵀβ + σ_I a_i + σ_R b_r + σ_C w_c,    a, b, w ~ N(0, 1), β ~ N(0, 1),
///
/// with x the standardised second-level predictors and φ₀ free. The mode over all effects is found by Newton's
/// method; the interaction of a cell touches no other cell, so it is eliminated, and what remains is a system in
/// 1 + q + I + R unknowns in which cell c has the weight W_c ÷ (1 + σ_C² W_c), W_c = −ℓ″. Integrating the effects out
/// around the mode (Laplace) gives the marginal likelihood of the standard deviations.
///
/// Sources: Breslow & Clayton (1993), *Journal of the American Statistical Association* 88, 9–25; Rue, Martino & Chopin
/// (2009), *Journal of the Royal Statistical Society B* 71, 319–392.
struct CrossedEffects {
    /// One cell.
    struct Cell {
        let industry: Int
        let region: Int
        let predictors: [Double]
        let likelihood: CellLikelihood
    }

    let cells: [Cell]
    let industries: Int
    let regions: Int
    let predictors: Int

    /// The standard deviations of the three kinds of effects.
    struct Spreads: Hashable {
        var industry: Double
        var region: Double
        var interaction: Double
    }

    /// Where Newton's method stands.
    struct State {
        /// φ₀, β, a, b.
        var shared: [Double]
        /// w.
        var interactions: [Double]
    }

    /// The mode for some standard deviations, and what is known of the shifts around it.
    struct Solution {
        var state: State
        /// d by cell.
        var shifts: [Double]
        /// Variance of d less its mean over the portfolio, by cell.
        var contrastVariances: [Double]
        /// W_c times the variance of d_c: the part of a cell's shift that follows its own data.
        var ownWeights: [Double]
        /// Mean less mode of the same difference, by cell.
        ///
        /// What the skewness of the cell's own likelihood adds to the normal law around the mode is ½ ℓ‴ V C for the
        /// mean and ℓ‴ C³ for the third cumulant, with V the variance of d and C its covariance with the difference.
        /// What other cells lend is nearer to normal.
        var meanOffsets: [Double]
        /// Its third cumulant, by cell.
        var thirdCumulants: [Double]
        /// The logarithm of the marginal likelihood.
        var evidence: Double
    }

    var order: Int { 1 + predictors + industries + regions }

    /// A state without effects.
    var start: State {
        State(
            shared: [Double](repeating: 0, count: order),
            interactions: [Double](repeating: 0, count: cells.count))
    }

    /// The mode; `nil` if the system cannot be solved, which takes cells of more weight than doubles can hold.
    func solution(_ spreads: Spreads, from start: State) -> Solution? {
        var state = start
        var points = self.points(state, spreads)
        var objective = self.objective(points, state)
        for _ in 0..<60 {
            guard let step = step(points, state, spreads) else { return nil }
            var length = 1.0
            var moved = false
            while length > 1e-6 {
                let candidate = state.moved(by: step.direction, times: length)
                let next = self.points(candidate, spreads)
                let value = self.objective(next, candidate)
                if value >= objective - 1e-12 * abs(objective) {
                    (state, points, objective, moved) = (candidate, next, value, true)
                    break
                }
                length /= 2
            }
            // Half the decrement is what the objective can still gain: far below what a probability shows.
            if step.decrement < 1e-9 || !moved { break }
        }
        return conclusion(state, points, spreads, objective)
    }

    private func shift(_ cell: Int, _ state: State, _ spreads: Spreads) -> Double {
        let item = cells[cell]
        var sum = state.shared[0] + spreads.interaction * state.interactions[cell]
        for (place, value) in item.predictors.enumerated() { sum += value * state.shared[1 + place] }
        sum += spreads.industry * state.shared[1 + predictors + item.industry]
        sum += spreads.region * state.shared[1 + predictors + industries + item.region]
        return sum
    }

    private func points(_ state: State, _ spreads: Spreads) -> [CellLikelihood.Point] {
        cells.indices.map { cells[$0].likelihood.at(shift($0, state, spreads)) }
    }

    private func objective(_ points: [CellLikelihood.Point], _ state: State) -> Double {
        let penalty =
            state.shared.dropFirst().reduce(0) { $0 + $1 * $1 }
            + state.interactions.reduce(0) { $0 + $1 * $1 }
        return points.reduce(0) { $0 + $1.value } - penalty / 2
    }

    /// How a cell's shift follows the shared unknowns: the places and factors that are not 0.
    private func loadings(_ cell: Int, _ spreads: Spreads) -> [(place: Int, factor: Double)] {
        let item = cells[cell]
        var loadings = [(place: 0, factor: 1.0)]
        for (place, value) in item.predictors.enumerated() { loadings.append((1 + place, value)) }
        loadings.append((1 + predictors + item.industry, spreads.industry))
        loadings.append((1 + predictors + industries + item.region, spreads.region))
        return loadings
    }

    /// The precision of the shared unknowns with interactions integrated out.
    private func precision(_ points: [CellLikelihood.Point], _ spreads: Spreads) -> Matrix {
        var matrix = Matrix(rows: order, columns: order)
        for place in 1..<order { matrix[place, place] = 1 }
        for (cell, point) in points.enumerated() {
            let weight = -point.curvature
            let reduced = weight / (1 + spreads.interaction * spreads.interaction * weight)
            let loadings = loadings(cell, spreads)
            for (row, left) in loadings {
                for (column, right) in loadings { matrix[row, column] += reduced * left * right }
            }
        }
        return matrix
    }

    private struct Step {
        var direction: State
        var decrement: Double
    }

    private func step(_ points: [CellLikelihood.Point], _ state: State, _ spreads: Spreads) -> Step? {
        let spread = spreads.interaction
        guard let factor = try? FixedOrderCholesky(precision(points, spreads)) else { return nil }
        var right = state.shared.map { -$0 }
        right[0] = 0
        var residuals = [Double](repeating: 0, count: cells.count)
        var gradients = right
        for (cell, point) in points.enumerated() {
            let weight = -point.curvature
            let residual = spread * point.slope - state.interactions[cell]
            residuals[cell] = residual
            let pull = point.slope - spread * weight * residual / (1 + spread * spread * weight)
            for (place, loading) in loadings(cell, spreads) {
                right[place] += loading * pull
                gradients[place] += loading * point.slope
            }
        }
        let shared = factor.solve(right)
        var interactions = residuals
        for (cell, point) in points.enumerated() {
            let weight = -point.curvature
            let along = loadings(cell, spreads).reduce(0) { $0 + $1.factor * shared[$1.place] }
            interactions[cell] = (residuals[cell] - spread * weight * along) / (1 + spread * spread * weight)
        }
        var decrement = 0.0
        for place in shared.indices { decrement += shared[place] * gradients[place] }
        for cell in interactions.indices { decrement += interactions[cell] * residuals[cell] }
        return Step(
            direction: State(shared: shared, interactions: interactions), decrement: decrement)
    }

    private func conclusion(
        _ state: State, _ points: [CellLikelihood.Point], _ spreads: Spreads, _ objective: Double
    ) -> Solution? {
        guard let factor = try? FixedOrderCholesky(precision(points, spreads)),
            let covariance = factor.inverse()
        else { return nil }
        let variance = spreads.interaction * spreads.interaction
        let weights = points.map { -$0.curvature }
        let total = weights.reduce(0, +)
        let shares = weights.map { total > 0 ? $0 / total : 0 }
        // d_c = jᵀφ ÷ (1 + σ²W) + its own remainder of variance σ² ÷ (1 + σ²W).
        let dampings = weights.map { 1 / (1 + variance * $0) }
        var mean = [Double](repeating: 0, count: order)
        var remainder = 0.0
        for cell in cells.indices {
            for (place, loading) in loadings(cell, spreads) {
                mean[place] += shares[cell] * loading * dampings[cell]
            }
            remainder += shares[cell] * shares[cell] * variance * dampings[cell]
        }
        var spreadMean = [Double](repeating: 0, count: order)
        for column in 0..<order {
            for row in 0..<order { spreadMean[row] += covariance[row, column] * mean[column] }
        }
        let meanVariance = zip(mean, spreadMean).reduce(0) { $0 + $1.0 * $1.1 } + remainder
        var contrasts: [Double] = []
        var ownWeights: [Double] = []
        var (meanOffsets, thirdCumulants) = ([Double](), [Double]())
        for cell in cells.indices {
            let loadings = loadings(cell, spreads)
            var (own, withMean) = (0.0, 0.0)
            for (row, left) in loadings {
                withMean += left * spreadMean[row] * dampings[cell]
                for (column, right) in loadings {
                    own += left * right * covariance[row, column] * dampings[cell] * dampings[cell]
                }
            }
            let rest = variance * dampings[cell]
            contrasts.append(max(0, own + rest - 2 * (withMean + shares[cell] * rest) + meanVariance))
            let ofShift = own + rest
            ownWeights.append(min(1, weights[cell] * ofShift))
            let along = ofShift - withMean - shares[cell] * rest
            meanOffsets.append(points[cell].skew * ofShift * along / 2)
            thirdCumulants.append(points[cell].skew * along * along * along)
        }
        let determinant = dampings.reduce(factor.logDeterminant) { $0 - log($1) }
        return Solution(
            state: state, shifts: cells.indices.map { shift($0, state, spreads) },
            contrastVariances: contrasts, ownWeights: ownWeights, meanOffsets: meanOffsets,
            thirdCumulants: thirdCumulants, evidence: objective - determinant / 2)
    }
}

extension CrossedEffects.State {
    fileprivate func moved(by direction: Self, times length: Double) -> Self {
        Self(
            shared: zip(shared, direction.shared).map { $0 + length * $1 },
            interactions: zip(interactions, direction.interactions).map { $0 + length * $1 })
    }
}
