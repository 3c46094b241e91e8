import Parallelism

/// The columns of the training data as bins, held twice: by column to deal rows to children, by row to add them to
/// histograms.
struct BinnedData: Sendable {
    /// One per feature.
    let mappers: [BinMapper]
    /// Number of rows.
    let rowCount: Int
    /// The bins.
    let bins: BinStore

    /// Bins the columns of some training data.
    ///
    /// Boundaries come from a sample of ``sampleSize`` rows that does not depend on the outcomes.
    init(_ data: TrainingData, options: BoostingOptions, workers: Workers, instructions: Instructions) {
        self.init(
            data, mappers: Self.mappers(of: data, options: options, workers: workers), workers: workers,
            instructions: instructions)
    }

    /// How the columns of some training data become bins.
    static func mappers(of data: TrainingData, options: BoostingOptions, workers: Workers) -> [BinMapper] {
        let columns = data.columns
        let sample = sampledRows(of: data.rowCount, seed: options.seed)
        return workers.map(columns.count) { feature in
            mapper(of: columns[feature], sample: sample, options: options)
        }
    }

    /// Bins the columns of other data of the same features as some were binned before.
    init(_ data: TrainingData, mappers: [BinMapper], workers: Workers, instructions: Instructions) {
        let rows = data.rowCount
        let columns = data.columns
        let bins = BinStore(
            rowCount: rows, featureCount: columns.count, isWide: mappers.contains { $0.binCount > 256 })
        let blockRows = 4096
        workers.forEach((rows + blockRows - 1) / blockRows) { block in
            let range = block * blockRows..<min(rows, (block + 1) * blockRows)
            var scratch = [UInt16](repeating: 0, count: range.count)
            for (feature, column) in columns.enumerated() {
                BinKernel.assign(
                    column, range, by: mappers[feature], to: &scratch, instructions: instructions)
                bins.store(scratch, rows: range, feature: feature)
            }
        }
        self.mappers = mappers
        self.bins = bins
        rowCount = rows
    }

    /// Rows looked at to place boundaries; more change the boundaries by less than they cost.
    static let sampleSize = 200_000

    /// One row from each of ``sampleSize`` equal stretches, drawn by a hash; all rows if there are fewer.
    private static func sampledRows(of rows: Int, seed: UInt64) -> [Int]? {
        guard rows > sampleSize else { return nil }
        return (0..<sampleSize).map { stretch in
            let first = rows * stretch / sampleSize
            let next = rows * (stretch + 1) / sampleSize
            return first + Int(SplitMix.hash(seed &+ UInt64(stretch)) % UInt64(next - first))
        }
    }

    private static func mapper(
        of column: TrainingData.Column, sample: [Int]?, options: BoostingOptions
    ) -> BinMapper {
        switch column {
        case .doubles(let values):
            numberMapper(
                RadixSort.sorted(sample.map { rows in rows.map { values[$0] } } ?? values), options: options)
        case .floats(let values):
            numberMapper(
                RadixSort.sorted(sample.map { rows in rows.map { values[$0] } } ?? values), options: options)
        case .categories(let codes, let levels):
            categoryMapper(codes, levels: levels, options: options)
        }
    }

    private static func numberMapper(_ sorted: [Double], options: BoostingOptions) -> BinMapper {
        BinMapper(
            upperBounds: BinBoundaries.upperBounds(
                of: sorted, maximumBins: options.maximumBins,
                minimumRows: options.minimumRowsInBin))
    }

    private static func categoryMapper(_ codes: [UInt32], levels: Int, options: BoostingOptions) -> BinMapper
    {
        var rowsOfCode = [Int](repeating: 0, count: max(1, levels))
        for code in codes where code < levels { rowsOfCode[Int(code)] += 1 }
        return BinMapper(rowsOfCode: rowsOfCode, maximumBins: options.maximumBins)
    }
}

/// Steele, Lea & Flood (2014), *Fast Splittable Pseudorandom Number Generators*: its finaliser, as a hash.
enum SplitMix {
    /// A hash of 64 bits in which every input bit moves every output bit.
    static func hash(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
