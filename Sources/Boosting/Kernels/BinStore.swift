import CKernels

/// Bins of all rows and features, by row and by column; bytes, or 16-bit where a feature has more than 256 bins.
@safe
final class BinStore: @unchecked Sendable {
    // Sendable holds because blocks of rows are stored by one thread each, before anything reads.

    let rowCount: Int
    let featureCount: Int
    /// Whether bins are 16-bit.
    let isWide: Bool
    /// Bins from one row's line to the next.
    let lineStride: Int
    private let narrowRows: AlignedBuffer<UInt8>
    private let narrowColumns: AlignedBuffer<UInt8>
    private let wideRows: AlignedBuffer<UInt16>
    private let wideColumns: AlignedBuffer<UInt16>

    init(rowCount: Int, featureCount: Int, isWide: Bool) {
        self.rowCount = rowCount
        self.featureCount = featureCount
        self.isWide = isWide
        lineStride = Self.stride(of: featureCount, size: isWide ? 2 : 1)
        narrowRows = AlignedBuffer(count: isWide ? 0 : rowCount * lineStride)
        narrowColumns = AlignedBuffer(count: isWide ? 0 : rowCount * featureCount)
        wideRows = AlignedBuffer(count: isWide ? rowCount * lineStride : 0)
        wideColumns = AlignedBuffer(count: isWide ? rowCount * featureCount : 0)
    }

    /// Whole cache lines where that wastes little, or a power of two below one, so that a row gathered from memory
    /// touches as few of them as can be.
    private static func stride(of count: Int, size: Int) -> Int {
        let line = 64 / size
        if count < line {
            let power = 1 << (Int.bitWidth - max(0, count - 1).leadingZeroBitCount)
            return max(8 / size, power)
        }
        let lines = (count + line - 1) / line * line
        return lines * 4 <= count * 5 ? lines : (count + 7) & ~7
    }

