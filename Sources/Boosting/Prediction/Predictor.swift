import CKernels
public import Parallelism

/// Scores rows with a forest, in blocks or one by one.
///
/// The raw score of an output is its base score plus, group of up to eight trees by group, the exact sum of the
/// leaves reached, rounded beforehand to multiples of 2^−27 of the next power of two above the group's largest leaf.
/// It lies within ``roundingBound`` of ``Forest/rawScores(of:)`` (about 10⁻⁸ for leaves of ordinary size), and a row
/// gets the same bits on every path: alone, at any place of a batch, from any layout of the input, with any number
/// of threads and on any processor. The environment variable `OBLIGOR_KERNELS` (`plain` or `avx2`) forbids wider
/// instructions.
public struct Predictor: Sendable {
    /// Number of features a row must have.
    public let featureCount: Int
    /// Raw scores per row.
    public let outputCount: Int
    /// The most by which a raw score can differ from the sum of the leaves as the forest states them, but for the
    /// rounding of double-precision sums.
    public let roundingBound: Double

    let kernel: ForestKernel
    /// What to do with the features that are transposed together.
    private let chunks: [Chunk]
    let baseScores: [Double]
    private let comparesSinglePrecision: Bool
    let instructions: Instructions

    /// Lays a forest out for scoring.
    ///
    /// - Throws: ``BoostingError/malformedTree(reason:)``, ``BoostingError/malformedForest(reason:)``.
    /// - Complexity: O(nodes · log nodes).
    public init(_ forest: Forest) throws(BoostingError) {
        try self.init(forest, instructions: .widest)
    }

    init(_ forest: Forest, instructions: Instructions) throws(BoostingError) {
        let forest = try forest.validated()
        try self.init(forest, ForestLayout(forest), instructions)
    }

    /// Takes over the layout of a validated forest.
    init(_ forest: Forest, _ layout: ForestLayout, _ instructions: Instructions) throws(BoostingError) {
        guard layout.columnCount < 1 << 24 else {
            throw .malformedForest(reason: "\(layout.columnCount) columns of thresholds and categories")
        }
        featureCount = forest.features.count
        outputCount = forest.outputCount
        roundingBound = layout.largestRounding
        baseScores = forest.baseScores
        comparesSinglePrecision = forest.comparesSinglePrecision
        kernel = ForestKernel(layout)
        chunks = Chunk.chunks(features: featureCount, of: kernel)
        self.instructions = instructions
    }
}

/// Neighbouring features, and which rankings and classes are made of them.
private struct Chunk {
    var features: Range<Int>
    var numbers: [Int] = []
    var categories: [Int] = []

    /// Chunks with something to do.
    static func chunks(features: Int, of kernel: ForestKernel) -> [Chunk] {
        var byPlace: [Int: Chunk] = [:]
        func find(_ feature: UInt32) -> (place: Int, chunk: Chunk) {
            let place = Int(feature) / ForestKernel.lanes
            let first = place * ForestKernel.lanes
            let last = min(first + ForestKernel.lanes, features)
            return (place, byPlace[place] ?? Chunk(features: first..<last))
        }
        for (index, number) in kernel.numbers.enumerated() {
            var (place, chunk) = find(number.feature)
            chunk.numbers.append(index)
            byPlace[place] = chunk
        }
        for (index, category) in kernel.categories.enumerated() {
            var (place, chunk) = find(category.feature)
            chunk.categories.append(index)
            byPlace[place] = chunk
        }
        return byPlace.keys.sorted().compactMap { byPlace[$0] }
    }
}

extension Predictor {
    /// Rows that one thread scores before it takes others.
    private static let blocksPerPiece = 16

    /// Raw scores of rows that lie one after the other.
    ///
    /// - Parameters:
    ///   - rows: ``featureCount`` values a row; NaN is missing, a category is its code.
    ///   - workers: Who shares the work.
    /// - Returns: n scores per output, output after output.
    public func rawScores(rowMajor rows: Span<Float>, workers: Workers = .single) -> [Double] {
        let count = rowCount(rows)
        return scores(count, workers) { block, range in fill(block, range, rowMajor: rows) }
    }

    /// Raw scores of columns.
    ///
    /// - Parameters:
    ///   - columns: ``featureCount`` columns of one length n, in the order of the forest's features; a category
    ///     code that is not below its column's levels is missing.
    ///   - workers: Who shares the work.
    /// - Returns: n scores per output, output after output.
    public func rawScores(columns: [TrainingData.Column], workers: Workers = .single) -> [Double] {
        let count = rowCount(columns)
        return scores(count, workers) { block, range in fill(block, range, columns: columns) }
    }

    /// Raw scores of one row, for as little time as one row can take.
    ///
    /// - Parameter row: ``featureCount`` values; NaN is missing, a category is its code.
    public func rawScores(of row: Span<Float>) -> [Double] {
        precondition(row.count == featureCount, "\(row.count) values for \(featureCount) features")
        var sums = baseScores
        var span = sums.mutableSpan
        kernel.add(row, to: &span, instructions)
        return sums
    }

