public import Vocabulary

/// One named, typed column of a table; missing is a state that every type carries.
public struct Column: Sendable, Equatable {
    /// The name, unique within its table.
    public let name: String
    /// The values, one per row.
    public let values: Values

    /// The values of a column by type.
    ///
    /// Each type reserves one value for missing, so that a column is one flat array; readers refuse that value
    /// where it occurs as data.
    public enum Values: Sendable, Equatable {
        /// Double precision; missing is NaN.
        case double([Double])
        /// Single precision; missing is NaN.
        case float([Float])
        /// Whole numbers; missing is ``Column/missingInteger``.
        case integer([Int64])
        /// Codes into a list of levels, each code < levels.count; missing is ``Column/missingCode``.
        case category(codes: [UInt32], levels: [String])
        /// Calendar days; missing is ``Column/missingDay``.
        case day([CalendarDay])
        /// True (1) or false (0); missing is ``Column/missingFlag``.
        case flag([UInt8])
        /// Free text; missing is `nil`.
        case text([String?])
    }

    /// What marks a missing whole number.
    public static let missingInteger = Int64.min
    /// What marks a missing category.
    public static let missingCode = UInt32.max
    /// What marks a missing day.
    public static let missingDay = CalendarDay(daysSince1970: Int32.min)
    /// What marks a missing flag.
    public static let missingFlag = UInt8.max

    /// A column with a name and values.
    public init(name: String, values: Values) {
        self.name = name
        self.values = values
    }

    /// Number of rows.
    public var count: Int {
        switch values {
        case .double(let values): values.count
        case .float(let values): values.count
        case .integer(let values): values.count
        case .category(let codes, _): codes.count
        case .day(let values): values.count
        case .flag(let values): values.count
        case .text(let values): values.count
        }
    }

    /// The values as doubles with NaN for missing; `nil` for categories, days and text.
    ///
    /// Integers beyond 2⁵³ are rounded.
    public var doubles: [Double]? {
        switch values {
        case .double(let values): values
        case .float(let values): values.map(Double.init)
        case .integer(let values): values.map { $0 == Self.missingInteger ? .nan : Double($0) }
        case .flag(let values): values.map { $0 == Self.missingFlag ? .nan : Double($0) }
        case .category, .day, .text: nil
        }
    }
}
