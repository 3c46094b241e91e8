public import Parallelism
public import Tables
public import Vocabulary

/// Some records of one kind, in the columns of ``RecordKind/fields``; columns that are not required may be absent.
public struct RecordBlock: Sendable {
    /// The records.
    public let table: Table
    /// What messages call the file.
    public let file: String
    /// Where the records stand in the file.
    public let lines: RecordLines
    /// Rows that the source read and made no record of, on purpose.
    public let passedOver: [CheckReport.PassedOver]
    /// Values that cannot be read; the table has them as missing.
    public let unread: [UnreadValue]

    /// A value of a record that cannot be read.
    public struct UnreadValue: Sendable, Hashable {
        /// The record, counted in its block.
        public var row: Int
        /// The column; `nil` for something else without which nothing can be said of the record.
        public var field: String?

        /// A value by row and column.
        public init(row: Int, field: String?) {
            self.row = row
            self.field = field
        }
    }

    /// A block of records.
    public init(
        table: Table, file: String, lines: RecordLines, passedOver: [CheckReport.PassedOver] = [],
        unread: [UnreadValue] = []
    ) {
        self.table = table
        self.file = file
        self.lines = lines
        self.passedOver = passedOver
        self.unread = unread
    }
}

/// Where a ledger is read from: a folder of files, files of a foreign layout, a database.
public protocol LedgerSource: Sendable {
    /// The currency that amounts are compared in, and that of rows which name none.
    var baseCurrency: Currency { get }

    /// Faults that lie with the source as a whole rather than with a record.
    func faults(_ policy: CheckPolicy) throws(LedgerError) -> [CheckReport.Entry]

    /// Goes through the records of a kind in order, block by block.
    ///
    /// - Parameters:
    ///   - scope: Which columns are needed: those of ``LedgerScope/fields(of:)``.
    ///   - transform: Called from several threads at once.
    ///   - handOn: Called on the caller's thread, in the order of the blocks.
    func forEachBlock<Output: Sendable>(
        of kind: RecordKind, in scope: LedgerScope, workers: Workers,
        _ transform: @Sendable (RecordBlock) -> Output,
        handOn: (Output) throws(LedgerError) -> Void
    ) throws(LedgerError)
}

/// A ledger of tables in memory.
public struct TableLedgerSource: LedgerSource {
    /// The currency that amounts are compared in.
    public let baseCurrency: Currency
    private let tables: [RecordKind: Table]

    /// A source of tables with the columns of ``RecordKind/fields``.
    public init(_ tables: [RecordKind: Table], baseCurrency: Currency) {
        self.tables = tables
        self.baseCurrency = baseCurrency
    }

    /// None: tables have no files.
    public func faults(_ policy: CheckPolicy) -> [CheckReport.Entry] { [] }

    /// Hands on the table of the kind in one piece.
    public func forEachBlock<Output: Sendable>(
        of kind: RecordKind, in scope: LedgerScope, workers: Workers,
        _ transform: @Sendable (RecordBlock) -> Output,
        handOn: (Output) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        guard let table = tables[kind] else { return }
        for field in kind.fields where field.isRequired && table[field.name] == nil {
            throw .table(.missingColumn(file: kind.fileName, name: field.name, available: table.names))
        }
        let block = RecordBlock(
            table: table, file: "\(kind.fileName).csv", lines: RecordLines.regular(from: 2))
        try handOn(transform(block))
    }
}
