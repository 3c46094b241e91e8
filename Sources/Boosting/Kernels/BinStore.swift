import CKernels

/// Bins of all rows and features, by row and by column; bytes, or 16-bit where a feature has more than 256 bins.
@safe
final class BinStore: @unchecked Sendable {
    // Sendable holds because blocks of rows are stored by one thread each, before anything reads.

    let rowCount: Int
    let featureCount: Int
    /// Whether bins are 16-bit.
    let isWide: Bool
    /// Bins in a row's line: the features, filled up to a multiple of 8.
    let lineStride: Int
    private let narrowRows: AlignedBuffer<UInt8>
    private let narrowColumns: AlignedBuffer<UInt8>
    private let wideRows: AlignedBuffer<UInt16>
    private let wideColumns: AlignedBuffer<UInt16>

    init(rowCount: Int, featureCount: Int, isWide: Bool) {
        self.rowCount = rowCount
        self.featureCount = featureCount
        self.isWide = isWide
        lineStride = (featureCount + 7) & ~7
        narrowRows = AlignedBuffer(repeating: 0, count: isWide ? 0 : rowCount * lineStride)
        narrowColumns = AlignedBuffer(count: isWide ? 0 : rowCount * featureCount)
        wideRows = AlignedBuffer(repeating: 0, count: isWide ? rowCount * lineStride : 0)
        wideColumns = AlignedBuffer(count: isWide ? rowCount * featureCount : 0)
    }

    /// Stores the bins of a block of rows for one feature; `bins` may be longer than the block.
    func store(_ bins: [UInt16], rows: Range<Int>, feature: Int) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount && rows.count <= bins.count)
        precondition((0..<featureCount).contains(feature))
        // SAFETY: rows and feature were checked, so every index is inside both stores.
        for (offset, row) in rows.enumerated() {
            if isWide {
                unsafe wideRows.start[row * lineStride + feature] = bins[offset]
                unsafe wideColumns.start[feature * rowCount + row] = bins[offset]
            } else {
                unsafe narrowRows.start[row * lineStride + feature] = UInt8(truncatingIfNeeded: bins[offset])
                unsafe narrowColumns.start[feature * rowCount + row] = UInt8(truncatingIfNeeded: bins[offset])
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
    ///   - left: Written from `range.lowerBound` on.
    ///   - right: Written from `range.lowerBound` on.
    /// - Returns: How many rows went left.
    func partition(
        feature: Int, goesLeft: [UInt8], rows: AlignedBuffer<UInt32>, range: Range<Int>,
        left: AlignedBuffer<UInt32>, right: AlignedBuffer<UInt32>
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
                    wideColumns.start + feature * rowCount, goesLeft, rows.start + first, range.count,
                    left.start + first, right.start + first)
                : obligor_partition_u8(
                    narrowColumns.start + feature * rowCount, goesLeft, rows.start + first, range.count,
                    left.start + first, right.start + first)
        }
    }

    /// Adds rows to packed histograms; see `obligor_histogram_packed_u8`.
    func addPacked(
        rows: AlignedBuffer<UInt32>?, range: Range<Int>, packed: AlignedBuffer<Int32>,
        to sums: AlignedBuffer<Int64>,
        at place: Int, sumStride: Int
    ) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= (rows?.count ?? rowCount) && packed.count == rowCount
        )
        precondition(place >= 0 && place + lineStride * sumStride <= sums.count)
        let first = range.lowerBound
        // SAFETY: row numbers are < rowCount by construction, and a bin is below sumStride.
        let list = unsafe rows.map { unsafe UnsafePointer($0.start + first) }
        if isWide {
            unsafe obligor_histogram_packed_u16(
                wideRows.start, lineStride, list, first, range.count, packed.start, sums.start + place,
                sumStride)
        } else {
            unsafe obligor_histogram_packed_u8(
                narrowRows.start, lineStride, list, first, range.count, packed.start, sums.start + place,
                sumStride)
        }
    }

    /// Adds rows to exact histograms of some features; see `obligor_histogram_exact_u8`.
    func addExact(
        rows: AlignedBuffer<UInt32>?, range: Range<Int>, gradients: AlignedBuffer<Float>,
        hessians: AlignedBuffer<Float>, features: Range<Int>, to sums: AlignedBuffer<Double>, at place: Int,
        sumStride: Int
    ) {
        precondition(range.lowerBound >= 0 && range.upperBound <= (rows?.count ?? rowCount))
        precondition(
            gradients.count == rowCount && hessians.count == rowCount && features.upperBound <= featureCount)
        precondition(place >= 0 && place + 2 * lineStride * sumStride <= sums.count)
        let first = range.lowerBound
        // SAFETY: as above.
        let list = unsafe rows.map { unsafe UnsafePointer($0.start + first) }
        if isWide {
            unsafe obligor_histogram_exact_u16(
                wideRows.start, lineStride, list, first, range.count, gradients.start, hessians.start,
                features.lowerBound, features.upperBound, sums.start + place, sumStride)
        } else {
            unsafe obligor_histogram_exact_u8(
                narrowRows.start, lineStride, list, first, range.count, gradients.start, hessians.start,
                features.lowerBound, features.upperBound, sums.start + place, sumStride)
        }
    }
}
