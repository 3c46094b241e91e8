/// A boosted ensemble: what training returns, what files hold, what prediction and attribution read.
///
/// The raw score of output o is baseScores[o] plus the values of the leaves reached in the trees o, o + K, o + 2K …
/// where K is the number of outputs; sums run in tree order, in Double.
public struct Forest: Sendable, Hashable {
    /// The features, in the order of the columns.
    public var features: [Feature]
    /// What the raw scores mean.
    public var objective: Objective
    /// Where the sums start, one per output.
    public var baseScores: [Double]
    /// The trees in the order they were grown, round after round, one per output in each.
    public var trees: [Tree]
    /// Cut points of an ordinal objective, rising; empty otherwise.
    public var cutPoints: [Double]
    /// Whether values are rounded to single precision before they are compared, as XGBoost does.
    public var comparesSinglePrecision: Bool

    /// A forest from its parts.
    public init(
        features: [Feature], objective: Objective, baseScores: [Double], trees: [Tree],
        cutPoints: [Double] = [],
        comparesSinglePrecision: Bool = false
    ) {
        self.features = features
        self.objective = objective
        self.baseScores = baseScores
        self.trees = trees
        self.cutPoints = cutPoints
        self.comparesSinglePrecision = comparesSinglePrecision
    }

    /// A column that trees ask about.
    public struct Feature: Sendable, Hashable {
        /// The column's name.
        public var name: String
        /// Numbers, or category codes.
        public var kind: Kind
        /// What the codes of a category are called, in their order; empty where that is not known.
        public var levelNames: [String]

        /// A feature of a name and kind.
        public init(name: String, kind: Kind, levelNames: [String] = []) {
            self.name = name
            self.kind = kind
            self.levelNames = levelNames
        }
    }

    /// What the values of a feature are.
    public enum Kind: Sendable, Hashable {
        /// Numbers with an order.
        case number
        /// Codes 0 ..< levels without an order.
        case category(levels: Int)
    }

    /// Raw scores per row.
    public var outputCount: Int { baseScores.count }
}

extension Forest {
    /// The forest, if every tree is well formed and the counts agree.
    ///
    /// - Throws: ``BoostingError/malformedTree(reason:)``, ``BoostingError/malformedForest(reason:)``.
    public func validated() throws(BoostingError) -> Forest {
        guard baseScores.count == objective.outputCount, !baseScores.isEmpty,
            baseScores.allSatisfy(\.isFinite)
        else {
            throw .malformedForest(reason: "\(baseScores.count) base scores for \(objective)")
        }
        guard trees.count % baseScores.count == 0 else {
            throw .malformedForest(reason: "\(trees.count) trees for \(baseScores.count) outputs")
        }
        if case .ordinal(let levels) = objective {
            guard cutPoints.count == levels - 1, cutPoints.allSatisfy(\.isFinite),
                zip(cutPoints, cutPoints.dropFirst()).allSatisfy(<)
            else { throw .malformedForest(reason: "cut points \(cutPoints) for \(levels) levels") }
        } else if !cutPoints.isEmpty {
            throw .malformedForest(reason: "cut points without an ordinal objective")
        }
        for feature in features where !feature.levelNames.isEmpty {
            guard case .category(feature.levelNames.count) = feature.kind else {
                throw .malformedForest(
                    reason: "\(feature.levelNames.count) names for the levels of '\(feature.name)'")
            }
        }
        for tree in trees { _ = try tree.validated(featureCount: features.count) }
        return self
    }

    /// The forest whose raw scores are intercept + slope · this one's; what a direction was proved of still holds.
    ///
    /// - Precondition: slope > 0, and no cut points, which would have to move too.
    public func moved(intercept: Double, slope: Double) -> Forest {
        precondition(slope > 0 && cutPoints.isEmpty, "slope \(slope), \(cutPoints.count) cut points")
        var moved = self
        moved.baseScores = baseScores.map { intercept + slope * $0 }
        moved.trees = trees.map { $0.scaled(by: slope) }
        return moved
    }

    /// Raw scores of one row, one split at a time: the definition that every faster path is held against.
    public func rawScores(of values: [Double]) -> [Double] {
        precondition(values.count == features.count, "\(values.count) values for \(features.count) features")
        let values = comparesSinglePrecision ? values.map { Double(Float($0)) } : values
        var scores = baseScores
        for (number, tree) in trees.enumerated() {
            scores[number % outputCount] += tree.leaves[tree.leaf(of: values)].value
        }
        return scores
    }
}
