import Glibc
public import LinearAlgebra
import Statistics

/// The smallest change of predictions that makes them average to a given matrix, state by state.
///
/// Row i of state g becomes pᵢₖ e^{λ_gk} ÷ Σ pᵢⱼ e^{λ_gj}, where λ_g is such that the mean over the rows of g is the
/// matrix's row. Among all predictions with those means these have the smallest Σ KL(· ‖ pᵢ). A state without rows, and
/// default, keep λ = 0.
///
/// Source: Csiszár (1975), "I-divergence geometry of probability distributions and minimization problems", *Annals of
/// Probability* 3.
public struct PortfolioTilt: Sendable, Equatable {
    /// e^λ by state and next state; 0 where the matrix rules the move out.
    public let factors: [[Double]]

    /// Finds the tilt.
    ///
    /// - Parameters:
    ///   - distributions: p, shape (n, K), rows sum to 1.
    ///   - origins: The state of each row.
    ///   - target: The matrix that the rows of each state are to average to.
    ///   - weights: Length n, > 0: how much each row counts in the average; absent: all alike.
    /// - Throws: ``MigrationError/unreachable(from:to:)`` if the matrix has a move that no prediction allows;
    ///   ``MigrationError/notConverged(iterations:largestChange:)``.
    public init(
        _ distributions: Matrix, origins: [Int], target: TransitionMatrix, weights: [Double]? = nil
    ) throws(MigrationError) {
        precondition(
            distributions.rows == origins.count && distributions.columns == target.scale.count,
            "\(distributions.rows)×\(distributions.columns) predictions for \(origins.count) rows")
        let order = target.scale.count
        var factors = [[Double]](repeating: [Double](repeating: 1, count: order), count: order)
        for state in 0..<order where state != target.scale.defaultState {
            let rows = origins.indices.filter { origins[$0] == state }
            guard !rows.isEmpty else { continue }
            let own = rows.map { row in (0..<order).map { distributions[row, $0] } }
            factors[state] = try Self.solve(
                own, weights: rows.map { weights?[$0] ?? 1 }, target.probabilities.row(state), state: state)
        }
        self.factors = factors
    }

    /// What is maximised at some λ, with its first derivatives and the negative of its second ones.
    private struct Point {
        let value: Double
        let gap: [Double]
        let spread: Matrix
        /// Infinite where there is none.
        var largestGap: Double {
            value.isFinite && gap.allSatisfy(\.isFinite) ? gap.reduce(0) { max($0, abs($1)) } : .infinity
        }
    }

