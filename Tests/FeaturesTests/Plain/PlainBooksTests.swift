import Ledger
import Testing
import Vocabulary

@Suite("The ledger's open items are those of books kept by hand")
struct PlainBooksTests {
    private static let days = stride(from: PlainLedger.firstDay + 50, to: PlainLedger.lastDay + 100, by: 31)

    @Test("Item by item, and what is unallocated by currency", arguments: 1...8 as ClosedRange<UInt64>)
    func asByHand(seed: UInt64) throws {
        let plain = PlainLedger.random(seed: seed, isInOneCurrency: seed % 4 == 0)
        let ledger = try plain.tradeLedger()
        var compared = 0
        for day in Self.days {
            let books = PlainBooks(plain.known(by: day))
            let asOf = AsOf(CalendarDay(daysSince1970: Int32(day)))
            var open: [String: Int] = [:]
            for place in 0..<ledger.obligorCount {
                let history = ledger.allocationHistory(of: place)
                for item in history.openItems(asOf: asOf) {
                    open[ledger.id(ofInvoice: Int(item.invoice))] = Int(item.amount.minorUnits)
                }
                let byHand = books.unallocated[ledger.id(ofObligor: place).text] ?? [:]
                let unallocated = history.unallocated(asOf: asOf)
                #expect(
                    Dictionary(uniqueKeysWithValues: unallocated.map { ($0.key.code, Int($0.value)) })
                        == byHand.filter { $0.value != 0 })
            }
            let byHand = books.open.filter { $0.units != 0 }
            #expect(open == Dictionary(uniqueKeysWithValues: byHand.map { ($0.invoice.id, $0.units) }))
            compared += open.count
        }
        #expect(compared > 300)
    }

    @Test(
        "Σ open = Σ invoices − Σ allocations − Σ credit notes where the books name everything, on every day",
        arguments: 1...4 as ClosedRange<UInt64>)
    func rawSums(seed: UInt64) throws {
        let plain = Self.named(PlainLedger.random(seed: seed, obligors: 5))
        let ledger = try plain.tradeLedger()
        let owners = Dictionary(uniqueKeysWithValues: plain.invoices.map { ($0.id, $0) })
        var compared = 0
        for place in 0..<ledger.obligorCount {
            let history = ledger.allocationHistory(of: place)
            let id = ledger.id(ofObligor: place).text
            /// What the raw records say, by day and currency: billed, less what is booked and credited.
            var changes: [Int: [String: Int]] = [:]
            for invoice in plain.invoices where invoice.obligor == id {
                changes[invoice.known, default: [:]][invoice.amount.currency, default: 0] +=
                    invoice.amount.units
            }
            for booking in plain.allocations {
                guard let invoice = owners[booking.invoice], invoice.obligor == id else { continue }
                changes[booking.known, default: [:]][invoice.amount.currency, default: 0] -= booking.units
            }
            for note in plain.creditNotes where note.obligor == id {
                changes[note.known, default: [:]][note.amount.currency, default: 0] -= note.amount.units
            }
            var sums: [String: Int] = [:]
            for day in PlainLedger.firstDay..<PlainLedger.lastDay + 150 {
                sums.merge(changes[day] ?? [:], uniquingKeysWith: +)
                let asOf = AsOf(CalendarDay(daysSince1970: Int32(day)))
                var open: [String: Int] = [:]
                for item in history.openItems(asOf: asOf) {
                    open[item.amount.currency.code, default: 0] += Int(item.amount.minorUnits)
                }
                #expect(open == sums.filter { $0.value != 0 }, "\(id) on \(asOf.day)")
                #expect(history.unallocated(asOf: asOf).isEmpty)
                if !open.isEmpty { compared += 1 }
            }
        }
        #expect(compared > 1_000)
    }

    /// The ledger with payments and credit notes that say what they are for, and nothing else, known when that is.
    private static func named(_ plain: PlainLedger) -> PlainLedger {
        var named = plain
        let known = Dictionary(uniqueKeysWithValues: plain.invoices.map { ($0.id, $0.known) })
        named.allocations = []
        named.payments = []
        for payment in plain.payments {
            guard var booking = plain.allocations.first(where: { $0.payment == payment.id }) else { continue }
            var whole = payment
            whole.known = max(payment.known, known[booking.invoice] ?? 0)
            whole.amount.units = booking.units
            booking.allocated = whole.known
            booking.known = whole.known
            named.payments.append(whole)
            named.allocations.append(booking)
        }
        named.creditNotes = plain.creditNotes.compactMap { note in
            guard let invoice = note.invoice else { return nil }
            var later = note
            later.known = max(note.known, known[invoice] ?? 0)
            return later
        }
        return named
    }
}
