public import Vocabulary

extension DayFormat {
    /// The day that a text names in this format, or `nil`.
    func day(_ text: Span<UInt8>) -> CalendarDay? {
        switch self {
        case .iso8601:
            guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-") else {
                return nil
            }
            return Self.day(text, year: 0..<4, month: 5..<7, day: 8..<10)
        case .compact:
            guard text.count == 8 else { return nil }
            return Self.day(text, year: 0..<4, month: 4..<6, day: 6..<8)
        case .dayMonthYear:
            guard let parts = Self.parts(text) else { return nil }
            return Self.day(text, year: parts.2, month: parts.1, day: parts.0)
        case .monthDayYear:
            guard let parts = Self.parts(text) else { return nil }
            return Self.day(text, year: parts.2, month: parts.0, day: parts.1)
        case .yearMonthDay:
            guard let parts = Self.parts(text) else { return nil }
            return Self.day(text, year: parts.0, month: parts.1, day: parts.2)
        }
    }

    /// The three parts between two equal separators.
    private static func parts(_ text: Span<UInt8>) -> (Range<Int>, Range<Int>, Range<Int>)? {
        guard text.count >= 8, text.count <= 10 else { return nil }
        var separators: [Int] = []
        for index in 0..<text.count where text[index] &- UInt8(ascii: "0") >= 10 { separators.append(index) }
        guard separators.count == 2, text[separators[0]] == text[separators[1]],
            [UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ".")].contains(text[separators[0]])
        else { return nil }
        return (0..<separators[0], separators[0] + 1..<separators[1], separators[1] + 1..<text.count)
    }

    private static func day(
        _ text: Span<UInt8>, year: Range<Int>, month: Range<Int>, day: Range<Int>
    ) -> CalendarDay? {
        guard year.count == 4, (1...2).contains(month.count), (1...2).contains(day.count),
            let year = number(text, year), let month = number(text, month), let day = number(text, day)
        else { return nil }
        return CalendarDay(year: year, month: month, day: day)
    }

    @inline(__always)
    private static func number(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var value = 0
        var index = range.lowerBound
        while index < range.upperBound {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int(digit)
            index += 1
        }
        return value
    }
}

extension DayFormat {
    /// The day that a text names in this format, or `nil`.
    public func day(of text: String) -> CalendarDay? {
        let bytes = Array(text.utf8)
        return day(bytes.span)
    }
}
