import Vocabulary

/// The states between which obligors move, best first.
public struct RatingScale: Sendable, Hashable {
    /// Names of the states; unique, 2 … 250 of them.
    public let labels: [String]
    /// Whether the last state is default, which is never left.
    public let endsInDefault: Bool

    /// The engine's own ten grades, AAA to D.
    public static let grades = RatingScale(unchecked: Grade.allCases.map(\.rawValue), endsInDefault: true)

    /// A scale of named states.
    ///
    /// - Throws: ``MigrationError/scale(reason:)`` if there are fewer than two or more than 250 names, or one twice.
    public init(_ labels: [String], endsInDefault: Bool = true) throws(MigrationError) {
        guard (2...Self.largestCount).contains(labels.count) else {
            throw .scale(reason: "\(labels.count) states; 2 to \(Self.largestCount) are possible")
        }
        var seen: Set<String> = []
        for label in labels where !seen.insert(label).inserted {
            throw .scale(reason: "the state '\(label)' is named twice")
        }
        self.init(unchecked: labels, endsInDefault: endsInDefault)
    }

    private init(unchecked labels: [String], endsInDefault: Bool) {
        self.labels = labels
        self.endsInDefault = endsInDefault
    }

    /// States are kept as bytes, of which some mark what is no state.
    static let largestCount = 250

    /// K, the number of states.
    public var count: Int { labels.count }

    /// The position of default, if the scale has it.
    public var defaultState: Int? { endsInDefault ? count - 1 : nil }

    /// The position of a state.
    public func position(of label: String) -> Int? { labels.firstIndex(of: label) }
}
