import Glibc
import LinearAlgebra

/// The passes for processors without a vector kernel.
extension LogisticObjective {
    /// Rows worked on together: 1024 rows of 50 columns, plain and scaled, fit a second-level cache.
    private static let chunkSize = 1024

    /// Loss, gradient and hessian of some rows, packed as ``Order`` has it.
    func portablePass(_ rows: Range<Int>, at coefficients: [Double], order: Order) -> [Double] {
        let count = coefficientCount
        var result = [Double](repeating: 0, count: order.resultCount(coefficients: count))
        var start = rows.lowerBound
        while start < rows.upperBound {
            let chunk = start..<min(rows.upperBound, start + Self.chunkSize)
            addChunk(chunk, at: coefficients, order: order, to: &result)
            start = chunk.upperBound
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
            let slope = coefficients[column + 1] * scaling.scale[column]
            let shift = coefficients[column + 1] * scaling.shift[column]
            for position in 0..<rows.count {
                target[position] += slope * elements[first + position] + shift
            }
        }
    }

    private func addChunk(
        _ rows: Range<Int>, at coefficients: [Double], order: Order, to result: inout [Double]
    ) {
        let count = coefficientCount
        var logOdds = [Double](repeating: 0, count: rows.count)
        var target = logOdds.mutableSpan
        portableLogOdds(rows, at: coefficients, into: &target)
        var residuals = [Double](repeating: 0, count: rows.count)
        var curvatures = residuals
        for position in logOdds.indices {
            let row = rows.lowerBound + position
            let terms = Self.rowTerms(logOdds[position], outcome: outcomes[row], weight: weights[row])
            result[0] += terms.loss
            if abs(logOdds[position]) > Self.extremeLogOdds && weights[row] > 0 { result[1] += 1 }
            residuals[position] = terms.residual
            curvatures[position] = terms.curvature
        }
        guard order != .loss else { return }
        let elements = features.elements.span
        result[2] += residuals.reduce(0, +)
        var scaled = Matrix(rows: rows.count, columns: order == .hessian ? count : 0)
        if order == .hessian {
            for position in 0..<rows.count { scaled[position, 0] = curvatures[position].squareRoot() }
        }
        for column in 0..<features.columns {
            let first = column * features.rows + rows.lowerBound
            var sum = 0.0
            for position in 0..<rows.count {
                let z = elements[first + position] * scaling.scale[column] + scaling.shift[column]
                sum += residuals[position] * z
                if order == .hessian { scaled[position, column + 1] = scaled[position, 0] * z }
            }
            result[3 + column] += sum
        }
        guard order == .hessian else { return }
        var place = 2 + count
        for column in 0..<count {
            for row in 0...column {
                var sum = 0.0
                for position in 0..<rows.count { sum += scaled[position, row] * scaled[position, column] }
                result[place] += sum
                place += 1
            }
        }
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
