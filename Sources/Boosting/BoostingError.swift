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
    /// The fact and the value, and the remedy where it does not depend on where the parts come from: whoever reads
    /// them from a file says what to do with it.
    public var description: String {
        switch self {
        case .malformedTree(let reason): "not a tree: \(reason)"
        case .malformedForest(let reason): "not a forest: \(reason)"
        case .malformedShapes(let reason): "not shape functions: \(reason)"
        case .badOption(let name, let value, let expected): "\(name) is \(value), expected \(expected)"
        case .badData(let reason): "the training data cannot be used: \(reason)"
        case .nothingToLearn(let reason): "nothing to learn: \(reason)"
        case .notMonotone(let feature, let direction, let tree):
            "tree \(tree) does not \(direction > 0 ? "rise" : "fall") in '\(feature)' everywhere: "
                + "leave it out of 'monotone'"
        case .notProvable(let reason): "the directions cannot be proved (\(reason)): leave out 'monotone'"
        case .cannotContinue(let reason): "the forest cannot be trained further: \(reason)"
        case .cannotExplain(let reason): "its scores cannot be taken apart: \(reason)"
        case .notAdditive(let row, let gap, let bound):
            "the contributions of row \(row) miss its score by \(gap), more than \(bound): a fault of this program"
        }
    }
}
