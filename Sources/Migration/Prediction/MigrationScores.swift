import Glibc
public import LinearAlgebra
import Statistics

/// How close predicted distributions came to what happened.
public struct MigrationScores: Sendable, Equatable {
    /// By row −ln p of the state that came; lower is better, +∞ where something impossible came.
    public let logScores: [Double]
    /// By row the ranked probability score Σₖ (Fₖ − 1{y ≤ k})²; lower is better.
    ///
    /// Source: Epstein (1969), "A scoring system for probability forecasts of ranked categories".
    public let rankedScores: [Double]

    /// Scores predictions.
    ///
    /// - Parameters:
    ///   - distributions: p, shape (n, K), rows sum to 1.
    ///   - states: The states that came, length n.
    public init(_ distributions: Matrix, states: [Int]) {
        precondition(
            distributions.rows == states.count, "\(distributions.rows) predictions, \(states.count) states")
        var logScores: [Double] = []
        var rankedScores: [Double] = []
        for (row, state) in states.enumerated() {
            logScores.append(-log(distributions[row, state]))
            var (cumulative, score) = (0.0, 0.0)
            for column in 0..<distributions.columns {
                cumulative += distributions[row, column]
                let gap = cumulative - (column >= state ? 1 : 0)
                score += gap * gap
            }
            rankedScores.append(score)
        }
        self.logScores = logScores
        self.rankedScores = rankedScores
    }

    /// Mean −ln p.
    public var logScore: Double { logScores.reduce(0, +) / Double(logScores.count) }
    /// Mean ranked probability score.
    public var rankedScore: Double { rankedScores.reduce(0, +) / Double(rankedScores.count) }
}

/// Whether as many obligors moved from each state to each other as predicted.
public struct CellCalibration: Sendable, Equatable {
    /// A cell of the matrix.
    public struct Cell: Sendable, Equatable {
        /// The state at the start.
        public let from: Int
        /// The state at the end.
        public let to: Int
        /// Σ p.
        public let expected: Double
        /// How many came.
        public let observed: Int
        /// Two-sided p-value that the predictions of the cell hold, by the law of a sum of independent events.
        public let pValue: Double
        /// The same after Holm's adjustment over all cells.
        public let adjustedPValue: Double
    }

    /// Cells with at least one obligor at the start.
    public let cells: [Cell]

    /// Tests every cell; rows are taken as independent.
    public init(_ distributions: Matrix, origins: [Int], states: [Int]) throws(MigrationError) {
        var raw: [(from: Int, to: Int, expected: Double, observed: Int, pValue: Double)] = []
        for from in Set(origins).sorted() {
            let rows = origins.indices.filter { origins[$0] == from }
            for to in 0..<distributions.columns {
                let probabilities = rows.map { min(1, max(0, distributions[$0, to])) }
                let observed = rows.count { states[$0] == to }
                raw.append(
                    (
                        from, to, probabilities.reduce(0, +), observed,
                        Self.pValue(probabilities, observed: observed)
                    ))
            }
        }
        let adjusted: [Double]
        do throws(InferenceError) { adjusted = try MultipleTesting.holm(raw.map(\.pValue)) } catch {
            throw .noObservations(what: "a cell has no p-value")
        }
        cells = zip(raw, adjusted).map { cell, adjusted in
            Cell(
                from: cell.from, to: cell.to, expected: cell.expected, observed: cell.observed,
                pValue: cell.pValue, adjustedPValue: adjusted)
        }
    }

    /// The smallest adjusted p-value; 1 without cells.
    public var smallestPValue: Double { cells.map(\.adjustedPValue).min() ?? 1 }

    /// Twice the smaller tail, at most 1: exact where fewer than 20 are expected or left out, else by the normal law
    /// with a continuity correction.
    static func pValue(_ probabilities: [Double], observed: Int) -> Double {
        let mean = probabilities.reduce(0, +)
        let variance = probabilities.reduce(0) { $0 + $1 * (1 - $1) }
        if variance <= 1e-12 { return abs(Double(observed) - mean) < 0.5 ? 1 : 0 }
        if variance >= 20 {
            let z = max(0, abs(Double(observed) - mean) - 0.5) / variance.squareRoot()
            return min(1, 2 * NormalDistribution.standard.survival(z))
        }
        // Counts beyond this have no weight left; the smaller of events and non-events is counted.
        let flips = mean > Double(probabilities.count) / 2
        let chances = flips ? probabilities.map { 1 - $0 } : probabilities
        let count = flips ? probabilities.count - observed : observed
        let center = flips ? Double(probabilities.count) - mean : mean
        let last = min(probabilities.count, max(count, Int(center + 12 * variance.squareRoot()) + 12))
        var law = [Double](repeating: 0, count: last + 1)
        law[0] = 1
        for (seen, chance) in chances.enumerated() {
            for place in stride(from: min(seen + 1, last), through: 1, by: -1) {
                law[place] = law[place] * (1 - chance) + law[place - 1] * chance
            }
            law[0] *= 1 - chance
        }
        let below = law[...count].reduce(0, +)
        let above = 1 - (count > 0 ? law[..<count].reduce(0, +) : 0)
        return min(1, max(0, 2 * min(below, above)))
    }
}
