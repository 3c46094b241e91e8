import Parallelism
import Statistics
import Testing
import Vocabulary

@testable import Ledger

@Suite("Records are sorted by obligor and by the day they became known")
struct RecordListTests {
    private func payments(_ count: Int, obligors: Int, seed: UInt64) -> [Payment] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { row in
            let known = CalendarDay(daysSince1970: 18_000 + Int32(random.integer(below: 40)))
            return Payment(
                amount: Amount(minorUnits: Int64(row), currency: .euro), known: known, paid: known,
                obligor: Int32(random.integer(below: obligors)), row: Int32(row))
        }
    }

    @Test("As a stable sort has them, for any number of threads", arguments: [1, 4], [1, 700])
    func stable(threads: Int, obligors: Int) {
        let unsorted = payments(20_000, obligors: obligors, seed: UInt64(obligors))
        var ids = PackedTexts()
        for payment in unsorted { ids.append("P\(payment.row)") }
        let list = RecordList(unsorted, ids: ids, obligors: obligors, workers: Workers(threads: threads))
        let expected = unsorted.sorted { ($0.obligor, $0.known, $0.row) < ($1.obligor, $1.known, $1.row) }
        #expect(list.records == expected)
        #expect((0..<ids.count).allSatisfy { list.ids[$0] == "P\(expected[$0].row)" })
        for obligor in [0, obligors / 2, obligors - 1] {
            #expect(Array(list.of(obligor)) == expected.filter { $0.obligor == obligor })
        }
        // What is in order stays as it is.
        let again = RecordList(list.records, ids: list.ids, obligors: obligors)
        #expect(again.records == expected && again.offsets == list.offsets)
    }

    @Test(
        "A page is sorted as the list of its obligors, whatever the order it comes in",
        arguments: [true, false])
    func page(isInOrder: Bool) throws {
        let obligors = 4..<9
        let whole = RecordList(payments(900, obligors: 12, seed: 8), obligors: 12)
        let own = whole.records.filter { obligors.contains(Int($0.obligor)) }
        let given = isInOrder ? own : own.sorted { $0.row < $1.row }
        let page = try #require(RecordList(given, ofPage: obligors))
        #expect(page.records == own && page.first == 4 && page.offsets.count == obligors.count + 1)
        for obligor in obligors { #expect(Array(page.of(obligor)) == Array(whole.of(obligor))) }
        #expect([4..<8, 5..<9].allSatisfy { RecordList(given, ofPage: $0) == nil })
        let empty = RecordList<Payment>(emptyPage: obligors)
        #expect(obligors.allSatisfy { empty.of($0).isEmpty })
    }

    @Test("Without some of its records it has the others in their order")
    func leavingOut() {
        let list = RecordList(payments(500, obligors: 9, seed: 3), obligors: 9)
        let gone = Set(stride(from: Int32(0), to: 500, by: 3))
        let rest = list.leavingOut(gone, obligors: 9)
        #expect(
            rest.records == list.records.indices.filter { !gone.contains(Int32($0)) }.map { list.records[$0] }
        )
        #expect(Int(rest.offsets.last ?? 0) == rest.records.count)
    }
}
