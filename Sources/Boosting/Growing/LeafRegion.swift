/// The part of the input space that ends in one leaf, as a set of cells for every feature that was asked about.
///
/// Cells are the smallest pieces of a feature's values that a tree tells apart: stretches between thresholds in rising
/// order, or category levels, and missing values. A leaf's region is the product of its sets.
struct LeafRegion: Sendable, Hashable {
    private var cells: [Int: CellSet] = [:]
    /// Whether no row can get here.
    private(set) var isEmpty = false

    /// The cells of a feature; `nil` for all of them.
    func cells(of feature: Int) -> CellSet? { cells[feature] }

    /// Keeps to some cells of a feature.
    mutating func restrict(_ feature: Int, to allowed: CellSet) {
        let left = cells[feature].map { $0.intersection(allowed) } ?? allowed
        if left.isEmpty { isEmpty = true }
        cells[feature] = left
    }

    /// The one feature that holds two leaves of a tree apart, so that a row passes from one to the other by a change of
    /// that feature alone; `nil` if it takes two changes or more.
    func onlyDifference(from other: LeafRegion) -> Int? {
        var difference: Int?
        for (feature, mine) in cells {
            guard let theirs = other.cells[feature], !mine.intersects(theirs) else { continue }
            if difference != nil { return nil }
            difference = feature
        }
        return difference
    }
}

/// A set of cells 0 ..< n as bits.
struct CellSet: Sendable, Hashable {
    private var words: [UInt64]

    /// No cell of so many.
    init(count: Int) {
        words = [UInt64](repeating: 0, count: (count + 63) / 64)
    }

    /// The cells for which a predicate holds.
    init(count: Int, where isIn: (Int) -> Bool) {
        self.init(count: count)
        for cell in 0..<count where isIn(cell) { words[cell >> 6] |= 1 << UInt64(cell & 63) }
    }

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    func intersection(_ other: CellSet) -> CellSet {
        var common = self
        for word in words.indices { common.words[word] &= other.words[word] }
        return common
    }

    func intersects(_ other: CellSet) -> Bool {
        for word in words.indices where words[word] & other.words[word] != 0 { return true }
        return false
    }

    /// The first cell below a limit.
    func first(below limit: Int) -> Int? {
        for word in words.indices where words[word] != 0 {
            let cell = word * 64 + words[word].trailingZeroBitCount
            return cell < limit ? cell : nil
        }
        return nil
    }

    /// The last cell below a limit.
    func last(below limit: Int) -> Int? {
        for word in words.indices.reversed() {
            let first = word * 64
            guard first < limit else { continue }
            let kept = limit - first >= 64 ? words[word] : words[word] & ((1 << UInt64(limit - first)) - 1)
            if kept != 0 { return first + 63 - kept.leadingZeroBitCount }
        }
        return nil
    }
}
