import Glibc
import LinearAlgebra
import Parallelism

/// An affine change of every column, zⱼ = scaleⱼ · xⱼ + shiftⱼ, applied while the data is read.
///
/// Solvers work on columns of mean 0 and standard deviation 1, whatever their units, without a copy of the data.
/// Each z is rounded once, so the change is exactly affine: a mean of 1e9 with a spread of 1 costs no digits.
struct ColumnScaling: Sendable, Equatable {
    /// Factors, length p, all > 0.
    let scale: [Double]
    /// Summands, length p.
    let shift: [Double]

    /// No change.
    static func identity(columns: Int) -> ColumnScaling {
        ColumnScaling(
            scale: Array(repeating: 1, count: columns), shift: Array(repeating: 0, count: columns))
    }
}

extension ColumnScaling {
    /// Coefficients for the columns as they are given from those for the scaled ones; intercept first.
    ///
    /// b₀ + Σ bⱼ zⱼ = (b₀ + Σ bⱼ shiftⱼ) + Σ bⱼ scaleⱼ xⱼ.
    func unscaled(_ coefficients: [Double]) -> [Double] {
        var result = coefficients
        for column in scale.indices {
            result[0] += coefficients[column + 1] * shift[column]
            result[column + 1] *= scale[column]
        }
        return result
    }

    /// Coefficients for the scaled columns from those for the columns as they are given.
    func scaled(_ coefficients: [Double]) -> [Double] {
        var result = coefficients
        for column in scale.indices {
            result[column + 1] /= scale[column]
            result[0] -= result[column + 1] * shift[column]
        }
        return result
    }

    /// The covariance T V Tᵀ of the unscaled coefficients from that of the scaled ones.
    func unscaled(covariance: Matrix) -> Matrix {
        let order = scale.count + 1
        let scaled = covariance.elements
        var result = covariance
        // Row 0 of T is (1, shift), the rest is diag(scale).
        var firstColumn = [Double](repeating: 0, count: order)
        for row in 0..<order {
            var sum = scaled[row]
            for column in scale.indices { sum += scaled[(column + 1) * order + row] * shift[column] }
            firstColumn[row] = sum
        }
        var corner = firstColumn[0]
        for column in scale.indices { corner += shift[column] * firstColumn[column + 1] }
        result[0, 0] = corner
        for row in 1..<order {
            let cross = scale[row - 1] * firstColumn[row]
            result[row, 0] = cross
            result[0, row] = cross
            for column in 1..<order {
                result[row, column] = scale[row - 1] * scaled[column * order + row] * scale[column - 1]
            }
        }
        return result
    }
}

/// What a scan of the columns finds.
struct ColumnSummary: Sendable, Equatable {
    /// Smallest and largest value of every column.
    let minima: [Double]
    let maxima: [Double]
    /// Changes that bring every column to mean 0 and standard deviation 1; constant columns only lose their value.
    let standardising: ColumnScaling

    /// Columns with one value only.
    var constantColumns: [Int] { minima.indices.filter { minima[$0] == maxima[$0] } }

    /// Scans the columns, one piece of work each.
    ///
    /// Means and spreads are taken about the first value, so a large mean costs no digits; a spread whose square
    /// overflows falls back to the half range.
    ///
    /// - Throws: The column and row of the first NaN or infinity.
    init(scanning features: Matrix, names: [String], workers: Workers) throws(FitError) {
        let rows = features.rows
        let columns: [Moments] = try workers.tryMap(features.columns) { column throws(FitError) in
            let values = features.elements.span
            let first = column * rows
            let moments = Moments(of: values.extracting(first..<first + rows))
            if let row = moments.firstNonFinite {
                throw .nonFinite(column: names[column], row: row)
            }
            return moments
        }
        minima = columns.map(\.minimum)
        maxima = columns.map(\.maximum)
        standardising = ColumnScaling(
            scale: columns.map { 1 / $0.deviation }, shift: columns.map { -$0.mean / $0.deviation })
    }
}

/// Mean and spread of one column, for conditioning only: nothing that is reported depends on their digits.
private struct Moments: Sendable {
    var mean = 0.0
    var deviation = 1.0
    var minimum = 0.0
    var maximum = 0.0
    var firstNonFinite: Int?

    init(of values: Span<Double>) {
        guard !values.isEmpty else { return }
        let origin = values[0]
        var low = origin
        var high = origin
        var sum = 0.0
        var sumOfSquares = 0.0
        for row in values.indices {
            let value = values[row]
            low = min(low, value)
            high = max(high, value)
            let distance = value - origin
            sum += distance
            sumOfSquares += distance * distance
        }
        minimum = low
        maximum = high
        if !sum.isFinite || !low.isFinite || !high.isFinite {
            firstNonFinite = values.indices.first { !values[$0].isFinite }
            if firstNonFinite != nil { return }
        }
        let count = Double(values.count)
        let variance = (sumOfSquares - sum * sum / count) / count
        mean = origin + sum / count
        deviation = variance.squareRoot()
        if !mean.isFinite || !deviation.isFinite || deviation <= 0 {
            mean = low / 2 + high / 2
            deviation = high / 2 - low / 2
        }
        if deviation == 0 { deviation = 1 }
    }
}
