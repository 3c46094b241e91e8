public import Tables

extension VariableBinning {
    /// The WOE of every row of a column; NaN and missing as the bins say.
    ///
    /// - Throws: ``BinningError/wrongType(variable:column:expected:)`` if the column's values cannot belong to the
    ///   bins.
    /// - Complexity: O(rows · log bins).
    public func woes(of column: Column) throws(BinningError) -> [Double] {
        try transformed(column, bins.map(\.woe) + [0])
    }

    /// The index of the bin of every row of a column, ``neutralIndex`` for rows in no bin.
    ///
    /// - Throws: ``BinningError/wrongType(variable:column:expected:)``.
    public func binIndices(of column: Column) throws(BinningError) -> [UInt16] {
        try transformed(column, (0...neutralIndex).map(UInt16.init))
    }

    /// The same as ``binIndices(of:)`` in one byte per row.
    ///
    /// - Throws: ``BinningError/tooManyBins(variable:count:limit:)`` above 255 bins;
    ///   ``BinningError/wrongType(variable:column:expected:)``.
    public func smallBinIndices(of column: Column) throws(BinningError) -> [UInt8] {
        guard neutralIndex <= Int(UInt8.max) else {
            throw .tooManyBins(variable: name, count: neutralIndex, limit: Int(UInt8.max))
        }
        return try transformed(column, (0...neutralIndex).map(UInt8.init))
    }

    /// Writes the WOE of every row of a column, for instance into a column of a matrix.
    ///
    /// - Parameters:
    ///   - column: The values.
    ///   - output: As long as the column; overwritten.
    /// - Throws: ``BinningError/wrongType(variable:column:expected:)``.
    public func writeWOEs(
        of column: Column, into output: inout MutableSpan<Double>
    ) throws(BinningError) {
        precondition(output.count == column.count, "\(output.count) places for \(column.count) rows")
        try transform(column, bins.map(\.woe) + [0], into: &output)
    }

    private func transformed<Output: BinOutput>(
        _ column: Column, _ outputs: [Output]
    ) throws(BinningError) -> [Output] {
        var result = Array(repeating: Output.zero, count: column.count)
        var span = result.mutableSpan
        try transform(column, outputs, into: &span)
        return result
    }

    /// Writes the output of every row's bin: one loop for WOE and indices alike.
    ///
    /// - Parameter outputs: One per bin, and one for the neutral index.
    private func transform<Output: BinOutput>(
        _ column: Column, _ outputs: [Output], into output: inout MutableSpan<Output>
    ) throws(BinningError) {
        if kind == .categorical {
            let categories = CategoryCodes(column)
            let byCode = categories.levels.map { outputs[lookup.bin(ofLevel: $0)] }
            let missing = outputs[lookup.missing]
            let codes = categories.codes.span
            let table = byCode.span
            for row in codes.indices {
                let code = codes[row]
                output[row] = code == Column.missingCode ? missing : table[Int(code)]
            }
            return
        }
        switch column.values {
        case .double(let values): lookup.transform(values.span, outputs, into: &output)
        case .float(let values): lookup.transform(values.span, outputs, into: &output)
        case .integer(let values): lookup.transform(values.span, outputs, into: &output)
        case .day(let values): lookup.transform(values.span, outputs, into: &output)
        case .flag(let values): lookup.transform(values.span, outputs, into: &output)
        case .category, .text:
            throw .wrongType(variable: name, column: column.typeName, expected: "numbers, as at the fit")
        }
    }
}

extension BinLookup {
    /// Writes the output of the bin of every number.
    func transform<Value: BinnableNumber, Output: BinOutput>(
        _ values: Span<Value>, _ outputs: [Output], into output: inout MutableSpan<Output>
    ) {
        let perInterval = intervalBins.isEmpty ? [outputs[unseen]] : intervalBins.map { outputs[$0] }
        let table = perInterval.span
        let missing = outputs[missing]
        let whole = cuts.count <= Self.mostCountedCuts ? values.count / 8 * 8 : 0
        let cutVectors = cuts.map(SIMD8<Double>.init(repeating:))
        let vectors = cutVectors.span
        var row = 0
        while row < whole {
            // Counting the cuts at or below eight numbers at once needs no branch and outruns a search; NaN is above
            // none of them.
            let numbers = SIMD8<Double>(
                values[row].number, values[row &+ 1].number, values[row &+ 2].number, values[row &+ 3].number,
                values[row &+ 4].number, values[row &+ 5].number, values[row &+ 6].number,
                values[row &+ 7].number)
            var below = SIMD8<Int64>(repeating: 0)
            for index in vectors.indices {
                below.replace(with: below &+ 1, where: vectors[index] .<= numbers)
            }
            let isNumber = numbers .== numbers
            for lane in 0..<8 {
                output[row &+ lane] = isNumber[lane] ? table[Int(below[lane])] : missing
            }
            row &+= 8
        }
        let searchCuts = searchCuts.span
        while row < values.count {
            let number = values[row].number
            let interval = min(Self.interval(of: number, among: searchCuts), cuts.count)
            output[row] = number.isNaN ? missing : table[interval]
            row &+= 1
        }
        guard !specialNumbers.isEmpty || hasOwnInfinities else { return }
        for row in values.indices {
            let number = values[row].number
            if number.isInfinite || specialNumbers.contains(number) { output[row] = outputs[bin(of: number)] }
        }
    }

    /// Up to how many cuts counting beats searching.
    private static let mostCountedCuts = 24

    /// Whether an infinity goes elsewhere than the outermost interval.
    private var hasOwnInfinities: Bool {
        negativeInfinity != (intervalBins.first ?? unseen)
            || positiveInfinity != (intervalBins.last ?? unseen)
    }
}

/// What a bin is turned into.
protocol BinOutput: Sendable {
    static var zero: Self { get }
}

extension Double: BinOutput {}
extension UInt8: BinOutput {}
extension UInt16: BinOutput {}
