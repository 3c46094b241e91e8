import Tables

/// The observations of one categorical variable, counted by level.
struct CategorySample: Sendable {
    /// The levels that occurred, special ones left out, by default rate and then by name.
    let levels: [(name: String, counts: ClassCounts)]
    /// Counts of the values that have bins of their own.
    let missing: ClassCounts
    /// Counts by special code.
    let special: [ClassCounts]

    /// Counts a column.
    ///
    /// - Parameters:
    ///   - categories: One code per row.
    ///   - defaulted: One per row.
    ///   - weights: Finite and not negative, one per row, or `nil` for ones. Rows of weight 0 do not count.
    ///   - specialCodes: Levels that are not ordinary.
    init(
        _ categories: CategoryCodes, _ defaulted: [Bool], _ weights: [Double]?, _ specialCodes: [SpecialCode]
    ) {
        var counts = Array(repeating: ClassCounts(), count: categories.levels.count)
        var missing = ClassCounts()
        for (row, code) in categories.codes.enumerated() {
            let weight = weights?[row] ?? 1
            if weight == 0 { continue }
            if code == Column.missingCode {
                missing.add(defaulted: defaulted[row], weight: weight)
            } else {
                counts[Int(code)].add(defaulted: defaulted[row], weight: weight)
            }
        }
        var codeOfLevel: [String: Int] = [:]
        for (index, code) in specialCodes.enumerated() {
            for level in code.levels + code.numbers.map(CategoryCodes.name(of:)) {
                codeOfLevel[level] = index
            }
        }
        var special = Array(repeating: ClassCounts(), count: specialCodes.count)
        var ordinary: [String: ClassCounts] = [:]
        for (level, counts) in zip(categories.levels, counts) where counts.rows > 0 {
            if let code = codeOfLevel[level] {
                special[code] = special[code] + counts
            } else {
                // A list of levels may hold one twice.
                ordinary[level] = (ordinary[level] ?? ClassCounts()) + counts
            }
        }
        self.missing = missing
        self.special = special
        levels = ordinary.map { (name: $0.key, counts: $0.value) }.sorted { first, second in
            let rates = (
                first.counts.defaults / first.counts.weight, second.counts.defaults / second.counts.weight
            )
            return rates.0 != rates.1 ? rates.0 < rates.1 : first.name < second.name
        }
    }

    /// Counts of the ordinary levels.
    var ordinary: ClassCounts { levels.reduce(ClassCounts()) { $0 + $1.counts } }

    /// The bins of what is not ordinary, as far as it occurred.
    func sideGroups(_ codes: [SpecialCode]) -> [BinGroup] {
        let groups =
            zip(codes, special).map { BinGroup(members: [.special($0.name)], counts: $1) } + [
                BinGroup(members: [.missing], counts: missing)
            ]
        return groups.filter { $0.counts.rows > 0 }
    }
}
