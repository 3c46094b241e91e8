/// The stretch of time before the as-of date over which records count: (t − months, t], or all that went before.
///
/// A month before a day is the same day of the month before, or its last day where there is none.
public enum Window: Int, CaseIterable, Sendable, Hashable {
    case m1, m3, m6, m12, m24, all

    /// Its length in calendar months; `nil` for all history.
    public var months: Int? {
        switch self {
        case .m1: 1
        case .m3: 3
        case .m6: 6
        case .m12: 12
        case .m24: 24
        case .all: nil
        }
    }

    /// How it is written in names and formulas, such as "12m".
    public var symbol: String { months.map { "\($0)m" } ?? "all" }

    /// How it is said, such as "12 months".
    public var description: String {
        switch months {
        case .none: "all history"
        case .some(1): "1 month"
        case .some(let months): "\(months) months"
        }
    }
}
