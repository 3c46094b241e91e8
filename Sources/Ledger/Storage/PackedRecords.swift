public import Foundation
public import Parallelism
import Vocabulary

/// Some records of a kind as they lay in the memory of whoever read and checked them: in their final order, what they
/// refer to given by places, repairs made, without their ids.
///
/// A ledger is there again from them in a small part of the time that reading and checking its records takes. They hold
/// for the same records and the same layout only: keep ``layout`` and what identifies the ledger beside them.
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
        .statements,
        .bureau, .ratings, .rates,
    ]

    /// How records lie in memory, as a digest of their fields; records of another layout are of no use.
    ///
    /// The number in front grows when the same fields come to mean something else.
    public static let layout =
        "3 "
        + RecordLayout.digest([
            RecordLayout.words(of: Contract.self), RecordLayout.words(of: Order.self),
            RecordLayout.words(of: Delivery.self), RecordLayout.words(of: Invoice.self),
            RecordLayout.words(of: Payment.self), RecordLayout.words(of: Allocation.self),
            RecordLayout.words(of: CreditNote.self), RecordLayout.words(of: Promise.self),
            RecordLayout.words(of: Statement.Folded.self), RecordLayout.words(of: BureauRecord.Folded.self),
            RecordLayout.words(of: Rating.Folded.self), RecordLayout.words(of: ExchangeRate.self),
        ])
}

/// A source that has the records of large kinds also as they were left by whoever read and checked the ledger before.
public protocol PackedLedgerSource: LedgerSource {
    /// What that reading found; `nil` if there are no packed records of the ledger as it is now in this layout.
    func packedReport() throws(LedgerError) -> CheckReport?

    /// The bytes of all packed records of a kind.
    func packedSize(of kind: RecordKind) throws(LedgerError) -> Int

    /// Hands out the packed records of a kind, piece by piece in their order.
    func forEachPiece(
        of kind: RecordKind, _ body: (PackedRecords) throws(LedgerError) -> Void
    ) throws(LedgerError)
}

extension TradeLedger {
    /// Hands out the records of a kind of ``PackedRecords/kinds``, piece by piece.
    ///
    /// - Parameter size: The most records of a piece; of as many as the processor keeps at hand copies are quickest.
    public func forEachPiece(
        of kind: RecordKind, size: Int = 1 << 14, _ body: (PackedRecords) throws -> Void
    ) throws {
        func pieces<Record>(_ list: RecordList<Record>, _ bytes: (ArraySlice<Record>) -> Data) throws {
            for start in stride(from: 0, to: list.records.count, by: size) {
                let piece = list.records[start..<min(list.records.count, start + size)]
                try body(PackedRecords(kind: kind, bytes: bytes(piece)))
            }
        }
        func pieces<Record: PackedRecord>(_ list: RecordList<Record>) throws {
            try pieces(list) { RecordBytes.bytes(of: $0) }
        }
        func pieces<Record: FoldedRecord>(_ list: RecordList<Record>) throws {
            try pieces(list) { Record.foldedBytes(of: $0) }
        }
        switch kind {
        case .contracts: try pieces(contracts)
        case .orders: try pieces(orders)
        case .deliveries: try pieces(deliveries)
        case .invoices: try pieces(invoices)
        case .payments: try pieces(payments)
        case .allocations: try pieces(allocations)
        case .creditNotes: try pieces(creditNotes)
        case .promises: try pieces(promises)
        case .statements: try pieces(statements)
        case .bureau: try pieces(bureau)
        case .ratings: try pieces(ratings)
        case .rates: try pieces(rates)
        case .obligors, .events, .links: break
        }
    }

    /// The ledger of a source, kinds with many records from packed ones; the same but for the ids of those, which are
    /// not there.
    ///
    /// Nothing is checked again: the report is that of the reading from which the records were packed.
    ///
    /// - Returns: `nil` if the source has no packed records that can be used.
    /// - Throws: ``LedgerError``, also where packed records do not fit the ledger.
    public static func readPacked(
        from source: some PackedLedgerSource, workers: Workers = .allProcessors
    ) throws(LedgerError) -> CheckedLedger? {
        guard let report = try source.packedReport() else { return nil }
        return try read(packed: source, report: report, workers: workers)
    }
}

/// A record that is kept as its bytes, and can say whether these make sense.
protocol PackedRecord: AssembledRecord, BitwiseCopyable {
    /// Whether currency and places are such as a ledger may have.
    func isSound(in ledger: TradeLedger) -> Bool
}

extension Currency {
    /// Whether three letters spell it.
    var isSound: Bool { number < 26 * 26 * 26 }
}

extension Amount {
    fileprivate var isSound: Bool { currency.isSound }
}

extension RecordList {
    /// Whether a place is one of the list, or that of no record.
    fileprivate func has(orNone place: Int32) -> Bool { place >= -1 && Int(place) < records.count }

    /// Whether a place is that of a record of an obligor.
    fileprivate func has(_ place: Int32, of obligor: Int32) -> Bool {
        place >= 0 && Int(place) < records.count && records[Int(place)].obligor == obligor
    }
}

extension Contract: PackedRecord {
    func isSound(in ledger: TradeLedger) -> Bool { limit.isSound }
}

extension ExchangeRate: PackedRecord {
    func isSound(in ledger: TradeLedger) -> Bool { currency.isSound && base.isSound }
}

extension Order: PackedRecord {
    func isSound(in ledger: TradeLedger) -> Bool {
        amount.isSound && ledger.contracts.has(orNone: contractPlace)
    }
}

extension Delivery: PackedRecord {
    func isSound(in ledger: TradeLedger) -> Bool { ledger.orders.has(orNone: orderPlace) }
}

extension Invoice: PackedRecord {
    func isSound(in ledger: TradeLedger) -> Bool {
        amount.isSound && ledger.contracts.has(orNone: contractPlace)
            && ledger.deliveries.has(orNone: deliveryPlace)
    }
}

extension Payment: PackedRecord {
    func isSound(in ledger: TradeLedger) -> Bool { amount.isSound }
}

extension Allocation: PackedRecord {
    func isSound(in ledger: TradeLedger) -> Bool {
        ledger.payments.has(payment, of: obligor) && ledger.invoices.has(invoice, of: obligor)
    }
}

extension CreditNote: PackedRecord {
    func isSound(in ledger: TradeLedger) -> Bool {
        amount.isSound && (invoicePlace == -1 || ledger.invoices.has(invoicePlace, of: obligor))
    }
}

extension Promise: PackedRecord {
    func isSound(in ledger: TradeLedger) -> Bool {
        amount.isSound && (invoicePlace == -1 || ledger.invoices.has(invoicePlace, of: obligor))
    }
}
