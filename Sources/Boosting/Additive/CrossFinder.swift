/// One step of a function of two features: a cut along one of them, and on either side of it a cut along the other.
///
/// Source: Lou, Caruana, Gehrke & Hooker (2013), *Accurate Intelligible Models with Pairwise Interactions*, §4.
struct CrossFinder {
    /// Cells along the first feature.
    let rows: Int
    /// Cells along the second feature.
    let columns: Int
    /// What a level needs, and what it is worth.
    let finder: StepFinder

    /// A block of cells and the sum over its training rows.
    struct Block {
        var rows: Range<Int>
        var columns: Range<Int>
        var sum: StepFinder.Sum
    }

    /// The blocks of the best step, which cover the grid; empty if no cut is allowed and worth anything.
    ///
    /// - Parameter totals: At (i, j), row after row of `columns` + 1 numbers, the sum over the cells before row i and
    ///   before column j.
    func best(totals: [StepFinder.Sum]) -> [Block] {
        let stride = columns + 1
        let whole = totals[rows * stride + columns]
        var best: (gain: Double, blocks: [Block]) = (0, [])
        for cut in 1..<max(1, rows) {
            let above = split(columns) { totals[cut * stride + $0] }
            let below = split(columns) { totals[rows * stride + $0] - totals[cut * stride + $0] }
            guard let above, let below, above.worth + below.worth > best.gain + finder.worth(whole) else {
                continue
            }
            best.gain = above.worth + below.worth - finder.worth(whole)
            best.blocks =
                above.parts.map { Block(rows: 0..<cut, columns: $0.range, sum: $0.sum) }
                + below.parts.map { Block(rows: cut..<rows, columns: $0.range, sum: $0.sum) }
        }
        for cut in 1..<max(1, columns) {
            let before = split(rows) { totals[$0 * stride + cut] }
            let after = split(rows) { totals[$0 * stride + columns] - totals[$0 * stride + cut] }
            guard let before, let after, before.worth + after.worth > best.gain + finder.worth(whole) else {
                continue
            }
            best.gain = before.worth + after.worth - finder.worth(whole)
            best.blocks =
                before.parts.map { Block(rows: $0.range, columns: 0..<cut, sum: $0.sum) }
                + after.parts.map { Block(rows: $0.range, columns: cut..<columns, sum: $0.sum) }
        }
        return best.blocks
    }

    /// Blocks between cuts drawn at random: one along a side that is drawn too, and one on either side of it; each
    /// block has the rows that it needs, or is left as it is.
    func drawn(totals: [StepFinder.Sum], key: UInt64) -> [Block] {
        let stride = columns + 1
        func draw(_ purpose: UInt64, _ count: Int) -> Int {
            1 + Int(SplitMix.hash(key &+ purpose) % UInt64(max(1, count - 1)))
        }
        func sum(_ rows: Range<Int>, _ columns: Range<Int>) -> StepFinder.Sum {
            totals[rows.upperBound * stride + columns.upperBound]
                - totals[rows.lowerBound * stride + columns.upperBound]
                - (totals[rows.upperBound * stride + columns.lowerBound]
                    - totals[rows.lowerBound * stride + columns.lowerBound])
        }
        guard rows > 1, columns > 1 else { return [] }
        let isAcross = SplitMix.hash(key) & 1 == 0
        let (length, width) = isAcross ? (rows, columns) : (columns, rows)
        let cut = draw(1, length)
        var blocks: [Block] = []
        for (number, part) in [0..<cut, cut..<length].enumerated() {
            let second = draw(2 + UInt64(number), width)
            for other in [0..<second, second..<width] {
                let (ofRows, ofColumns) = isAcross ? (part, other) : (other, part)
                let sum = sum(ofRows, ofColumns)
                if finder.allows(sum) { blocks.append(Block(rows: ofRows, columns: ofColumns, sum: sum)) }
            }
        }
        return blocks
    }

    private struct Part {
        var range: Range<Int>
        var sum: StepFinder.Sum
    }

    /// The best cut of one side, or the side as it is; `nil` if it has too few rows.
    private func split(
        _ count: Int, _ before: (Int) -> StepFinder.Sum
    ) -> (worth: Double, parts: [Part])? {
        let whole = before(count)
        guard finder.allows(whole) else { return nil }
        var best = (worth: finder.worth(whole), at: 0)
        for position in 1..<max(1, count) {
            let left = before(position)
            let right = whole - left
            guard finder.allows(left), finder.allows(right) else { continue }
            let both = finder.worth(left) + finder.worth(right)
            if both > best.worth { best = (both, position) }
        }
        guard best.at > 0 else { return (best.worth, [Part(range: 0..<count, sum: whole)]) }
        let left = before(best.at)
        return (
            best.worth,
            [Part(range: 0..<best.at, sum: left), Part(range: best.at..<count, sum: whole - left)]
        )
    }
}

extension CrossFinder {
    /// How much the two features say together beyond what each says alone: the largest gain over all crosses of one
    /// cut along each.
    ///
    /// With mean mᵢⱼ = −Gᵢⱼ ÷ Hᵢⱼ in the four corners, an interaction adds to an additive fit of the four
    ///
    ///     (m₁₁ − m₁₂ − m₂₁ + m₂₂)² ÷ (1 ÷ H₁₁ + 1 ÷ H₁₂ + 1 ÷ H₂₁ + 1 ÷ H₂₂)
    ///
    /// to the reduction of twice the objective: the sum of squares of one degree of freedom.
    func strength(totals: [StepFinder.Sum]) -> Double {
        let stride = columns + 1
        let whole = totals[rows * stride + columns]
        var strength = 0.0
        for row in 1..<max(1, rows) {
            let above = totals[row * stride + columns]
            for column in 1..<max(1, columns) {
                let first = totals[row * stride + column]
                let before = totals[rows * stride + column]
                let (left, right) = (above - first, before - first)
                let last = whole - above - before + first
                guard finder.allows(first), finder.allows(left), finder.allows(right), finder.allows(last)
                else { continue }
                let hessians = SIMD4(first.hessian, left.hessian, right.hessian, last.hessian)
                guard hessians.min() > 0 else { continue }
                let means =
                    -SIMD4(first.gradient, left.gradient, right.gradient, last.gradient) / hessians
                let contrast = means.x - means.y - means.z + means.w
                strength = max(strength, contrast * contrast / (1 / hessians).sum())
            }
        }
        return strength
    }
}
