import Parallelism
import Synchronization

/// One pass over a file that reads some of its columns, block by block, on several threads.
struct TablePass: Sendable {
    let opening: CSVOpening
    let planner: ColumnPlanner
    let wanted: [ColumnPlanner.Wanted]
    /// How each column is to be read; `nil` where only the forms of its values are wanted.
    let plans: [ColumnPlan?]
    /// Room for the records, where that can be told.
    ///
    /// Then blocks are read straight into columns of this length; else every block has cells of its own, which are
    /// joined at the end.
    let room: RecordRoom?
    /// Whether progress is reported.
    let reports: Bool

    /// What a pass has read.
    struct Outcome {
        /// The columns, `nil` where the plan was contradicted.
        var columns: [Column.Values?]
        /// For those, the forms of all values in blocks that contradict.
        var traits: [ColumnTraits]
        /// The number of records.
        var rows: Int
    }

    /// What the threads know together.
    private struct Progress {
        var failure: (block: Int, error: TableError)?
        /// Whether there are more records than the columns have room for.
        var isTooMuch = false
        /// Columns whose plan was contradicted, and the forms of the values that did.
        var isOpen: [Bool]
        var traits: [ColumnTraits]
        /// What each thread made of categories: their rows, block by block, and in the end their levels.
        var numbered: [[LevelMerge.Part]]
        var numberings: [[[String]]]
        var distinct: [Set<String>]
        /// The cells of blocks, where they have their own.
        var parts: [[CellPart]]
        var rows = 0
    }

    /// What one thread has for itself.
    private struct Own {
        let thread: Int
        let block: TextBlock
        /// The levels of categories in the thread's order, by the position of the column.
        var levels: [Int: LevelIndex] = [:]
        /// How many of these the others know of.
        var told: [Int: Int] = [:]
    }

    /// Reads the file.
    ///
    /// - Returns: `nil` if there was not room enough.
    /// - Throws: What is wrong with the first block that has a fault.
    func run() throws(TableError) -> Outcome? {
        let cells = plans.map { plan in
            room.flatMap { room in plan.map { ColumnCells($0.schema.type, room) } }
        }
        let threads = min(opening.options.workers.threads, max(1, room?.rows ?? .max))
        let progress = Mutex(
            Progress(
                isOpen: plans.map { $0 == nil }, traits: plans.map { _ in [] },
                numbered: plans.map { _ in [] }, numberings: plans.map { _ in [] },
                distinct: plans.map { _ in [] }, parts: plans.map { _ in [] }))
        let cutter = SharedCutter(try opening.cutter(reports: reports))
        opening.options.workers.forEach(threads) { thread in
            var own = Own(thread: thread, block: TextBlock(capacity: opening.options.blockSize))
            while true {
                do throws(TableError) {
                    let isOver = { progress.withLock { $0.failure != nil || $0.isTooMuch } }
                    guard try cutter.next(into: own.block, unless: isOver) else { break }
                    try read(&own, into: cells, progress)
                } catch {
                    progress.withLock { progress in
                        if let earlier = progress.failure, earlier.block <= own.block.number { return }
                        progress.failure = (own.block.number, error)
                    }
                    break
                }
            }
            tell(own.levels, of: thread, among: threads, progress)
        }
        return try outcome(of: cells, progress)
    }

    /// The columns, once all threads are done.
    private func outcome(
        of cells: [ColumnCells?], _ progress: borrowing Mutex<Progress>
    ) throws(TableError) -> Outcome? {
        var end = progress.withLock { progress in
            let end = progress
            progress.parts = []
            return end
        }
        if end.isTooMuch { return nil }
        if let failure = end.failure { throw failure.error }
        var freed = FreedMemory()
        var values: [Column.Values?] = []
        for (index, plan) in plans.enumerated() {
            guard !end.isOpen[index], let plan else {
                end.parts[index] = []
                values.append(nil)
                continue
            }
            let whole =
                cells[index]
                ?? ColumnCells(plan.schema.type, joining: &end.parts[index], rows: end.rows, noting: &freed)
            values.append(
                whole.finish(
                    rows: end.rows, end.numbered[index], end.numberings[index],
                    stated: plan.schema.levels ?? [], workers: opening.options.workers))
        }
        return Outcome(columns: values, traits: end.traits, rows: end.rows)
    }

