extension RankedOutcomes {
    /// Where a cut-off tells the classes apart best.
    public struct Separation: Sendable, Hashable {
        /// Share of the defaults above the cut-off minus share of the non-defaults above it; 0 or more.
        public let index: Double
        /// The cut-off, half-way between two neighbouring risks.
        public let threshold: Double
    }

    /// Youden's index, the largest vertical distance of the ROC curve from the diagonal, where it is reached first from
    /// below.
    ///
    /// Without any separation the cut-off is the lowest risk, which calls every obligor a default.
    public var youden: Separation {
        var (defaultsBelow, nonDefaultsBelow) = (0.0, 0.0)
        var best = Separation(index: 0, threshold: groups[0].risk)
        for (group, next) in zip(groups, groups.dropFirst()) {
            defaultsBelow += group.defaults
            nonDefaultsBelow += group.nonDefaults
            let index = nonDefaultsBelow / nonDefaults - defaultsBelow / defaults
            if index > best.index {
                // Half-way to infinity is no number; the next risk itself separates as well.
                let middle = group.risk / 2 + next.risk / 2
                best = Separation(index: index, threshold: middle.isFinite ? middle : next.risk)
            }
        }
        return best
    }

    /// Divergence (μ_D − μ_N)² ÷ (½ (σ²_D + σ²_N)) of the risk, variances with divisor n − 1.
    ///
    /// `nil` where it is not defined: an infinite risk, no spread in either class, or a class of weight 1 or less.
    public var divergence: Double? {
        guard defaults > 1, nonDefaults > 1 else { return nil }
        let ofDefaults = moments(\.defaults, total: defaults)
        let ofNonDefaults = moments(\.nonDefaults, total: nonDefaults)
        let difference = ofDefaults.mean - ofNonDefaults.mean
        let value = difference * difference / ((ofDefaults.variance + ofNonDefaults.variance) / 2)
        return value.isFinite ? value : nil
    }

    private func moments(_ weight: (Group) -> Double, total: Double) -> (mean: Double, variance: Double) {
        // A class without weight at a risk says nothing about it, even if that risk is infinite.
        let members = groups.filter { weight($0) > 0 }
        let mean = members.reduce(0) { $0 + weight($1) * $1.risk } / total
        let squares = members.reduce(0) { $0 + weight($1) * ($1.risk - mean) * ($1.risk - mean) }
        return (mean, squares / (total - 1))
    }
}
