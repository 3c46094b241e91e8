/// Groups the fields of a block into records, and finds those with too many or too few.
struct RecordList {
    /// Fields that a record must have.
    let columns: Int
    /// The longest field allowed, in bytes.
    let fieldLimit: Int
    /// Records so far.
    private(set) var rowCount = 0
    /// Where they are.
    private(set) var segments: [TextBlock.Segment] = []

    /// A record that cannot be taken.
    struct Irregularity {
        let kind: Kind
        /// Where the fault lies.
        let offset: Int
        /// Where the record with it starts.
        let recordStart: Int

        enum Kind {
            /// It has this many fields.
            case ragged(fields: Int)
            /// This field of it is too long.
            case longField(Int)
        }
    }

    init(columns: Int, fieldLimit: Int) {
        self.columns = columns
        self.fieldLimit = fieldLimit
    }

    /// Takes all records at once if each has the right number of fields and no line is blank.
    ///
    /// If every `columns`-th end of a field is a line break, and there are no more line breaks than that, then
    /// none is elsewhere.
    mutating func takeRegular(_ text: Span<UInt8>, _ ends: Span<UInt32>, used: Int, breaks: Int) -> Bool {
        guard used == breaks * columns else { return false }
        var last = columns
        while last <= used {
            if text[Int(ends[last])] != UInt8(ascii: "\n") { return false }
            last += columns
        }
        rowCount = breaks
        if breaks > 0 { segments = [TextBlock.Segment(firstEnd: 1, firstRow: 0, rowCount: breaks)] }
        return true
    }

    /// Takes record by record, leaving out blank lines, up to the first irregular one.
    ///
    /// In a table of one column a blank line is a record whose only value is missing.
    mutating func walk(_ text: Span<UInt8>, _ ends: Span<UInt32>, used: Int) -> Irregularity? {
        var index = 1
        var segmentStart = 1
        var segmentRows = 0
        func start(of field: Int) -> Int { Int(ends[field - 1] &+ 1) }
        defer { close(segmentStart, segmentRows) }
        while index <= used {
            var last = index
            while last < used, text[Int(ends[last])] != UInt8(ascii: "\n") { last += 1 }
            let fields = last - index + 1
            let recordStart = start(of: index)
            if columns > 1, fields == 1, isBlank(text, recordStart..<Int(ends[index])) {
                close(segmentStart, segmentRows)
                index = last + 1
                segmentStart = index
                segmentRows = 0
                continue
            }
            guard fields == columns else {
                return Irregularity(
                    kind: .ragged(fields: fields), offset: recordStart, recordStart: recordStart)
            }
            for field in index...last where Int(ends[field]) - start(of: field) > fieldLimit {
                return Irregularity(
                    kind: .longField(field - index), offset: start(of: field), recordStart: recordStart)
            }
            segmentRows += 1
            index = last + 1
        }
        return nil
    }

    private mutating func close(_ firstEnd: Int, _ rows: Int) {
        guard rows > 0 else { return }
        segments.append(TextBlock.Segment(firstEnd: firstEnd, firstRow: rowCount, rowCount: rows))
        rowCount += rows
    }

    private func isBlank(_ text: Span<UInt8>, _ line: Range<Int>) -> Bool {
        line.isEmpty || (line.count == 1 && text[line.lowerBound] == UInt8(ascii: "\r"))
    }
}
