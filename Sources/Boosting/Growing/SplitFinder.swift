/// The best split of one leaf by one feature, from the feature's histogram.
///
/// A leaf of gradient sum G and hessian sum H with value w adds to the objective, to second order,
///
///     ℓ(w) = G·w + ½ (H + λ₂) w² + λ₁ |w|
///
/// A split is worth ℓ of the parent at its best value less the sum of ℓ of its children at theirs, twice over, as is
/// the custom. Values are kept inside the bounds that monotone constraints have set.
///
/// Source: Chen & Guestrin (2016), *XGBoost*, eq. 7; Ke et al. (2017), *LightGBM*.
struct SplitFinder: Sendable {
    /// The options that bear on splits.
    let options: BoostingOptions
    /// What one unit of the histograms' sums stands for.
    let unit: SIMD2<Double>
    let pool: HistogramPool
    let instructions: Instructions

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
        /// Where its histograms lie.
        var slot: Int
        /// Rows by bin, once they had to be counted.
        var counts: RowCounts?
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

    /// Room for the work of one thread.
    struct Scratch {
        fileprivate var numbers: [Double]
        fileprivate var pairs: [SIMD2<Double>]

        init(largestBinCount: Int) {
            numbers = [Double](repeating: 0, count: ThresholdKernel.scratchPerBin * largestBinCount)
            pairs = [SIMD2<Double>](repeating: .zero, count: largestBinCount)
        }
    }

    /// The best split of a leaf by any of some features, the first of equal gains; `nil` if none is allowed and worth
    /// more than the minimum gain.
    func best(
        of leaf: Leaf, among features: ArraySlice<Int>, mappers: [BinMapper], scratch: inout Scratch
    ) -> Candidate? {
        var best: Candidate?
        for feature in features {
            let candidate = self.best(
                of: leaf, feature: feature, mapper: mappers[feature], toBeat: best?.gain ?? 0,
                scratch: &scratch)
            if let candidate, candidate.gain > best?.gain ?? -.infinity { best = candidate }
        }
        return best
    }

    /// The best split of a leaf by a feature; `nil` if none is allowed and worth more than the minimum gain, and
    /// perhaps if none is worth more than `toBeat`, the gain of another feature.
    func best(
        of leaf: Leaf, feature: Int, mapper: BinMapper, toBeat: Double = 0, scratch: inout Scratch
    ) -> Candidate? {
        switch mapper.rule {
        case .number:
            bestThreshold(of: leaf, feature: feature, toBeat: toBeat, scratch: &scratch)
        case .category:
            bestSubset(of: leaf, feature: feature, mapper: mapper, scratch: &scratch)
        }
    }

    // MARK: Numbers

    private func bestThreshold(
        of leaf: Leaf, feature: Int, toBeat: Double, scratch: inout Scratch
    ) -> Candidate? {
        let terms = SplitTerms(
            options: options, unit: unit, leaf: leaf, direction: options.direction(of: feature), l2: leaf.l2)
        return pool.bestThreshold(
            slot: leaf.slot, feature: feature, terms: terms, counts: leaf.counts, toBeat: toBeat,
            scratch: &scratch.numbers, instructions: instructions
        ).map { found in
            Candidate(
                gain: found.gain, feature: feature, leftBins: .upTo(found.bin),
                // Without missing values in the leaf they follow the larger child.
                missingGoesLeft: found.missingGoesLeft ?? (2 * found.left.y >= leaf.total.y),
                left: found.left, childL2: options.l2)
        }
    }

    // MARK: Categories

    /// Levels on one side of a categorical split that are taken from an end of their order, at most.
    private static let largestSubset = 32

    /// The best subset of levels, missing counting as one of them.
    ///
    /// Few levels are tried one against the rest. More are put in the order of G ÷ (H + smoothing), in which the best
    /// subset is a prefix for any convex loss. The side of less hessian is the one that is listed, so that levels
    /// which the leaf never saw follow the larger child.
    ///
    /// Source: Fisher (1958), *On Grouping for Maximum Homogeneity*.
    private func bestSubset(
        of leaf: Leaf, feature: Int, mapper: BinMapper, scratch: inout Scratch
    ) -> Candidate? {
        pool.read(slot: leaf.slot, feature: feature, into: &scratch.pairs)
        let present = (0..<mapper.binCount).filter { scratch.pairs[$0].y > 0 }
        guard present.count > 1 else { return nil }
        let oneHot = present.count <= options.oneHotLevels
        let childL2 = oneHot ? options.l2 : options.l2 + options.categoryL2
        let terms = SplitTerms(options: options, unit: unit, leaf: leaf, direction: 0, l2: childL2)
        let counts = leaf.counts?.of(feature, binCount: mapper.binCount)
        let sides = present.map { bin in
            Side(
                bin: bin, sum: scratch.pairs[bin],
                rows: counts.map { Double($0[bin]) } ?? terms.rows(ofHessian: scratch.pairs[bin].y))
        }
        var best: (gain: Double, bins: [Int], left: SIMD2<Double>)?
        func consider(_ bins: ArraySlice<Side>, _ left: SIMD2<Double>, rows: Double) {
            if let gain = terms.gain(left: left, rows: rows), gain > best?.gain ?? -.infinity {
                best = (gain, bins.map(\.bin), left)
            }
        }
        if oneHot {
            for position in sides.indices {
                consider(sides[position...position], sides[position].sum, rows: sides[position].rows)
            }
        } else {
            let ordered = inGradientOrder(sides)
            for sequence in [ordered, ordered.reversed()] {
                var left = SIMD2<Double>(0, 0)
                var rows = 0.0
                for size in 1...min(Self.largestSubset, sequence.count - 1) {
                    left += sequence[size - 1].sum
                    rows += sequence[size - 1].rows
                    consider(sequence[..<size], left, rows: rows)
                }
            }
        }
        guard let best else { return nil }
        var (bins, left) = (best.bins, best.left)
        if 2 * left.y > leaf.total.y {
            let listed = Set(bins)
            bins = present.filter { !listed.contains($0) }
            left = leaf.total - left
        }
        return Candidate(
            gain: best.gain, feature: feature,
            leftBins: .oneOf(bins.filter { $0 != mapper.missingBin }.sorted()),
            missingGoesLeft: bins.contains(mapper.missingBin), left: left, childL2: childL2)
    }

    /// One level, or missing, in a leaf.
    private struct Side {
        var bin: Int
        var sum: SIMD2<Double>
        var rows: Double
    }

    private func inGradientOrder(_ sides: [Side]) -> [Side] {
        let keys = sides.map { side -> Double in
            let sum = side.sum * unit
            return sum.x / (sum.y + options.categorySmoothing)
        }
        return sides.indices.sorted { keys[$0] != keys[$1] ? keys[$0] < keys[$1] : $0 < $1 }.map { sides[$0] }
    }
}

extension BoostingOptions {
    /// The direction that must hold for a feature.
    func direction(of feature: Int) -> Int8 { monotone.isEmpty ? 0 : monotone[feature] }
}
