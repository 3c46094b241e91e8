import Statistics

/// Which fold each row is tested in.
public struct Folds: Sendable, Equatable {
    /// Number of folds.
    public let count: Int
    /// The fold of every row, 0 ..< count.
    public let ofRow: [Int]

    /// Folds as given, for instance by a file: any whole numbers, of which each distinct one is a fold, in order.
    ///
    /// - Throws: ``FoldError`` if there are not as many as rows, or fewer than two distinct ones.
    public init(_ numbers: [Int], rows: Int) throws(FoldError) {
        guard numbers.count == rows else { throw .wrongCount(given: numbers.count, rows: rows) }
        let distinct = Set(numbers).sorted()
        guard distinct.count >= 2 else { throw .tooFew(count: distinct.count) }
        guard distinct.count <= 1000 else { throw .tooMany(count: distinct.count) }
        let positions = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0) })
        count = distinct.count
        ofRow = numbers.map { positions[$0] ?? 0 }
    }

    /// The rows of a fold.
    public func testRows(_ fold: Int) -> [Int] { ofRow.indices.filter { ofRow[$0] == fold } }

    /// The rows of all other folds.
    public func trainingRows(_ fold: Int) -> [Int] { ofRow.indices.filter { ofRow[$0] != fold } }
}

/// Why folds cannot be used.
public enum FoldError: Error, Sendable, Equatable {
    /// The number of fold numbers is not that of the rows.
    case wrongCount(given: Int, rows: Int)
    /// Fewer than two folds.
    case tooFew(count: Int)
    /// More folds than anyone needs.
    case tooMany(count: Int)
    /// Not enough groups, or rows of a class, for the folds.
    case notEnough(what: String, count: Int, folds: Int)
}

extension FoldError: CustomStringConvertible {
    /// The fact, the value and the remedy.
    public var description: String {
        switch self {
        case .wrongCount(let given, let rows):
            "\(given) fold numbers for \(rows) rows: give one fold number per row"
        case .tooFew(let count): "\(count) fold: at least two distinct fold numbers are needed"
        case .tooMany(let count): "\(count) folds: at most 1000 are possible; is this column the fold number?"
        case .notEnough(let what, let count, let folds):
            "\(count) \(what) cannot be dealt into \(folds) folds: use fewer folds"
        }
    }
}

extension Folds {
    /// Deals rows into folds at random, so that every fold has its share of defaults.
    ///
    /// Without groups, the rows of each class are shuffled and dealt in turn. With groups, all rows of a group go into
    /// one fold: groups are taken largest first, equal ones shuffled, each to the fold with the fewest defaults for
    /// a group that has some, else to the one with the fewest rows.
    ///
    /// - Parameters:
    ///   - defaulted: Outcomes by row.
    ///   - groups: What each row belongs to; absent if each stands for itself.
    ///   - options: How many folds, and the seed.
    /// - Throws: ``FoldError/notEnough(what:count:folds:)`` if a class or the groups are fewer than the folds.
    public init(dealing defaulted: [Bool], groups: [Int]? = nil, options: FoldOptions) throws(FoldError) {
        let count = options.count
        guard count >= 2 else { throw .tooFew(count: count) }
        for outcome in [true, false] {
            let rows = defaulted.count { $0 == outcome }
            guard rows >= count else {
                throw .notEnough(what: outcome ? "defaults" : "non-defaults", count: rows, folds: count)
            }
        }
        var generator = SeededGenerator(seed: options.seed).stream("folds")
        self.count = count
        if let groups {
            ofRow = try Self.deal(defaulted, groups, count, &generator)
            return
        }
        var ofRow = [Int](repeating: 0, count: defaulted.count)
        // Non-defaults go on where defaults stopped, so that folds differ by one row at most.
        var next = 0
        for outcome in [true, false] {
            var rows = defaulted.indices.filter { defaulted[$0] == outcome }
            generator.shuffle(&rows)
            for row in rows {
                ofRow[row] = next
                next = (next + 1) % count
            }
        }
        self.ofRow = ofRow
    }

    private static func deal(
        _ defaulted: [Bool], _ groups: [Int], _ count: Int, _ generator: inout SeededGenerator
    ) throws(FoldError) -> [Int] {
        var sizes: [Int: (rows: Int, defaults: Int)] = [:]
        for (row, group) in groups.enumerated() {
            sizes[group, default: (0, 0)].rows += 1
            if defaulted[row] { sizes[group, default: (0, 0)].defaults += 1 }
        }
        guard sizes.count >= count else { throw .notEnough(what: "groups", count: sizes.count, folds: count) }
        var order = sizes.keys.sorted()
        generator.shuffle(&order)
        // A stable sort keeps the shuffle among groups of one size.
        let bySize = order.enumerated().sorted { left, right in
            let (first, second) = (sizes[left.element]?.rows ?? 0, sizes[right.element]?.rows ?? 0)
            return first != second ? first > second : left.offset < right.offset
        }
        var foldOfGroup: [Int: Int] = [:]
        var rows = [Int](repeating: 0, count: count)
        var defaults = [Int](repeating: 0, count: count)
        for (_, group) in bySize {
            let size = sizes[group] ?? (0, 0)
            let fold =
                (0..<count).min { left, right in
                    size.defaults > 0 && defaults[left] != defaults[right]
                        ? defaults[left] < defaults[right]
                        : (rows[left], left) < (rows[right], right)
                } ?? 0
            foldOfGroup[group] = fold
            rows[fold] += size.rows
            defaults[fold] += size.defaults
        }
        return groups.map { foldOfGroup[$0] ?? 0 }
    }
}
