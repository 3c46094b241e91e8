import Vocabulary

extension Column {
    /// The type of the values.
    public var type: ColumnType {
        switch values {
        case .double: .double
        case .float: .float
        case .integer: .integer
        case .category: .category
        case .day: .day
        case .flag: .flag
        case .text: .text
        }
    }

    /// Whether the value of a row is missing.
    public func isMissing(_ row: Int) -> Bool {
        switch values {
        case .double(let values): values[row].isNaN
        case .float(let values): values[row].isNaN
        case .integer(let values): values[row] == Self.missingInteger
        case .category(let codes, _): codes[row] == Self.missingCode
        case .day(let values): values[row] == Self.missingDay
        case .flag(let values): values[row] == Self.missingFlag
        case .text(let values): values[row] == nil
        }
    }

    /// How many rows have no value.
    public var missingCount: Int {
        switch values {
        case .double(let values): values.count { $0.isNaN }
        case .float(let values): values.count { $0.isNaN }
        case .integer(let values): values.count { $0 == Self.missingInteger }
        case .category(let codes, _): codes.count { $0 == Self.missingCode }
        case .day(let values): values.count { $0 == Self.missingDay }
        case .flag(let values): values.count { $0 == Self.missingFlag }
        case .text(let values): values.count { $0 == nil }
        }
    }

    /// The value of a row as a person would write it; `nil` if missing.
    public func text(at row: Int) -> String? {
        if isMissing(row) { return nil }
        return switch values {
        case .double(let values): "\(values[row])"
        case .float(let values): "\(values[row])"
        case .integer(let values): "\(values[row])"
        case .category(let codes, let levels): levels[Int(codes[row])]
        case .day(let values): "\(values[row])"
        case .flag(let values): values[row] == 0 ? "false" : "true"
        case .text(let values): values[row]
        }
    }

    /// The same values under another name.
    public func renamed(_ name: String) -> Column {
        Column(name: name, values: values)
    }

    /// The values of the given rows, in the given order; a row may occur several times.
    ///
    /// Categories keep all their levels, so codes mean the same before and after.
    public func gathered(_ rows: [Int]) -> Column {
        func gather<Value>(_ values: [Value]) -> [Value] { rows.map { values[$0] } }
        return mapped(
            numbers: gather, floats: gather, integers: gather, codes: gather, days: gather, flags: gather,
            texts: gather)
    }

    /// The values of consecutive rows.
    public func slice(_ rows: Range<Int>) -> Column {
        func slice<Value>(_ values: [Value]) -> [Value] { Array(values[rows]) }
        return mapped(
            numbers: slice, floats: slice, integers: slice, codes: slice, days: slice, flags: slice,
            texts: slice)
    }

    private func mapped(
        numbers: ([Double]) -> [Double], floats: ([Float]) -> [Float], integers: ([Int64]) -> [Int64],
        codes: ([UInt32]) -> [UInt32], days: ([CalendarDay]) -> [CalendarDay], flags: ([UInt8]) -> [UInt8],
        texts: ([String?]) -> [String?]
    ) -> Column {
        let mapped: Values =
            switch values {
            case .double(let values): .double(numbers(values))
            case .float(let values): .float(floats(values))
            case .integer(let values): .integer(integers(values))
            case .category(let values, let levels): .category(codes: codes(values), levels: levels)
            case .day(let values): .day(days(values))
            case .flag(let values): .flag(flags(values))
            case .text(let values): .text(texts(values))
            }
        return Column(name: name, values: mapped)
    }

    /// The rows of several columns of one type, one after the other, under the name of the first.
    ///
    /// Categories with different levels get the union of all levels in order of first appearance.
    ///
    /// - Throws: ``TableError/unequalTypes(column:type:expected:)``.
    public static func concatenating(_ parts: [Column]) throws(TableError) -> Column {
        precondition(!parts.isEmpty, "nothing to concatenate")
        let first = parts[0]
        for part in parts where part.type != first.type {
            throw .unequalTypes(column: first.name, type: part.type, expected: first.type)
        }
        let count = parts.reduce(0) { $0 + $1.count }
        func joined<Value>(_ values: (Column) -> [Value]?) -> [Value] {
            var all: [Value] = []
            all.reserveCapacity(count)
            for part in parts { all += values(part) ?? [] }
            return all
        }
        let values: Values =
            switch first.values {
            case .double: .double(joined { if case .double(let values) = $0.values { values } else { nil } })
            case .float: .float(joined { if case .float(let values) = $0.values { values } else { nil } })
            case .integer:
                .integer(joined { if case .integer(let values) = $0.values { values } else { nil } })
            case .category: joinedCategories(parts, count: count)
            case .day: .day(joined { if case .day(let values) = $0.values { values } else { nil } })
            case .flag: .flag(joined { if case .flag(let values) = $0.values { values } else { nil } })
            case .text: .text(joined { if case .text(let values) = $0.values { values } else { nil } })
            }
        return Column(name: first.name, values: values)
    }

    private static func joinedCategories(_ parts: [Column], count: Int) -> Values {
        var levels: [String] = []
        var codeOfLevel: [String: UInt32] = [:]
        var codes: [UInt32] = []
        codes.reserveCapacity(count)
        for part in parts {
            guard case .category(let partCodes, let partLevels) = part.values else { continue }
            let recoded = partLevels.map { level in
                if let code = codeOfLevel[level] { return code }
                let code = UInt32(levels.count)
                codeOfLevel[level] = code
                levels.append(level)
                return code
            }
            for code in partCodes { codes.append(code == missingCode ? missingCode : recoded[Int(code)]) }
        }
        return .category(codes: codes, levels: levels)
    }
}

extension Column.Values {
    /// Whether two columns hold the same values; missing equals missing.
    public static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.double(let left), .double(let right)):
            left.elementsEqual(right) { $0 == $1 || ($0.isNaN && $1.isNaN) }
        case (.float(let left), .float(let right)):
            left.elementsEqual(right) { $0 == $1 || ($0.isNaN && $1.isNaN) }
        case (.integer(let left), .integer(let right)): left == right
        case (.category(let left, let leftLevels), .category(let right, let rightLevels)):
            left == right && leftLevels == rightLevels
        case (.day(let left), .day(let right)): left == right
        case (.flag(let left), .flag(let right)): left == right
        case (.text(let left), .text(let right)): left == right
        default: false
        }
    }
}
