import Parallelism
import Synchronization

/// Consecutive records of a stream.
public struct TableBlock: Sendable {
    /// Which block of the stream this is, from 0.
    public let number: Int
    /// The row of the first record in the whole stream, from 0.
    public let firstRow: Int
    /// The records.
    public let table: Table
    /// The columns that are only carried on, by name.
    public let carried: [String: CarriedTexts]
    /// Where the records stand in the file.
    public let lines: RecordLines
    /// The values that cannot be read, which the table has as missing, if the options say that they are noted.
    public let unread: [UnreadField]

    /// A field that cannot be read as its column's schema says.
    public struct UnreadField: Sendable, Hashable {
        /// The record, counted in the block.
        public let row: Int
        /// The column.
        public let column: String
    }
}

/// Reads a CSV file in one pass, as consecutive blocks of records that all have the same columns.
///
/// The types come from the schema alone, since a stream cannot go back: a column of which it says nothing is text. The
/// rest is as for ``CSVReader``. Blocks are read ahead by several threads, a few per thread, and come in order; memory
/// does not grow with the file. Where the blocks are cut depends on the bytes of the file alone.
///
/// Where the decimal mark is to be found out, the first block decides: it is a comma if any number column has
/// decimal commas there and none has points.
public final class CSVStream {
    /// The columns of every block's table.
    public let schema: Schema

    /// The byte that separates fields.
    public var delimiter: UInt8 { reader.head.delimiter }

    private let plans: [ColumnPlan]
    /// Columns of text that are not read into tables.
    private let carried: Set<String>
    private let reader: BlockReader
    private let cutter: SharedCutter
    private let workers: Workers
    private let blockSize: Int
    private let badValues: CSVOptions.BadValues
    /// Blocks to use again.
    private var spare: [TextBlock] = []
    /// A block that has been cut but not read.
    private var waiting: TextBlock?
    private var ready: ArraySlice<TableBlock> = []
    /// How many blocks have been read.
    private var blocksRead = 0
    private var failure: TableError?

    /// Opens an input and reads its header.
    ///
    /// - Throws: ``TableError`` for what is wrong with the header, or a column of the schema that is not there.
    public init(_ input: CSVInput, _ options: CSVOptions = CSVOptions()) throws(TableError) {
        let cutter = try BlockCutter(
            CSVOpening.sequential(input, options), file: input.name, options: options)
        let planner = ColumnPlanner(head: cutter.head, options: options)
        let wanted = try planner.wanted().map { column in
            ColumnPlanner.Wanted(
                field: column.field, name: column.name,
                stated: column.stated ?? ColumnSchema(name: column.name, type: .text))
        }
        reader = BlockReader(head: cutter.head)
        var first: TextBlock?
        var traits: ColumnTraits = []
        if planner.marks.count > 1, wanted.contains(where: { $0.stated?.type.isNumeric ?? false }) {
            let block = TextBlock(capacity: options.blockSize)
            if try cutter.next(into: block) {
                for column in wanted where column.stated?.type.isNumeric ?? false {
                    let plan = planner.plan(column, [])
                    traits.formUnion(reader.traits(plan, of: block, marks: planner.marks))
                }
                first = block
            }
        }
        plans = wanted.map { planner.plan($0, traits) }
        let carried = options.carried
        self.carried = carried
        schema = Schema(
            unchecked: plans.map(\.schema).filter { $0.type != .text || !carried.contains($0.name) })
        self.cutter = SharedCutter(cutter)
        workers = options.workers
        waiting = first
        blockSize = options.blockSize
        badValues = options.badValues
    }
}

extension CSVStream {
    /// The next block, or `nil` at the end.
    ///
    /// - Throws: The first thing wrong with the file behind the blocks handed out so far, as a ``TableError``.
    public func next() throws(TableError) -> TableBlock? {
        if ready.isEmpty {
            if let failure { throw failure }
            let (blocks, failure) = round()
            ready = blocks[...]
            self.failure = failure
            if ready.isEmpty, let failure { throw failure }
        }
        return ready.popFirst()
    }

    /// Transforms every block on the threads that read them and hands on the results in order.
    ///
    /// Reading, transforming and handing on go through the file together, so a whole file can be scored with the
    /// memory of a few blocks.
    ///
    /// - Parameters:
    ///   - transform: Called from several threads at once.
    ///   - handOn: Called on the caller's thread, in the order of the blocks.
    /// - Throws: What either of them throws, or a ``TableError`` of the file; everything before it has been handed on.
    public func forEach<Output: Sendable>(
        _ transform: @Sendable (TableBlock) throws -> Output, handOn: (Output) throws -> Void
    ) throws {
        while let block = ready.popFirst() { try handOn(try transform(block)) }
        if let failure { throw failure }
        let source = supply()
        let first = blocksRead
        try workers.inOrder(ahead: 4 * workers.threads) {
            source.next { block in Result { try transform(block) } }.map { ($0.number - first, $0.outcome) }
        } handOn: { outcome in
            switch outcome {
            case .success(let output):
                blocksRead += 1
                try handOn(try output.get())
            case .failure(let error):
                failure = error
                throw error
            }
        }
        spare = source.spare.withLock { $0 }
    }

