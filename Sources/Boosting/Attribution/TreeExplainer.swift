public import Parallelism

/// Takes raw scores apart into contributions of the features: exact path-dependent TreeSHAP.
///
/// A contribution is the Shapley value of the game whose worth of a set of features is the mean score of the trees
/// when only these features are known, the others being averaged by the covers of the branches. Contributions and
/// the expected score sum to the raw score; that is checked for every row. Rows get the same bits at any place of a
/// batch, on any number of threads and any processor.
///
/// Source: Lundberg, Erion & Lee (2018), *Consistent individualized feature attribution for tree ensembles*; the
/// integral form is Owen's (1972) multilinear extension.
public struct TreeExplainer: Sendable {
    /// Number of features.
    public var featureCount: Int { predictor.featureCount }
    /// Raw scores per row.
    public var outputCount: Int { predictor.outputCount }
    /// What is to be explained from: the mean raw score over the training rows, by cover; one per output.
    public let expectedScores: [Double]
    /// The most by which contributions may miss a raw score before that is an error.
    ///
    /// Contributions are computed in single precision tree by tree. Each leaf of m features adds terms that are at most
    /// its value, so the bound is 2^−20 times the sum over trees of their largest leaf, far above what rounding does
    /// and far below a wrong leaf.
    public let additivityBound: Double

    let predictor: Predictor
    private let kernel: ContributionKernel
    let forest: Forest

    /// Lays a forest out for explaining.
    ///
    /// - Throws: ``BoostingError/cannotExplain(reason:)`` for splits without cover, or paths of more than 128
    ///   features; ``BoostingError/malformedTree(reason:)``, ``BoostingError/malformedForest(reason:)``.
    /// - Complexity: O(leaves · m²) time and memory for paths of m features.
    public init(_ forest: Forest) throws(BoostingError) {
        try self.init(forest, instructions: .widest)
    }

    init(_ forest: Forest, instructions: Instructions) throws(BoostingError) {
        let forest = try forest.validated()
        let layout = ForestLayout(forest)
        let contributions = try ContributionLayout(forest, layout)
        predictor = try Predictor(forest, layout, instructions)
        kernel = ContributionKernel(contributions)
        expectedScores = contributions.expectedScores
        additivityBound =
            0x1p-20 * forest.trees.reduce(0) { $0 + ($1.leaves.map { abs($0.value) }.max() ?? 0) }
            + predictor.roundingBound + 1e-12 * (forest.baseScores.map(abs).max() ?? 0)
        self.forest = forest
    }

    /// Contributions to the raw scores of some rows.
    public struct Contributions: Sendable, Hashable {
        /// Number of rows n.
        public let rowCount: Int
        /// Raw scores per row, K.
        public let outputCount: Int
        /// Number of features p.
        public let featureCount: Int
        /// Row after row, in it output after output: p contributions each.
        public let values: [Double]

        /// The contributions to one raw score, by feature.
        public subscript(row row: Int, output output: Int = 0) -> ArraySlice<Double> {
            let start = (row * outputCount + output) * featureCount
            return values[start..<start + featureCount]
        }
    }

    /// Contributions to the raw scores of rows that lie one after the other.
    ///
    /// - Parameter rows: ``featureCount`` values a row; NaN is missing, a category is its code.
    /// - Throws: ``BoostingError/notAdditive(row:gap:bound:)``.
    public func contributions(
        rowMajor rows: Span<Float>, workers: Workers = .single
    ) throws(BoostingError) -> Contributions {
        try contributions(predictor.rowCount(rows), workers) { block, range in
            predictor.fill(block, range, rowMajor: rows)
        }
    }

    /// Contributions to the raw scores of columns.
    ///
    /// - Parameter columns: ``featureCount`` columns of one length, in the order of the forest's features.
    /// - Throws: ``BoostingError/notAdditive(row:gap:bound:)``.
    public func contributions(
        columns: [TrainingData.Column], workers: Workers = .single
    ) throws(BoostingError) -> Contributions {
        try contributions(predictor.rowCount(columns), workers) { block, range in
            predictor.fill(block, range, columns: columns)
        }
    }

    private func contributions(
        _ count: Int, _ workers: Workers, _ fill: @Sendable (ForestKernel.Block, Range<Int>) -> Void
    ) throws(BoostingError) -> Contributions {
        let blockRows = ForestKernel.blockRows
        let parts = try workers.tryMap((count + blockRows - 1) / blockRows) {
            piece throws(BoostingError) -> [Double] in
            let range = piece * blockRows..<min(count, (piece + 1) * blockRows)
            let block = predictor.kernel.makeBlock()
            fill(block, range)
            return try contributions(of: block, range)
        }
        return Contributions(
            rowCount: count, outputCount: outputCount, featureCount: featureCount,
            values: Array(parts.joined()))
    }

    /// Contributions of the rows of a filled block, checked against their scores.
    private func contributions(
        of block: ForestKernel.Block, _ range: Range<Int>
    ) throws(BoostingError) -> [Double] {
        let (outputs, features, lanes) = (outputCount, featureCount, ContributionKernel.rows)
        let instructions = predictor.instructions
        var scores = (0..<outputs * ForestKernel.blockRows).map {
            predictor.baseScores[$0 / ForestKernel.blockRows]
        }
        var scoreSpan = scores.mutableSpan
        predictor.kernel.add(block, count: range.count, to: &scoreSpan, outputs: outputs, instructions)
        let scratch = kernel.makeScratch()
        var result = [Double](repeating: 0, count: range.count * outputs * features)
        for first in stride(from: 0, to: range.count, by: lanes) {
            var sums = [Double](repeating: 0, count: outputs * features * lanes)
            var span = sums.mutableSpan
            kernel.add(
                predictor.kernel, block, firstRow: first, scratch: scratch, to: &span, outputs: outputs,
                instructions)
            for lane in 0..<min(lanes, range.count - first) {
                for output in 0..<outputs {
                    var total = expectedScores[output]
                    let start = ((first + lane) * outputs + output) * features
                    for feature in 0..<features {
                        let value = sums[(output * features + feature) * lanes + lane]
                        total += value
                        result[start + feature] = value
                    }
                    let gap = abs(total - scores[output * ForestKernel.blockRows + first + lane])
                    guard gap <= additivityBound else {
                        throw .notAdditive(
                            row: range.lowerBound + first + lane, gap: gap, bound: additivityBound)
                    }
                }
            }
        }
        return result
    }
}
