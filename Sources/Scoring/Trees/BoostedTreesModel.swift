public import Boosting
import Synchronization

/// A forest on input columns, with the proof of what it was held to.
///
/// η is the base score plus the values of the leaves that a row ends in.
public struct BoostedTreesModel: Sendable {
    /// The inputs, one for every feature of the forest; each is asked about by some tree.
    public let inputs: [TreeInput]
    /// The trees, each numbered in preorder.
    public let forest: Forest
    /// The proof that risk rises or falls in every column that was constrained, whatever the values of all others.
    public let certificate: MonotonicityCertificate

    let predictor: Predictor
    private let explainer: ExplainerOnDemand

    /// The most leaves of a tree that a proof is tried for.
    static let provableLeaves = 8_192
    /// The largest sum of squared numbers of leaves over all trees that a proof is tried for.
    static let provablePairs = 1 << 30

    /// The most splits on the paths to all leaves that are taken apart.
    static let explainableSteps = 1 << 28

    /// A model of a forest that keeps to some directions.
    ///
    /// - Parameters:
    ///   - inputs: One per feature of the forest, in its order.
    ///   - forest: For a binary objective.
    ///   - directions: By feature +1 where risk must rise, −1 where it must fall, else 0.
    /// - Throws: `BoostingError.notMonotone` if the forest does not keep to them, `BoostingError.malformedForest` and
    ///   `BoostingError.malformedTree` if the parts do not fit together, `BoostingError.notProvable` if there are too
    ///   many leaves for a proof.
    init(inputs: [TreeInput], forest: Forest, directions: [Int8]) throws(BoostingError) {
        let forest = try forest.validated()
        guard !inputs.isEmpty, forest.features == inputs.map(\.feature), forest.objective == .binary else {
            throw .malformedForest(reason: "its features or its objective are not those of the model")
        }
        try TreeInput.check(inputs) { .malformedForest(reason: $0) }
        try Self.checkAmount(of: forest, isConstrained: directions.contains { $0 != 0 })
        self.inputs = inputs
        self.forest = forest
        certificate = try MonotonicityCertificate(proving: forest, directions: directions)
        predictor = try Predictor(forest)
        explainer = ExplainerOnDemand()
    }

    /// Refuses forests whose values are absurd, or too large for a proof that ends.
    private static func checkAmount(of forest: Forest, isConstrained: Bool) throws(BoostingError) {
        var largest = forest.baseScores.reduce(0) { $0 + abs($1) }
        var pairs = 0
        for tree in forest.trees {
            largest += tree.leaves.reduce(0) { max($0, abs($1.value)) }
            pairs += min(tree.leaves.count, 1 << 20) * min(tree.leaves.count, 1 << 20)
            guard !isConstrained || tree.leaves.count <= provableLeaves && pairs <= provablePairs else {
                throw .notProvable(
                    reason: "a tree has \(tree.leaves.count) leaves, of \(provableLeaves) at most, "
                        + "or all have too many together")
            }
        }
        guard largest <= AdditiveScorer.contributionLimit else {
            throw .malformedForest(reason: "its log-odds may reach \(largest)")
        }
    }

    /// Splits on the paths to all leaves.
    private var pathLength: Int {
        forest.trees.reduce(0) { sum, tree in
            var depths = [Int](repeating: 0, count: tree.splits.count)
            var length = sum
            // In preorder a split comes before its branches.
            for (number, split) in tree.splits.enumerated() {
                for child in [split.left, split.right] {
                    switch child {
                    case .split(let next): depths[next] = depths[number] + 1
                    case .leaf: length += depths[number] + 1
                    }
                }
            }
            return length
        }
    }

    /// Takes rows apart; laid out on first use, since most uses of a model need no explanation.
    ///
    /// - Throws: ``ScoringError/notExplainable(reason:)``.
    func treeExplainer() throws(ScoringError) -> TreeExplainer {
        guard pathLength <= Self.explainableSteps else {
            throw .notExplainable(reason: "its trees are too deep, with \(pathLength) splits on their paths")
        }
        do throws(BoostingError) { return try explainer.explainer(of: forest) } catch {
            throw .notExplainable(reason: error.description)
        }
    }
}

/// An explainer that is made when it is first asked for.
private final class ExplainerOnDemand: Sendable {
    private let made = Mutex<TreeExplainer?>(nil)

    func explainer(of forest: Forest) throws(BoostingError) -> TreeExplainer {
        try made.withLock { made throws(BoostingError) in
            if let made { return made }
            let explainer = try TreeExplainer(forest)
            made = explainer
            return explainer
        }
    }
}

extension BoostedTreesModel: Equatable {
    /// Whether inputs, trees and proofs are the same; all else follows from them.
    public static func == (left: BoostedTreesModel, right: BoostedTreesModel) -> Bool {
        left.inputs == right.inputs && left.forest == right.forest && left.certificate == right.certificate
    }
}
