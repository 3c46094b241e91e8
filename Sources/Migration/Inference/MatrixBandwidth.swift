import LinearAlgebra
import Statistics

/// How far obligors move from the diagonal, as a share of the farthest they could.
///
///     upper = Σᵢ Σ_{j>i} |i − j| nᵢⱼ ÷ Σᵢ max(K − i, i − 1) Σ_{j>i} nᵢⱼ,   lower alike with j < i
///
/// over the states that are not default, with counts nᵢⱼ.
///
/// Source: ECB (2019), *Instructions for reporting the validation results of internal models*, §2.5.5.1.
public struct MatrixBandwidth: Sendable, Hashable {
    /// Of moves to better states; 0 if there are none.
    public let lower: Double
    /// Of moves to worse states; 0 if there are none.
    public let upper: Double

    /// The bandwidths of counts.
    public init(_ counts: MigrationCounts) {
        let order = counts.scale.defaultState ?? counts.scale.count
        func bandwidth(_ columns: (Int) -> Range<Int>) -> Double {
            var moved = 0.0
            var farthest = 0.0
            for row in 0..<order {
                for column in columns(row) {
                    moved += Double(abs(row - column)) * counts.moves[row, column]
                    farthest += Double(max(order - 1 - row, row)) * counts.moves[row, column]
                }
            }
            return farthest > 0 ? moved / farthest : 0
        }
        lower = bandwidth { 0..<$0 }
        upper = bandwidth { $0 + 1..<order }
    }
}

/// Whether moves become rarer with distance, cell by cell.
///
/// For j ≠ i, with nb the neighbour of j one step towards i,
///
///     zᵢⱼ = (p_i,nb − pᵢⱼ) ÷ √([pᵢⱼ(1 − pᵢⱼ) + p_i,nb(1 − p_i,nb) + 2 pᵢⱼ p_i,nb] ÷ Nᵢ)
///
/// A small p = Φ(z) says that the farther cell is the larger.
///
/// Source: ECB (2019), §2.5.5.2.
public struct MonotoneDecayTest: Sendable, Equatable {
    /// By row and column; NaN on the diagonal, beside an empty row, and where both cells are 0.
    public let statistics: [[Double]]

    /// The test on the states that are not default.
    public init(_ counts: MigrationCounts) {
        let order = counts.scale.defaultState ?? counts.scale.count
        statistics = (0..<order).map { row in
            let moves = Array(counts.moves.row(row)[0..<order])
            let total = moves.reduce(0, +)
            return (0..<order).map { column in
                guard column != row, total > 0 else { return .nan }
                let far = moves[column] / total
                let near = moves[column < row ? column + 1 : column - 1] / total
                let variance = (far * (1 - far) + near * (1 - near) + 2 * far * near) / total
                return variance > 0 ? (near - far) / variance.squareRoot() : .nan
            }
        }
    }

    /// Φ(z) by row and column; NaN where z is.
    public var pValues: [[Double]] {
        statistics.map { $0.map { $0.isNaN ? .nan : NormalDistribution.standard.cdf($0) } }
    }
}
