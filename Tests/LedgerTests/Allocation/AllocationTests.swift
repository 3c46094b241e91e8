import Parallelism
import Statistics
import Tables
import Testing
import Vocabulary

@testable import Ledger

@Suite("Allocation keeps the books balanced as of every day")
struct AllocationTests {
    /// Every day on which something may change, and those between.
    private static let days = (-10..<620).map { RandomLedger.firstDay.adding(days: $0) }

    private func total(_ amounts: some Sequence<Amount>) -> [Currency: Int64] {
        var sums: [Currency: Int64] = [:]
        for amount in amounts { sums[amount.currency, default: 0] += amount.minorUnits }
        return sums.filter { $0.value != 0 }
    }

    private func difference(_ left: [Currency: Int64], _ right: [Currency: Int64]) -> [Currency: Int64] {
        left.merging(right.mapValues { -$0 }, uniquingKeysWith: +).filter { $0.value != 0 }
    }

    @Test("Σ open items = Σ invoices − Σ movements, and what is not moved is unallocated", arguments: 1...12)
    func balance(seed: Int) throws {
        let ledger = try RandomLedger(seed: UInt64(seed), explicit: Double(seed % 4) / 3).ledger()
        var openDays = 0
        for obligor in 0..<ledger.obligorCount {
            let history = ledger.allocationHistory(of: obligor)
            for day in Self.days {
                let asOf = AsOf(day)
                let view = ledger.view(of: obligor, asOf: asOf)
                let moved = history.movements(asOf: asOf).map { movement in
                    Amount(
                        minorUnits: movement.minorUnits,
                        currency: ledger.invoices.records[Int(movement.invoice)].amount.currency)
                }
                let items = history.openItems(asOf: asOf)
                #expect(items.allSatisfy { $0.amount.minorUnits > 0 })
                let open = total(items.map(\.amount))
                if !open.isEmpty { openDays += 1 }
                #expect(open == difference(total(view.invoices.map(\.amount)), total(moved)))
                let received = total(view.payments.map(\.amount) + view.creditNotes.map(\.amount))
                let unallocated = history.unallocated(asOf: asOf)
                #expect(unallocated == difference(received, total(moved)))
                #expect(unallocated.values.allSatisfy { $0 >= 0 })
            }
        }
        #expect(openDays > 100)
    }

    @Test("Money does not lie idle while an invoice of its currency is open", arguments: 1...6)
    func nothingIdle(seed: Int) throws {
        let ledger = try RandomLedger(seed: UInt64(seed), explicit: 0).ledger()
        for obligor in 0..<ledger.obligorCount {
            let history = ledger.allocationHistory(of: obligor)
            for day in Self.days {
                let open = Set(history.openItems(asOf: AsOf(day)).map(\.amount.currency))
                let idle = Set(history.unallocated(asOf: AsOf(day)).keys)
                #expect(open.isDisjoint(with: idle))
            }
        }
    }

    @Test("What becomes known later changes nothing", arguments: 1...6)
    func causality(seed: Int) throws {
        let whole = try RandomLedger(seed: UInt64(seed))
        let ledger = try whole.ledger()
        for offset in [60, 150, 240, 330] {
            let asOf = AsOf(RandomLedger.firstDay.adding(days: offset))
            let early = ledger.cut(asOf)
            for obligor in 0..<ledger.obligorCount {
                let full = ledger.allocationHistory(of: obligor)
                let cut = early.allocationHistory(of: obligor)
                let left = full.movements(asOf: asOf).map { ledger.named($0) }
                let right = cut.all.map { early.named($0) }
                #expect(left == right)
            }
        }
    }

    private func ledger(
        _ invoices: String, _ payments: String, _ allocations: String = "", notes: String = ""
    )
        throws -> TradeLedger
    {
        var tables: [RecordKind: Table] = [:]
        func read(_ kind: RecordKind, _ header: String, _ rows: String) throws {
            var options = CSVOptions()
            options.workers = .single
            let names = header.split(separator: ",").map(String.init)
            options.schema = try Schema(kind.fields.map(\.schema)).selecting(names)
            tables[kind] = try CSVReader(options).read(.text(header + "\n" + rows + "\n"))
        }
        try read(.obligors, "obligor,onboarded", "a,2024-01-01")
        if !invoices.isEmpty { try read(.invoices, "invoice,obligor,issued,due,amount,currency", invoices) }
        if !payments.isEmpty { try read(.payments, "payment,obligor,paid,amount,currency", payments) }
        if !allocations.isEmpty {
            try read(.allocations, "payment,invoice,allocated,amount,known", allocations)
        }
        if !notes.isEmpty {
            try read(.creditNotes, "credit_note,obligor,issued,amount,currency,invoice", notes)
        }
        return try TradeLedger.read(from: TableLedgerSource(tables, baseCurrency: .euro), workers: .single)
            .ledger
    }

    /// Movements as "payment>invoice amount known".
    private func story(_ ledger: TradeLedger) -> [String] {
        ledger.allocationHistory(of: 0).all.map { ledger.named($0) }
    }

