import Statistics

/// The obligors whose past predictions are learned from: all, or as many as are asked for, drawn by their names.
///
/// An obligor's chance depends on its name and the seed alone, so that from one quarter to the next nearly the same are
/// drawn.
struct Learners {
    /// Of how many obligors.
    let total: Int
    /// Those that were drawn; `nil` if all are.
    private let drawn: Set<String>?

    /// - Parameters:
    ///   - names: Obligors; one may come several times.
    ///   - limit: How many are drawn at most, at least 1; `nil` for all.
    init(_ names: [String], limit: Int?, seed: UInt64) {
        precondition((limit ?? 1) >= 1, "\(limit ?? 0) learners")
        let distinct = Set(names)
        total = distinct.count
        guard let limit, distinct.count > limit else {
            drawn = nil
            return
        }
        let lots = SeededGenerator(seed: seed).stream("learners")
        func lot(_ name: String) -> UInt64 {
            var generator = lots.stream(name)
            return generator.next()
        }
        drawn = Set(distinct.map { (lot($0), $0) }.sorted { $0 < $1 }.prefix(limit).map(\.1))
    }

    /// How many are learned from.
    var count: Int { drawn?.count ?? total }

    /// Whether all are learned from.
    var isEverybody: Bool { drawn == nil }

    /// What a reader of the results has to know; `nil` where all are learned from.
    var remark: String? {
        guard !isEverybody else { return nil }
        let (drawn, all) = (Figures.count(count), Figures.count(total))
        return "predictions are learned from \(drawn) of \(all) obligors, drawn by name;"
            + " past queues, what they were worth, past cases and backtests are of the same"
    }

    /// Whether an obligor is learned from.
    func contains(_ name: String) -> Bool { drawn?.contains(name) ?? true }
}
