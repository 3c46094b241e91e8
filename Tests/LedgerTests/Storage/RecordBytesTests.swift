import Foundation
import Testing
import Vocabulary

@testable import Ledger

@Suite("The same records have the same bytes, whatever memory held before")
struct RecordBytesTests {
    /// Records in memory that held a byte everywhere before, but for the fields that are given.
    private func expectSame<Record: BitwiseCopyable>(_ type: Record.Type, gaps: [Int]) {
        #expect(RecordLayout.gaps(in: type) == gaps)
        let size = MemoryLayout<Record>.stride
        let bytes = [UInt8(0), 0xFF].map { before in
            var memory = Data((0..<3 * size).map { UInt8(truncatingIfNeeded: 7 * $0 + 1) })
            for record in 0..<3 {
                for gap in gaps { memory[record * size + gap] = before }
            }
            var records: [Record] = []
            #expect(RecordBytes.append(memory, to: &records))
            return RecordBytes.bytes(of: records[...], clearing: RecordLayout.gaps(in: type))
        }
        #expect(bytes[0] == bytes[1] && bytes[0].count == 3 * size)
    }

    @Test func whatLiesBetweenFieldsIsZero() {
        // Amounts end with two bytes of currency.
        expectSame(Contract.self, gaps: [10, 11])
        expectSame(Order.self, gaps: [10, 11, 36, 37, 38, 39])
        expectSame(Delivery.self, gaps: [])
        expectSame(Payment.self, gaps: [10, 11, 28, 29, 30, 31])
        expectSame(Allocation.self, gaps: [])
        expectSame(Statement.Folded.self, gaps: [12, 13, 14, 15, 39])
        expectSame(Rating.Folded.self, gaps: [30, 31])
    }

    @Test func everyKindIsPackedTheSameAgain() throws {
        let source = TableLedgerSource(try RandomLedger(seed: 5, obligors: 50).tables, baseCurrency: .euro)
        func packed() throws -> [RecordKind: [Data]] {
            let checked = try TradeLedger.read(from: source)
            let index = PackedIndex(of: checked, pageSize: 8)
            var bytes: [RecordKind: [Data]] = [:]
            for kind in PackedRecords.kinds {
                try checked.ledger.forEachPage(of: kind, index) { _, records in
                    bytes[kind, default: []].append(records.bytes)
                }
            }
            return bytes
        }
        let first = try packed()
        #expect(first.count == PackedRecords.kinds.count)
        #expect(try packed() == first)
    }
}
