import CKernels
import LinearAlgebra
import Parallelism

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
    /// - Throws: The column and row of the first NaN or infinity.
    init(scanning features: Matrix, names: [String], workers: Workers) throws(FitError) {
        let columns = try workers.tryMap(features.columns) { column throws(FitError) in
            let spread = Spread(of: features, column: column)
            if let row = spread.firstNonFinite { throw .nonFinite(column: names[column], row: row) }
            return spread
        }
        minima = columns.map(\.minimum)
        maxima = columns.map(\.maximum)
        standardising = ColumnScaling(
            scale: columns.map { 1 / $0.deviation }, shift: columns.map { -$0.mean / $0.deviation })
    }
}

/// Range, mean and spread of one column; mean and spread serve conditioning only, so their last digits are free.
private struct Spread: Sendable {
    var mean = 0.0
    var deviation = 1.0
    var minimum = 0.0
    var maximum = 0.0
    var firstNonFinite: Int?

    init(of features: Matrix, column: Int) {
        let rows = features.rows
        guard rows > 0 else { return }
        let first = column * rows
        var result = [0.0, 0.0, 0.0, 0.0]
        // SAFETY: reads the `rows` elements of the column and writes the four numbers.
        unsafe obligor_column_summary(
            obligor_widest_instructions(), features.elements, Int64(first), Int64(rows), &result)
        (minimum, maximum) = (result[0], result[1])
        let (sum, sumOfSquares) = (result[2], result[3])
        if !sum.isFinite || !minimum.isFinite || !maximum.isFinite {
            firstNonFinite = (0..<rows).first { !features[$0, column].isFinite }
            guard firstNonFinite == nil else { return }
        }
        // Taken about the first value, so that a large mean costs no digits.
        let count = Double(rows)
        mean = features[0, column] + sum / count
        deviation = ((sumOfSquares - sum * sum / count) / count).squareRoot()
        if !mean.isFinite || !deviation.isFinite || deviation == 0 {
            // The squares overflow or vanish; the half range serves as well.
            mean = minimum / 2 + maximum / 2
            deviation = maximum / 2 - minimum / 2
        }
        // Below 1e-300 the reciprocal would overflow.
        deviation = deviation == 0 ? 1 : max(deviation, 1e-300)
    }
}
