public import Boosting

/// A glass box on input columns: a function of every column, functions of some pairs, and the proof of what it was held
/// to.
///
/// η is the intercept plus one entry of the table of every function. All functions have mean 0 over the training rows.
public struct AdditiveTreesModel: Sendable {
    /// The inputs, one for every feature of the functions.
    public let inputs: [TreeInput]
    /// The functions.
    public let shapes: AdditiveShapes
    /// The proof that risk rises or falls in every column that was constrained, whatever the values of all others.
    public let certificate: MonotonicityCertificate

    /// The functions of single columns.
    let functions: AdditiveScorer
    /// The functions of pairs.
    let pairs: [PairTerm]

    /// The most cells that all functions may have.
    static let cellLimit = 1 << 24
    /// The largest number of cells of a constrained function that a proof is tried for.
    static let provableCells = 8_192

    /// A model of functions that keep to some directions.
    ///
    /// - Parameters:
    ///   - inputs: One per feature of the shapes, in its order.
    ///   - directions: By feature +1 where risk must rise, −1 where it must fall, else 0.
    /// - Throws: `BoostingError.notMonotone` if the functions do not keep to them, `BoostingError.malformedShapes` if
    ///   the parts do not fit together.
    init(inputs: [TreeInput], shapes: AdditiveShapes, directions: [Int8]) throws(BoostingError) {
        let shapes = try shapes.validated()
        guard !inputs.isEmpty, shapes.features == inputs.map(\.feature) else {
            throw .malformedShapes(reason: "its features are not those of the model")
        }
        try TreeInput.check(inputs) { .malformedShapes(reason: $0) }
        let cells =
            shapes.functions.reduce(0) { $0 + $1.values.count }
            + shapes.pairs.reduce(0) { $0 + $1.values.count }
        guard cells <= Self.cellLimit else { throw .malformedShapes(reason: "\(cells) cells are too many") }
        for (place, direction) in directions.enumerated() where direction != 0 {
            let own = shapes.functions[place].values.count
            let joint = shapes.pairs.filter { $0.first == place || $0.second == place }.map(\.values.count)
            guard let largest = (joint + [own]).max(), largest <= Self.provableCells else {
                throw .malformedShapes(
                    reason: "'\(inputs[place].column)' has too many cells to prove its direction")
            }
        }
        let size = shapes.largestScore
        guard size <= AdditiveScorer.contributionLimit else {
            throw .malformedShapes(reason: "its log-odds may reach \(size)")
        }
        self.inputs = inputs
        self.shapes = shapes
        certificate = try MonotonicityCertificate(proving: shapes.forest, directions: directions)
        do throws(ScorerError) {
            functions = try AdditiveScorer(
                intercept: shapes.intercept,
                terms: zip(inputs, shapes.functions).map { $0.term($1.axis, contributions: $1.values) })
        } catch { throw .malformedShapes(reason: error.description) }
        pairs = shapes.pairs.map { PairTerm($0, inputs: inputs) }
    }
}

extension AdditiveShapes {
    /// A bound on |η|.
    fileprivate var largestScore: Double {
        func size(_ values: [Double]) -> Double { values.reduce(0) { max($0, abs($1)) } }
        return functions.reduce(abs(intercept)) { $0 + size($1.values) }
            + pairs.reduce(0) { $0 + size($1.values) }
    }
}

extension AdditiveTreesModel: Equatable {
    /// Whether inputs, functions and proofs are the same; all else follows from them.
    public static func == (left: AdditiveTreesModel, right: AdditiveTreesModel) -> Bool {
        left.inputs == right.inputs && left.shapes == right.shapes && left.certificate == right.certificate
    }
}

/// A function of two columns, as its table is looked up.
struct PairTerm: Sendable {
    /// Places of the inputs.
    let first: Int
    let second: Int
    /// The row of a value of the first column, as the contribution of a term.
    let row: AdditiveScorer.Term
    /// The column of a value of the second column, as the contribution of a term.
    let column: AdditiveScorer.Term
    /// Columns of the table.
    let width: Int
    /// Log-odds, row after row.
    let values: [Double]

    init(_ pair: AdditiveShapes.Pair, inputs: [TreeInput]) {
        first = pair.first
        second = pair.second
        // Cells are small whole numbers, exact as contributions: the kernels that add those also find cells.
        row = inputs[first].term(
            pair.firstAxis, contributions: (0..<pair.firstAxis.cellCount).map(Double.init))
        column = inputs[second].term(
            pair.secondAxis, contributions: (0..<pair.secondAxis.cellCount).map(Double.init))
        width = pair.secondAxis.cellCount
        values = pair.values
    }
}

extension TreeInput {
    /// A term that gives a value the contribution of its cell.
    ///
    /// - Parameter contributions: By cell, the last that of missing values and of levels not known.
    func term(_ axis: AdditiveShapes.Axis, contributions: [Double]) -> AdditiveScorer.Term {
        let missing = contributions[contributions.count - 1]
        switch axis {
        case .number(let bounds):
            // x > bound just when x ≥ the next double; above the largest number there is infinity alone.
            var thresholds = bounds.map(\.nextUp)
            var cells = Array(contributions.dropLast())
            var infinity: Double?
            if thresholds.last == .infinity {
                thresholds.removeLast()
                infinity = cells.removeLast()
            }
            return AdditiveScorer.Term(
                column: column,
                shape: .steps(
                    .init(
                        thresholds: thresholds, contributions: cells, missing: missing,
                        specials: missingCodes.map { .init(value: $0, contribution: missing) },
                        positiveInfinity: infinity)))
        case .category(let cellOfCode, _):
            let entries = (levels ?? []).enumerated().map { code, level in
                AdditiveScorer.Levels.Entry(level: level, contribution: contributions[cellOfCode[code]])
            }
            return AdditiveScorer.Term(
                column: column, shape: .levels(.init(entries: entries, missing: missing, unseen: missing)))
        }
    }

    /// Refuses inputs that cannot stand beside each other.
    static func check(
        _ inputs: [TreeInput], _ refusal: (String) -> BoostingError
    ) throws(BoostingError) {
        guard Set(inputs.map(\.column)).count == inputs.count else {
            throw refusal("two inputs are the same column")
        }
        for input in inputs {
            let levels = input.levels ?? []
            guard Set(levels).count == levels.count, levels.count <= 65_536 else {
                throw refusal("'\(input.column)' has a level twice, or more than 65,536")
            }
        }
    }
}