    /// Stores the bins of a block of rows for one feature; `bins` may be longer than the block.
    func store(_ bins: [UInt16], rows: Range<Int>, feature: Int) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount && rows.count <= bins.count)
        precondition((0..<featureCount).contains(feature))
        // SAFETY: rows and feature were checked, so every index is inside both stores.
        unsafe bins.withUnsafeBufferPointer { bins in
            let line = rows.lowerBound * lineStride + feature
            let column = feature * rowCount + rows.lowerBound
            for offset in 0..<rows.count {
                if isWide {
                    unsafe wideRows.start[line + offset * lineStride] = bins[offset]
                    unsafe wideColumns.start[column + offset] = bins[offset]
                } else {
                    let bin = unsafe UInt8(truncatingIfNeeded: bins[offset])
                    unsafe narrowRows.start[line + offset * lineStride] = bin
                    unsafe narrowColumns.start[column + offset] = bin
                }
            }
        }
    }

    /// The bin of a row in a feature.
    func bin(row: Int, feature: Int) -> Int {
        isWide ? Int(wideColumns[feature * rowCount + row]) : Int(narrowColumns[feature * rowCount + row])
    }

    /// Deals some rows to the left or the right by the bin of a feature.
    ///
    /// - Parameters:
    ///   - goesLeft: By bin, 1 for left, 0 for right; an entry for every bin that occurs.
    ///   - rows: Where the row numbers lie; read at `range`.
    ///   - left: Written from `range.lowerBound` on; may be `rows`.
    ///   - right: Written from `range.lowerBound` on.
    /// - Returns: How many rows went left.
    func partition(
        feature: Int, goesLeft: [UInt8], rows: AlignedBuffer<UInt32>, range: Range<Int>,
        left: AlignedBuffer<UInt32>, right: AlignedBuffer<UInt32>, instructions: Instructions
    ) -> Int {
        precondition(range.lowerBound >= 0 && range.upperBound <= min(rows.count, left.count, right.count))
        precondition((0..<featureCount).contains(feature) && goesLeft.count >= (isWide ? 65_536 : 256))
        let first = range.lowerBound
        // SAFETY: row numbers are < rowCount by construction, the ranges were checked, and a bin is an index of
        // goesLeft.
        return unsafe goesLeft.withUnsafeBufferPointer { goesLeft in
            guard let goesLeft = goesLeft.baseAddress else { return 0 }
            return unsafe isWide
                ? obligor_partition_u16(
                    instructions.kernelValue, wideColumns.start + feature * rowCount, goesLeft,
                    rows.start + first, range.count,
                    left.start + first, right.start + first)
                : obligor_partition_u8(
                    instructions.kernelValue, narrowColumns.start + feature * rowCount, goesLeft,
                    rows.start + first, range.count,
                    left.start + first, right.start + first)
        }
    }

    /// Adds rows to packed histograms; see `obligor_histogram_packed_u8`.
    ///
    /// - Parameters:
    ///   - layout: Made for these bins, with every histogram inside `slotSize` bins.
    ///   - place: First bin of the slot in `sums`.
    func addPacked(
        rows: AlignedBuffer<UInt32>?, range: Range<Int>, packed: AlignedBuffer<Int32>, layout: BinLayout,
        to sums: AlignedBuffer<Int64>, at place: Int, slotSize: Int
    ) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= (rows?.count ?? rowCount) && packed.count == rowCount
        )
        precondition(place >= 0 && place + slotSize <= sums.count)
        let first = range.lowerBound
        // SAFETY: row numbers are < rowCount by construction, and a bin is below its feature's number of bins.
        let list = unsafe rows.map { unsafe UnsafePointer($0.start + first) }
        unsafe layout.withKernelValue { layout in
            if isWide {
                unsafe obligor_histogram_packed_u16(
                    wideRows.start, layout, list, first, range.count, packed.start, sums.start + place)
            } else {
                unsafe obligor_histogram_packed_u8(
                    narrowRows.start, narrowColumns.start, rowCount, layout, list, first, range.count,
                    packed.start, sums.start + place)
            }
        }
    }

    /// Adds rows to exact histograms; see `obligor_histogram_exact_u8`.
    ///
    /// - Parameter place: First number of the slot in `sums`, which has two a bin.
    func addExact(
        rows: AlignedBuffer<UInt32>?, range: Range<Int>, gradients: AlignedBuffer<Float>,
        hessians: AlignedBuffer<Float>, layout: BinLayout, to sums: AlignedBuffer<Double>, at place: Int,
        slotSize: Int
    ) {
        precondition(range.lowerBound >= 0 && range.upperBound <= (rows?.count ?? rowCount))
        precondition(gradients.count == rowCount && hessians.count == rowCount)
        precondition(place >= 0 && place + 2 * slotSize <= sums.count)
        let first = range.lowerBound
        // SAFETY: as above.
        let list = unsafe rows.map { unsafe UnsafePointer($0.start + first) }
        unsafe layout.withKernelValue { layout in
            if isWide {
                unsafe obligor_histogram_exact_u16(
                    wideRows.start, layout, list, first, range.count, gradients.start, hessians.start,
                    sums.start + place)
            } else {
                unsafe obligor_histogram_exact_u8(
                    narrowRows.start, layout, list, first, range.count, gradients.start, hessians.start,
                    sums.start + place)
            }
        }
    }

    /// Numbers of listed rows by bin, laid out as one slot of histograms.
    func rowCounts(
        _ rows: AlignedBuffer<UInt32>, range: Range<Int>, layout: BinLayout, slotSize: Int
    ) -> [UInt32] {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows.count)
        var counts = [UInt32](repeating: 0, count: slotSize)
        // SAFETY: as above.
        unsafe counts.withUnsafeMutableBufferPointer { counts in
            unsafe layout.withKernelValue { layout in
                if isWide {
                    unsafe obligor_count_rows_u16(
                        wideRows.start, layout, rows.start + range.lowerBound, range.count, counts.baseAddress
                    )
                } else {
                    unsafe obligor_count_rows_u8(
                        narrowRows.start, layout, rows.start + range.lowerBound, range.count,
                        counts.baseAddress)
                }
            }
        }
        return counts
    }
}