    /// Reads one block.
    private func read(
        _ own: inout Own, into cells: [ColumnCells?], _ progress: borrowing Mutex<Progress>
    ) throws(TableError) {
        let block = own.block
        let reader = BlockReader(head: planner.head)
        try reader.refuseBadText(block)
        let rows = block.firstRow..<block.firstRow + block.rowCount
        if let room, rows.upperBound > room.rows {
            if room.isCertain { throw .changedWhileReading(file: planner.head.file) }
            progress.withLock { $0.isTooMuch = true }
            return
        }
        let isOpen = progress.withLock { progress in
            progress.rows = max(progress.rows, rows.upperBound)
            return progress.isOpen
        }
        var first: (fault: BlockReader.Fault, plan: ColumnPlan)?
        for (index, plan) in plans.enumerated() {
            guard let plan, !isOpen[index] else {
                note(reader, index, block, progress)
                continue
            }
            let part =
                cells[index] == nil
                ? ColumnCells(plan.schema.type, RecordRoom(exactly: block.rowCount)) : nil
            do throws(BlockReader.Fault) {
                if let cells = part ?? cells[index] {
                    let firstRow = part == nil ? block.firstRow : 0
                    if plan.schema.type == .category {
                        try reader.read(
                            plan, of: block, into: cells, firstRow: firstRow,
                            levels: &own.levels[index, default: plan.levels])
                        noteLevels(&own, index, rows, progress)
                    } else {
                        var none = LevelIndex()
                        try reader.read(
                            plan, of: block, into: cells, firstRow: firstRow, levels: &none)
                    }
                }
                if let part {
                    progress.withLock { $0.parts[index].append(CellPart(cells: part, rows: rows)) }
                }
            } catch {
                if plan.isGuess {
                    note(reader, index, block, progress)
                } else if first.map({ (error.row, plan.field.index) < ($0.fault.row, $0.plan.field.index) })
                    ?? true
                {
                    first = (error, plan)
                }
            }
        }
        if let (fault, plan) = first { throw reader.error(fault, plan, in: block) }
        if let failure = block.failure { throw failure }
    }

    /// Notes the forms of a column's values in a block that its plan does not fit.
    private func note(
        _ reader: BlockReader, _ index: Int, _ block: TextBlock, _ progress: borrowing Mutex<Progress>
    ) {
        let plan = plans[index] ?? planner.plan(wanted[index], [])
        let traits = reader.traits(plan, of: block, marks: planner.marks)
        progress.withLock { progress in
            progress.traits[index].formUnion(traits)
            progress.isOpen[index] = true
        }
    }

    /// Notes that a thread has numbered the levels of a category in some rows; too many levels contradict a guess.
    private func noteLevels(
        _ own: inout Own, _ index: Int, _ rows: Range<Int>, _ progress: borrowing Mutex<Progress>
    ) {
        let part = LevelMerge.Part(rows: rows, numbering: own.thread)
        let told = own.told[index] ?? plans[index]?.schema.levels?.count ?? 0
        let isGuess = plans[index]?.isGuess ?? false
        let new = isGuess ? own.levels[index]?.levels(from: told) ?? [] : []
        own.told[index] = told + new.count
        progress.withLock { progress in
            progress.numbered[index].append(part)
            progress.distinct[index].formUnion(new)
            if progress.distinct[index].count > CategoryRule.mostLevels {
                progress.isOpen[index] = true
                progress.traits[index].insert(.other)
            }
        }
    }

    /// Tells the others the levels of categories as a thread has numbered them.
    private func tell(
        _ levels: [Int: LevelIndex], of thread: Int, among threads: Int, _ progress: borrowing Mutex<Progress>
    ) {
        for (index, levels) in levels {
            let names = levels.levels(from: plans[index]?.schema.levels?.count ?? 0)
            progress.withLock { progress in
                if progress.numberings[index].isEmpty {
                    progress.numberings[index] = [[String]](repeating: [], count: threads)
                }
                progress.numberings[index][thread] = names
            }
        }
    }
}

extension BlockReader {
    /// Refuses a block that is not UTF-8.
    func refuseBadText(_ block: TextBlock) throws(TableError) {
        guard block.isWide, let offset = block.withText({ text in UTF8Text.firstFault(text) }) else { return }
        // The field is the first that ends behind the offset.
        var field = 0
        block.withFields { text, ends in
            for segment in block.segments {
                let places = FieldPlaces((head.names.count - 1, head.names.count), segment)
                for row in 0..<segment.rowCount where places.end(row, ends) >= offset {
                    field = places.fieldIndex(row, at: offset, ends)
                    return
                }
            }
        }
        throw .invalidUTF8(
            file: head.file, line: block.firstLine + block.lineFeeds(before: offset),
            column: head.name(ofField: field))
    }
}
