import Synchronization
import Vocabulary

/// The records of some obligors that follow each other, read from packed ones, each kind when it is first asked for.
final class LedgerPage: Sendable {
    /// The obligors' places.
    let obligors: Range<Int>
    private let number: Int
    private let reader: PackedReader
    private let contractList = ListCell<Contract>()
    private let orderList = ListCell<Order>()
    private let deliveryList = ListCell<Delivery>()
    private let invoiceList = ListCell<Invoice>()
    private let paymentList = ListCell<Payment>()
    private let allocationList = ListCell<Allocation>()
    private let creditNoteList = ListCell<CreditNote>()
    private let promiseList = ListCell<Promise>()
    private let statementList = ListCell<Statement>()
    private let bureauList = ListCell<BureauRecord>()
    private let ratingList = ListCell<Rating>()

    init(_ number: Int, by reader: PackedReader) {
        self.number = number
        self.reader = reader
        obligors = reader.index.obligors(ofPage: number)
    }

    var contracts: RecordList<Contract> { contractList.list { read() } }
    var orders: RecordList<Order> { orderList.list { read() } }
    var deliveries: RecordList<Delivery> { deliveryList.list { read() } }
    var invoices: RecordList<Invoice> { invoiceList.list { read() } }
    var payments: RecordList<Payment> { paymentList.list { read() } }
    var allocations: RecordList<Allocation> { allocationList.list { read() } }
    var creditNotes: RecordList<CreditNote> { creditNoteList.list { read() } }
    var promises: RecordList<Promise> { promiseList.list { read() } }
    var statements: RecordList<Statement> { statementList.list { read() } }
    var bureau: RecordList<BureauRecord> { bureauList.list { read() } }
    var ratings: RecordList<Rating> { ratingList.list { read() } }

    /// How many records of a kind the page has.
    func count(of kind: RecordKind) -> Int { reader.index.count(of: kind, page: number) }

    private func read<Record: PackedRecord>() -> RecordList<Record> {
        list { bytes in
            var records: [Record] = []
            guard RecordBytes.append(bytes.bytes, to: &records), Record.areSound(records, in: self) else {
                return nil
            }
            return records
        }
    }

    private func read<Record: FoldedRecord>() -> RecordList<Record> {
        list { Record.records(inFolded: $0.bytes) }
    }

    /// The list of a kind; an empty one where it cannot be read, which is noted.
    private func list<Record: AssembledRecord>(
        _ unpacked: (PackedRecords) -> [Record]?
    ) -> RecordList<Record> {
        let count = count(of: Record.kind)
        guard count > 0 else { return RecordList(emptyPage: obligors) }
        do throws(LedgerError) {
            let packed = try reader.source.packedRecords(of: Record.kind, page: number)
            guard let records = unpacked(packed), records.count == count,
                let list = RecordList(records, ofPage: obligors)
            else { throw PackedReader.doNotFit(Record.kind) }
            return list
        } catch {
            reader.note(error)
            return RecordList(emptyPage: obligors)
        }
    }
}

/// A list that is made when it is first asked for; who else asks meanwhile waits.
private struct ListCell<Record: LedgerRecord>: ~Copyable, Sendable {
    private let made = Mutex<RecordList<Record>?>(nil)

    func list(_ make: () -> RecordList<Record>) -> RecordList<Record> {
        made.withLock { made in
            if let list = made { return list }
            let list = make()
            made = list
            return list
        }
    }
}
