extension SplitFinder {
    /// Judges ways to part one leaf's rows.
    struct Judge {
        private let total: SIMD2<Double>
        private let unit: SIMD2<Double>
        private let rowsPerHessian: Double
        private let minimumRows: Double
        private let minimumHessian: Double
        private let l1: Double
        private let l2: Double
        private let bounds: ValueBounds
        private let direction: Int8
        private let isFree: Bool
        private let parentWorth: Double

        init(_ finder: SplitFinder, leaf: Leaf, direction: Int8, l2: Double) {
            let options = finder.options
            total = leaf.total
            unit = finder.unit
            // Histograms count no rows; hessians share them out. The grower counts the children it makes.
            rowsPerHessian = leaf.total.y > 0 ? Double(leaf.rows) / leaf.total.y : 0
            minimumRows = Double(options.minimumRowsInLeaf) - 0.5
            minimumHessian = options.minimumHessianInLeaf
            l1 = options.l1
            self.l2 = l2
            bounds = leaf.bounds
            self.direction = direction
            isFree = leaf.bounds.isUnbounded && direction == 0
            let sum = leaf.total * finder.unit
            parentWorth =
                isFree
                ? LeafValue.worth(sum, l1: options.l1, l2: leaf.l2)
                : LeafValue.worth(
                    sum, at: leaf.bounds.clamped(LeafValue.best(sum, l1: options.l1, l2: leaf.l2)),
                    l1: options.l1, l2: leaf.l2)
        }

        /// The gain of giving `left` to the left child and the rest to the right; `nil` if not allowed.
        @inline(__always)
        func gain(left: SIMD2<Double>) -> Double? {
            let right = total - left
            guard left.y * rowsPerHessian >= minimumRows, right.y * rowsPerHessian >= minimumRows else {
                return nil
            }
            let leftSum = left * unit
            let rightSum = right * unit
            guard leftSum.y >= minimumHessian, rightSum.y >= minimumHessian else { return nil }
            if isFree {
                return LeafValue.worth(leftSum, l1: l1, l2: l2) + LeafValue.worth(rightSum, l1: l1, l2: l2)
                    - parentWorth
            }
            let leftValue = bounds.clamped(LeafValue.best(leftSum, l1: l1, l2: l2))
            let rightValue = bounds.clamped(LeafValue.best(rightSum, l1: l1, l2: l2))
            if direction > 0, leftValue > rightValue { return nil }
            if direction < 0, leftValue < rightValue { return nil }
            return LeafValue.worth(leftSum, at: leftValue, l1: l1, l2: l2)
                + LeafValue.worth(rightSum, at: rightValue, l1: l1, l2: l2) - parentWorth
        }
    }
}
