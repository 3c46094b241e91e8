/// What the values of a column look like, as the set of forms that occur; missing values have none.
///
/// The union over any division of the rows is that of all rows, so the type inferred from it does not depend on
/// where a file is cut or which part was looked at first.
struct ColumnTraits: OptionSet, Sendable {
    let rawValue: UInt16

    /// A whole number of 64 bits.
    static let whole = ColumnTraits(rawValue: 1)
    /// A whole number beyond 64 bits.
    static let huge = ColumnTraits(rawValue: 2)
    /// A whole number that begins with a zero which says nothing, as identifiers do.
    static let padded = ColumnTraits(rawValue: 4)
    /// A number with a decimal point.
    static let point = ColumnTraits(rawValue: 8)
    /// A number with a decimal comma.
    static let comma = ColumnTraits(rawValue: 16)
    /// A number with an exponent and without decimals, infinity, or minus zero.
    static let real = ColumnTraits(rawValue: 32)
    /// A day in ISO 8601.
    static let day = ColumnTraits(rawValue: 64)
    /// The word true or false.
    static let flag = ColumnTraits(rawValue: 128)
    /// Anything else.
    static let other = ColumnTraits(rawValue: 256)

    /// What a column with these forms is read as.
    enum Reading: Equatable {
        case integer
        /// With this decimal mark.
        case decimal(mark: UInt8)
        case day
        case flag
        /// A category or text, depending on how many values are distinct.
        case words
    }

    /// The narrowest reading that loses nothing: whole numbers stay numbers only while 64 bits hold them and no
    /// zero in front is lost; a column without any value is one of numbers that are all missing.
    ///
    /// - Parameter mark: The decimal mark, where it is stated.
    func reading(mark: CSVOptions.DecimalMark) -> Reading {
        let statedMark = UInt8(ascii: mark == .comma ? "," : ".")
        if isEmpty { return .decimal(mark: statedMark) }
        if self == .day { return .day }
        if self == .flag { return .flag }
        if !isDisjoint(with: [.day, .flag, .other, .padded]) || isSuperset(of: [.point, .comma]) {
            return .words
        }
        if contains(.comma) { return .decimal(mark: UInt8(ascii: ",")) }
        if contains(.point) { return .decimal(mark: UInt8(ascii: ".")) }
        if contains(.real) { return .decimal(mark: statedMark) }
        return contains(.huge) ? .words : .integer
    }

    /// The form of one value, which is not missing.
    ///
    /// - Parameters:
    ///   - marks: The decimal marks that may occur.
    init(of text: Span<UInt8>, marks: [UInt8]) {
        let trimmed = text.extracting(FieldText.trimmed(text))
        for mark in marks {
            guard let number = DecimalText(trimmed, mark: mark) else { continue }
            self = Self.form(of: number, trimmed, mark: mark)
            return
        }
        if DayFormat.iso8601.day(trimmed) != nil {
            self = .day
        } else if FlagWord.isPlain(trimmed) {
            self = .flag
        } else {
            self = .other
        }
    }

    init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    private static func form(of number: DecimalText, _ text: Span<UInt8>, mark: UInt8) -> ColumnTraits {
        if number.hasLeadingZero { return .padded }
        if number.hasMark { return mark == UInt8(ascii: ",") ? .comma : .point }
        if !number.isWhole || (number.isNegative && number.isZero) { return .real }
        return number.integer == nil ? .huge : .whole
    }
}

/// The words for true and false.
enum FlagWord {
    /// Whether a text is `true` or `false` in any case: the words that make a column one of flags unasked.
    static func isPlain(_ text: Span<UInt8>) -> Bool {
        text.count >= 4 && value(text) != nil
    }

    /// 1 for true, yes, t, y and 1, 0 for false, no, f, n and 0, in any case; `nil` for all else.
    static func value(_ text: Span<UInt8>) -> UInt8? {
        guard text.count <= 5 else { return nil }
        // The letters one behind the other; bit 5 makes them small.
        var word: UInt64 = 0
        for index in 0..<text.count { word = word << 8 | UInt64(text[index] | 0x20) }
        switch word {
        case 0x7472_7565, 0x79_6573, 0x74, 0x79: return 1  // true, yes, t, y
        case 0x66_616C_7365, 0x6E6F, 0x66, 0x6E: return 0  // false, no, f, n
        default: break
        }
        guard text.count == 1, text[0] == UInt8(ascii: "0") || text[0] == UInt8(ascii: "1") else {
            return nil
        }
        return text[0] - UInt8(ascii: "0")
    }
}
