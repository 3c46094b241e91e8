import Vocabulary

// Everything else, field by field.
extension BlockReader {
    func readLevels(
        _ plan: ColumnPlan, _ segment: TextBlock.Segment, of block: TextBlock,
        into codes: UnsafeMutableBufferPointer<UInt32>, levels: inout LevelIndex
    ) throws(Fault) {
        let isClosed = plan.schema.levels != nil && plan.schema.unseenLevels == .refuse
        let bad = block.withFields { text, ends -> Int? in
            let places = FieldPlaces(plan.field, segment)
            for row in 0..<segment.rowCount {
                let field = places.field(row, text, ends)
                let said = text.extracting(field.content)
                if !field.isQuoted, plan.markers.contains(said) {
                    unsafe codes[row] = Column.missingCode
                } else if field.hasDoubledMarks {
                    let halved = FieldText.halved(said)
                    guard !isClosed || levels.find(halved.span) != nil else { return row }
                    unsafe codes[row] = levels.number(of: halved.span)
                } else if isClosed {
                    guard let code = levels.find(said) else { return row }
                    unsafe codes[row] = code
                } else {
                    unsafe codes[row] = levels.number(of: said)
                }
            }
            return nil
        }
        guard let bad else { return }
        let known = plan.schema.levels ?? []
        let shown = known.prefix(8).map { "'\(TableError.shortened($0))'" }.joined(separator: ", ")
        throw Fault(
            row: segment.firstRow + bad,
            expected: "one of \(known.count) levels (\(shown)\(known.count > 8 ? ", …" : ""))")
    }

    func readDays(
        _ plan: ColumnPlan, _ segment: TextBlock.Segment, of block: TextBlock,
        into days: UnsafeMutableBufferPointer<CalendarDay>
    ) throws(Fault) {
        let bad = block.withFields { text, ends -> Int? in
            let places = FieldPlaces(plan.field, segment)
            for row in 0..<segment.rowCount {
                let field = places.field(row, text, ends)
                let said = text.extracting(field.content)
                let trimmed = said.extracting(FieldText.trimmed(said))
                if let day = plan.schema.dayFormat.day(trimmed) {
                    unsafe days[row] = day
                } else if plan.markers.contains(trimmed) {
                    unsafe days[row] = Column.missingDay
                } else {
                    return row
                }
            }
            return nil
        }
        if let bad {
            throw Fault(
                row: segment.firstRow + bad,
                expected: "a calendar day written as \(plan.schema.dayFormat.pattern)")
        }
    }

    func readFlags(
        _ plan: ColumnPlan, _ segment: TextBlock.Segment, of block: TextBlock,
        into flags: UnsafeMutableBufferPointer<UInt8>
    ) throws(Fault) {
        let bad = block.withFields { text, ends -> Int? in
            let places = FieldPlaces(plan.field, segment)
            for row in 0..<segment.rowCount {
                let field = places.field(row, text, ends)
                let said = text.extracting(field.content)
                let trimmed = said.extracting(FieldText.trimmed(said))
                if plan.markers.contains(trimmed) {
                    unsafe flags[row] = Column.missingFlag
                } else if let flag = FlagWord.value(trimmed), !plan.isGuess || FlagWord.isPlain(trimmed) {
                    unsafe flags[row] = flag
                } else {
                    return row
                }
            }
            return nil
        }
        if let bad {
            throw Fault(row: segment.firstRow + bad, expected: "true or false (or yes and no, 1 and 0)")
        }
    }

    func readTexts(
        _ plan: ColumnPlan, _ segment: TextBlock.Segment, of block: TextBlock,
        into texts: UnsafeMutableBufferPointer<String?>
    ) throws(Fault) {
        block.withFields { text, ends in
            let places = FieldPlaces(plan.field, segment)
            for row in 0..<segment.rowCount {
                let field = places.field(row, text, ends)
                let said = text.extracting(field.content)
                if !field.isQuoted, plan.markers.contains(said) {
                    unsafe texts[row] = nil
                } else if field.hasDoubledMarks {
                    unsafe texts[row] = String(decoding: FieldText.halved(said), as: UTF8.self)
                } else {
                    unsafe texts[row] = said.withUnsafeBufferPointer {
                        unsafe String(decoding: $0, as: UTF8.self)
                    }
                }
            }
        }
    }
}
