import Tables

/// How one categorical column becomes features: one per group of levels, except the reference group.
public struct CategoricalEncoding: Sendable, Equatable, Codable {
    /// Name of the column.
    public let column: String
    /// The groups of levels, in the order of their features.
    public let groups: [Group]
    /// Position of the group without a feature; `nil` if every group has one.
    public let reference: Int?
    /// Position of the group that levels belong to which training never saw; `nil` if they have no feature, and so
    /// count as the reference group, or as no group at all without one.
    public let unseen: Int?

    /// Levels that share a feature.
    public struct Group: Sendable, Equatable, Codable {
        /// What the group is called.
        public let label: String
        /// The levels in it.
        public let levels: [String]
        /// Whether missing values belong to it.
        public let includesMissing: Bool
    }

    /// What the group of rare levels is called.
    static let pooledLabel = "(rare)"
    /// What the group of missing values is called.
    static let missingLabel = "(missing)"

    /// Names of the features, in order.
    var featureNames: [String] {
        groups.indices.filter { $0 != reference }.map { "\(column) = \(groups[$0].label)" }
    }

    /// Checks that positions exist and no level is in two groups.
    func validate() throws(EncodingError) {
        for position in [reference, unseen] {
            guard let position else { continue }
            guard groups.indices.contains(position) else {
                throw .contradiction(column: column, reason: "there is no group \(position)")
            }
        }
        let levels = groups.flatMap(\.levels)
        guard Set(levels).count == levels.count, groups.count(where: \.includesMissing) <= 1 else {
            throw .contradiction(column: column, reason: "a level is in two groups")
        }
    }

    /// Position of the group of missing values; those never seen in training go where unseen levels go.
    private var missingGroup: Int? { groups.firstIndex(where: \.includesMissing) ?? unseen }

    /// Appends this column's features, one after the other.
    func appendFeatures(of column: Column, to elements: inout [Double]) {
        let categories = CategoryCodes(column)
        var groupOfLevel: [String: Int] = [:]
        for (position, group) in groups.enumerated() {
            for level in group.levels { groupOfLevel[level] = position }
        }
        let none = groups.count
        let groupOfCode =
            categories.levels.map { groupOfLevel[$0] ?? unseen ?? none } + [missingGroup ?? none]
        let last = groupOfCode.count - 1
        let groupOfRow = categories.codes.map { groupOfCode[min(Int($0), last)] }
        for position in groups.indices where position != reference {
            elements.append(contentsOf: groupOfRow.lazy.map { $0 == position ? 1 : 0 })
        }
    }

    /// The column's term of an additive scorer.
    ///
    /// - Parameter coefficients: Log-odds of each feature, in the order of ``featureNames``.
    func term(coefficients: ArraySlice<Double>) -> AdditiveScorer.Term {
        var rest = coefficients
        let ofGroup = groups.indices.map { $0 == reference ? 0 : rest.removeFirst() }
        return .init(
            column: column,
            shape: .levels(
                .init(
                    entries: zip(groups, ofGroup).flatMap { group, contribution in
                        group.levels.map { .init(level: $0, contribution: contribution) }
                    },
                    missing: missingGroup.map { ofGroup[$0] } ?? 0, unseen: unseen.map { ofGroup[$0] } ?? 0)))
    }
}
