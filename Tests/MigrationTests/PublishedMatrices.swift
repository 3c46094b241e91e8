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

    /// S&P 1981–2016, one year, as in transitionMatrix (`sp_1981-2016`): counts of 10,000 obligors, withdrawals beside
    /// them.
    static func averages1981to2016() throws -> MigrationCounts {
        let rows: [[Double]] = [
            [87.05, 9.03, 0.53, 0.05, 0.08, 0.03, 0.05, 0, 3.17],
            [0.52, 86.82, 8, 0.51, 0.05, 0.07, 0.02, 0.02, 3.99],
            [0.03, 1.77, 87.79, 5.33, 0.32, 0.13, 0.02, 0.06, 4.55],
            [0.01, 0.1, 3.51, 85.56, 3.79, 0.51, 0.12, 0.18, 6.23],
            [0.01, 0.03, 0.12, 4.97, 76.98, 6.92, 0.61, 0.72, 9.63],
            [0, 0.03, 0.09, 0.19, 5.15, 74.26, 4.46, 3.76, 12.06],
            [0, 0, 0.13, 0.19, 0.63, 12.91, 43.97, 26.78, 15.39], [0, 0, 0, 0, 0, 0, 0, 0, 0],
        ]
        let counts = rows.map { $0.map { (100 * $0).rounded() } }
        return try MigrationCounts(
            Matrix(rows: counts.map { Array($0.dropLast()) }), withdrawn: counts.map { $0[8] },
            scale: RatingScale(agencyLabels))
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
