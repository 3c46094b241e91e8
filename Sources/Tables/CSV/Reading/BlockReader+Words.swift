import Vocabulary

// Everything else: categories, days and flags by a kernel first, then what it left.
extension BlockReader {
    func readLevels(
        _ plan: ColumnPlan, _ segment: TextBlock.Segment, of block: TextBlock,
        into codes: UnsafeMutableBufferPointer<UInt32>, levels: inout LevelIndex,
        noting faults: inout [Fault]?
    ) throws(Fault) {
        let isClosed = plan.schema.levels != nil && plan.schema.unseenLevels == .refuse
        let left = unsafe block.readWords(segment, column: plan.field, levels.words, into: codes)
        let bad = unread(left, plan, segment, of: block, all: faults != nil) { row, field, said in
            let code: UInt32
            if !field.isQuoted, plan.markers.contains(said) {
                code = Column.missingCode
            } else if isClosed {
                guard let known = levels.find(said) else { return false }
                code = known
            } else {
                code = levels.number(of: said)
            }
            unsafe codes[row] = code
            levels.note(said, isQuoted: field.isQuoted, code: code)
            return true
        }
        if bad.isEmpty { return }
        let known = plan.schema.levels ?? []
        let shown = known.prefix(8).map { "'\(TableError.shortened($0))'" }.joined(separator: ", ")
        for row in bad { unsafe codes[row] = Column.missingCode }
        try note(
            bad, segment, "one of \(known.count) levels (\(shown)\(known.count > 8 ? ", …" : ""))", &faults)
    }

    /// Notes rows that could not be read, or throws the first.
    private func note(
        _ rows: [Int], _ segment: TextBlock.Segment, _ expected: String, _ faults: inout [Fault]?
    ) throws(Fault) {
        let bad = rows.map { Fault(row: segment.firstRow + $0, expected: expected) }
        if faults == nil, let first = bad.first { throw first }
        faults?.append(contentsOf: bad)
    }

    func readDays(
        _ plan: ColumnPlan, _ segment: TextBlock.Segment, of block: TextBlock,
        into days: UnsafeMutableBufferPointer<CalendarDay>, noting faults: inout [Fault]?
    ) throws(Fault) {
        let left = plan.kernel == .days ? unsafe block.readDays(segment, column: plan.field, into: days) : nil
        let bad = unread(left, plan, segment, of: block, all: faults != nil) { row, _, said in
            let trimmed = said.extracting(FieldText.trimmed(said))
            if plan.markers.contains(trimmed) {
                unsafe days[row] = Column.missingDay
            } else if let day = plan.schema.dayFormat.day(trimmed) {
                unsafe days[row] = day
            } else {
                return false
            }
            return true
        }
        if bad.isEmpty { return }
        for row in bad { unsafe days[row] = Column.missingDay }
        try note(bad, segment, "a calendar day written as \(plan.schema.dayFormat.pattern)", &faults)
    }

    func readFlags(
        _ plan: ColumnPlan, _ segment: TextBlock.Segment, of block: TextBlock,
        into flags: UnsafeMutableBufferPointer<UInt8>, noting faults: inout [Fault]?
    ) throws(Fault) {
        let left =
            plan.kernel == .none
            ? nil
            : unsafe block.readFlags(
                segment, column: plan.field, allWords: plan.kernel == .flagWords, into: flags)
        let bad = unread(left, plan, segment, of: block, all: faults != nil) { row, _, said in
            let trimmed = said.extracting(FieldText.trimmed(said))
            if plan.markers.contains(trimmed) {
                unsafe flags[row] = Column.missingFlag
            } else if let flag = FlagWord.value(trimmed), !plan.isGuess || FlagWord.isPlain(trimmed) {
                unsafe flags[row] = flag
            } else {
                return false
            }
            return true
        }
        if bad.isEmpty { return }
        for row in bad { unsafe flags[row] = Column.missingFlag }
        try note(bad, segment, "true or false (or yes and no, 1 and 0)", &faults)
    }

    /// Reads the rows that a kernel has left, or all where there is none, in order.
    ///
    /// - Parameters:
    ///   - left: How many rows of the block's scratch the kernel has left.
    ///   - read: Reads a row from its field and the text of that; false if it cannot.
    /// - Returns: The first row that could not be read, or all of them.
    private func unread(
        _ left: Int?, _ plan: ColumnPlan, _ segment: TextBlock.Segment, of block: TextBlock, all: Bool,
        _ read: (_ row: Int, _ field: FieldPlaces.Field, _ said: Span<UInt8>) -> Bool
    ) -> [Int] {
        if left == 0 { return [] }
        let others = block.scratch
        return block.withFields { text, ends in
            var rows: [Int] = []
            let places = FieldPlaces(plan.field, segment)
            for position in 0..<(left ?? segment.rowCount) {
                let row = left == nil ? position : Int(others[position])
                let field = places.field(row, text, ends)
                if read(row, field, text.extracting(field.content)) { continue }
                rows.append(row)
                if !all { break }
            }
            return rows
        }
    }

    func readTexts(
        _ plan: ColumnPlan, _ segment: TextBlock.Segment, of block: TextBlock,
        into texts: UnsafeMutableBufferPointer<String?>
    ) {
        block.withFields { text, ends in
            let places = FieldPlaces(plan.field, segment)
            for row in 0..<segment.rowCount {
                let field = places.field(row, text, ends)
                let said = text.extracting(field.content)
                let isMissing = !field.isQuoted && plan.markers.contains(said)
                unsafe texts.initializeElement(
                    at: row, to: isMissing ? nil : FieldText.string(said, isQuoted: field.isQuoted))
            }
        }
    }
}
