import CKernels

/// Bins of raw values.
enum BinKernel {
    /// Writes the bins of a range of rows to the start of `bins`.
    static func assign(
        _ column: TrainingData.Column, _ rows: Range<Int>, by mapper: BinMapper, to bins: inout [UInt16],
        instructions: Instructions
    ) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= column.count && rows.count <= bins.count)
        let missing = UInt16(mapper.missingBin)
        switch (column, mapper.rule) {
        case (.doubles(let values), .number(let bounds)):
            // SAFETY: the rows were checked against both arrays, and the kernel reads only the bounds it is told of.
            unsafe values.withUnsafeBufferPointer { values in
                unsafe bounds.withUnsafeBufferPointer { bounds in
                    unsafe bins.withUnsafeMutableBufferPointer { bins in
                        guard let start = values.baseAddress else { return }
                        // The last bound is +∞, which no value exceeds.
                        unsafe obligor_bin_f64(
                            instructions.kernelValue, start + rows.lowerBound, rows.count, bounds.baseAddress,
                            bounds.count - 1,
                            missing,
                            bins.baseAddress)
                    }
                }
            }
        case (.floats(let values), .number(let bounds)):
            let floats = bounds.map(Self.largestFloat)
            // SAFETY: as above.
            unsafe values.withUnsafeBufferPointer { values in
                unsafe floats.withUnsafeBufferPointer { bounds in
                    unsafe bins.withUnsafeMutableBufferPointer { bins in
                        guard let start = values.baseAddress else { return }
                        unsafe obligor_bin_f32(
                            instructions.kernelValue, start + rows.lowerBound, rows.count, bounds.baseAddress,
                            bounds.count - 1,
                            missing,
                            bins.baseAddress)
                    }
                }
            }
        case (.categories(let codes, _), .category(let binOfCode)):
            for (offset, row) in rows.enumerated() {
                let code = Int(codes[row])
                bins[offset] =
                    code < binOfCode.count
                    ? binOfCode[code] : codes[row] == .max ? missing : UInt16(mapper.unseenBin)
            }
        default:
            preconditionFailure("a column and a mapper of another kind")
        }
    }

    /// The largest float ≤ a bound: a float is at most the one exactly if it is at most the other.
    static func largestFloat(atMost bound: Double) -> Float {
        let nearest = Float(bound)
        return Double(nearest) > bound ? nearest.nextDown : nearest
    }
}
