/// Reads the columns of a block into their cells.
struct BlockReader: Sendable {
    let head: CSVHead

    /// A value that cannot be taken.
    struct Fault: Error {
        /// Its record, counted in the block.
        let row: Int
        /// What is expected instead.
        let expected: String
    }

    /// Reads one column of a block.
    ///
    /// - Parameters:
    ///   - cells: Where to, of the type that the plan states.
    ///   - firstRow: The row of the block's first record there.
    ///   - levels: The levels of a category, those stated in the plan first; new ones are added.
    func read(
        _ plan: ColumnPlan, of block: TextBlock, into cells: ColumnCells, firstRow: Int,
        levels: inout LevelIndex
    ) throws(Fault) {
        var none: [Fault]?
        try read(plan, of: block, into: cells, firstRow: firstRow, levels: &levels, noting: &none)
    }

    /// Reads one column of a block; values that cannot be taken are noted and left missing, if there is a list for
    /// them.
    func read(
        _ plan: ColumnPlan, of block: TextBlock, into cells: ColumnCells, firstRow: Int,
        levels: inout LevelIndex, noting faults: inout [Fault]?
    ) throws(Fault) {
        for segment in block.segments {
            let start = firstRow + segment.firstRow
            let rows = start..<start + segment.rowCount
            switch cells {
            case .double(let cells):
                try unsafe readNumbers(plan, segment, of: block, into: cells.rows(rows), noting: &faults)
            case .float(let cells):
                try unsafe readNumbers(plan, segment, of: block, into: cells.rows(rows), noting: &faults)
            case .integer(let cells):
                try unsafe readNumbers(plan, segment, of: block, into: cells.rows(rows), noting: &faults)
            case .category(let cells):
                try unsafe readLevels(
                    plan, segment, of: block, into: cells.rows(rows), levels: &levels, noting: &faults)
            case .day(let cells):
                try unsafe readDays(plan, segment, of: block, into: cells.rows(rows), noting: &faults)
            case .flag(let cells):
                try unsafe readFlags(plan, segment, of: block, into: cells.rows(rows), noting: &faults)
            case .text(let cells): unsafe readTexts(plan, segment, of: block, into: cells.rows(rows))
            }
        }
    }
}

extension BlockReader {
    /// The forms of the values of one column of a block.
    func traits(_ plan: ColumnPlan, of block: TextBlock, marks: [UInt8]) -> ColumnTraits {
        var traits: ColumnTraits = []
        for segment in block.segments {
            block.withFields { text, ends in
                let places = FieldPlaces(plan.field, segment)
                for row in 0..<segment.rowCount {
                    let field = places.field(row, text, ends)
                    let said = text.extracting(field.content)
                    let trimmed = said.extracting(FieldText.trimmed(said))
                    // A quoted marker is data for words and missing for all else: it decides nothing.
                    if plan.markers.contains(trimmed) || Self.isNaN(trimmed) { continue }
                    traits.formUnion(ColumnTraits(of: trimmed, marks: marks))
                }
            }
        }
        return traits
    }

    /// A fault as an error with its place.
    func error(_ fault: Fault, _ plan: ColumnPlan, in block: TextBlock) -> TableError {
        var value = ""
        var offset = 0
        for segment in block.segments
        where fault.row >= segment.firstRow && fault.row < segment.firstRow + segment.rowCount {
            block.withFields { text, ends in
                let places = FieldPlaces(plan.field, segment)
                let field = places.field(fault.row - segment.firstRow, text, ends)
                offset = field.content.lowerBound
                // Enough for a message.
                let shown = field.content.lowerBound..<min(field.content.upperBound, offset + 400)
                let said = text.extracting(shown)
                value = FieldText.string(said, isQuoted: field.isQuoted)
            }
        }
        return .badValue(
            file: head.file, line: block.firstLine + block.lineFeeds(before: offset),
            column: plan.schema.name,
            value: TableError.shortened(value), expected: fault.expected)
    }
}
