import Statistics
import Vocabulary

extension PlainLedger {
    /// The same ledger with everything else about what became known after a day: records gone, amounts and days changed,
    /// new facts about old records.
    func changed(after day: Int, seed: UInt64) -> PlainLedger {
        var generator = SeededGenerator(seed: seed)
        var ledger = self
        /// Drops a third of the later records and changes another third.
        func rework<Record>(
            _ records: inout [Record], known: (Record) -> Int, _ change: (inout Record, Int) -> Void
        ) {
            var kept: [Record] = []
            for var record in records {
                if known(record) > day {
                    let choice = generator.integer(below: 3)
                    if choice == 0 { continue }
                    if choice == 1 { change(&record, 1 + generator.integer(below: 60)) }
                }
                kept.append(record)
            }
            records = kept
        }
        rework(&ledger.contracts, known: \.known) {
            $0.limit = $1 * 1000; $0.known += $1
        }
        rework(&ledger.orders, known: \.known) {
            $0.amount.units += $1 * 1000; $0.known += $1
        }
        rework(&ledger.deliveries, known: \.known) { $0.known += $1 }
        rework(&ledger.payments, known: \.known) {
            $0.amount.units += $1 * 1000; $0.known += $1
        }
        rework(&ledger.allocations, known: \.known) { $0.known += $1 }
        rework(&ledger.creditNotes, known: \.known) { $0.known += $1 }
        rework(&ledger.promises, known: \.known) {
            $0.amount.units += $1 * 1000; $0.known += $1
        }
        rework(&ledger.statements, known: \.known) {
            $0.items["ebit"] = $1 * 1000; $0.known += $1
        }
        rework(&ledger.bureau, known: \.known) {
            $0.score = Double($1); $0.known += $1
        }
        rework(&ledger.events, known: \.known) {
            $0.kind = "insolvency"; $0.known += $1
        }
        rework(&ledger.links, known: \.known) {
            $0.share = Double($1) / 100; $0.known += $1
        }
        rework(&ledger.ratings, known: \.known) {
            $0.grade = .d; $0.known += $1
        }
        for index in ledger.invoices.indices {
            // Invoices stay, since allocations and notes that were known before may name them.
            let extra = 1 + generator.integer(below: 60)
            if ledger.invoices[index].known > day, generator.bernoulli(0.5) {
                ledger.invoices[index].amount.units += extra * 1000
                ledger.invoices[index].due += extra
                ledger.invoices[index].known += extra
            }
            let disputed = ledger.invoices[index].disputedFrom
            if disputed ?? .max > day, ledger.invoices[index].issued <= day {
                ledger.invoices[index].disputedFrom = generator.bernoulli(0.5) ? day + extra : nil
                ledger.invoices[index].disputedTo = nil
            } else if let end = ledger.invoices[index].disputedTo, end > day {
                ledger.invoices[index].disputedTo = generator.bernoulli(0.5) ? day + extra : nil
            }
        }
        for index in ledger.orders.indices where ledger.orders[index].cancelled ?? .max > day {
            let isCancelled = generator.bernoulli(0.3) && ledger.orders[index].ordered <= day
            ledger.orders[index].cancelled = isCancelled ? day + 1 + generator.integer(below: 99) : nil
        }
        for index in ledger.contracts.indices where ledger.contracts[index].to ?? .max > day {
            let end = max(day, ledger.contracts[index].from) + 1 + generator.integer(below: 99)
            ledger.contracts[index].to = generator.bernoulli(0.5) ? end : nil
        }
        for index in ledger.links.indices where ledger.links[index].to ?? .max > day {
            let end = max(day, ledger.links[index].from) + 1 + generator.integer(below: 99)
            ledger.links[index].to = generator.bernoulli(0.5) ? end : nil
        }
        for index in ledger.obligors.indices where ledger.obligors[index].known > day {
            ledger.obligors[index].industry = "I\(generator.integer(below: 2))"
            ledger.obligors[index].employees = generator.integer(below: 10)
        }
        return ledger
    }
}
