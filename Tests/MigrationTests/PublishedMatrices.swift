import LinearAlgebra
import Migration

/// Small published matrices and the figures that other software gives for them.
enum PublishedMatrices {
    static let agencyLabels = ["AAA", "AA", "A", "BBB", "BB", "B", "CCC", "D"]

    /// One-year moves of S&P ratings in 2000, as in R's ctmcd (`tm_abs`; ESMA CEREP).
    static func counts2000() throws -> MigrationCounts {
        try MigrationCounts(
            Matrix(rows: [
                [208, 22, 2, 0, 0, 0, 0, 0], [5, 777, 67, 4, 0, 0, 0, 0], [0, 55, 1428, 135, 6, 1, 6, 4],
                [1, 6, 65, 1514, 66, 9, 3, 6], [0, 4, 1, 40, 886, 75, 9, 3], [0, 5, 3, 6, 48, 793, 47, 53],
                [0, 0, 0, 0, 1, 13, 77, 19], [0, 0, 0, 0, 0, 0, 0, 0],
            ]), scale: RatingScale(agencyLabels))
    }

    /// Jarrow, Lando & Turnbull (1997), table 3: S&P 1981–1991; rows as printed, up to 2·10⁻⁴ off 1.
    static func jarrowLandoTurnbull() throws -> TransitionMatrix {
        try TransitionMatrix(
            Matrix(rows: [
                [0.8910, 0.0963, 0.0078, 0.0019, 0.0030, 0, 0, 0],
                [0.0086, 0.9010, 0.0747, 0.0099, 0.0029, 0.0029, 0, 0],
                [0.0009, 0.0291, 0.8894, 0.0649, 0.0101, 0.0045, 0, 0.0009],
                [0.0006, 0.0043, 0.0656, 0.8427, 0.0644, 0.0160, 0.0018, 0.0045],
                [0.0004, 0.0022, 0.0079, 0.0719, 0.7764, 0.1043, 0.0127, 0.0241],
                [0, 0.0019, 0.0031, 0.0066, 0.0517, 0.8246, 0.0435, 0.0685],
                [0, 0, 0.0116, 0.0116, 0.0203, 0.0754, 0.6493, 0.2319],
                [0, 0, 0, 0, 0, 0, 0, 1],
            ]), scale: RatingScale(agencyLabels), tolerance: 2.1e-4)
    }
}

/// The largest absolute difference of two matrices.
func distance(_ left: Matrix, _ right: Matrix) -> Double {
    zip(left.elements, right.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
}

/// The elements beside the diagonal.
func offDiagonal(_ matrix: Matrix) -> Matrix {
    var result = matrix
    for index in 0..<matrix.rows { result[index, index] = 0 }
    return result
}
