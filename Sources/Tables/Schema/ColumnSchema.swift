/// What is known, or demanded, of one column.
public struct ColumnSchema: Sendable, Equatable {
    /// The name in the header.
    public var name: String
    /// What the column holds.
    public var type: ColumnType
    /// The unit of a number, for documentation, such as "EUR" or "days".
    public var unit: String?
    /// The values a number may have; missing and special codes are outside of it and allowed.
    public var range: ValueRange?
    /// The levels a category may have, in the order of their codes; `nil` if any.
    public var levels: [String]?
    /// What happens to a category that is not among `levels`.
    public var unseenLevels: UnseenLevels
    /// Numbers that stand for a state rather than a quantity, such as 999 for "not asked"; kept as values.
    public var specialCodes: [Double]
    /// Unquoted texts that mean missing, instead of those the reader assumes; an empty field always does.
    public var missingMarkers: [String]?
    /// How days are written.
    public var dayFormat: DayFormat

    /// A column with a name and a type; everything else may stay open.
    public init(
        name: String, type: ColumnType, unit: String? = nil, range: ValueRange? = nil,
        levels: [String]? = nil,
        unseenLevels: UnseenLevels = .refuse, specialCodes: [Double] = [], missingMarkers: [String]? = nil,
        dayFormat: DayFormat = .iso8601
    ) {
        self.name = name
        self.type = type
        self.unit = unit
        self.range = range
        self.levels = levels
        self.unseenLevels = unseenLevels
        self.specialCodes = specialCodes
        self.missingMarkers = missingMarkers
        self.dayFormat = dayFormat
    }

    /// What happens to a category that is not among the stated levels.
    public enum UnseenLevels: String, Sendable, Hashable, Codable {
        /// It is an error that names the value and its place.
        case refuse
        /// It becomes a further level behind the stated ones, so that a model can tell it from missing.
        case append
    }

    /// Numbers from a minimum to a maximum, both included; an end that is `nil` is open.
    public struct ValueRange: Sendable, Hashable, Codable {
        /// The smallest number allowed.
        public var minimum: Double?
        /// The largest number allowed.
        public var maximum: Double?

        /// A range between two ends; either may be open.
        public init(minimum: Double? = nil, maximum: Double? = nil) {
            self.minimum = minimum
            self.maximum = maximum
        }

        /// A closed range.
        public init(_ range: ClosedRange<Double>) {
            self.init(minimum: range.lowerBound, maximum: range.upperBound)
        }

        /// Whether a number is inside.
        public func contains(_ value: Double) -> Bool {
            value >= minimum ?? -.infinity && value <= maximum ?? .infinity
        }
    }
}

extension ColumnSchema {
    /// Why this description contradicts itself, or `nil`.
    var contradiction: String? {
        if range != nil, !type.isNumeric { return "a range needs a numeric column, this is \(type.rawValue)" }
        if !specialCodes.isEmpty, !type.isNumeric {
            return "special codes need a numeric column, this is \(type.rawValue)"
        }
        if let range {
            if range.minimum?.isNaN == true || range.maximum?.isNaN == true {
                return "an end of the range is not a number"
            }
            if let minimum = range.minimum, let maximum = range.maximum, minimum > maximum {
                return "the range runs from \(minimum) down to \(maximum)"
            }
        }
        if specialCodes.contains(where: \.isNaN) { return "a special code is not a number" }
        if let levels {
            if type != .category { return "levels need a category, this is \(type.rawValue)" }
            if Set(levels).count != levels.count { return "a level is listed twice" }
        }
        return nil
    }
}

extension ColumnSchema: Codable {
    private enum CodingKeys: String, CodingKey {
        case name, type, unit, range, levels, unseenLevels, specialCodes, missingMarkers, dayFormat
    }

    /// Reads a description; keys that are absent take their defaults.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try values.decode(String.self, forKey: .name),
            type: try values.decode(ColumnType.self, forKey: .type),
            unit: try values.decodeIfPresent(String.self, forKey: .unit),
            range: try values.decodeIfPresent(ValueRange.self, forKey: .range),
            levels: try values.decodeIfPresent([String].self, forKey: .levels),
            unseenLevels: try values.decodeIfPresent(UnseenLevels.self, forKey: .unseenLevels) ?? .refuse,
            specialCodes: try values.decodeIfPresent([Double].self, forKey: .specialCodes) ?? [],
            missingMarkers: try values.decodeIfPresent([String].self, forKey: .missingMarkers),
            dayFormat: try values.decodeIfPresent(DayFormat.self, forKey: .dayFormat) ?? .iso8601)
    }

    /// Writes a description; defaults are left out.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(name, forKey: .name)
        try values.encode(type, forKey: .type)
        try values.encodeIfPresent(unit, forKey: .unit)
        try values.encodeIfPresent(range, forKey: .range)
        try values.encodeIfPresent(levels, forKey: .levels)
        if unseenLevels != .refuse { try values.encode(unseenLevels, forKey: .unseenLevels) }
        if !specialCodes.isEmpty { try values.encode(specialCodes, forKey: .specialCodes) }
        try values.encodeIfPresent(missingMarkers, forKey: .missingMarkers)
        if dayFormat != .iso8601 { try values.encode(dayFormat, forKey: .dayFormat) }
    }
}
