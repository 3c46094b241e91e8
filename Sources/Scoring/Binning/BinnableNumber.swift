import Tables
import Vocabulary

/// A stored value that bins of numbers can hold.
protocol BinnableNumber: Sendable {
    /// The number, NaN if missing.
    var number: Double { get }
}

extension Double: BinnableNumber {
    @inline(__always) var number: Double { self }
}

extension Float: BinnableNumber {
    @inline(__always) var number: Double { Double(self) }
}

extension Int64: BinnableNumber {
    @inline(__always) var number: Double { self == Column.missingInteger ? .nan : Double(self) }
}

extension UInt8: BinnableNumber {
    @inline(__always) var number: Double { self == Column.missingFlag ? .nan : Double(self) }
}

extension CalendarDay: BinnableNumber {
    /// Days since 1970-01-01.
    @inline(__always) var number: Double {
        self == Column.missingDay ? .nan : Double(daysSince1970)
    }
}

extension Column {
    /// The type in words, for messages.
    var typeName: String {
        switch values {
        case .double: "double"
        case .float: "float"
        case .integer: "integer"
        case .category: "category"
        case .day: "day"
        case .flag: "flag"
        case .text: "text"
        }
    }
}
