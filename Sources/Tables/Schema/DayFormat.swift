/// In which order the parts of a calendar day are written.
///
/// Parts are separated by `-`, `/` or `.`, the same twice; years have four digits, months and days one or two.
public enum DayFormat: String, Sendable, Hashable, Codable, CaseIterable {
    /// ISO 8601: `2026-03-31`, exactly.
    case iso8601
    /// Day first: `31.03.2026`, `31/3/2026`.
    case dayMonthYear
    /// Month first: `03/31/2026`, `3/31/2026`.
    case monthDayYear
    /// Year first with any separator: `2026/3/31`.
    case yearMonthDay
    /// Eight digits: `20260331`.
    case compact

    /// How an error message shows the format.
    var pattern: String {
        switch self {
        case .iso8601: "YYYY-MM-DD"
        case .dayMonthYear: "DD.MM.YYYY"
        case .monthDayYear: "MM/DD/YYYY"
        case .yearMonthDay: "YYYY/MM/DD"
        case .compact: "YYYYMMDD"
        }
    }
}
