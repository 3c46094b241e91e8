import Glibc
import LinearAlgebra
import Statistics

/// A transition matrix as bands of a standard normal asset return, and the matrix in good and bad years.
///
/// An obligor in state i is in state j or worse at the end if its return is at most x_ij = Φ⁻¹(Σ_{l ≥ j} p_il). With
/// returns √ρ Z + √(1 − ρ) ε, a year with systematic factor Z has
///
///     p_ij(Z) = Φ((x_ij − √ρ Z) ÷ √(1 − ρ)) − Φ((x_i,j+1 − √ρ Z) ÷ √(1 − ρ))
///
/// Z > 0 is a good year.
///
/// Source: Gupton, Finger & Bhatia (1997), *CreditMetrics Technical Document*, ch. 8; Belkin, Suchower & Forest (1998),
/// "A one-parameter representation of credit risk and transition matrices".
public struct MigrationThresholds: Sendable, Equatable {
    /// The states.
    public let scale: RatingScale
    /// x_ij, by row i and column j: returns up to which a state ends in j or worse; +∞ for the best state.
    public let thresholds: [[Double]]

    /// The bands of a matrix.
    public init(_ matrix: TransitionMatrix) {
        scale = matrix.scale
        let order = matrix.scale.count
        thresholds = (0..<order).map { row in
            var tail = 0.0
            var bands = [Double](repeating: .infinity, count: order)
            for column in stride(from: order - 1, through: 1, by: -1) {
                tail += matrix[row, column]
                // The other tail keeps the digits of a threshold far above.
                let head = (0..<column).reduce(0.0) { $0 + matrix[row, $1] }
                let normal = NormalDistribution.standard
                bands[column] =
                    tail < 0.5 ? normal.quantile(max(0, tail)) : normal.quantile(upperTail: min(1, head))
            }
            return bands
        }
    }

    /// The matrix in a year with a given systematic factor.
    ///
    /// - Parameters:
    ///   - factor: Z, finite.
    ///   - correlation: ρ in [0, 1).
    public func matrix(factor: Double, correlation: Double) -> TransitionMatrix {
        precondition(factor.isFinite && correlation >= 0 && correlation < 1, "Z \(factor), ρ \(correlation)")
        let order = scale.count
        let (loading, noise) = (correlation.squareRoot(), (1 - correlation).squareRoot())
        var probabilities = Matrix(rows: order, columns: order)
        for row in 0..<order {
            let scaled = thresholds[row].map { ($0 - loading * factor) / noise }
            for column in 0..<order {
                let upper = scaled[column]
                let lower = column + 1 < order ? scaled[column + 1] : -.infinity
                probabilities[row, column] = Self.mass(from: lower, to: upper)
            }
        }
        return TransitionMatrix(computed: probabilities, scale: scale)
    }

    /// Φ(b) − Φ(a), from the nearer tail.
    private static func mass(from lower: Double, to upper: Double) -> Double {
        let normal = NormalDistribution.standard
        if lower > 0 { return normal.survival(lower) - normal.survival(upper) }
        return normal.cdf(upper) - normal.cdf(lower)
    }
}
