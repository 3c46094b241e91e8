import Glibc
import LinearAlgebra

/// Whether a transition matrix can be exp(Λ) for some generator Λ.
///
/// Source: Israel, Rosenthal & Wei (2001), "Finding generators for Markov chains via empirical transition matrices",
/// *Mathematical Finance* 11, theorems 2 and 3; Cuthbert (1972) for uniqueness.
public struct Embeddability: Sendable, Equatable {
    /// det P; there is no generator unless it is positive.
    public let determinant: Double
    /// ∏ᵢ pᵢᵢ; there is no generator if det P exceeds it.
    public let diagonalProduct: Double
    /// Moves that have no probability although a chain of moves leads there: there is no generator if there is any.
    public let missingMoves: [Move]
    /// Whether all pᵢᵢ > ½, so that there is at most one generator.
    public let isAtMostUnique: Bool
    /// The smallest element off the diagonal of the principal logarithm: negative if that is no generator; `nil` if
    /// there is no real principal logarithm.
    public let smallestLogarithmRate: Double?

    /// A move between two states.
    public struct Move: Sendable, Hashable {
        /// The state left.
        public let from: Int
        /// The state entered.
        public let to: Int
    }

    /// Examines a matrix.
    ///
    /// - Throws: ``MigrationError/algebra(_:)``.
    public init(_ matrix: TransitionMatrix) throws(MigrationError) {
        let order = matrix.scale.count
        determinant = try matrix.determinant()
        diagonalProduct = (0..<order).reduce(1.0) { $0 * matrix[$1, $1] }
        missingMoves = Self.missingMoves(matrix)
        isAtMostUnique = (0..<order).allSatisfy { matrix[$0, $0] > 0.5 }
        if let logarithm = try? matrix.probabilities.logarithm() {
            var smallest = Double.infinity
            for row in 0..<order {
                for column in 0..<order where column != row {
                    smallest = min(smallest, logarithm[row, column])
                }
            }
            smallestLogarithmRate = smallest
        } else {
            smallestLogarithmRate = nil
        }
    }

    /// Whether one of the conditions rules a generator out, or there is at most one and the principal logarithm is
    /// none.
    public var isRuledOut: Bool {
        // Without upgrades det P is the product itself, and rounding must not decide.
        determinant <= 0 || determinant > diagonalProduct * (1 + 1e-12) || !missingMoves.isEmpty
            || isAtMostUnique && !logarithmIsGenerator
    }

    /// Whether the principal logarithm is a generator, so that there is one; rates down to −10⁻¹² count as rounding.
    public var logarithmIsGenerator: Bool { smallestLogarithmRate.map { $0 >= -1e-12 } ?? false }

    private static func missingMoves(_ matrix: TransitionMatrix) -> [Move] {
        let order = matrix.scale.count
        var reaches = (0..<order).map { from in (0..<order).map { from == $0 || matrix[from, $0] > 0 } }
        for middle in 0..<order {
            for from in 0..<order where reaches[from][middle] {
                for to in 0..<order where reaches[middle][to] { reaches[from][to] = true }
            }
        }
        return (0..<order).flatMap { from in
            (0..<order).filter { reaches[from][$0] && matrix[from, $0] == 0 }.map { Move(from: from, to: $0) }
        }
    }
}
