import Parallelism
import Synchronization

/// One pass over a file that reads some of its columns, block by block, on several threads.
struct TablePass: Sendable {
    let opening: CSVOpening
    let planner: ColumnPlanner
    let wanted: [ColumnPlanner.Wanted]
    /// How each column is to be read; `nil` where only the forms of its values are wanted.
    let plans: [ColumnPlan?]
    /// At least as many as there are records, where that is known.
    ///
    /// Then blocks are read straight into columns of this length; else every block has cells of its own, which are
    /// joined at the end.
    let records: Int?
    /// Whether progress is reported.
    let reports: Bool

    /// What the threads know together.
    private struct Progress {
        var failure: (block: Int, error: TableError)?
        /// Columns whose plan was contradicted, and the forms of the values that did.
        var isOpen: [Bool]
        var traits: [ColumnTraits]
        /// The levels of categories, block by block.
        var levels: [[LevelMerge.Part]]
        var distinct: [Set<String>]
        /// The cells of blocks, where they have their own.
        var parts: [[CellPart]]
        var rows = 0
    }

    /// Reads the file.
    ///
    /// - Returns: The columns, `nil` where the plan was contradicted; for those the forms of all values in blocks
    ///   that contradict; the number of records.
    /// - Throws: What is wrong with the first block that has a fault.
    func run() throws(TableError) -> ([Column.Values?], [ColumnTraits], rows: Int) {
        let cells = plans.map { plan in
            records.flatMap { records in plan.map { ColumnCells($0.schema.type, count: records) } }
        }
        let progress = Mutex(
            Progress(
                isOpen: plans.map { $0 == nil }, traits: plans.map { _ in [] }, levels: plans.map { _ in [] },
                distinct: plans.map { _ in [] }, parts: plans.map { _ in [] }))
        let cutter = SharedCutter(try opening.cutter(reports: reports))
        let threads = min(opening.options.workers.threads, max(1, records ?? .max))
        opening.options.workers.forEach(threads) { _ in
            let block = TextBlock(capacity: opening.options.blockSize)
            while true {
                do throws(TableError) {
                    let isOver = { progress.withLock { $0.failure != nil } }
                    guard try cutter.next(into: block, unless: isOver) else { return }
                    try read(block, into: cells, progress)
                } catch {
                    progress.withLock { progress in
                        if let earlier = progress.failure, earlier.block <= block.number { return }
                        progress.failure = (block.number, error)
                    }
                    return
                }
            }
        }
        var end = progress.withLock { progress in
            let end = progress
            progress.parts = []
            return end
        }
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
                whole.finish(rows: end.rows, end.levels[index], stated: plan.schema.levels ?? []))
        }
        return (values, end.traits, end.rows)
    }

    /// Reads one block.
    private func read(
        _ block: TextBlock, into cells: [ColumnCells?], _ progress: borrowing Mutex<Progress>
    ) throws(TableError) {
        let reader = BlockReader(head: planner.head)
        try reader.refuseBadText(block)
        if let records, block.firstRow + block.rowCount > records {
            throw .changedWhileReading(file: planner.head.file)
        }
        let isOpen = progress.withLock { progress in
            progress.rows = max(progress.rows, block.firstRow + block.rowCount)
            return progress.isOpen
        }
        var first: (fault: BlockReader.Fault, plan: ColumnPlan)?
        for (index, plan) in plans.enumerated() {
            guard let plan, !isOpen[index] else {
                note(reader, index, block, progress)
                continue
            }
            let own = cells[index] == nil ? ColumnCells(plan.schema.type, count: block.rowCount) : nil
            var levels = plan.levels
            do throws(BlockReader.Fault) {
                if let cells = own ?? cells[index] {
                    let firstRow = own == nil ? block.firstRow : 0
                    try reader.read(plan, of: block, into: cells, firstRow: firstRow, levels: &levels)
                }
                if plan.schema.type == .category { note(levels, index, block, progress) }
                if let own {
                    let part = CellPart(cells: own, rows: block.firstRow..<block.firstRow + block.rowCount)
                    progress.withLock { $0.parts[index].append(part) }
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

    /// Notes the levels of a category in a block; too many of them contradict a guess.
    private func note(
        _ levels: LevelIndex, _ index: Int, _ block: TextBlock, _ progress: borrowing Mutex<Progress>
    ) {
        let names = levels.levels(from: plans[index]?.schema.levels?.count ?? 0)
        let rows = block.firstRow..<block.firstRow + block.rowCount
        let isGuess = plans[index]?.isGuess ?? false
        progress.withLock { progress in
            progress.levels[index].append(LevelMerge.Part(rows: rows, levels: names))
            guard isGuess else { return }
            progress.distinct[index].formUnion(names)
            if progress.distinct[index].count > CategoryRule.mostLevels {
                progress.isOpen[index] = true
                progress.traits[index].insert(.other)
                progress.levels[index] = []
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
