/// Cuts a sorted sample into bins of about equal weight that never part equal values.
///
/// A value that fills more than its share has a bin of its own; the others share what is left. Cuts lie half-way
/// between neighbours.
///
/// Source: the greedy rule of Ke et al. (2017), *LightGBM*, as in its `GreedyFindBin`.
enum BinBoundaries {
    /// Upper bounds, rising strictly, the last +∞.
    ///
    /// - Parameters:
    ///   - sorted: The values without missing ones, in order; may hold ±∞.
    ///   - maximumBins: Bins at most, ≥ 1.
    ///   - minimumRows: Rows in a bin at least, as far as equal values allow.
    static func upperBounds(of sorted: [Double], maximumBins: Int, minimumRows: Int) -> [Double] {
        var values: [Double] = []
        var counts: [Int] = []
        for value in sorted {
            // −0 and 0 are one value.
            if let last = values.last, last == value {
                counts[counts.count - 1] += 1
            } else {
                values.append(value)
                counts.append(1)
            }
        }
        guard values.count > 1 else { return [.infinity] }
        let cuts =
            values.count <= maximumBins
            ? cutsBetweenAll(counts, minimumRows: minimumRows)
            : cutsByWeight(counts, total: sorted.count, maximumBins: maximumBins, minimumRows: minimumRows)
        var bounds: [Double] = []
        for cut in cuts {
            let bound = midpoint(values[cut], values[cut + 1])
            if bounds.last.map({ bound > $0 }) ?? true { bounds.append(bound) }
        }
        if bounds.last != .infinity { bounds.append(.infinity) }
        return bounds
    }

    /// Positions after which to cut so that every distinct value is a bin, small ones joined with the next.
    private static func cutsBetweenAll(_ counts: [Int], minimumRows: Int) -> [Int] {
        var cuts: [Int] = []
        var filled = 0
        for position in 0..<counts.count - 1 {
            filled += counts[position]
            if filled >= minimumRows {
                cuts.append(position)
                filled = 0
            }
        }
        return cuts
    }

    private static func cutsByWeight(
        _ counts: [Int], total: Int, maximumBins: Int, minimumRows: Int
    ) -> [Int] {
        let bins = max(1, min(maximumBins, total / max(1, minimumRows)))
        let share = Double(total) / Double(bins)
        let isLarge = counts.map { Double($0) >= share }
        var binsLeft = bins - isLarge.count { $0 }
        var rowsLeft = zip(counts, isLarge).reduce(0) { $0 + ($1.1 ? 0 : $1.0) }
        var smallShare = binsLeft > 0 ? Double(rowsLeft) / Double(binsLeft) : Double(rowsLeft)
        var cuts: [Int] = []
        var filled = 0
        for position in 0..<counts.count - 1 {
            if !isLarge[position] { rowsLeft -= counts[position] }
            filled += counts[position]
            let nextIsLarge = isLarge[position + 1]
            guard
                isLarge[position] || Double(filled) >= smallShare
                    || (nextIsLarge && Double(filled) >= max(1, smallShare * 0.5))
            else { continue }
            cuts.append(position)
            filled = 0
            if cuts.count >= bins - 1 { break }
            if !isLarge[position] {
                binsLeft -= 1
                smallShare = binsLeft > 0 ? Double(rowsLeft) / Double(binsLeft) : Double(rowsLeft)
            }
        }
        return cuts
    }

    /// A number in [low, high) half-way between two values, safe from overflow.
    private static func midpoint(_ low: Double, _ high: Double) -> Double {
        if low == -.infinity { return high > -.greatestFiniteMagnitude ? -.greatestFiniteMagnitude : low }
        if high == .infinity { return .greatestFiniteMagnitude }
        let middle = low / 2 + high / 2
        return middle >= low && middle < high ? middle : low
    }
}