    /// Maximises Σₖ tₖ λₖ − the weighted mean of ln Σ pᵢⱼ e^{λⱼ}, which is concave, by Newton's method.
    private static func solve(
        _ rows: [[Double]], weights: [Double], _ target: [Double], state: Int
    ) throws(MigrationError) -> [Double] {
        let total = target.reduce(0, +)
        let active = target.indices.filter { target[$0] > 0 }
        for next in active where !rows.contains(where: { $0[next] > 0 }) {
            throw .unreachable(from: state, to: next)
        }
        for row in rows where !active.contains(where: { row[$0] > 0 }) {
            throw .unreachable(from: state, to: active.first ?? 0)
        }
        let wanted = active.map { target[$0] / total }
        var lambda = [Double](repeating: 0, count: active.count)
        let weight = weights.reduce(0, +)
        let shares = weights.map { $0 / weight }
        func evaluate(_ lambda: [Double]) -> Point {
            var value = zip(wanted, lambda).reduce(0) { $0 + $1.0 * $1.1 }
            var gap = wanted
            var spread = Matrix(rows: active.count, columns: active.count)
            let factors = lambda.map { exp($0) }
            for (row, share) in zip(rows, shares) {
                var tilted = active.indices.map { row[active[$0]] * factors[$0] }
                let sum = tilted.reduce(0, +)
                value -= share * log(sum)
                for place in tilted.indices { tilted[place] /= sum }
                for place in tilted.indices {
                    gap[place] -= share * tilted[place]
                    spread[place, place] += share * tilted[place]
                    for other in tilted.indices {
                        spread[place, other] -= share * tilted[place] * tilted[other]
                    }
                }
            }
            return Point(value: value, gap: gap, spread: spread)
        }
        var current = evaluate(lambda)
        for _ in 0..<200 {
            if current.largestGap <= 1e-12 { break }
            // Adding a constant to λ changes nothing; a little weight on the diagonal takes that direction out.
            var spread = current.spread
            spread.addToDiagonal(1e-14 + 1e-10 * (spread.diagonal.max() ?? 0))
            let matrix = spread
            let gap = current.gap
            let step = try MigrationError.algebra { () throws(LinearAlgebraError) in try LU(matrix).solve(gap)
            }
            var size = 1.0
            var next = current
            repeat {
                let moved = zip(lambda, step).map { $0 + size * $1 }
                next = evaluate(moved)
                // Near the maximum the value changes by less than its rounding; then the gap tells whether it is
                // closer.
                let rounding = 1e-12 * (1 + abs(current.value))
                let isCloser = next.value >= current.value - rounding && next.largestGap < current.largestGap
                if isCloser || next.value.isFinite && next.value >= current.value - 1e-15 * abs(current.value)
                {
                    lambda = moved
                    break
                }
                size /= 2
            } while size > 1e-12
            if size <= 1e-12 { break }
            current = next
        }
        guard current.largestGap <= 1e-9 else {
            throw .notConverged(iterations: 200, largestChange: current.largestGap)
        }
        var factors = [Double](repeating: 0, count: target.count)
        for (place, next) in active.enumerated() { factors[next] = exp(lambda[place]) }
        return factors
    }

    /// The predictions after the tilt; a row keeps its sum.
    public func applied(to distributions: Matrix, origins: [Int]) -> Matrix {
        var result = distributions
        for row in 0..<distributions.rows {
            let factors = factors[origins[row]]
            var (before, after) = (0.0, 0.0)
            for state in 0..<distributions.columns {
                before += distributions[row, state]
                result[row, state] *= factors[state]
                after += result[row, state]
            }
            if after > 0 { for state in 0..<distributions.columns { result[row, state] *= before / after } }
        }
        return result
    }
}

/// Predictions over rising horizons that fit together.
public enum HorizonCoherence {
    /// Makes the probability of default of every row rise with the horizon.
    ///
    /// Default is never left, so P(D by 3 months) ≤ P(D by 6) ≤ P(D by 12). Models fitted one by one may cross; where
    /// they do, neighbouring horizons take their mean (the closest rising sequence), and the other states of a row
    /// keep their proportions.
    ///
    /// - Parameters:
    ///   - distributions: By horizon, rising, shape (n, K) each.
    ///   - defaultState: The column of default.
    public static func coherent(_ distributions: [Matrix], defaultState: Int) -> [Matrix] {
        guard let rows = distributions.first?.rows else { return [] }
        var result = distributions
        for row in 0..<rows {
            let raw = distributions.map { $0[row, defaultState] }
            let rising = risingMeans(raw)
            for (horizon, value) in rising.enumerated() where value != raw[horizon] {
                let sum = (0..<distributions[horizon].columns).reduce(0) {
                    $0 + distributions[horizon][row, $1]
                }
                let rest = sum - raw[horizon]
                for state in 0..<distributions[horizon].columns where state != defaultState {
                    result[horizon][row, state] *= rest > 0 ? (sum - value) / rest : 0
                }
                // Where all was default, what is taken from it goes to the state beside it.
                if rest <= 0, defaultState > 0 { result[horizon][row, defaultState - 1] = sum - value }
                result[horizon][row, defaultState] = value
            }
        }
        return result
    }

    /// The rising sequence with the smallest sum of squared changes.
    private static func risingMeans(_ values: [Double]) -> [Double] {
        let places = values.indices.map { Double($0) }
        guard let fit = try? IsotonicRegression(x: places, y: values) else { return values }
        return places.map { fit.value(at: $0) }
    }
}
