/// A glass box: an intercept, one function of every feature, and functions of chosen pairs of them.
///
///     η(x) = intercept + Σⱼ fⱼ(xⱼ) + Σ₍ⱼₖ₎ fⱼₖ(xⱼ, xₖ)
///
/// All functions are constant on cells, so that they are tables. Over the weighted training rows every fⱼ has mean 0,
/// and every fⱼₖ has mean 0 along each row and each column of its table: what one feature says alone stands in its own
/// function, and only what two say together in that of the pair.
public struct AdditiveShapes: Sendable, Hashable {
    /// The features, in the order of the columns.
    public var features: [Forest.Feature]
    /// η of a row all of whose functions are 0.
    public var intercept: Double
    /// One function per feature.
    public var functions: [Function]
    /// Functions of pairs, the strongest pair first.
    public var pairs: [Pair]

    /// Shapes from their parts.
    public init(features: [Forest.Feature], intercept: Double, functions: [Function], pairs: [Pair]) {
        self.features = features
        self.intercept = intercept
        self.functions = functions
        self.pairs = pairs
    }

    /// The shapes whose log-odds are intercept + slope · these ones'; what a direction was proved of still holds.
    ///
    /// - Precondition: slope > 0.
    public func moved(intercept: Double, slope: Double) -> AdditiveShapes {
        precondition(slope > 0, "slope \(slope)")
        var moved = self
        moved.intercept = intercept + slope * self.intercept
        for place in functions.indices {
            moved.functions[place].values = functions[place].values.map { slope * $0 }
        }
        for place in pairs.indices { moved.pairs[place].values = pairs[place].values.map { slope * $0 } }
        return moved
    }

    /// How the values of a feature fall into cells; the last cell is that of missing values and of levels that are not
    /// known.
    public enum Axis: Sendable, Hashable {
        /// Cell c holds the values above bound c − 1 and up to bound c; one more cell has the values above all bounds.
        case number(upperBounds: [Double])
        /// The cell of every code.
        case category(cellOfCode: [Int], cells: Int)

        /// Number of cells, that of missing values included.
        public var cellCount: Int {
            switch self {
            case .number(let bounds): bounds.count + 2
            case .category(_, let cells): cells + 1
            }
        }

        /// The cell of missing values.
        public var missingCell: Int { cellCount - 1 }

        /// The cell of a value: a number, or the code of a category; NaN is missing.
        public func cell(of value: Double) -> Int {
            if value.isNaN { return missingCell }
            switch self {
            case .number(let bounds):
                var (low, high) = (0, bounds.count)
                while low < high {
                    let middle = (low + high) / 2
                    if value <= bounds[middle] { high = middle } else { low = middle + 1 }
                }
                return low
            case .category(let cellOfCode, _):
                guard value >= 0, value < Double(cellOfCode.count) else { return missingCell }
                return cellOfCode[Int(value)]
            }
        }
    }

    /// A function of one feature.
    public struct Function: Sendable, Hashable {
        /// The cells.
        public var axis: Axis
        /// Log-odds by cell.
        public var values: [Double]
        /// Weight of the training rows by cell.
        public var weights: [Double]

        /// A function from its parts.
        public init(axis: Axis, values: [Double], weights: [Double]) {
            self.axis = axis
            self.values = values
            self.weights = weights
        }
    }

    /// A function of two features.
    public struct Pair: Sendable, Hashable {
        /// The feature along the rows of the table, counted from 0.
        public var first: Int
        /// The feature along its columns.
        public var second: Int
        /// Cells of the first feature.
        public var firstAxis: Axis
        /// Cells of the second feature.
        public var secondAxis: Axis
        /// Log-odds by cell, row after row.
        public var values: [Double]
        /// Weight of the training rows by cell, row after row.
        public var weights: [Double]

        /// A function from its parts.
        public init(
            first: Int, second: Int, firstAxis: Axis, secondAxis: Axis, values: [Double], weights: [Double]
        ) {
            self.first = first
            self.second = second
            self.firstAxis = firstAxis
            self.secondAxis = secondAxis
            self.values = values
            self.weights = weights
        }

        /// The place of two values in the table.
        public func place(of first: Double, _ second: Double) -> Int {
            firstAxis.cell(of: first) * secondAxis.cellCount + secondAxis.cell(of: second)
        }
    }
}

extension AdditiveShapes {
    /// The shapes, if their parts fit together.
    ///
    /// - Throws: ``BoostingError/malformedShapes(reason:)``.
    public func validated() throws(BoostingError) -> AdditiveShapes {
        guard intercept.isFinite, functions.count == features.count, !features.isEmpty else {
            throw .malformedShapes(reason: "\(functions.count) functions of \(features.count) features")
        }
        for (feature, function) in zip(features, functions) {
            try function.axis.check(against: feature)
            try Self.check(function.values, function.weights, cells: function.axis.cellCount, feature.name)
        }
        var seen: Set<[Int]> = []
        for pair in pairs {
            guard features.indices.contains(pair.first), features.indices.contains(pair.second),
                pair.first != pair.second, seen.insert([pair.first, pair.second].sorted()).inserted
            else { throw .malformedShapes(reason: "a pair of features \(pair.first) and \(pair.second)") }
            try pair.firstAxis.check(against: features[pair.first])
            try pair.secondAxis.check(against: features[pair.second])
            let (cells, overflow) = pair.firstAxis.cellCount.multipliedReportingOverflow(
                by: pair.secondAxis.cellCount)
            guard !overflow else { throw .malformedShapes(reason: "a pair of too many cells") }
            try Self.check(
                pair.values, pair.weights, cells: cells,
                "\(features[pair.first].name) × \(features[pair.second].name)")
        }
        return self
    }

    private static func check(
        _ values: [Double], _ weights: [Double], cells: Int, _ name: String
    ) throws(BoostingError) {
        guard values.count == cells, weights.count == cells else {
            throw .malformedShapes(
                reason: "'\(name)' has \(values.count) values and \(weights.count) weights for \(cells) cells"
            )
        }
        guard values.allSatisfy(\.isFinite), weights.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
            throw .malformedShapes(reason: "'\(name)' has a value or a weight that is no usable number")
        }
    }

    /// η of one row, term by term: the definition that every faster path is held against.
    public func rawScore(of values: [Double]) -> Double {
        precondition(values.count == features.count, "\(values.count) values for \(features.count) features")
        var score = intercept
        for (function, value) in zip(functions, values) {
            score += function.values[function.axis.cell(of: value)]
        }
        for pair in pairs { score += pair.values[pair.place(of: values[pair.first], values[pair.second])] }
        return score
    }
}

extension AdditiveShapes.Axis {
    fileprivate func check(against feature: Forest.Feature) throws(BoostingError) {
        switch (self, feature.kind) {
        case (.number(let bounds), .number):
            guard bounds.allSatisfy(\.isFinite), zip(bounds, bounds.dropFirst()).allSatisfy(<) else {
                throw .malformedShapes(reason: "the bounds of '\(feature.name)' do not rise")
            }
        case (.category(let cellOfCode, let cells), .category(let levels)):
            guard cellOfCode.count == levels, cells >= 0, cells <= 65_536,
                cellOfCode.allSatisfy({ (0...cells).contains($0) })
            else { throw .malformedShapes(reason: "the levels of '\(feature.name)' do not fit its cells") }
        default: throw .malformedShapes(reason: "'\(feature.name)' is of another kind than its function")
        }
    }
}
