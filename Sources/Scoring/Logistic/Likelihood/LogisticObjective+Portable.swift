import Glibc
import LinearAlgebra

/// The passes for processors without a vector kernel: blocks of rows through OpenBLAS.
extension LogisticObjective {
    /// Rows worked on together: dsyrk gains nothing from more.
    private static let chunkSize = 2048

    /// Loss, gradient and hessian of some rows, packed as ``Order`` has it.
    func portablePass(_ rows: Range<Int>, at coefficients: [Double], order: Order) -> [Double] {
        let count = coefficientCount
        var sums = PortableSums(coefficients: count)
        var start = rows.lowerBound
        while start < rows.upperBound {
            let chunk = start..<min(rows.upperBound, start + Self.chunkSize)
            do throws(LinearAlgebraError) {
                try add(chunk, at: coefficients, order: order, to: &sums)
            } catch {
                // A block is far below the dimensions that BLAS can address, the only thing it may refuse.
                preconditionFailure("\(error)")
            }
            start = chunk.upperBound
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

    private func add(
        _ rows: Range<Int>, at coefficients: [Double], order: Order, to sums: inout PortableSums
    ) throws(LinearAlgebraError) {
        let block = order == .loss ? nil : scaledBlock(rows)
        var logOdds: [Double]
        if let block {
            logOdds = offset.isEmpty ? Array(repeating: 0, count: rows.count) : Array(offset[rows])
            try block.addProduct(with: coefficients, transposing: false, to: &logOdds)
        } else {
            logOdds = Array(repeating: 0, count: rows.count)
            var target = logOdds.mutableSpan
            portableLogOdds(rows, at: coefficients, into: &target)
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
        guard let block else { return }
        try block.addProduct(with: residuals, transposing: true, to: &sums.gradient)
        guard order == .hessian else { return }
        try sums.hessian.addGram(of: block.scalingRows(by: roots))
    }

    /// (1, z) of some rows, one per row.
    private func scaledBlock(_ rows: Range<Int>) -> Matrix {
        let count = rows.count
        var block = [Double](repeating: 1, count: count * coefficientCount)
        let elements = features.elements.span
        var target = block.mutableSpan
        for column in 0..<features.columns {
            let first = column * features.rows + rows.lowerBound
            let source = elements.extracting(first..<first + count)
            let place = (column + 1) * count
            let (scale, shift) = (scaling.scale[column], scaling.shift[column])
            for position in source.indices {
                target[place &+ position] = source[position] * scale + shift
            }
        }
        return Matrix(rows: count, columns: coefficientCount, columnMajor: block)
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

extension Matrix {
    /// Every row times its factor.
    fileprivate func scalingRows(by factors: [Double]) -> Matrix {
        var scaled = elements
        var target = scaled.mutableSpan
        let values = factors.span
        for column in 0..<columns {
            let first = column * rows
            for row in values.indices { target[first &+ row] *= values[row] }
        }
        return Matrix(rows: rows, columns: columns, columnMajor: scaled)
    }
}
