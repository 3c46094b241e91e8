import LinearAlgebra

/// The minimum of a quadratic function under linear inequalities.
///
///     minimise ½ (x − c)ᵀ H (x − c)   subject to  aₖᵀ x ≥ 0
///
/// Solved in the multipliers μ ≥ 0 of the inequalities: x = c + H⁻¹ Aᵀ μ, where μ minimises ½ μᵀ Q μ + μᵀ A c with
/// Q = A H⁻¹ Aᵀ. The active set grows by the most violated inequality, in standard deviations, and shrinks where a
/// multiplier would turn negative, so that it ends after finitely many steps.
///
/// Source: Lawson & Hanson (1974), *Solving Least Squares Problems*, ch. 23, algorithm NNLS, on the dual.
struct OrderedMinimum {
    /// An inequality Σ coefficient · x[place] ≥ 0.
    struct Inequality: Sendable {
        var terms: [(place: Int, coefficient: Double)]

        func value(at point: [Double]) -> Double {
            terms.reduce(0) { $0 + $1.coefficient * point[$1.place] }
        }
    }

    private let factor: FixedOrderCholesky
    private let inequalities: [Inequality]
    /// Q.
    private let dual: Matrix

    /// Prepares the problem for the factor of H.
    init(factor: FixedOrderCholesky, order: Int, inequalities: [Inequality]) {
        self.factor = factor
        self.inequalities = inequalities
        var dual = Matrix(rows: inequalities.count, columns: inequalities.count)
        for (column, inequality) in inequalities.enumerated() {
            var side = [Double](repeating: 0, count: order)
            for term in inequality.terms { side[term.place] += term.coefficient }
            let moved = factor.solve(side)
            for row in column..<inequalities.count {
                dual[row, column] = inequalities[row].value(at: moved)
                dual[column, row] = dual[row, column]
            }
        }
        self.dual = dual
    }

    /// x for a given c.
    func solution(from centre: [Double]) -> [Double] {
        guard !inequalities.isEmpty else { return centre }
        let slack = inequalities.map { $0.value(at: centre) }
        let multipliers = multipliers(slack)
        var side = [Double](repeating: 0, count: centre.count)
        for (inequality, multiplier) in zip(inequalities, multipliers) where multiplier > 0 {
            for term in inequality.terms { side[term.place] += multiplier * term.coefficient }
        }
        return zip(centre, factor.solve(side)).map { $0 + $1 }
    }

    private func multipliers(_ slack: [Double]) -> [Double] {
        let spread = dual.diagonal.map { $0.squareRoot() }
        var multipliers = [Double](repeating: 0, count: slack.count)
        var active: [Int] = []
        // Each round adds one; one that goes in circles has reached rounding.
        for _ in 0..<8 * slack.count {
            let violated = slack.indices.filter { !active.contains($0) && spread[$0] > 0 }.map { index in
                var value = slack[index]
                for other in active { value += dual[index, other] * multipliers[other] }
                return (index: index, depth: -value / spread[index])
            }.max { $0.depth < $1.depth }
            // A millionth of a millionth of a standard deviation is rounding.
            guard let violated, violated.depth > 1e-12 else { break }
            active.append(violated.index)
            guard settle(&active, &multipliers, slack) else { break }
        }
        return multipliers
    }

    /// Moves to the minimum over the active multipliers and leaves out those that would turn negative.
    private func settle(_ active: inout [Int], _ multipliers: inout [Double], _ slack: [Double]) -> Bool {
        while !active.isEmpty {
            guard
                let factor = FixedOrderCholesky(
                    positiveDefinite: dual.selecting(rows: active, columns: active))
            else {
                // The newest depends on the others, which hold it already.
                multipliers[active.removeLast()] = 0
                return false
            }
            let wanted = factor.solve(active.map { -slack[$0] })
            let blocked = active.indices.filter { wanted[$0] <= 0 }
            guard !blocked.isEmpty else {
                for (place, index) in active.enumerated() { multipliers[index] = wanted[place] }
                return true
            }
            var length = 1.0
            for place in blocked {
                let now = multipliers[active[place]]
                length = min(length, now > 0 ? now / (now - wanted[place]) : 0)
            }
            for (place, index) in active.enumerated() {
                multipliers[index] += length * (wanted[place] - multipliers[index])
            }
            let gone = blocked.filter { multipliers[active[$0]] <= 1e-300 }
            let leaving = gone.isEmpty ? [blocked[0]] : gone
            for place in leaving.reversed() {
                multipliers[active[place]] = 0
                active.remove(at: place)
            }
        }
        return true
    }
}
