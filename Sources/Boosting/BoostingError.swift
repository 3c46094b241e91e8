/// Why boosting refused its data, its options or a model.
public enum BoostingError: Error, Sendable, Hashable {
    /// A tree's parts do not make a tree.
    case malformedTree(reason: String)
    /// A forest's parts do not fit together.
    case malformedForest(reason: String)
    /// An option is out of its range.
    case badOption(name: String, value: String, expected: String)
    /// The training data cannot be used.
    case badData(reason: String)
    /// All outcomes are the same, or have no weight, so there is nothing to learn.
    case nothingToLearn(reason: String)
}

extension BoostingError: CustomStringConvertible {
    /// The fact, the value and the remedy.
    public var description: String {
        switch self {
        case .malformedTree(let reason): "Not a tree: \(reason). The model file is damaged; export it again."
        case .malformedForest(let reason):
            "Not a forest: \(reason). The model file is damaged; export it again."
        case .badOption(let name, let value, let expected): "\(name) is \(value), expected \(expected)."
        case .badData(let reason): "The training data cannot be used: \(reason)."
        case .nothingToLearn(let reason):
            "Nothing to learn: \(reason). Check the outcome column and the weights."
        }
    }
}
