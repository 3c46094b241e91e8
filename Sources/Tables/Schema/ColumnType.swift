/// What a column holds.
public enum ColumnType: String, Sendable, Hashable, Codable, CaseIterable {
    /// Numbers in double precision.
    case double
    /// Numbers in single precision.
    case float
    /// Whole numbers of 64 bits.
    case integer
    /// One of a list of levels.
    case category
    /// A calendar day.
    case day
    /// True or false.
    case flag
    /// Free text.
    case text

    /// Whether the values are numbers, so that a range and special codes make sense.
    public var isNumeric: Bool {
        switch self {
        case .double, .float, .integer: true
        case .category, .day, .flag, .text: false
        }
    }
}
