import CLAPACKE

/// The QR factors of a matrix with its columns taken in the order of what they add, A·D·P = Q·R, where D scales
/// the columns to unit length.
///
/// Says how many columns are independent, which are not, and what those are made of, like ``PivotedCholesky`` of
/// the Gram matrix, but from A itself: it sees dependencies up to 10⁻¹⁵ of a column's length, the Gram matrix
/// only to 10⁻⁸.
public struct PivotedQR: Sendable {
    /// How many columns are independent.
    public let rank: Int
    /// The independent columns, in the order in which they were chosen.
    public let independentColumns: [Int]
    /// The columns that depend on the independent ones, in their own order, each with what it is made of.
    public let dependencies: [ColumnDependency]

    /// Factors a matrix of any shape (m, n).
    ///
    /// - Parameters:
    ///   - matrix: A.
    ///   - tolerance: A column depends on others if they leave at most this share of its length unexplained; the
    ///     default is some hundred times the rounding of the factorisation.
    /// - Throws: ``LinearAlgebraError/notFinite(row:column:value:)``; ``LinearAlgebraError/overflow(_:)`` if the
    ///   length of a column does; ``LinearAlgebraError/tooLarge(dimension:)``.
    /// - Complexity: 2n²(m − n/3) multiplications for m ≥ n.
    ///
    /// Source: Golub & Van Loan (2013), *Matrix Computations*, 4th ed., §5.4.
    public init(_ matrix: Matrix, tolerance: Double = 1e-12) throws(LinearAlgebraError) {
        precondition(tolerance > 0 && tolerance < 1, "a tolerance of \(tolerance)")
        _ = try OpenBLAS.dimension(matrix.rows)
        try matrix.checkFinite()
        let scaling = matrix.scaledToUnitColumns()
        guard scaling.lengths.allSatisfy(\.isFinite) else { throw .overflow(.qr) }
        var factor = scaling.matrix
        let order = try factor.factorPivotedQR()
        let upper = factor.upperTrapezoid
        let rank = upper.diagonal.prefix { abs($0) > tolerance }.count
        let independent = Array(order[..<rank])
        let dependent = Array(order[rank...])

        // R₁₁·C = R₁₂ gives the coefficients C of the dependent columns.
        let rest = upper.selecting(rows: 0..<rank, columns: rank..<matrix.columns)
        let shares = try rest.dividedOnTheLeft(byUpper: upper, order: rank, transposed: false)
        self.rank = rank
        independentColumns = independent
        dependencies = try dependent.indices.map { index throws(LinearAlgebraError) in
            try ColumnDependency(
                column: dependent[index], independent: independent, shares: shares.column(index),
                lengths: scaling.lengths, in: .qr)
        }.sorted { $0.column < $1.column }
    }

    /// The columns that depend on others, ascending.
    public var dependentColumns: [Int] { dependencies.map(\.column) }
}

extension Matrix {
    /// The columns divided by their lengths, and those lengths; columns of zeros stay.
    func scaledToUnitColumns() -> (matrix: Matrix, lengths: [Double]) {
        var result = self
        var lengths: [Double] = []
        for index in 0..<columns {
            let length = Matrix(column: column(index)).frobeniusNorm
            lengths.append(length)
            guard length > 0 else { continue }
            for row in 0..<rows { result[row, index] /= length }
        }
        return (result, lengths)
    }

    /// Replaces self by R and the reflectors of Q, where self·P = Q·R with column pivoting.
    ///
    /// - Returns: The order of the original columns in R.
    fileprivate mutating func factorPivotedQR() throws(LinearAlgebraError) -> [Int] {
        let m = try OpenBLAS.dimension(rows)
        let n = try OpenBLAS.dimension(columns)
        let stride = try OpenBLAS.stride(rows)
        var pivots = [Int32](repeating: 0, count: columns)
        var scales = [Double](repeating: 0, count: min(rows, columns))
        // SAFETY: `storage` holds m·n doubles, `pivots` n integers, `scales` min(m, n) doubles; dgeqp3 writes
        // only there.
        let status = unsafe storage.withUnsafeMutableBufferPointer { a in
            unsafe pivots.withUnsafeMutableBufferPointer { order in
                unsafe scales.withUnsafeMutableBufferPointer { tau in
                    unsafe LAPACKE_dgeqp3(
                        LAPACK_COL_MAJOR, m, n, a.baseAddress, stride, order.baseAddress, tau.baseAddress)
                }
            }
        }
        try OpenBLAS.check(status, from: "dgeqp3", in: .qr)
        return pivots.map { Int($0) - 1 }
    }
}
