/// Reads a CSV file into a table.
///
/// Follows RFC 4180: fields may be quoted, and then hold delimiters, line breaks and doubled quotation marks. Lines
/// end in LF or CRLF. A byte order mark and blank lines are skipped, except that in a table of one column a blank
/// line is a missing value. gzip is unpacked.
///
/// A quoted field is data: a category or text in quotes is never missing, not even the empty one. Numbers, days and
/// flags are read from a quoted field as from any other, spaces around them left out.
///
/// Types that the schema does not state are inferred from all values of a column, as the narrowest of whole number,
/// number, day (ISO 8601) and flag (true and false) that loses nothing; everything else is a category if it has at
/// most 20 distinct values or at most 1000 that occur twice on average, and text otherwise. Whole numbers with zeros
/// in front, or beyond 64 bits, are identifiers and therefore words. A column without any value holds missing numbers.
/// Levels of a category are sorted by their UTF-8 bytes, behind those that the schema states.
///
/// The table is the same to the last bit for any number of threads. Memory stays within one and a half times the
/// columns of the table and a buffer of 8 MiB, 2 MiB a thread and 4 KiB a column: files are read in blocks, straight
/// into columns that have room for somewhat more records than a look at some places of the file promises; should that
/// fall short, they are counted and read once more. Of a gzip file every block has columns of its own, which are joined
/// at the end. What cannot be read again, such as a pipe, goes to a temporary file first; to read that in one pass, use
/// ``CSVStream``.
public struct CSVReader: Sendable {
    /// How files are read.
    public let options: CSVOptions

    /// A reader with options.
    public init(_ options: CSVOptions = CSVOptions()) {
        self.options = options
    }

    /// Reads the file of a path.
    ///
    /// - Throws: The first thing wrong with the file, as a ``TableError`` that names the place.
    public func read(_ path: String) throws(TableError) -> Table {
        try read(.file(path))
    }

    /// Reads an input.
    ///
    /// - Throws: The first thing wrong with it, as a ``TableError`` that names the place.
    public func read(_ input: CSVInput) throws(TableError) -> Table {
        let opening = try CSVOpening(input, options)
        let cutter = try opening.cutter()
        let planner = ColumnPlanner(head: cutter.head, options: options)
        let wanted = try planner.wanted()
        let first = TextBlock(capacity: options.blockSize)
        _ = try cutter.next(into: first)
        let sample = ColumnSample(planner: planner, wanted: wanted, block: first)
        let guesses = wanted.indices.map { sample.guess($0) }
        func read(into room: RecordRoom?) throws(TableError) -> TablePass.Outcome? {
            try TablePass(
                opening: opening, planner: planner, wanted: wanted, plans: guesses, room: room, reports: true
            ).run()
        }
        var outcome = try read(into: opening.likelyRoom(cutter.head))
        // Where the estimate falls short, records must be counted after all.
        if outcome == nil { outcome = try read(into: opening.countedRoom(cutter.head)) }
        guard var outcome else { throw .changedWhileReading(file: cutter.head.file) }
        for index in wanted.indices { outcome.traits[index].formUnion(sample.traits[index]) }
        try refuseMixedMarks(wanted, outcome.traits, planner)

        try readAgain(&outcome, wanted, opening, planner)
        let rows = outcome.rows
        let finished = wanted.indices.map { index in
            let values = outcome.columns[index].take() ?? missing(rows: rows)
            return Column(
                name: wanted[index].name, values: wanted[index].stated == nil ? values.settled() : values)
        }
        return Table(unchecked: finished, rowCount: finished.isEmpty ? 0 : rows)
    }

    /// What reading may take at most beside one and a half times the columns of the table, in bytes.
    static func memoryBeside(columns: Int, threads: Int) -> Int {
        (8 << 20) + threads * (2 << 20) + columns * (4 << 10)
    }

    /// Reads the columns whose guess was wrong, now that the forms of all their values are known.
    private func readAgain(
        _ outcome: inout TablePass.Outcome, _ wanted: [ColumnPlanner.Wanted], _ opening: CSVOpening,
        _ planner: ColumnPlanner
    ) throws(TableError) {
        let traits = outcome.traits
        let again = wanted.indices.filter {
            outcome.columns[$0] == nil && (wanted[$0].stated != nil || !traits[$0].isEmpty)
        }
        if again.isEmpty { return }
        let pass = TablePass(
            opening: opening, planner: planner, wanted: again.map { wanted[$0] },
            plans: again.map { planner.plan(wanted[$0], traits[$0]) },
            room: RecordRoom(exactly: outcome.rows), reports: false)
        guard let second = try pass.run() else { throw .changedWhileReading(file: planner.head.file) }
        for (index, values) in zip(again, second.columns) { outcome.columns[index] = values }
    }

    private func missing(rows: Int) -> Column.Values {
        options.decimals == .float
            ? .float([Float](repeating: .nan, count: rows)) : .double([Double](repeating: .nan, count: rows))
    }

    /// Refuses a file in which some columns have decimal commas and others decimal points: one of the two would be
    /// read as thousands.
    private func refuseMixedMarks(
        _ wanted: [ColumnPlanner.Wanted], _ traits: [ColumnTraits], _ planner: ColumnPlanner
    ) throws(TableError) {
        guard planner.marks.count > 1 else { return }
        func first(with mark: ColumnTraits, without other: ColumnTraits) -> String? {
            wanted.indices.first { index in
                guard traits[index].contains(mark), !traits[index].contains(other) else { return false }
                if let stated = wanted[index].stated { return stated.type.isNumeric }
                if case .decimal = traits[index].reading(mark: options.decimalMark) { return true }
                return false
            }.map { wanted[$0].name }
        }
        if let comma = first(with: .comma, without: .point), let point = first(with: .point, without: .comma)
        {
            throw .mixedDecimalMarks(file: planner.head.file, comma: comma, point: point)
        }
    }
}

/// What the first block of a file says about its columns.
private struct ColumnSample {
    let planner: ColumnPlanner
    let wanted: [ColumnPlanner.Wanted]
    let block: TextBlock
    /// The forms of the values of each column; none for stated types, except numbers whose decimal mark is open.
    let traits: [ColumnTraits]

    init(planner: ColumnPlanner, wanted: [ColumnPlanner.Wanted], block: TextBlock) {
        self.planner = planner
        self.wanted = wanted
        self.block = block
        let reader = BlockReader(head: planner.head)
        traits = wanted.map { column in
            if let stated = column.stated, !stated.type.isNumeric || planner.marks.count == 1 { return [] }
            return reader.traits(planner.plan(column, []), of: block, marks: planner.marks)
        }
    }

    /// How a column would be read if all its values were like these.
    func guess(_ index: Int) -> ColumnPlan? {
        let column = wanted[index]
        guard column.stated == nil, traits[index].reading(mark: planner.options.decimalMark) == .words else {
            return planner.guess(column, traits[index], isCategory: false)
        }
        let plan = planner.trial(column)
        let cells = Cells<UInt32>(room: block.rowCount, likely: block.rowCount)
        var levels = plan.levels
        // Words cannot be wrong.
        try? BlockReader(head: planner.head).read(
            plan, of: block, into: .category(cells), firstRow: 0, levels: &levels)
        let values = cells.finish(rows: block.rowCount).count { $0 != Column.missingCode }
        return planner.guess(
            column, traits[index],
            isCategory: CategoryRule.isCategory(distinct: levels.count, values: values))
    }
}
