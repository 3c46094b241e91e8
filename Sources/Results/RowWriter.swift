public import Foundation

/// Puts rows together field by field, quoting where a reader needs it.
public struct RowWriter: Sendable {
    private var bytes: [UInt8] = []
    private var isFirstField = true
    private let isForSpreadsheets: Bool

    /// No rows yet.
    ///
    /// - Parameter isForSpreadsheets: Whether a text that a spreadsheet would take for a formula (it begins with =, +,
    ///   -, @, their full-width forms, a tab or a line break) gets an apostrophe in front. Source: OWASP, *CSV
    ///   Injection*.
    public init(isForSpreadsheets: Bool = false) { self.isForSpreadsheets = isForSpreadsheets }

    /// What was written so far.
    public var data: Data { Data(bytes) }

    /// Appends a text; `nil` is a missing value, an empty field.
    public mutating func append(_ text: String?) {
        separate()
        guard var text else { return }
        if isForSpreadsheets, let first = text.unicodeScalars.first, Self.formulaSigns.contains(first) {
            text = "'" + text
        }
        let needsQuotes = text.utf8.contains {
            $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n")
                || $0 == UInt8(ascii: "\r")
        }
        guard needsQuotes else {
            bytes.append(contentsOf: text.utf8)
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends a number so that reading gives the same one; `nil` and what is not finite are missing values.
    public mutating func append(_ number: Double?) {
        separate()
        guard let number, number.isFinite else { return }
        bytes.append(contentsOf: number.description.utf8)
    }

    /// Appends a whole number; `nil` is a missing value.
    public mutating func append(_ number: Int?) {
        separate()
        guard let number else { return }
        bytes.append(contentsOf: String(number).utf8)
    }

    /// Ends the row.
    public mutating func endRow() {
        bytes.append(UInt8(ascii: "\n"))
        isFirstField = true
    }

    private static let formulaSigns = Array("=+-@\t\r\n＝＋－＠".unicodeScalars)

    private mutating func separate() {
        if !isFirstField { bytes.append(UInt8(ascii: ",")) }
        isFirstField = false
    }
}
