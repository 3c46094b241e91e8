/// Cuts a sorted sample into bins of about equal weight that never part equal values.
///
/// A value that fills more than its share has a bin of its own; the others share what is left. Cuts lie half-way
/// between neighbours, or as near to that as single precision can tell.
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
            let bound = bound(between: values[cut], and: values[cut + 1])
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

    /// A number in [low, high) half-way between two values, or next to that.
    ///
    /// Where half-way is no number of single precision, it is the largest number that rounds to one: a value is then
    /// at most the bound exactly if both are so when rounded, and tools that compare in single precision put every
    /// row on the same side. (Where it is one, such as 2.5 between 2 and 3, only values that differ from it by less
    /// than single precision can tell would change sides, and it is shorter to write.)
    private static func bound(between low: Double, and high: Double) -> Double {
        let middle = midpoint(low, high)
        let (below, above, float) = (Float(low), Float(high), Float(middle))
        guard below < above, !(Double(float) == middle && float < above) else { return middle }
        let last = min(max(float, below), above.nextDown)
        guard last.isFinite, last.nextUp.isFinite else { return middle }
        let tie = Double(last) + (Double(last.nextUp) - Double(last)) / 2
        // A tie rounds to the even neighbour.
        return Float(tie) == last ? tie : tie.nextDown
    }

    /// A number in [low, high) half-way between two values, safe from overflow.
    private static func midpoint(_ low: Double, _ high: Double) -> Double {
        if low == -.infinity { return high > -.greatestFiniteMagnitude ? -.greatestFiniteMagnitude : low }
        if high == .infinity { return .greatestFiniteMagnitude }
        let middle = low / 2 + high / 2
        return middle >= low && middle < high ? middle : low
    }
}