    @Test("The oldest due is paid first, in its own currency, and the rest waits for the next invoice")
    func oldestDueFirst() throws {
        let ledger = try ledger(
            """
            late,a,2024-01-01,2024-03-01,100,EUR
            early,a,2024-01-02,2024-02-01,50,EUR
            other,a,2024-01-02,2024-01-05,50,USD
            next,a,2024-04-01,2024-05-01,80,EUR
            """, "p,a,2024-02-10,120,EUR\nq,a,2024-03-10,100,EUR")
        #expect(
            story(ledger) == [
                "p>early 5000 2024-02-10", "p>late 7000 2024-02-10", "q>late 3000 2024-03-10",
                "q>next 7000 2024-04-01",
            ])
    }

    @Test("What the books say later replaces what was assumed")
    func explicitReplacesAutomatic() throws {
        let ledger = try ledger(
            """
            early,a,2024-01-02,2024-02-01,50,EUR
            late,a,2024-01-02,2024-03-01,50,EUR
            """, "p,a,2024-02-10,50,EUR\nq,a,2024-02-12,50,EUR",
            "p,late,2024-02-10,50,2024-02-20")
        #expect(
            story(ledger) == [
                "p>early 5000 2024-02-10", "q>late 5000 2024-02-12", "p>early -5000 2024-02-20",
                "q>late -5000 2024-02-20", "p>late 5000 2024-02-20", "q>early 5000 2024-02-20",
            ])
    }

    @Test("A credit note goes to its invoice, a general one to the oldest due")
    func creditNotes() throws {
        let ledger = try ledger(
            """
            early,a,2024-01-02,2024-02-01,50,EUR
            late,a,2024-01-02,2024-03-01,50,EUR
            """, "", notes: "n,a,2024-02-10,20,EUR,late\nm,a,2024-02-11,60,EUR,")
        #expect(
            story(ledger) == [
                "n>late 2000 2024-02-10", "m>early 5000 2024-02-11", "m>late 1000 2024-02-11",
            ])
    }
}

extension TradeLedger {
    /// A movement in words.
    func named(_ movement: Movement) -> String {
        let source =
            movement.source == .payment
            ? payments.ids[Int(movement.sourcePlace)] : creditNotes.ids[Int(movement.sourcePlace)]
        return "\(source)>\(invoices.ids[Int(movement.invoice)]) \(movement.minorUnits) \(movement.known)"
    }

    /// The ledger without what became known after a day, made by leaving out records and facts.
    func cut(_ asOf: AsOf) -> TradeLedger {
        func kept<Record: LedgerRecord>(_ list: RecordList<Record>) -> RecordList<Record> {
            let late = list.records.indices.filter { !asOf.sees(list.records[$0].known) }.map { Int32($0) }
            return list.leavingOut(Set(late), obligors: list.offsets.count - 1)
        }
        func places(_ old: RecordList<some LedgerRecord>, _ new: PackedTexts) -> [Int32] {
            let index = IDIndex(new)
            return (0..<old.ids.count).map { index.number(of: old.ids[$0]) ?? -1 }
        }
        let invoices = kept(self.invoices)
        let payments = kept(self.payments)
        let invoicePlaces = places(self.invoices, invoices.ids)
        let paymentPlaces = places(self.payments, payments.ids)
        let allocations = kept(self.allocations).records.compactMap { allocation -> Allocation? in
            let payment = paymentPlaces[Int(allocation.payment)]
            let invoice = invoicePlaces[Int(allocation.invoice)]
            if payment < 0 || invoice < 0 { return nil }
            return Allocation(
                minorUnits: allocation.minorUnits, known: allocation.known, allocated: allocation.allocated,
                obligor: allocation.obligor, row: allocation.row, payment: payment, invoice: invoice)
        }
        let notes = kept(self.creditNotes)
        let moved = notes.records.map { note in
            CreditNote(
                amount: note.amount, known: note.known, issued: note.issued, obligor: note.obligor,
                row: note.row, invoicePlace: note.invoice.map { invoicePlaces[Int($0)] } ?? -1)
        }
        let disputes = invoices.records.map { invoice in
            Invoice(
                amount: invoice.amount, known: invoice.known, issued: invoice.issued, due: invoice.due,
                disputedFrom: invoice.firstDisputed(asOf: asOf) ?? .never,
                disputedTo: invoice.disputeEnded(asOf: asOf) ?? .never, obligor: invoice.obligor,
                row: invoice.row, contractPlace: -1, deliveryPlace: -1)
        }
        var early = TradeLedger(baseCurrency: baseCurrency)
        early.obligors = obligors
        early.contracts = kept(contracts)
        early.orders = kept(orders)
        early.deliveries = kept(deliveries)
        early.invoices = RecordList(disputes, ids: invoices.ids, obligors: obligorCount)
        early.payments = payments
        early.allocations = RecordList(allocations, obligors: obligorCount)
        early.creditNotes = RecordList(moved, ids: notes.ids, obligors: obligorCount)
        early.promises = kept(promises)
        early.statements = kept(statements)
        early.bureau = kept(bureau)
        early.events = kept(events)
        early.links = kept(links)
        early.linksByBuyer = kept(linksByBuyer)
        early.ratings = kept(ratings)
        early.rates = kept(rates)
        early.obligorIndex = obligorIndex
        return early
    }
}
