/// Why boosting refused its data, its options or a model.
public enum BoostingError: Error, Sendable, Hashable {
    /// A tree's parts do not make a tree.
    case malformedTree(reason: String)
    /// A forest's parts do not fit together.
    case malformedForest(reason: String)
    /// The parts of a glass box do not fit together.
    case malformedShapes(reason: String)
    /// An option is out of its range.
    case badOption(name: String, value: String, expected: String)
    /// The training data cannot be used.
    case badData(reason: String)
    /// All outcomes are the same, or have no weight, so there is nothing to learn.
    case nothingToLearn(reason: String)
    /// A tree, counted from 0, does not keep to a monotone constraint.
    case notMonotone(feature: String, direction: Int, tree: Int)
    /// A forest is too large for a proof that ends.
    case notProvable(reason: String)
    /// A forest cannot be trained further on some data or with some options.
    case cannotContinue(reason: String)
    /// The forest's scores cannot be taken apart.
    case cannotExplain(reason: String)
    /// Contributions do not sum to the score they explain, by more than rounding can do.
    case notAdditive(row: Int, gap: Double, bound: Double)
}

extension BoostingError: CustomStringConvertible {
    /// The fact, the value and the remedy.
    public var description: String {
        switch self {
        case .malformedTree(let reason): "Not a tree: \(reason). The model file is damaged; export it again."
        case .malformedForest(let reason):
            "Not a forest: \(reason). The model file is damaged; export it again."
        case .malformedShapes(let reason):
            "Not shape functions: \(reason). The model file is damaged; export it again."
        case .badOption(let name, let value, let expected): "\(name) is \(value), expected \(expected)."
        case .badData(let reason): "The training data cannot be used: \(reason)."
        case .nothingToLearn(let reason):
            "Nothing to learn: \(reason). Check the outcome column and the weights."
        case .notMonotone(let feature, let direction, let tree):
            "Tree \(tree) does not \(direction > 0 ? "rise" : "fall") in '\(feature)': the constraint does not hold. "
                + "Train the model again with it, or do without."
        case .notProvable(let reason):
            "Its directions cannot be proved: \(reason). Grow fewer leaves or trees, or do without 'monotone'."
        case .cannotContinue(let reason): "The forest cannot be trained further: \(reason)."
        case .cannotExplain(let reason):
            "The scores cannot be explained: \(reason). Export the model with the row counts of its nodes."
        case .notAdditive(let row, let gap, let bound):
            "The contributions of row \(row) miss its score by \(gap), more than \(bound): a fault of this program."
        }
    }
}
