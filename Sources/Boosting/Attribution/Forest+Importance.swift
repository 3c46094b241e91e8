extension Forest {
    /// What makes a feature important.
    public enum Importance: Sendable, Hashable, CaseIterable {
        /// Sum of the gains of its splits.
        case gain
        /// Sum of the covers of its splits: how many training rows it was asked about.
        case cover
        /// Number of its splits.
        case splits
    }

    /// Importance of every feature, in their order; not scaled.
    public func importance(_ kind: Importance) -> [Double] {
        var sums = [Double](repeating: 0, count: features.count)
        for tree in trees {
            for split in tree.splits {
                switch kind {
                case .gain: sums[split.feature] += split.gain
                case .cover: sums[split.feature] += split.cover
                case .splits: sums[split.feature] += 1
                }
            }
        }
        return sums
    }
}
