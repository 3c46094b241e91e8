public import Foundation
import Vocabulary

/// The records of a kind of one page, that is of some obligors that follow each other, as they lay in the memory of
/// whoever read and checked them: in their final order, repairs made, without their ids.
///
/// What they refer to is given by places among the records of the page; to records of other obligors they refer no
/// longer. A ledger is there again from them in a small part of the time that reading and checking its records takes,
/// and any page of it without the others. They hold for the same records and the same layout only: keep ``layout`` and
/// what identifies the ledger beside them.
public struct PackedRecords: Sendable {
    /// The kind.
    public let kind: RecordKind
    /// The bytes.
    public let bytes: Data

    /// Records of a kind by their bytes.
    public init(kind: RecordKind, bytes: Data) {
        self.kind = kind
        self.bytes = bytes
    }

    /// The kinds that are packed: those with many records.
    public static let kinds: [RecordKind] = [
        .contracts, .orders, .deliveries, .invoices, .payments, .allocations, .creditNotes, .promises,
        .statements, .bureau, .ratings,
    ]

    /// How records lie in memory, as a digest of their fields; records of another layout are of no use.
    ///
    /// The number in front grows when the same fields come to mean something else, or ``PackedIndex`` gets others.
    public static let layout =
        "5 "
        + RecordLayout.digest([
            RecordLayout.words(of: Contract.self), RecordLayout.words(of: Order.self),
            RecordLayout.words(of: Delivery.self), RecordLayout.words(of: Invoice.self),
            RecordLayout.words(of: Payment.self), RecordLayout.words(of: Allocation.self),
            RecordLayout.words(of: CreditNote.self), RecordLayout.words(of: Promise.self),
            RecordLayout.words(of: Statement.Folded.self), RecordLayout.words(of: BureauRecord.Folded.self),
            RecordLayout.words(of: Rating.Folded.self),
        ])
}

/// A source that has the records of large kinds also as they were left by whoever read and checked the ledger before.
public protocol PackedLedgerSource: LedgerSource {
    /// What there is; `nil` if there are no packed records of the ledger as it is now in this layout.
    func packedIndex() throws(LedgerError) -> PackedIndex?

    /// The packed records of a page; called from several threads at once, and only for pages with records of the kind.
    func packedRecords(of kind: RecordKind, page: Int) throws(LedgerError) -> PackedRecords
}

extension TradeLedger {
    /// Hands out the records of a kind of ``PackedRecords/kinds``, page by page; pages without any are left out.
    ///
    /// The same records give the same bytes.
    ///
    /// - Parameter index: Of this ledger.
    public func forEachPage(
        of kind: RecordKind, _ index: PackedIndex, _ body: (_ page: Int, PackedRecords) throws -> Void
    ) throws {
        func pages<Record>(_ list: RecordList<Record>, _ bytes: (ArraySlice<Record>, Int) -> Data) throws {
            for page in 0..<index.pageCount {
                let obligors = index.obligors(ofPage: page)
                let records = list.records[list.range(of: obligors)]
                if records.isEmpty { continue }
                try body(page, PackedRecords(kind: kind, bytes: bytes(records, obligors.lowerBound)))
            }
        }
        func pages<Record: PackedRecord>(_ list: RecordList<Record>) throws {
            let referred = ReferredRecords(self)
            let gaps = RecordLayout.gaps(in: Record.self)
            try pages(list) { records, first in
                RecordBytes.bytes(
                    of: records.map { $0.referring(to: referred, inPageFrom: first) }[...], clearing: gaps)
            }
        }
        func pages<Record: FoldedRecord>(_ list: RecordList<Record>) throws {
            let gaps = RecordLayout.gaps(in: Record.Folded.self)
            try pages(list) { records, _ in Record.foldedBytes(of: records, clearing: gaps) }
        }
        switch kind {
        case .contracts: try pages(contracts)
        case .orders: try pages(orders)
        case .deliveries: try pages(deliveries)
        case .invoices: try pages(invoices)
        case .payments: try pages(payments)
        case .allocations: try pages(allocations)
        case .creditNotes: try pages(creditNotes)
        case .promises: try pages(promises)
        case .statements: try pages(statements)
        case .bureau: try pages(bureau)
        case .ratings: try pages(ratings)
        case .obligors, .events, .links, .rates: break
        }
    }
}

/// The records that others refer to.
struct ReferredRecords {
    let contracts: RecordList<Contract>
    let orders: RecordList<Order>
    let deliveries: RecordList<Delivery>
    let invoices: RecordList<Invoice>
    let payments: RecordList<Payment>

    init(_ ledger: TradeLedger) {
        contracts = ledger.contracts
        orders = ledger.orders
        deliveries = ledger.deliveries
        invoices = ledger.invoices
        payments = ledger.payments
    }
}

/// A record that is kept as its bytes, and can say whether these make sense.
protocol PackedRecord: AssembledRecord, BitwiseCopyable {
    /// The record with places in the page that begins with an obligor in place of those in the ledger.
    func referring(to records: ReferredRecords, inPageFrom first: Int) -> Self

