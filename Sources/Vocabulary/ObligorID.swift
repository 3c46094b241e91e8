/// What a ledger calls an obligor: text, in which leading zeros count.
public struct ObligorID: Sendable, Hashable {
    /// The text.
    public let text: String

    /// An obligor's name in a ledger.
    public init(_ text: String) { self.text = text }
}

extension ObligorID: Comparable {
    /// Orders by the bytes of the text.
    public static func < (left: Self, right: Self) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension ObligorID: CustomStringConvertible {
    /// The text.
    public var description: String { text }
}
