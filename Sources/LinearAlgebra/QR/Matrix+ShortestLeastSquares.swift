import CLAPACKE

extension Matrix {
    /// The shortest X that minimises ‖self·x − b‖₂ for every column b of B, and the rank, by a complete
    /// orthogonal factorisation.
    ///
    /// - Parameter tolerance: The smallest reciprocal condition number of the columns that count.
    func shortestLeastSquares(
        _ rightHandSides: Matrix, tolerance: Double
    ) throws(LinearAlgebraError) -> (solution: Matrix, rank: Int) {
        let height = max(rows, columns)
        let m = try OpenBLAS.dimension(rows)
        let n = try OpenBLAS.dimension(columns)
        // At least one right-hand side, because dgelsy does not look for the rank without.
        let count = try OpenBLAS.dimension(max(1, rightHandSides.columns))
        let stride = try OpenBLAS.stride(rows)
        let sideStride = try OpenBLAS.stride(height)
        var factor = self
        // dgelsy takes B and leaves X in one place, tall enough for both.
        var sides = Matrix(rows: height, columns: Int(count))
        for column in 0..<rightHandSides.columns {
            for row in 0..<rows { sides[row, column] = rightHandSides[row, column] }
        }
        var pivots = [Int32](repeating: 0, count: columns)
        var rank: Int32 = 0
        // SAFETY: `factor` holds m·n doubles, `sides` max(m, n)·count, `pivots` n integers; dgelsy writes only
        // there.
        let status = unsafe factor.storage.withUnsafeMutableBufferPointer { a in
            unsafe sides.storage.withUnsafeMutableBufferPointer { b in
                unsafe pivots.withUnsafeMutableBufferPointer { order in
                    unsafe LAPACKE_dgelsy(
                        LAPACK_COL_MAJOR, m, n, count, a.baseAddress, stride, b.baseAddress, sideStride,
                        order.baseAddress, tolerance, &rank)
                }
            }
        }
        try OpenBLAS.check(status, from: "dgelsy", in: .leastSquares)
        return (sides.selecting(rows: 0..<columns, columns: 0..<rightHandSides.columns), Int(rank))
    }
}
