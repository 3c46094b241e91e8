public import Parallelism

extension Matrix {
    /// The Gram matrix XᵀX, or XᵀWX with W = diag(weights), both triangles filled.
    ///
    /// The rows are cut into at most 16 parts whose boundaries depend on their number alone, so the result is
    /// the same for any number of threads.
    ///
    /// - Parameters:
    ///   - weights: w ≥ 0, one per row; absent: all 1.
    ///   - workers: Threads to share the parts.
    /// - Throws: ``LinearAlgebraError/tooLarge(dimension:)``; ``LinearAlgebraError/badWeight(row:value:)``.
    /// - Complexity: n·p² multiplications; 16 matrices of p × p and, with weights, 2048 rows per thread.
    public func gram(
        weights: [Double]? = nil, workers: Workers = .single
    ) throws(LinearAlgebraError) -> Matrix {
        if let weights {
            precondition(weights.count == rows, "\(weights.count) weights for \(rows) rows")
            for (row, weight) in weights.enumerated() where !(weight >= 0 && weight.isFinite) {
                throw .badWeight(row: row, value: weight)
            }
        }
        _ = try OpenBLAS.dimension(rows)
        // 2048 rows of 50 columns fill most of a second-level cache; dsyrk gains nothing from more.
        let block = 2048
        let parts = min(16, max(1, (rows + block - 1) / block))
        let partials = try workers.tryMap(parts) { part throws(LinearAlgebraError) -> Matrix in
            var sum = Matrix(rows: columns, columns: columns)
            let end = rows * (part + 1) / parts
            var start = rows * part / parts
            while start < end {
                let range = start..<min(end, start + block)
                if let weights {
                    let scaled = scaledBlock(range, weights: weights)
                    try sum.addLowerGram(of: scaled, rows: 0..<range.count)
                } else {
                    try sum.addLowerGram(of: self, rows: range)
                }
                start = range.upperBound
            }
            return sum
        }
        var total = partials[0]
        for partial in partials.dropFirst() { total.add(partial) }
        total.mirrorLowerTriangle()
        return total
    }

    /// Replaces self, whose lower triangle is read, by α·AᵀA + β·self, both triangles filled.
    ///
    /// - Parameters:
    ///   - matrix: A.
    ///   - factor: α.
    ///   - share: β; 0 overwrites self whatever it held.
    /// - Throws: ``LinearAlgebraError/tooLarge(dimension:)``; self is then unchanged.
    public mutating func addGram(
        of matrix: Matrix, scaledBy factor: Double = 1, keeping share: Double = 1
    ) throws(LinearAlgebraError) {
        try addLowerGram(of: matrix, rows: 0..<matrix.rows, scaledBy: factor, keeping: share)
        mirrorLowerTriangle()
    }

    /// The rows in a range, each times the square root of its weight.
    private func scaledBlock(_ range: Range<Int>, weights: [Double]) -> Matrix {
        let roots = weights[range].map { $0.squareRoot() }
        var block = Matrix(rows: range.count, columns: columns)
        let source = storage.span
        let factors = roots.span
        var target = block.storage.mutableSpan
        for column in 0..<columns {
            let from = column &* rows &+ range.lowerBound
            let to = column &* range.count
            for row in 0..<range.count { target[to &+ row] = source[from &+ row] * factors[row] }
        }
        return block
    }
}
