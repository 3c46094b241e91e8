import Statistics
import Vocabulary

extension PlainLedger {
    /// The same ledger with everything else about what became known after a day: records of every kind gone, changed
    /// and added, new facts about old records, other exchange rates.
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
            $0.limit = $1 * 1000; $0.terms = $1; $0.known += $1
        }
        rework(&ledger.orders, known: \.known) {
            $0.amount.units += $1 * 1000; $0.known += $1
        }
        rework(&ledger.deliveries, known: \.known) {
            $0.delivered += $1; $0.known += $1
        }
        rework(&ledger.payments, known: \.known) {
            $0.amount.units += $1 * 1000; $0.known += $1
        }
        rework(&ledger.allocations, known: \.known) {
            $0.units = max(1, $0.units / 2); $0.known += $1
        }
        rework(&ledger.creditNotes, known: \.known) {
            $0.amount.units = max(1, $0.amount.units / 2); $0.known += $1
        }
        rework(&ledger.promises, known: \.known) {
            $0.amount.units += $1 * 1000; $0.payBy += $1; $0.invoice = nil; $0.known += $1
        }
        rework(&ledger.statements, known: \.known) { statement, extra in
            for name in Self.statementColumns { statement.items[name] = extra * 1000 }
            statement.audited = nil
            statement.known += extra
        }
        rework(&ledger.bureau, known: \.known) {
            $0.score = Double($1); $0.judgments = $1; $0.arrears = $1; $0.guarantees = $1
            $0.capital = $1; $0.employees = $1; $0.dishonest = true
            $0.known += $1
        }
        rework(&ledger.events, known: \.known) {
            $0.kind = "insolvency"; $0.known += $1
        }
        rework(&ledger.links, known: \.known) {
            $0.share = Double($1) / 100; $0.exposure = $1; $0.known += $1
        }
        rework(&ledger.ratings, known: \.known) {
            $0.grade = .d; $0.known += $1
        }
        ledger.removeInvoices(after: day, &generator)
        for index in ledger.invoices.indices {
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
            ledger.obligors[index].region = "R\(generator.integer(below: 3))"
            ledger.obligors[index].group = "G\(generator.integer(below: 2))"
            ledger.obligors[index].capital = Money(units: 1 + generator.integer(below: 10_000))
            ledger.obligors[index].employees = generator.integer(below: 10)
            ledger.obligors[index].founded = ledger.obligors[index].founded.map { $0 - 400 }
        }
        ledger.removeObligors(after: day, &generator)
        ledger.replaceRates(after: day, &generator)
        ledger.add(PlainLedger.random(seed: seed + 77, isInOneCurrency: rates.isEmpty), after: day)
        return ledger
    }

    /// Drops some of the later invoices with what later records say of them.
    ///
    /// Those that a record known by the day names stay: that record would be another without them.
    private mutating func removeInvoices(after day: Int, _ generator: inout SeededGenerator) {
        var named = Set(allocations.filter { $0.known <= day }.map(\.invoice))
        named.formUnion(creditNotes.filter { $0.known <= day }.compactMap(\.invoice))
        named.formUnion(promises.filter { $0.known <= day }.compactMap(\.invoice))
        var gone: Set<String> = []
        for invoice in invoices
        where invoice.known > day && !named.contains(invoice.id) && generator.bernoulli(0.4) {
            gone.insert(invoice.id)
        }
        invoices.removeAll { gone.contains($0.id) }
        allocations.removeAll { gone.contains($0.invoice) }
        creditNotes.removeAll { $0.invoice.map(gone.contains) ?? false }
        promises.removeAll { $0.invoice.map(gone.contains) ?? false }
    }

    /// Drops some of the obligors that are known later, with all their records, unless a link that is known names them.
    private mutating func removeObligors(after day: Int, _ generator: inout SeededGenerator) {
        var gone: Set<String> = []
        for obligor in obligors where obligor.known > day && generator.bernoulli(0.5) {
            let isLinked = links.contains {
                $0.known <= day && ($0.supplier == obligor.id || $0.buyer == obligor.id)
            }
            if !isLinked { gone.insert(obligor.id) }
        }
        obligors.removeAll { gone.contains($0.id) }
        contracts.removeAll { gone.contains($0.obligor) }
        orders.removeAll { gone.contains($0.obligor) }
        deliveries.removeAll { gone.contains($0.obligor) }
        let payments = Set(self.payments.filter { gone.contains($0.obligor) }.map(\.id))
        allocations.removeAll { payments.contains($0.payment) }
        self.payments.removeAll { gone.contains($0.obligor) }
        invoices.removeAll { gone.contains($0.obligor) }
        creditNotes.removeAll { gone.contains($0.obligor) }
        promises.removeAll { gone.contains($0.obligor) }
        statements.removeAll { gone.contains($0.obligor) }
        bureau.removeAll { gone.contains($0.obligor) }
        events.removeAll { gone.contains($0.obligor) }
        links.removeAll { gone.contains($0.supplier) || gone.contains($0.buyer) }
        ratings.removeAll { gone.contains($0.obligor) }
    }

    /// Drops all later quotes and writes others, some of days before that became known only later.
    private mutating func replaceRates(after day: Int, _ generator: inout SeededGenerator) {
        guard !rates.isEmpty else { return }
        rates.removeAll { $0.known > day }
        let quoted = Set(rates.map(\.day))
        for late in [day - 3, day - 1] where !quoted.contains(late) {
            rates.append(
                Rate(day: late, currency: "USD", rate: 9, known: day + 1 + generator.integer(below: 5)))
        }
        for later in stride(from: day + 1, to: Self.lastDay + 700, by: 20) {
            let rate = Double(1 + generator.integer(below: 400)) / 100
            rates.append(Rate(day: later, currency: "USD", rate: rate, known: later))
        }
    }

    /// Adds what another ledger has that became known after a day, for the obligors of the same name and for one that
    /// is new.
    private mutating func add(_ other: PlainLedger, after day: Int) {
        let known = Set(obligors.map(\.id))
        func name(_ id: String) -> String? { id == "C0" ? "N0" : known.contains(id) ? id : nil }
        if var obligor = other.obligors.first {
            obligor.id = "N0"
            obligor.known = max(obligor.known, day + 1)
            obligors.append(obligor)
        }
        /// The later records of the other ledger, made this one's.
        func later<Record>(
            _ records: [Record], known: (Record) -> Int, _ rename: (inout Record) -> Bool
        ) -> [Record] {
            records.filter { known($0) > day }.compactMap { record in
                var renamed = record
                return rename(&renamed) ? renamed : nil
            }
        }
        func own(_ id: inout String, _ obligor: inout String) -> Bool {
            guard let new = name(obligor) else { return false }
            (id, obligor) = ("N" + id, new)
            return true
        }
        contracts += later(other.contracts, known: \.known) { own(&$0.id, &$0.obligor) }
        orders += later(other.orders, known: \.known) { own(&$0.id, &$0.obligor) }
        invoices += later(other.invoices, known: \.known) { own(&$0.id, &$0.obligor) }
        payments += later(other.payments, known: \.known) { own(&$0.id, &$0.obligor) }
        creditNotes += later(other.creditNotes, known: \.known) {
            $0.invoice = nil
            return own(&$0.id, &$0.obligor)
        }
        promises += later(other.promises, known: \.known) {
            $0.invoice = nil
            return own(&$0.id, &$0.obligor)
        }
        statements += later(other.statements, known: \.known) { own(&$0.id, &$0.obligor) }
        events += later(other.events, known: \.known) { own(&$0.id, &$0.obligor) }
        bureau += later(other.bureau, known: \.known) {
            guard let new = name($0.obligor) else { return false }
            ($0.source, $0.obligor) = ("N" + $0.source, new)
            return true
        }
        let pairs = Set(links.map { "\($0.buyer) \($0.from)" })
        links += later(other.links, known: \.known) {
            guard let supplier = name($0.supplier), let buyer = name($0.buyer), supplier != buyer else {
                return false
            }
            ($0.supplier, $0.buyer) = (supplier, buyer)
            return !pairs.contains("\(buyer) \($0.from)")
        }
        let graded = Set(ratings.map { "\($0.obligor) \($0.date)" })
        ratings += later(other.ratings, known: \.known) {
            guard let new = name($0.obligor) else { return false }
            $0.obligor = new
            return !graded.contains("\(new) \($0.date)")
        }
    }
}
