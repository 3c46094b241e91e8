import CLAPACKE

/// The QR factors of a matrix, A = Q·R with QᵀQ = I and R upper triangular.
public struct QR: Sendable {
    /// R on and above the diagonal, the reflectors that make up Q below it.
    let reflectors: Matrix
    /// The length of each reflector.
    let scales: [Double]

    /// Factors a matrix of any shape (m, n) by Householder reflections.
    ///
    /// - Throws: ``LinearAlgebraError/notFinite(row:column:value:)``; ``LinearAlgebraError/overflow(_:)`` if the
    ///   length of a column does; ``LinearAlgebraError/tooLarge(dimension:)``.
    /// - Complexity: 2n²(m − n/3) multiplications for m ≥ n.
    public init(_ matrix: Matrix) throws(LinearAlgebraError) {
        let m = try OpenBLAS.dimension(matrix.rows)
        let n = try OpenBLAS.dimension(matrix.columns)
        let stride = try OpenBLAS.stride(matrix.rows)
        try matrix.checkFinite()
        var reflectors = matrix
        var scales = [Double](repeating: 0, count: min(matrix.rows, matrix.columns))
        // SAFETY: `reflectors` holds m·n doubles and `scales` min(m, n); dgeqrf writes only there.
        let status = unsafe reflectors.storage.withUnsafeMutableBufferPointer { a in
            unsafe scales.withUnsafeMutableBufferPointer { tau in
                unsafe LAPACKE_dgeqrf(LAPACK_COL_MAJOR, m, n, a.baseAddress, stride, tau.baseAddress)
            }
        }
        try OpenBLAS.check(status, from: "dgeqrf", in: .qr)
        guard reflectors.isFinite, scales.allSatisfy(\.isFinite) else { throw .overflow(.qr) }
        self.reflectors = reflectors
        self.scales = scales
    }

    /// R, shape (min(m, n), n); its diagonal may have either sign.
    public var upper: Matrix { reflectors.upperTrapezoid }
}

extension Matrix {
    /// The first min(m, n) rows with zeros below the diagonal.
    var upperTrapezoid: Matrix {
        let height = min(rows, columns)
        var result = Matrix(rows: height, columns: columns)
        for column in 0..<columns {
            for row in 0..<min(column + 1, height) { result[row, column] = self[row, column] }
        }
        return result
    }
}
