import Glibc
import LinearAlgebra

/// The passes for processors without a vector kernel: blocks of rows through OpenBLAS.
extension LogisticObjective {
    /// Rows worked on together: 1024 of 50 columns stay in a second-level cache of 512 KB.
    private static let chunkSize = 1024

    /// Loss, gradient and hessian of some rows, packed as ``Order`` has it.
    func portablePass(_ rows: Range<Int>, at coefficients: [Double], order: Order) -> [Double] {
        let count = coefficientCount
        var sums = PortableSums(coefficients: count)
        var chunk = Matrix(rows: 0, columns: count)
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.chunkSize) {
            let part = start..<min(rows.upperBound, start + Self.chunkSize)
            if chunk.rows != part.count { chunk = Matrix(rows: part.count, columns: count, repeating: 1) }
            do throws(LinearAlgebraError) {
                try add(part, at: coefficients, order: order, to: &sums, in: &chunk)
            } catch {
                // A block is far below the dimensions that BLAS can address, the only thing it may refuse.
                preconditionFailure("\(error)")
            }
        }
        var result = [sums.loss, sums.extremeRows]
        if order != .loss { result += sums.gradient }
        if order == .hessian {
            for column in 0..<count {
                for row in 0...column { result.append(sums.hessian[row, column]) }
            }
        }
        return result
    }

    /// η of some rows.
    func portableLogOdds(
        _ rows: Range<Int>, at coefficients: [Double], into target: inout MutableSpan<Double>
    ) {
        for position in 0..<rows.count {
            target[position] =
                coefficients[0] + (offset.isEmpty ? 0 : offset[rows.lowerBound + position])
        }
        let elements = features.elements.span
        for column in 0..<features.columns {
            let first = column * features.rows + rows.lowerBound
            let (scale, shift) = (scaling.scale[column], scaling.shift[column])
            let slope = coefficients[column + 1]
            for position in 0..<rows.count {
                target[position] += slope * (elements[first + position] * scale + shift)
            }
        }
    }

    private struct PortableSums {
        var loss = 0.0
        var extremeRows = 0.0
        var gradient: [Double]
        var hessian: Matrix

        init(coefficients count: Int) {
            gradient = Array(repeating: 0, count: count)
            hessian = Matrix(rows: count, columns: count)
        }
    }

    /// Adds some rows; `chunk` has as many, and is written to.
    private func add(
        _ rows: Range<Int>, at coefficients: [Double], order: Order, to sums: inout PortableSums,
        in chunk: inout Matrix
    ) throws(LinearAlgebraError) {
        var logOdds = offset.isEmpty ? Array(repeating: 0, count: rows.count) : Array(offset[rows])
        if order == .loss {
            var target = logOdds.mutableSpan
            portableLogOdds(rows, at: coefficients, into: &target)
        } else {
            // (1, z), one per row.
            for row in 0..<chunk.rows { chunk[row, 0] = 1 }
            chunk.replaceColumns(
                from: 1, with: rows, of: features, scale: scaling.scale, shift: scaling.shift)
            try chunk.addProduct(with: coefficients, transposing: false, to: &logOdds)
        }
        var residuals = [Double](repeating: 0, count: rows.count)
        var roots = residuals
        for position in logOdds.indices {
            let row = rows.lowerBound + position
            let terms = Self.rowTerms(logOdds[position], outcome: outcomes[row], weight: weights[row])
            sums.loss += terms.loss
            if abs(logOdds[position]) > Self.extremeLogOdds && weights[row] > 0 { sums.extremeRows += 1 }
            residuals[position] = terms.residual
            roots[position] = terms.curvature.squareRoot()
        }
        guard order != .loss else { return }
        try chunk.addProduct(with: residuals, transposing: true, to: &sums.gradient)
        guard order == .hessian else { return }
        chunk.scaleRows(by: roots)
        try sums.hessian.addGram(of: chunk)
    }

    /// Log-odds of the probability 1 − 1e-10.
    static let extremeLogOdds = 23.025850929840457

    /// Loss, residual and curvature of one row.
    static func rowTerms(
        _ logOdds: Double, outcome: Double, weight: Double
    ) -> (loss: Double, residual: Double, curvature: Double) {
        let small = exp(-abs(logOdds))
        let larger = 1 / (1 + small)
        let smaller = small * larger
        let (p, notP) = logOdds > 0 ? (larger, smaller) : (smaller, larger)
        let loss = weight * (max(logOdds, 0) - outcome * logOdds + log1p(small))
        return (loss, weight * ((1 - outcome) * p - outcome * notP), weight * p * notP)
    }
}
