/// What splits of one leaf are judged by.
struct SplitTerms: Sendable {
    /// Gradient and hessian of the leaf, in units of the histograms.
    let total: SIMD2<Double>
    /// What one unit of the histograms' sums stands for.
    let unit: SIMD2<Double>
    /// Rows of the leaf.
    let rows: Double
    let minimumRows: Double
    let minimumHessian: Double
    let l1: Double
    let l2: Double
    let bounds: ValueBounds
    /// +1 if the left value must not exceed the right one, −1 the other way round, 0 if both are free.
    let direction: Int8
    let parentWorth: Double
    let minimumGain: Double

    /// - Parameter l2: Penalty on the squared values of the children.
    init(options: BoostingOptions, unit: SIMD2<Double>, leaf: SplitFinder.Leaf, direction: Int8, l2: Double) {
        total = leaf.total
        self.unit = unit
        rows = Double(leaf.rows)
        // Estimated rows are no whole numbers; the grower counts the children it makes.
        minimumRows = Double(options.minimumRowsInLeaf) - 0.5
        minimumHessian = options.minimumHessianInLeaf
        l1 = options.l1
        self.l2 = l2
        bounds = leaf.bounds
        self.direction = direction
        let sum = leaf.total * unit
        let value = leaf.bounds.clamped(LeafValue.best(sum, l1: options.l1, l2: leaf.l2))
        parentWorth = LeafValue.worth(sum, at: value, l1: options.l1, l2: leaf.l2)
        // Parts of equal mean gain nothing but rounding.
        minimumGain = max(options.minimumGain, 1e-12 * abs(parentWorth))
    }

    /// Rows that a share of the hessian stands for, where rows are not counted.
    @inline(__always)
    func rows(ofHessian hessian: Double) -> Double {
        total.y > 0 ? hessian * (rows / total.y) : 0
    }

    /// The gain of giving `left` to the left child and the rest to the right; `nil` if that is not allowed or not worth
    /// more than the minimum gain.
    func gain(left: SIMD2<Double>, rows leftRows: Double) -> Double? {
        let leftSum = left * unit
        let rightSum = (total - left) * unit
        guard leftRows >= minimumRows, rows - leftRows >= minimumRows, leftSum.y >= minimumHessian,
            rightSum.y >= minimumHessian, leftSum.y + l2 > 0, rightSum.y + l2 > 0
        else { return nil }
        let leftValue = bounds.clamped(LeafValue.best(leftSum, l1: l1, l2: l2))
        let rightValue = bounds.clamped(LeafValue.best(rightSum, l1: l1, l2: l2))
        if direction > 0, leftValue > rightValue { return nil }
        if direction < 0, leftValue < rightValue { return nil }
        let gain =
            LeafValue.worth(leftSum, at: leftValue, l1: l1, l2: l2)
            + LeafValue.worth(rightSum, at: rightValue, l1: l1, l2: l2) - parentWorth
        return gain > minimumGain ? gain : nil
    }
}
