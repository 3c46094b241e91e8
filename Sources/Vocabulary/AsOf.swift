/// The day at whose end a question is asked: whatever became known later does not exist.
public struct AsOf: Sendable, Hashable, BitwiseCopyable {
    /// The day; what became known on it is seen.
    public let day: CalendarDay

    /// A point of view at the end of a day.
    @inlinable
    public init(_ day: CalendarDay) { self.day = day }

    /// Whether a fact that became known on a day is seen.
    @inlinable
    public func sees(_ known: CalendarDay) -> Bool { known <= day }
}

extension AsOf: Comparable {
    /// Orders by time.
    @inlinable
    public static func < (left: Self, right: Self) -> Bool { left.day < right.day }
}

extension AsOf: CustomStringConvertible {
    /// The day in ISO 8601.
    public var description: String { day.description }
}
