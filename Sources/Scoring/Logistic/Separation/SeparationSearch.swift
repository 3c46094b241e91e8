import LinearAlgebra
import Parallelism

/// Decides whether a linear rule separates the classes, and which coefficients it lets run away.
///
/// With aᵢ = ±(1, zᵢ), + for defaults, the rules are the cone K = {b : aᵢᵀb ≥ 0 for all i}; the maximum of the
/// likelihood exists if and only if K = {0}. Konis decides that by the linear programme max Σ aᵢᵀb over K in a box;
/// here Σ aᵢ is projected onto K, which asks the same and answers with a certificate either way: a rule r ≠ 0 that
/// keeps every row on its side, or multipliers λ ≥ 0 with Σ (1 + λᵢ) aᵢ = 0.
///
/// Rows strictly inside by one rule are then left out, and the search goes on among those on the boundary, until none
/// of them can be moved: the rows T that every rule leaves on the boundary. K spans {b : aᵢᵀb = 0 on T}, so a
/// coefficient runs away exactly if it is not 0 throughout that null space.
///
/// Sources: Albert & Anderson (1984), *Biometrika* 71, 1–10; Konis (2007), *Linear programming algorithms for
/// detecting separated data in binary logistic regression models*, thesis, Oxford.
struct SeparationSearch {
    private let problem: LogisticProblem
    private let objective: LogisticObjective
    /// No row aᵢ is longer.
    private let longestRow: Double

    init(_ problem: LogisticProblem) {
        self.problem = problem
        objective = problem.objective
        longestRow = problem.largestMagnitudes.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }

    /// The separation, or nil if the classes overlap.
    func run() -> Separation? {
        var boundary = objective.weights.indices.filter { objective.weights[$0] > 0 }
        var rule: [Double]?
        while !boundary.isEmpty, let direction = separatingDirection(on: boundary) {
            if rule == nil { rule = direction }
            let sides = sides(of: direction)
            boundary = boundary.filter { !isBeyondRounding(sides[$0], $0, of: direction) }
        }
        guard let rule else { return nil }
        let running = runningCoefficients(boundary: boundary)
        let columns = running.filter { $0 > 0 }.map { $0 - 1 }.sorted {
            abs(rule[$0 + 1]) > abs(rule[$1 + 1])
        }
        return Separation(
            kind: boundary.isEmpty ? .complete : .quasiComplete,
            columns: columns.map { problem.names[$0] },
            alone: columns.filter(separatesAlone).map { problem.names[$0] },
            involvesIntercept: running.contains(0))
    }

    /// A rule that keeps all the rows given on their side, some strictly, or nil if there is none.
    private func separatingDirection(on rows: [Int]) -> [Double]? {
        var projection = ConeProjection(of: sum(of: rows))
        // Each round lets in rows that the rule so far violates; one of them enters at least, and never twice.
        while !projection.isZero {
            let direction = projection.projection
            let sides = sides(of: direction)
            var violated = rows.filter { sides[$0] < 0 && isBeyondRounding(sides[$0], $0, of: direction) }
            guard !violated.isEmpty else { return direction }
            violated.sort { (sides[$0], $0) < (sides[$1], $1) }
            projection.add(violated.prefix(64).map(signedRow))
            // Rounding can stop the projection before the rows it was given are satisfied.
            if projection.projection == direction { return nil }
        }
        return nil
    }

    /// Coefficients, intercept 0, that are not 0 on the whole null space of the boundary rows.
    private func runningCoefficients(boundary: [Int]) -> [Int] {
        let count = objective.coefficientCount
        guard !boundary.isEmpty else { return Array(0..<count) }
        var isOnBoundary = [Double](repeating: 0, count: objective.weights.count)
        for row in boundary { isOnBoundary[row] = 1 }
        let gram = objective.gram(weighting: isOnBoundary)
        var running = Set<Int>()
        for dependency in DependencySweep(gram).dependencies {
            var null = dependency.coefficients.map { -$0 }
            null[dependency.column] = 1
            for index in 1..<count where abs(null[index]) > 1e-6 { running.insert(index) }
            // In raw units the parts of the intercept may cancel.
            let shifts = objective.scaling.shift
            let parts = null[0...0] + (1..<count).map { null[$0] * shifts[$0 - 1] }
            let size = parts.reduce(0) { max($0, abs($1)) }
            if abs(parts.reduce(0, +)) > 1e-6 * max(size, 1e-6) { running.insert(0) }
        }
        return running.sorted()
    }

    /// Whether the values of one column, defaults against non-defaults, meet in one point at most.
    private func separatesAlone(_ column: Int) -> Bool {
        var low = [Double.infinity, .infinity]
        var high = [-Double.infinity, -.infinity]
        for row in objective.weights.indices where objective.weights[row] > 0 {
            let side = objective.outcomes[row] > 0.5 ? 1 : 0
            let value = objective.features[row, column]
            low[side] = min(low[side], value)
            high[side] = max(high[side], value)
        }
        return high[0] <= low[1] || high[1] <= low[0]
    }

    /// Whether a row's side of a rule is more than rounding away from the boundary: 1e-9 of the lengths.
    private func isBeyondRounding(_ side: Double, _ row: Int, of direction: [Double]) -> Bool {
        let size = 1e-9 * length(of: direction)
        // Most rows pass without a look at their length.
        return abs(side) > size * longestRow || abs(side) > size * length(of: signedRow(row))
    }

    /// aᵢ.
    private func signedRow(_ row: Int) -> [Double] {
        let sign = objective.outcomes[row] > 0.5 ? 1.0 : -1.0
        var values = [sign]
        for column in 0..<objective.features.columns {
            let z = objective.features[row, column] * objective.scaling.scale[column]
            values.append(sign * (z + objective.scaling.shift[column]))
        }
        return values
    }

    /// aᵢᵀb of every row.
    private func sides(of direction: [Double]) -> [Double] {
        var sides = restricted(to: []).logOdds(at: direction)
        for row in sides.indices where objective.outcomes[row] <= 0.5 { sides[row] = -sides[row] }
        return sides
    }

    /// Σ aᵢ over some rows: at b = 0 the gradient is −½ of it.
    private func sum(of rows: [Int]) -> [Double] {
        restricted(to: rows).lossAndGradient(
            at: [Double](repeating: 0, count: objective.coefficientCount)
        ).gradient.map { -2 * $0 }
    }

    /// The rows given with weight 1 and no offset.
    private func restricted(to rows: [Int]) -> LogisticObjective {
        var weights = [Double](repeating: 0, count: objective.weights.count)
        for row in rows { weights[row] = 1 }
        return LogisticObjective(
            features: objective.features, outcomes: objective.outcomes, weights: weights, offset: [],
            workers: objective.workers, scaling: objective.scaling, kernel: objective.kernel)
    }

    private func length(of vector: [Double]) -> Double {
        vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
}
