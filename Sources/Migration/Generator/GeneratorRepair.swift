import Glibc
import LinearAlgebra

/// Ways to a generator from a transition matrix over one year.
public enum GeneratorRepair: String, Sendable, Hashable, CaseIterable {
    /// The principal logarithm with negative rates set to 0 and the diagonal adjusted.
    ///
    /// Source: Israel, Rosenthal & Wei (2001), eq. 8.
    case diagonalAdjustment
    /// The principal logarithm with negative rates set to 0 and their sum taken off the row in proportion.
    ///
    /// Source: Israel, Rosenthal & Wei (2001), eq. 9.
    case weightedAdjustment
    /// The generator nearest to the principal logarithm, row by row, in the Euclidean norm.
    ///
    /// Source: Kreinin & Sidelnikova (2001), "Regularization algorithms for transition matrices", *Algo Research
    /// Quarterly* 4.
    case quasiOptimisation
    /// At most one move a year: λᵢᵢ = ln pᵢᵢ, λᵢⱼ = pᵢⱼ ln pᵢᵢ ÷ (pᵢᵢ − 1).
    ///
    /// Source: Jarrow, Lando & Turnbull (1997), "A Markov model for the term structure of credit risk spreads",
    /// *Review of Financial Studies* 10.
    case oneMoveAYear
}

extension GeneratorMatrix {
    /// A generator whose one-year matrix is near a given one.
    ///
    /// - Throws: ``MigrationError/noLogarithm(_:)`` where the repair starts from the logarithm and there is none;
    ///   ``MigrationError/element(row:column:value:expected:)`` if a state is left for certain.
    public init(_ matrix: TransitionMatrix, repairedBy repair: GeneratorRepair) throws(MigrationError) {
        if repair == .oneMoveAYear {
            self.init(offDiagonal: try Self.oneMoveAYear(matrix), scale: matrix.scale)
            return
        }
        var rates: Matrix
        do throws(LinearAlgebraError) { rates = try matrix.probabilities.logarithm() } catch {
            throw .noLogarithm(error)
        }
        for row in 0..<rates.rows {
            let repaired =
                switch repair {
                case .weightedAdjustment: Self.weighted(rates.row(row), diagonal: row)
                case .quasiOptimisation: Self.nearest(to: rates.row(row), diagonal: row)
                case .diagonalAdjustment, .oneMoveAYear: rates.row(row).map { max(0, $0) }
                }
            for column in 0..<rates.columns { rates[row, column] = repaired[column] }
        }
        if let last = matrix.scale.defaultState {
            for column in 0..<rates.columns { rates[last, column] = 0 }
        }
        self.init(offDiagonal: rates, scale: matrix.scale)
    }

    private static func oneMoveAYear(_ matrix: TransitionMatrix) throws(MigrationError) -> Matrix {
        var rates = Matrix(rows: matrix.scale.count, columns: matrix.scale.count)
        for row in 0..<rates.rows {
            let stay = matrix[row, row]
            guard stay > 0 else {
                throw .element(row: row, column: row, value: stay, expected: "positive, as the method needs")
            }
            // ln p ÷ (p − 1) tends to 1 as p does.
            let factor = stay < 1 ? log(stay) / (stay - 1) : 1
            for column in 0..<rates.columns where column != row {
                rates[row, column] = matrix[row, column] * factor
            }
        }
        return rates
    }

    /// lᵢⱼ − Bᵢ|lᵢⱼ| ÷ Gᵢ with Gᵢ = |lᵢᵢ| + Σ max(lᵢⱼ, 0) and Bᵢ = Σ max(−lᵢⱼ, 0); negative rates become 0.
    private static func weighted(_ row: [Double], diagonal: Int) -> [Double] {
        var good = abs(row[diagonal])
        var bad = 0.0
        for (column, rate) in row.enumerated() where column != diagonal {
            good += max(rate, 0)
            bad += max(-rate, 0)
        }
        guard good > 0 else { return row.map { _ in 0 } }
        return row.map { $0 < 0 ? 0 : $0 - bad * $0 / good }
    }

    /// The point q of {qⱼ ≥ 0 for j ≠ i, Σ q = 0} nearest to a row l.
    ///
    /// By the conditions of Karush, Kuhn and Tucker qⱼ = max(lⱼ − μ, 0) and qᵢ = lᵢ − μ for the one μ with which they
    /// sum to 0. With the m largest rates kept, μ = (lᵢ + their sum) ÷ (m + 1); a rate is kept if it exceeds μ.
    private static func nearest(to row: [Double], diagonal: Int) -> [Double] {
        let falling = row.indices.filter { $0 != diagonal }.map { row[$0] }.sorted(by: >)
        var sum = row[diagonal]
        var kept = 1.0
        for rate in falling where rate > sum / kept {
            sum += rate
            kept += 1
        }
        let shift = sum / kept
        return row.map { max($0 - shift, 0) }
    }
}
