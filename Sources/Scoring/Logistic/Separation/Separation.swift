/// A linear rule that splits defaults from non-defaults, so that the likelihood has no maximum.
public struct Separation: Sendable, Equatable {
    /// How the rule splits them.
    public enum Kind: String, Sendable {
        /// Every observation lies strictly on its side.
        case complete
        /// None lies on the wrong side, but some lie on the boundary.
        case quasiComplete
    }

    /// How the rule splits the classes.
    public let kind: Kind
    /// Columns whose coefficients run away to infinity, those with the largest part in the rule first.
    public let columns: [String]
    /// Those of them that split the classes without the help of another.
    public let alone: [String]
    /// Whether the intercept runs away too.
    public let involvesIntercept: Bool
}

extension Separation: CustomStringConvertible {
    /// The fact and the columns.
    public var description: String {
        let shown = columns.prefix(8).joined(separator: ", ")
        let more = columns.count > 8 ? " and \(columns.count - 8) more" : ""
        let split = kind == .complete ? "Complete separation" : "Quasi-complete separation"
        let culprits =
            alone.isEmpty
            ? ""
            : "; on \(alone.count == 1 ? "its" : "their") own: \(alone.prefix(8).joined(separator: ", "))"
        return "\(split) by \(shown)\(more)\(culprits)"
    }
}
