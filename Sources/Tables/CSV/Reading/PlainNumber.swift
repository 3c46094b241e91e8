import CKernels

/// A number that a kernel can read in its plain form.
protocol PlainNumber: BitwiseCopyable, Sendable {
    /// What stands for missing.
    static var missing: Self { get }
    /// Whether this stands for missing.
    var isMissing: Bool { get }
    /// As a double, for comparison with a range.
    var number: Double { get }
    /// What a message expects of a field.
    static var expectation: String { get }
    /// The kernel.
    static func readPlain(
        _ level: obligor_instructions, _ fields: obligor_csv_fields, _ values: UnsafeMutablePointer<Self>,
        _ left: UnsafeMutablePointer<UInt32>
    ) -> Int
    /// The value of what is written, or what is expected instead.
    static func value(of decimal: DecimalText, _ text: Span<UInt8>) -> Result<Self, BadNumber>
}

/// Why a decimal number cannot be a value of a type.
struct BadNumber: Error {
    /// What is expected instead.
    let expected: String
}

extension Double: PlainNumber {
    static let missing = Double.nan
    static let expectation = "a number"
    var isMissing: Bool { isNaN }
    var number: Double { self }

    static func readPlain(
        _ level: obligor_instructions, _ fields: obligor_csv_fields, _ values: UnsafeMutablePointer<Self>,
        _ left: UnsafeMutablePointer<UInt32>
    ) -> Int {
        unsafe obligor_csv_doubles(level, fields, values, left)
    }

    static func value(of decimal: DecimalText, _ text: Span<UInt8>) -> Result<Self, BadNumber> {
        let value = decimal.rounded(to: Double.self, text: text)
        if value.isInfinite, !decimal.isInfinite {
            return .failure(BadNumber(expected: "a number of at most 1.8e308 (double precision)"))
        }
        return .success(value)
    }
}

extension Float: PlainNumber {
    static let missing = Float.nan
    static let expectation = "a number"
    var isMissing: Bool { isNaN }
    var number: Double { Double(self) }

    static func readPlain(
        _ level: obligor_instructions, _ fields: obligor_csv_fields, _ values: UnsafeMutablePointer<Self>,
        _ left: UnsafeMutablePointer<UInt32>
    ) -> Int {
        unsafe obligor_csv_floats(level, fields, values, left)
    }

    static func value(of decimal: DecimalText, _ text: Span<UInt8>) -> Result<Self, BadNumber> {
        let value = decimal.rounded(to: Float.self, text: text)
        if value.isInfinite, !decimal.isInfinite {
            return .failure(BadNumber(expected: "a number of at most 3.4e38 (single precision)"))
        }
        return .success(value)
    }
}

extension Int64: PlainNumber {
    static let missing = Column.missingInteger
    static let expectation = "a whole number"
    var isMissing: Bool { self == Column.missingInteger }
    var number: Double { Double(self) }

    static func readPlain(
        _ level: obligor_instructions, _ fields: obligor_csv_fields, _ values: UnsafeMutablePointer<Self>,
        _ left: UnsafeMutablePointer<UInt32>
    ) -> Int {
        unsafe obligor_csv_integers(level, fields, values, left)
    }

    static func value(of decimal: DecimalText, _ text: Span<UInt8>) -> Result<Self, BadNumber> {
        if let value = decimal.integer { return .success(value) }
        let isTooLarge = decimal.isWhole
        return .failure(
            BadNumber(
                expected: isTooLarge
                    ? "a whole number between -9223372036854775807 and 9223372036854775807" : expectation))
    }
}
