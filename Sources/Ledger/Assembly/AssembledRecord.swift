import Tables
import Vocabulary

/// A record that can be read from columns and written to them.
protocol AssembledRecord: LedgerRecord {
    /// Its row; set once it is known how many came before the block.
    var row: Int32 { get set }

    /// The column of the record's own id, or `nil` if it has none.
    static var identifier: String? { get }

    /// The places of records whose key an earlier one has as well, where records have no ids.
    static func repeatedKeys(_ list: RecordList<Self>) -> [Int32]

    /// How a row of a block is read.
    static func reader(_ columns: RecordColumns) -> (Int) -> Self

    /// The values of records as columns, in the order of ``RecordKind/fields``.
    static func columns(of records: ArraySlice<Self>, in ledger: TradeLedger) -> [Column]
}

extension AssembledRecord {
    static var identifier: String? {
        kind.fields.first { $0.content == .identifier }?.name
    }

    static func repeatedKeys(_ list: RecordList<Self>) -> [Int32] { [] }
}

extension RecordList {
    /// The places of records whose key an earlier one has as well.
    func repeated(_ key: (Record) -> some Hashable) -> [Int32] {
        var repeated: [Int32] = []
        func collect<Key: Hashable>(_ key: (Record) -> Key) {
            var known: Set<Key> = []
            var owner: Int32 = -1
            for (place, record) in records.enumerated() {
                if record.obligor != owner {
                    known.removeAll(keepingCapacity: true)
                    owner = record.obligor
                }
                if !known.insert(key(record)).inserted { repeated.append(Int32(place)) }
            }
        }
        collect(key)
        return repeated
    }
}

extension Invoice: AssembledRecord {
    static func reader(_ columns: RecordColumns) -> (Int) -> Invoice {
        let obligor = columns.reference("obligor", to: .obligors)
        let issued = columns.day("issued")
        let due = columns.day("due")
        let amount = columns.amount("amount")
        let currency = columns.currency()
        let contract = columns.reference("contract", to: .contracts)
        let delivery = columns.reference("delivery", to: .deliveries)
        let disputedFrom = columns.day("disputed_from")
        let disputedTo = columns.day("disputed_to")
        let known = columns.known()
        return { row in
            let issuedOn = issued.required(row)
            let disputed = disputedFrom.optional(row, notBefore: issuedOn)
            return Invoice(
                amount: amount.required(row, currency.value(row)),
                known: known.value(row, happened: issuedOn), issued: issuedOn,
                due: due.required(row, notBefore: issuedOn), disputedFrom: disputed,
                disputedTo: disputedTo.optional(row, notBefore: disputed), obligor: obligor.required(row),
                row: Int32(row), contractPlace: contract.optional(row), deliveryPlace: delivery.optional(row))
        }
    }
}

extension Payment: AssembledRecord {
    static func reader(_ columns: RecordColumns) -> (Int) -> Payment {
        let obligor = columns.reference("obligor", to: .obligors)
        let paid = columns.day("paid")
        let amount = columns.amount("amount")
        let currency = columns.currency()
        let known = columns.known()
        return { row in
            let paidOn = paid.required(row)
            return Payment(
                amount: amount.required(row, currency.value(row)), known: known.value(row, happened: paidOn),
                paid: paidOn, obligor: obligor.required(row), row: Int32(row))
        }
    }
}

extension Contract: AssembledRecord {
    static func reader(_ columns: RecordColumns) -> (Int) -> Contract {
        let obligor = columns.reference("obligor", to: .obligors)
        let signed = columns.day("signed")
        let terms = columns.number("terms_days")
        let limit = columns.amount("credit_limit")
        let currency = columns.currency()
        let from = columns.day("valid_from")
        let to = columns.day("valid_to")
        let known = columns.known()
        return { row in
            let signedOn = signed.required(row)
            let stated = from.optional(row)
            let first = stated == .never ? signedOn : stated
            let unit = currency.value(row)
            return Contract(
                limit: limit.optional(row, unit) ?? Amount(minorUnits: -1, currency: unit),
                known: known.value(row, happened: signedOn), signed: signedOn, validFrom: first,
                validTo: to.optional(row, notBefore: first), obligor: obligor.required(row), row: Int32(row),
                terms: Int32(clamping: terms.whole(row) ?? -1))
        }
    }
}

