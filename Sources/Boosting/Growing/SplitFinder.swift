/// The best split of one leaf by one feature, from the feature's histogram.
///
/// A leaf of gradient sum G and hessian sum H with value w adds to the objective, to second order,
///
///     ℓ(w) = G·w + ½ (H + λ₂) w² + λ₁ |w|
///
/// A split is worth ℓ of the parent at its best value less the sum of ℓ of its children at theirs, twice over, as is
/// the custom. Values are kept inside the bounds that monotone constraints above have set.
///
/// Source: Chen & Guestrin (2016), *XGBoost*, eq. 7; Ke et al. (2017), *LightGBM*.
struct SplitFinder: Sendable {
    /// The options that bear on splits.
    let options: BoostingOptions
    /// What one unit of the histograms' sums stands for.
    let unit: SIMD2<Double>

    /// What is known of a leaf before it is split.
    struct Leaf: Sendable {
        /// Gradient and hessian over its rows, in units of the histograms.
        var total: SIMD2<Double>
        /// Number of its rows.
        var rows: Int
        /// Where its value and those of its descendants must lie.
        var bounds: ValueBounds
        /// Penalty on its squared value.
        var l2: Double
    }

    /// A way to split a leaf.
    struct Candidate: Sendable {
        /// Reduction of twice the objective.
        var gain: Double
        var feature: Int
        /// By bin, whether it goes left; missing included.
        var leftBins: Choice
        var missingGoesLeft: Bool
        /// Gradient and hessian of the left child, in units of the histograms.
        var left: SIMD2<Double>
        /// Penalty on squared values of the children.
        var childL2: Double
    }

    /// Which bins go left.
    enum Choice: Sendable {
        /// Bins up to one.
        case upTo(Int)
        /// Listed bins.
        case oneOf([Int])
    }

    /// The best split of a leaf by a feature; `nil` if none is allowed and worth more than the minimum gain.
    func best(
        _ pairs: borrowing [SIMD2<Double>], of leaf: Leaf, feature: Int, mapper: BinMapper
    ) -> Candidate? {
        switch mapper.rule {
        case .number: bestThreshold(pairs, of: leaf, feature: feature, valueBins: mapper.binCount - 1)
        case .category: bestSubset(pairs, of: leaf, feature: feature, levelBins: mapper.binCount - 1)
        }
    }

    // MARK: Numbers

    private func bestThreshold(
        _ pairs: borrowing [SIMD2<Double>], of leaf: Leaf, feature: Int, valueBins: Int
    ) -> Candidate? {
        let judge = Judge(self, leaf: leaf, direction: monotone(feature), l2: leaf.l2)
        let missing = pairs[valueBins]
        let hasMissing = missing.x != 0 || missing.y != 0
        let last = hasMissing ? valueBins : valueBins - 1
        var left = SIMD2<Double>(0, 0)
        var best: (gain: Double, bin: Int, missingGoesLeft: Bool, left: SIMD2<Double>)?
        for bin in 0..<last {
            let here = pairs[bin]
            // An empty bin parts the rows as the cut before it did.
            if here.x == 0, here.y == 0, bin > 0 { continue }
            left += here
            if let gain = judge.gain(left: left), gain > best?.gain ?? options.minimumGain {
                // Without missing values in the leaf they follow the larger child.
                best = (gain, bin, !hasMissing && 2 * left.y >= leaf.total.y, left)
            }
            if hasMissing, bin < valueBins - 1, let gain = judge.gain(left: left + missing),
                gain > best?.gain ?? options.minimumGain
            {
                best = (gain, bin, true, left + missing)
            }
        }
        return best.map {
            Candidate(
                gain: $0.gain, feature: feature, leftBins: .upTo($0.bin), missingGoesLeft: $0.missingGoesLeft,
                left: $0.left, childL2: options.l2)
        }
    }

    // MARK: Categories

    /// Levels on the smaller side of a categorical split, at most.
    private static let largestSubset = 32

    private func bestSubset(
        _ pairs: borrowing [SIMD2<Double>], of leaf: Leaf, feature: Int, levelBins: Int
    ) -> Candidate? {
        let present = (0..<levelBins).filter { pairs[$0].y > 0 }
        guard !present.isEmpty else { return nil }
        let oneHot = present.count <= options.oneHotLevels
        let childL2 = oneHot ? options.l2 : options.l2 + options.categoryL2
        let judge = Judge(self, leaf: leaf, direction: 0, l2: childL2)
        var best: (gain: Double, bins: [Int], left: SIMD2<Double>)?
        func consider(_ bins: ArraySlice<Int>, _ left: SIMD2<Double>) {
            if let gain = judge.gain(left: left), gain > best?.gain ?? options.minimumGain {
                best = (gain, Array(bins), left)
            }
        }
        if oneHot {
            for position in present.indices {
                consider(present[position...position], pairs[present[position]])
            }
        } else {
            let keys = present.map { bin -> Double in
                let sum = pairs[bin] * unit
                return sum.x / (sum.y + options.categorySmoothing)
            }
            // Fisher (1958): for a convex loss the best subset is a prefix of the levels in gradient order.
            let order = present.indices.sorted { keys[$0] != keys[$1] ? keys[$0] < keys[$1] : $0 < $1 }
                .map { present[$0] }
            for sequence in [order, order.reversed()] {
                var left = SIMD2<Double>(0, 0)
                for size in 1...min(Self.largestSubset, sequence.count) {
                    left += pairs[sequence[size - 1]]
                    consider(sequence[..<size], left)
                }
            }
        }
        return best.map {
            Candidate(
                gain: $0.gain, feature: feature, leftBins: .oneOf($0.bins.sorted()), missingGoesLeft: false,
                left: $0.left, childL2: childL2)
        }
    }

    private func monotone(_ feature: Int) -> Int8 {
        options.monotone.isEmpty ? 0 : options.monotone[feature]
    }
}
