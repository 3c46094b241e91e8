import Testing
import Vocabulary

@testable import Ledger

@Suite("A layout says whatever would make other records of the same bytes")
struct RecordLayoutTests {
    private enum Plain {
        struct Record: BitwiseCopyable {
            let known: CalendarDay
            let row: Int32
        }
    }
    private enum Swapped {
        struct Record: BitwiseCopyable {
            let row: Int32
            let known: CalendarDay
        }
    }
    private enum Renamed {
        struct Record: BitwiseCopyable {
            let issued: CalendarDay
            let row: Int32
        }
    }
    private enum Retyped {
        struct Record: BitwiseCopyable {
            let known: Int32
            let row: Int32
        }
    }
    private enum Longer {
        struct Record: BitwiseCopyable {
            let known: CalendarDay
            let row: Int32
            let currency: Currency
        }
    }

    /// All but one have the same stride.
    @Test func everyChangeIsSeen() {
        let all = [
            RecordLayout.words(of: Plain.Record.self), RecordLayout.words(of: Swapped.Record.self),
            RecordLayout.words(of: Renamed.Record.self), RecordLayout.words(of: Retyped.Record.self),
            RecordLayout.words(of: Longer.Record.self),
        ]
        #expect(Set(all).count == all.count)
        #expect(Set(all.map { RecordLayout.digest([$0]) }).count == all.count)
        #expect(RecordLayout.digest(all) != RecordLayout.digest(all.reversed()))
    }

    @Test func fieldsOfFieldsAreNamed() {
        let words = RecordLayout.words(of: Payment.self)
        #expect(words.hasPrefix("Payment [\(MemoryLayout<Payment>.size), \(MemoryLayout<Payment>.stride), "))
        for part in ["amount: Amount {minorUnits: Int64", "currency: Currency {", "paid: CalendarDay {"] {
            #expect(words.contains(part), "\(words)")
        }
    }
}