    /// Reads the next blocks, a few per thread.
    ///
    /// - Returns: The blocks in order, and what is wrong with the one behind them.
    private func round() -> (blocks: [TableBlock], failure: TableError?) {
        // With several blocks per thread, none waits long for the slowest of a round.
        let wanted = workers.threads == 1 ? 1 : 8 * workers.threads
        let source = supply()
        let outcomes = workers.map(wanted) { _ in source.next(\.self) }
        spare = source.spare.withLock { $0 }
        var blocks: [TableBlock] = []
        for (_, outcome) in outcomes.compactMap(\.self).sorted(by: { $0.number < $1.number }) {
            switch outcome {
            case .success(let block):
                blocksRead += 1
                blocks.append(block)
            case .failure(let error): return (blocks, error)
            }
        }
        return (blocks, nil)
    }

    /// The blocks that have not been read.
    private func supply() -> BlockSupply {
        defer { waiting = nil }
        return BlockSupply(
            cutter: cutter, reader: reader, plans: plans, carried: carried, first: waiting,
            blockSize: blockSize, badValues: badValues, spare: spare)
    }
}

/// Blocks for the threads of one round.
private final class BlockSupply: Sendable {
    let cutter: SharedCutter
    let reader: BlockReader
    let plans: [ColumnPlan]
    let carried: Set<String>
    let blockSize: Int
    let badValues: CSVOptions.BadValues
    /// Blocks to use again.
    let spare: Mutex<[TextBlock]>
    /// A block that has already been cut.
    private let first: Mutex<TextBlock?>
    private let isOver = Atomic(false)

    init(
        cutter: SharedCutter, reader: BlockReader, plans: [ColumnPlan], carried: Set<String>,
        first: TextBlock?, blockSize: Int, badValues: CSVOptions.BadValues, spare: [TextBlock]
    ) {
        self.cutter = cutter
        self.reader = reader
        self.plans = plans
        self.carried = carried
        self.blockSize = blockSize
        self.badValues = badValues
        self.spare = Mutex(spare)
        self.first = Mutex(first)
    }

    /// Reads the next block and passes it on; `nil` if there is none.
    func next<Output>(
        _ body: (TableBlock) -> Output
    ) -> (number: Int, outcome: Result<Output, TableError>)? {
        let block: TextBlock
        if let cut = first.withLock({ $0.take() }) {
            block = cut
        } else {
            block = spare.withLock { $0.popLast() } ?? TextBlock(capacity: blockSize)
            do throws(TableError) {
                guard try cutter.next(into: block, unless: { isOver.load(ordering: .relaxed) }) else {
                    isOver.store(true, ordering: .relaxed)
                    return nil
                }
            } catch {
                isOver.store(true, ordering: .relaxed)
                return (block.number, .failure(error))
            }
        }
        defer { spare.withLock { $0.append(block) } }
        do throws(TableError) {
            let (table, carried, unread) = try read(block)
            return (
                block.number,
                .success(
                    body(
                        TableBlock(
                            number: block.number, firstRow: block.firstRow, table: table, carried: carried,
                            lines: block.recordLines(columns: reader.head.names.count), unread: unread)))
            )
        } catch {
            isOver.store(true, ordering: .relaxed)
            return (block.number, .failure(error))
        }
    }

    private func read(
        _ block: TextBlock
    ) throws(TableError) -> (Table, carried: [String: CarriedTexts], unread: [TableBlock.UnreadField]) {
        try reader.refuseBadText(block)
        var unread: [TableBlock.UnreadField] = []
        var columns: [Column] = []
        var carriedTexts: [String: CarriedTexts] = [:]
        var first: (fault: BlockReader.Fault, plan: ColumnPlan)?
        for plan in plans {
            if plan.schema.type == .text, carried.contains(plan.schema.name) {
                carriedTexts[plan.schema.name] = reader.carried(plan, of: block)
                continue
            }
            let cells = ColumnCells(plan.schema.type, RecordRoom(exactly: block.rowCount))
            var levels = plan.levels
            var faults: [BlockReader.Fault]? = badValues == .note ? [] : nil
            do throws(BlockReader.Fault) {
                try reader.read(
                    plan, of: block, into: cells, firstRow: 0, levels: &levels, noting: &faults)
                for fault in faults ?? [] {
                    unread.append(.init(row: fault.row, column: plan.schema.name))
                }
            } catch {
                if first.map({ (error.row, plan.field.index) < ($0.fault.row, $0.plan.field.index) }) ?? true
                {
                    first = (error, plan)
                }
                continue
            }
            let stated = plan.schema.levels ?? []
            let values = cells.finish(
                rows: block.rowCount, [LevelMerge.Part(rows: 0..<block.rowCount, numbering: 0)],
                [levels.levels(from: stated.count)], stated: stated)
            columns.append(Column(name: plan.schema.name, values: values))
        }
        if let (fault, plan) = first { throw reader.error(fault, plan, in: block) }
        if let failure = block.failure { throw failure }
        return (Table(unchecked: columns, rowCount: block.rowCount), carriedTexts, unread)
    }
}
