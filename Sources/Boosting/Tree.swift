/// One regression tree: splits and leaves as flat arrays, each numbered from 0.
///
/// Shapes are checked once, by ``validated(featureCount:)``; whatever walks a tree may then trust every index.
public struct Tree: Sendable, Hashable {
    /// The splits, the root first; empty when the tree is a single leaf.
    public var splits: [Split]
    /// The leaves, one more than there are splits.
    public var leaves: [Leaf]

    /// A tree from its parts.
    public init(splits: [Split], leaves: [Leaf]) {
        self.splits = splits
        self.leaves = leaves
    }

    /// Where a branch leads.
    public enum Child: Sendable, Hashable {
        /// To a further split, by its number.
        case split(Int)
        /// To a leaf, by its number.
        case leaf(Int)
    }

    /// A question about one feature and its two answers.
    public struct Split: Sendable, Hashable {
        /// Which feature is asked about, counted from 0.
        public var feature: Int
        /// Which values go left.
        public var condition: Condition
        /// Whether a missing value goes left.
        public var missingGoesLeft: Bool
        /// The branch of values that satisfy the condition.
        public var left: Child
        /// The branch of the others.
        public var right: Child
        /// How much the split lowered the training objective; 0 where unknown.
        public var gain: Double
        /// Sum of weights (or of hessians, as the trainer counts) of the training rows that reached the split.
        public var cover: Double

        /// A split from its parts.
        public init(
            feature: Int, condition: Condition, missingGoesLeft: Bool, left: Child, right: Child,
            gain: Double = 0,
            cover: Double = 0
        ) {
            self.feature = feature
            self.condition = condition
            self.missingGoesLeft = missingGoesLeft
            self.left = left
            self.right = right
            self.gain = gain
            self.cover = cover
        }
    }

    /// The values that go left; missing values are apart.
    public enum Condition: Sendable, Hashable {
        /// Values ≤ the threshold, which is finite or +∞.
        case atMost(Double)
        /// Values ≤ the threshold, where zero counts as missing (an option of LightGBM's models).
        case atMostZeroMissing(Double)
        /// Category codes in the set; a code not in it, seen in training or not, goes right.
        case oneOf(CategorySet)
    }

    /// The end of a path.
    public struct Leaf: Sendable, Hashable {
        /// What the tree adds to the raw score, shrinkage included.
        public var value: Double
        /// Sum of weights (or of hessians) of the training rows in the leaf.
        public var cover: Double

        /// A leaf with a value and its cover.
        public init(value: Double, cover: Double) {
            self.value = value
            self.cover = cover
        }
    }
}