    /// Whether currencies and places are such as records of a page may have.
    static func areSound(_ records: [Self], in page: LedgerPage) -> Bool
}

extension Currency {
    /// Whether three letters spell it.
    var isSound: Bool { number < 26 * 26 * 26 }
}

extension Amount {
    fileprivate var isSound: Bool { currency.isSound }
}

extension RecordList {
    /// The place of an obligor's own record in the page that begins with another obligor; −1 for none, and for others'.
    fileprivate func place(_ place: Int32, of obligor: Int32, inPageFrom first: Int) -> Int32 {
        range(of: Int(obligor)).contains(Int(place)) ? place - offsets[first] : -1
    }

    /// Whether a place is that of a record of an obligor.
    fileprivate func has(_ place: Int32, of obligor: Int32) -> Bool {
        place >= 0 && Int(place) < records.count && records[Int(place)].obligor == obligor
    }
}

extension Contract: PackedRecord {
    func referring(to records: ReferredRecords, inPageFrom first: Int) -> Contract { self }

    static func areSound(_ records: [Contract], in page: LedgerPage) -> Bool {
        records.allSatisfy { $0.limit.isSound }
    }
}

extension Order: PackedRecord {
    func referring(to records: ReferredRecords, inPageFrom first: Int) -> Order {
        var order = self
        order.contractPlace = records.contracts.place(contractPlace, of: obligor, inPageFrom: first)
        return order
    }

    static func areSound(_ records: [Order], in page: LedgerPage) -> Bool {
        let contracts = -1..<Int32(page.count(of: .contracts))
        return records.allSatisfy { $0.amount.isSound && contracts.contains($0.contractPlace) }
    }
}

extension Delivery: PackedRecord {
    func referring(to records: ReferredRecords, inPageFrom first: Int) -> Delivery {
        var delivery = self
        delivery.orderPlace = records.orders.place(orderPlace, of: obligor, inPageFrom: first)
        return delivery
    }

    static func areSound(_ records: [Delivery], in page: LedgerPage) -> Bool {
        let orders = -1..<Int32(page.count(of: .orders))
        return records.allSatisfy { orders.contains($0.orderPlace) }
    }
}

extension Invoice: PackedRecord {
    func referring(to records: ReferredRecords, inPageFrom first: Int) -> Invoice {
        var invoice = self
        invoice.contractPlace = records.contracts.place(contractPlace, of: obligor, inPageFrom: first)
        invoice.deliveryPlace = records.deliveries.place(deliveryPlace, of: obligor, inPageFrom: first)
        return invoice
    }

    static func areSound(_ records: [Invoice], in page: LedgerPage) -> Bool {
        let contracts = -1..<Int32(page.count(of: .contracts))
        let deliveries = -1..<Int32(page.count(of: .deliveries))
        return records.allSatisfy {
            $0.amount.isSound && contracts.contains($0.contractPlace)
                && deliveries.contains($0.deliveryPlace)
        }
    }
}

extension Payment: PackedRecord {
    func referring(to records: ReferredRecords, inPageFrom first: Int) -> Payment { self }

    static func areSound(_ records: [Payment], in page: LedgerPage) -> Bool {
        records.allSatisfy { $0.amount.isSound }
    }
}

extension Allocation: PackedRecord {
    func referring(to records: ReferredRecords, inPageFrom first: Int) -> Allocation {
        var allocation = self
        allocation.payment = records.payments.place(payment, of: obligor, inPageFrom: first)
        allocation.invoice = records.invoices.place(invoice, of: obligor, inPageFrom: first)
        return allocation
    }

    static func areSound(_ records: [Allocation], in page: LedgerPage) -> Bool {
        let (payments, invoices) = (page.payments, page.invoices)
        return records.allSatisfy {
            payments.has($0.payment, of: $0.obligor) && invoices.has($0.invoice, of: $0.obligor)
        }
    }
}

extension CreditNote: PackedRecord {
    func referring(to records: ReferredRecords, inPageFrom first: Int) -> CreditNote {
        var note = self
        note.invoicePlace = records.invoices.place(invoicePlace, of: obligor, inPageFrom: first)
        return note
    }

    static func areSound(_ records: [CreditNote], in page: LedgerPage) -> Bool {
        let invoices = page.invoices
        return records.allSatisfy {
            $0.amount.isSound && ($0.invoicePlace == -1 || invoices.has($0.invoicePlace, of: $0.obligor))
        }
    }
}

extension Promise: PackedRecord {
    func referring(to records: ReferredRecords, inPageFrom first: Int) -> Promise {
        var promise = self
        promise.invoicePlace = records.invoices.place(invoicePlace, of: obligor, inPageFrom: first)
        return promise
    }

    static func areSound(_ records: [Promise], in page: LedgerPage) -> Bool {
        let invoices = page.invoices
        return records.allSatisfy {
            $0.amount.isSound && ($0.invoicePlace == -1 || invoices.has($0.invoicePlace, of: $0.obligor))
        }
    }
}