    /// Raw scores of one row, for as little time as one row can take.
    ///
    /// - Parameter row: ``featureCount`` values; NaN is missing, a category is its code.
    public func rawScores(of row: Span<Double>) -> [Double] {
        precondition(row.count == featureCount, "\(row.count) values for \(featureCount) features")
        if comparesSinglePrecision {
            let floats = row.indices.map { Float(row[$0]) }
            return rawScores(of: floats.span)
        }
        var sums = baseScores
        var span = sums.mutableSpan
        kernel.add(row, to: &span, instructions)
        return sums
    }

    /// Scores blocks of rows whose ranks and classes `prepare` fills in.
    private func scores(
        _ count: Int, _ workers: Workers,
        _ prepare: @Sendable (ForestKernel.Block, Range<Int>) -> Void
    ) -> [Double] {
        let outputs = outputCount
        let blockRows = ForestKernel.blockRows
        // A piece holds its rows' first scores, then its rows' second ones, and so on.
        let pieces = workers.fill(
            count * outputs, blockSize: Self.blocksPerPiece * blockRows * outputs, repeating: 0.0
        ) { positions, piece in
            let rows = positions.lowerBound / outputs..<positions.upperBound / outputs
            let block = kernel.makeBlock()
            var sums = [Double](repeating: 0, count: outputs * blockRows)
            for start in stride(from: rows.lowerBound, to: rows.upperBound, by: blockRows) {
                let range = start..<min(start + blockRows, rows.upperBound)
                prepare(block, range)
                for output in 0..<outputs {
                    for row in 0..<blockRows { sums[output * blockRows + row] = baseScores[output] }
                }
                var span = sums.mutableSpan
                kernel.add(block, count: range.count, to: &span, outputs: outputs, instructions)
                for output in 0..<outputs {
                    let offset = output * rows.count + start - rows.lowerBound
                    for row in 0..<range.count { piece[offset + row] = sums[output * blockRows + row] }
                }
            }
        }
        guard outputs > 1 else { return pieces }
        var result = pieces
        for start in stride(from: 0, to: count, by: Self.blocksPerPiece * blockRows) {
            let rows = min(Self.blocksPerPiece * blockRows, count - start)
            for output in 0..<outputs {
                let (to, from) = (output * count + start, start * outputs + output * rows)
                for row in 0..<rows { result[to + row] = pieces[from + row] }
            }
        }
        return result
    }
}

// Ranks and classes of a block of rows.
extension Predictor {
    /// Number of rows that lie one after the other.
    func rowCount(_ rows: Span<Float>) -> Int {
        precondition(featureCount > 0 && rows.count % featureCount == 0, "\(rows.count) values in rows")
        return rows.count / featureCount
    }

    /// Number of rows of columns.
    func rowCount(_ columns: [TrainingData.Column]) -> Int {
        precondition(columns.count == featureCount, "\(columns.count) columns for \(featureCount) features")
        let count = columns.first?.count ?? 0
        precondition(columns.allSatisfy { $0.count == count }, "columns of different lengths")
        return count
    }

    /// Fills a block from rows that lie one after the other.
    func fill(_ block: ForestKernel.Block, _ range: Range<Int>, rowMajor rows: Span<Float>) {
        for chunk in chunks {
            let first = chunk.features.lowerBound
            kernel.transpose(
                rows, stride: featureCount, rows: range, features: chunk.features, into: block, instructions)
            for number in chunk.numbers {
                let lane = Int(kernel.numbers[number].feature) - first
                kernel.rank(number, lane: lane, count: range.count, in: block, instructions)
            }
            for category in chunk.categories {
                let lane = Int(kernel.categories[category].feature) - first
                kernel.classify(category, lane: lane, count: range.count, in: block)
            }
        }
    }

    /// Fills a block from columns.
    func fill(_ block: ForestKernel.Block, _ range: Range<Int>, columns: [TrainingData.Column]) {
        for number in kernel.numbers.indices {
            rank(number, columns[Int(kernel.numbers[number].feature)], range, block)
        }
        for category in kernel.categories.indices {
            classify(category, columns[Int(kernel.categories[category].feature)], range, block)
        }
    }

    private func rank(
        _ number: Int, _ column: TrainingData.Column, _ rows: Range<Int>, _ block: ForestKernel.Block
    ) {
        switch column {
        case .floats(let values):
            kernel.rank(number, of: values.span.extracting(rows), in: block, instructions)
        case .doubles(let values) where comparesSinglePrecision:
            let floats = values[rows].map { Float($0) }
            kernel.rank(number, of: floats.span, in: block, instructions)
        case .doubles(let values):
            kernel.rank(number, of: values.span.extracting(rows), in: block)
        case .categories(let codes, let levels):
            let values = codes[rows].map { $0 < levels ? Double($0) : .nan }
            kernel.rank(number, of: values.span, in: block)
        }
    }

    private func classify(
        _ category: Int, _ column: TrainingData.Column, _ rows: Range<Int>, _ block: ForestKernel.Block
    ) {
        switch column {
        case .floats(let values):
            kernel.classify(category, of: values.span.extracting(rows), in: block)
        case .doubles(let values):
            kernel.classify(category, of: values.span.extracting(rows), in: block)
        case .categories(let codes, let levels):
            kernel.classify(category, of: codes.span.extracting(rows), levels: levels, in: block)
        }
    }
}
