/// How long after an as-of day an outcome is looked for: the days in (t, t + window].
public struct PerformanceWindow: Sendable, Hashable {
    private let length: Length

    private enum Length: Sendable, Hashable {
        case months(Int)
        case days(Int)
    }

    /// A window of calendar months, 1 to 1200.
    public init?(months: Int) {
        guard (1...1200).contains(months) else { return nil }
        length = .months(months)
    }

    /// A window of days, 1 to 36,525.
    public init?(days: Int) {
        guard (1...36_525).contains(days) else { return nil }
        length = .days(days)
    }

    /// The last day of the window that opens after a day.
    public func lastDay(after asOf: AsOf) -> CalendarDay {
        switch length {
        case .months(let months): asOf.day.adding(months: months)
        case .days(let days): asOf.day.adding(days: days)
        }
    }

    /// Whether a day lies in the window that opens after a day.
    public func contains(_ day: CalendarDay, after asOf: AsOf) -> Bool {
        day > asOf.day && day <= lastDay(after: asOf)
    }
}

extension PerformanceWindow: CustomStringConvertible {
    /// The length, such as "12 months".
    public var description: String {
        switch length {
        case .months(let months): months == 1 ? "1 month" : "\(months) months"
        case .days(let days): days == 1 ? "1 day" : "\(days) days"
        }
    }
}
