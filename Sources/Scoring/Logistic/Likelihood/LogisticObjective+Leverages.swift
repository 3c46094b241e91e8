import Glibc
import LinearAlgebra
import Parallelism

extension LogisticObjective {
    /// What a fit makes of one row.
    struct FittedRow: Sendable, BitwiseCopyable {
        /// p.
        var probability = 0.0
        /// h = w p (1 − p) zᵀH⁻¹z; they sum to the number of coefficients.
        var leverage = 0.0
    }

    /// Probabilities and leverages of all rows, given the factor of the information H at the coefficients.
    ///
    /// - Complexity: O(n·p²).
    func leverages(at coefficients: [Double], information factor: FixedOrderCholesky) -> [FittedRow] {
        let logOdds = logOdds(at: coefficients)
        let count = coefficientCount
        return workers.fill(features.rows, blockSize: 256, repeating: FittedRow()) { rows, block in
            let solved = factor.solveLower(transposedBlock(rows)).elements
            for position in 0..<rows.count {
                let row = rows.lowerBound + position
                var squared = 0.0
                for index in position * count..<(position + 1) * count {
                    squared += solved[index] * solved[index]
                }
                let small = exp(-abs(logOdds[row]))
                let larger = 1 / (1 + small)
                block[position] = FittedRow(
                    probability: logOdds[row] > 0 ? larger : small * larger,
                    leverage: weights[row] * larger * (small * larger) * squared)
            }
        }
    }

    /// Σᵢ vᵢ zᵢ, the intercept first.
    func columnSums(weighting factors: [Double]) -> [Double] {
        let rows = features.rows
        let sums = workers.map(features.columns) { column in
            let elements = features.elements.span
            let values = factors.span
            let (scale, shift) = (scaling.scale[column], scaling.shift[column])
            var sum = 0.0
            for row in 0..<rows { sum += values[row] * (elements[column * rows + row] * scale + shift) }
            return sum
        }
        return [factors.reduce(0, +)] + sums
    }

    /// Σᵢ vᵢ zᵢ zᵢᵀ for v ≥ 0, the intercept first: at b = 0 a hessian is a quarter of that.
    func gram(weighting factors: [Double]) -> Matrix {
        LogisticObjective(
            features: features, outcomes: outcomes, weights: factors.map { 4 * $0 }, offset: [],
            workers: workers, scaling: scaling, kernel: kernel
        ).derivatives(at: [Double](repeating: 0, count: coefficientCount)).hessian
    }

    /// The same rows with other weights.
    func reweighted(_ weights: [Double]) -> LogisticObjective {
        LogisticObjective(
            features: features, outcomes: outcomes, weights: weights, offset: offset, workers: workers,
            scaling: scaling, kernel: kernel)
    }

    /// (1, z) of some rows, one per column.
    func transposedBlock(_ rows: Range<Int>) -> Matrix {
        let count = coefficientCount
        var block = [Double](repeating: 1, count: count * rows.count)
        let elements = features.elements.span
        for column in 0..<features.columns {
            let first = column * features.rows + rows.lowerBound
            let (scale, shift) = (scaling.scale[column], scaling.shift[column])
            for position in 0..<rows.count {
                block[position * count + column + 1] = elements[first + position] * scale + shift
            }
        }
        return Matrix(rows: count, columns: rows.count, columnMajor: block)
    }
}