extension Order: AssembledRecord {
    static func reader(_ columns: RecordColumns) -> (Int) -> Order {
        let obligor = columns.reference("obligor", to: .obligors)
        let ordered = columns.day("ordered")
        let amount = columns.amount("amount")
        let currency = columns.currency()
        let contract = columns.reference("contract", to: .contracts)
        let cancelled = columns.day("cancelled")
        let known = columns.known()
        return { row in
            let orderedOn = ordered.required(row)
            return Order(
                amount: amount.required(row, currency.value(row)),
                known: known.value(row, happened: orderedOn), ordered: orderedOn,
                cancelledOn: cancelled.optional(row, notBefore: orderedOn), obligor: obligor.required(row),
                row: Int32(row), contractPlace: contract.optional(row))
        }
    }
}

extension Delivery: AssembledRecord {
    static func reader(_ columns: RecordColumns) -> (Int) -> Delivery {
        let obligor = columns.reference("obligor", to: .obligors)
        let order = columns.reference("order", to: .orders)
        let delivered = columns.day("delivered")
        let known = columns.known()
        let orders = columns.context.ledger.orders.records
        let field = columns.place("order")
        return { row in
            let place = order.optional(row)
            let day = delivered.required(row, notBefore: place < 0 ? .never : orders[Int(place)].ordered)
            let who = obligor.required(row)
            if place >= 0, !columns.isRowLeftOut, orders[Int(place)].obligor != who {
                columns.note(.mismatchedAllocation, row: row, field: field, leavesOut: true)
            }
            return Delivery(
                known: known.value(row, happened: day), delivered: day, obligor: who, row: Int32(row),
                orderPlace: place)
        }
    }
}

extension Allocation: AssembledRecord {
    static func reader(_ columns: RecordColumns) -> (Int) -> Allocation {
        let payment = columns.reference("payment", to: .payments)
        let invoice = columns.reference("invoice", to: .invoices)
        let allocated = columns.day("allocated")
        let amount = columns.amount("amount")
        let known = columns.known()
        let payments = columns.context.ledger.payments.records
        let base = columns.context.ledger.baseCurrency
        return { row in
            let place = Int(payment.required(row))
            let source = place < payments.count ? payments[place] : nil
            let day = allocated.required(row, notBefore: source?.paid ?? .never)
            let currency = source?.amount.currency ?? base
            return Allocation(
                minorUnits: amount.required(row, currency).minorUnits,
                known: known.value(row, happened: day), allocated: day, obligor: source?.obligor ?? 0,
                row: Int32(row), payment: Int32(place), invoice: invoice.required(row))
        }
    }
}

extension CreditNote: AssembledRecord {
    static func reader(_ columns: RecordColumns) -> (Int) -> CreditNote {
        let obligor = columns.reference("obligor", to: .obligors)
        let issued = columns.day("issued")
        let amount = columns.amount("amount")
        let currency = columns.currency()
        let invoice = columns.reference("invoice", to: .invoices)
        let known = columns.known()
        let invoices = columns.context.ledger.invoices.records
        return { row in
            let place = invoice.optional(row)
            let issuedOn = issued.required(row, notBefore: place < 0 ? .never : invoices[Int(place)].issued)
            return CreditNote(
                amount: amount.required(row, currency.value(row)),
                known: known.value(row, happened: issuedOn), issued: issuedOn,
                obligor: obligor.required(row), row: Int32(row), invoicePlace: place)
        }
    }
}

extension Promise: AssembledRecord {
    static func reader(_ columns: RecordColumns) -> (Int) -> Promise {
        let obligor = columns.reference("obligor", to: .obligors)
        let invoice = columns.reference("invoice", to: .invoices)
        let made = columns.day("made")
        let payBy = columns.day("pay_by")
        let amount = columns.amount("amount")
        let currency = columns.currency()
        let known = columns.known()
        let invoices = columns.context.ledger.invoices.records
        let field = columns.place("invoice")
        return { row in
            let madeOn = made.required(row)
            let (who, place) = (obligor.required(row), invoice.optional(row))
            let promised = amount.required(row, currency.value(row))
            if place >= 0, !columns.isRowLeftOut {
                let other = invoices[Int(place)]
                if other.obligor != who || other.amount.currency != promised.currency {
                    columns.note(.mismatchedAllocation, row: row, field: field, leavesOut: true)
                }
            }
            return Promise(
                amount: promised, known: known.value(row, happened: madeOn), made: madeOn,
                payBy: payBy.required(row, notBefore: madeOn), obligor: who, row: Int32(row),
                invoicePlace: place)
        }
    }
}
