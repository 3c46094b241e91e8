public import Parallelism
public import Vocabulary

extension TradeLedger {
    /// Obligors that one thread looks at at a time.
    private static var obligorsInBlock: Int { 1024 }

    /// The currencies of all amounts that are known as of a day.
    public func currencies(asOf: AsOf, workers: Workers = .single) -> Set<Currency> {
        let known = packed?.reader.index.currencies(asOf: asOf) ?? []
        return workers.reduce(obligorCount, blockSize: Self.obligorsInBlock, into: known) { obligors in
            var found: Set<Currency> = []
            for place in obligors {
                let view = view(of: place, asOf: asOf)
                view.forEachCurrency { found.insert($0) }
                if packed == nil { view.forEachPackedCurrency { currency, _ in found.insert(currency) } }
            }
            return found
        } combine: {
            $0.formUnion($1)
        }
    }

    /// The first day on which records of the kinds that are packed say something of each currency.
    func firstDaysOfCurrencies(workers: Workers) -> [Currency: CalendarDay] {
        workers.reduce(obligorCount, blockSize: Self.obligorsInBlock, into: [:]) { obligors in
            var days: [Currency: CalendarDay] = [:]
            for place in obligors {
                view(of: place, asOf: AsOf(.never)).forEachPackedCurrency { currency, known in
                    days[currency] = min(known, days[currency] ?? .never)
                }
            }
            return days
        } combine: {
            $0.merge($1, uniquingKeysWith: min)
        }
    }
}

extension ObligorView {
    /// Goes through the currencies of the amounts in records of kinds that are not packed.
    fileprivate func forEachCurrency(_ body: (Currency) -> Void) {
        if let currency = obligor?.registeredCapital?.currency { body(currency) }
        for link in linksToBuyers {
            if let currency = link.exposure?.currency { body(currency) }
        }
    }

    /// Goes through the currencies of the amounts in records of kinds that are packed, each with the day on which it
    /// became known.
    fileprivate func forEachPackedCurrency(_ body: (Currency, CalendarDay) -> Void) {
        func see<Record: LedgerRecord>(
            _ records: ArraySlice<Record>, _ currency: (Record) -> Currency?
        ) {
            var last: Currency?
            for record in records {
                // Most records are in the currency of the one before, which became known first.
                guard let currency = currency(record), currency != last else { continue }
                last = currency
                body(currency, record.known)
            }
        }
        see(contracts) { $0.creditLimit?.currency }
        see(orders) { $0.amount.currency }
        see(invoices) { $0.amount.currency }
        see(payments) { $0.amount.currency }
        see(creditNotes) { $0.amount.currency }
        see(promises) { $0.amount.currency }
        see(statements) { $0.currency }
        see(bureau) { $0.taxArrears?.currency }
        see(bureau) { $0.guaranteesGiven?.currency }
        see(bureau) { $0.registeredCapital?.currency }
    }
}
