extension Matrix {
    /// Replaces the columns from one on by some rows of another matrix, every column times its scale plus its shift.
    ///
    /// - Parameters:
    ///   - first: The column that receives the source's first.
    ///   - rows: The rows of the source, as many as self has.
    ///   - source: A matrix of at most `columns − first` columns.
    ///   - scale: One factor for each of the source's columns.
    ///   - shift: What is added afterwards, one number for each.
    public mutating func replaceColumns(
        from first: Int, with range: Range<Int>, of source: Matrix, scale: [Double], shift: [Double]
    ) {
        precondition(
            range.count == rows && range.lowerBound >= 0 && range.upperBound <= source.rows,
            "rows \(range) of \(source.rows) for \(rows)")
        precondition(
            first >= 0 && first + source.columns <= columns && scale.count == source.columns
                && shift.count == source.columns,
            "\(source.columns) columns from \(first) of \(columns)")
        // SAFETY: the shapes checked above keep every index inside the two storages. With spans the stores are
        // checked one by one, which costs half of the time.
        unsafe source.storage.withUnsafeBufferPointer { from in
            unsafe storage.withUnsafeMutableBufferPointer { to in
                for column in 0..<source.columns {
                    let start = column * source.rows + range.lowerBound
                    let place = (first + column) * rows
                    let (factor, term) = (scale[column], shift[column])
                    for row in 0..<rows { unsafe to[place &+ row] = from[start &+ row] * factor + term }
                }
            }
        }
    }

    /// Multiplies every row by its factor.
    public mutating func scaleRows(by factors: [Double]) {
        precondition(factors.count == rows, "\(factors.count) factors for \(rows) rows")
        // SAFETY: as above.
        unsafe factors.withUnsafeBufferPointer { factors in
            unsafe storage.withUnsafeMutableBufferPointer { values in
                for column in 0..<columns {
                    let place = column * rows
                    for row in 0..<rows { unsafe values[place &+ row] *= factors[row] }
                }
            }
        }
    }
}
