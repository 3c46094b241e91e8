import CKernels

/// Cuts a file into blocks of whole records, in order; used by one thread at a time.
///
/// Since every block begins at the start of a record, its first byte is outside quotes, so that any thread can go
/// on with it alone. Where the cuts fall depends on the bytes only.
final class BlockCutter {
    /// What the start of the file says.
    let head: CSVHead

    private let source: any ByteSource
    private let options: CSVOptions
    /// What has been read behind the last record handed out.
    private var carried: ArraySlice<UInt8> = []
    private var sourceIsAtEnd = false
    private var isDone = false
    private var nextNumber = 0
    private var nextRow = 0
    private var nextLine: Int

    /// Starts with the head of a source.
    ///
    /// - Throws: What is wrong with the first bytes or the header.
    init(_ source: any ByteSource, file: String, options: CSVOptions) throws(TableError) {
        let reader = CSVHeadReader(file: file, options: options)
        // At least what the search for the delimiter looks at, so that the size of blocks decides nothing.
        var target = max(options.blockSize, DelimiterSearch.window + 3)
        let text = TextBlock(capacity: target)
        while true {
            let isAtEnd = try !text.fill(from: source, to: target)
            let head = try text.withText { (bytes) throws(TableError) in
                try reader.head(of: bytes, isAtEnd: isAtEnd)
            }
            if let head {
                self.head = head
                break
            }
            guard target < options.recordLimit else {
                throw .recordTooLong(file: file, line: 1, limit: options.recordLimit)
            }
            target = min(2 * target, options.recordLimit)
        }
        self.source = PrecededBytes(text.bytes(head.dataOffset..<text.length), source)
        self.options = options
        nextLine = head.firstLine
    }

    /// Fills a block with the next records; false if there are no more.
    ///
    /// A block that ends before a fault says so in its `failure`, and is the last.
    func next(into block: TextBlock) throws(TableError) -> Bool {
        block.removeAll()
        guard !isDone else { return false }
        block.number = nextNumber
        block.firstRow = nextRow
        block.firstLine = nextLine
        block.append(carried)
        let found = try fill(block)
        guard block.length > 0 else {
            isDone = true
            return false
        }
        block.isWide = found.facts.findings & UInt32(OBLIGOR_CSV_WIDE) != 0
        block.failure = found.fault?.failure
        let end = min(found.facts.behind_last_break, found.fault?.recordStart ?? .max)
        carried = block.bytes(end..<block.length)
        list(recordsBefore: end, of: block, found)
        isDone = block.failure != nil || (sourceIsAtEnd && carried.isEmpty)
        nextNumber += 1
        nextRow += block.rowCount
        block.lineCount = found.facts.line_feeds - carried.count { $0 == UInt8(ascii: "\n") }
        nextLine += block.lineCount
        return true
    }
}

extension BlockCutter {
    /// What there is in a block.
    private struct Findings {
        /// How many ends of fields.
        let count: Int
        let facts: obligor_csv_facts
        /// What is against the rules, and where the record with it starts.
        let fault: (failure: TableError, recordStart: Int)?
    }

    /// Reads until the block holds at least one record, all that is left, or a fault.
    private func fill(_ block: TextBlock) throws(TableError) -> Findings {
        var target = max(options.blockSize, block.length)
        while true {
            if !sourceIsAtEnd { sourceIsAtEnd = try !block.fill(from: source, to: target) }
            if sourceIsAtEnd { completeLastLine(block) }
            let (count, facts) = block.index(delimiter: head.delimiter)
            let fault = fault(in: block, facts)
            if facts.breaks > 0 || sourceIsAtEnd || fault != nil {
                return Findings(count: count, facts: facts, fault: fault)
            }
            target = min(max(2 * target, target + 1), options.recordLimit)
        }
    }

    /// Ends the last record of the file with a line break, if it has none.
    private func completeLastLine(_ block: TextBlock) {
        if block.length > 0, block.bytes(block.length - 1..<block.length).first != UInt8(ascii: "\n") {
            block.append([UInt8(ascii: "\n")])
        }
    }

    /// What is against the rules of CSV in a block, and where the record with it starts.
    private func fault(
        in block: TextBlock, _ facts: obligor_csv_facts
    ) -> (failure: TableError, recordStart: Int)? {
        // An odd number of quotation marks at the end of the file leaves a field open.
        let isOpen = sourceIsAtEnd && facts.behind_last_break < block.length
        if isOpen || facts.findings & ~UInt32(OBLIGOR_CSV_WIDE) != 0 {
            var scanner = RecordScanner(delimiter: head.delimiter)
            let isAtEnd = sourceIsAtEnd
            if let found = block.withText({ text in scanner.firstFault(text, isAtEnd: isAtEnd) }) {
                let line = block.firstLine + block.lineFeeds(before: found.at)
                let column = head.name(ofField: found.field)
                return (found.fault.error(file: head.file, line: line, column: column), found.recordStart)
            }
        }
        if facts.breaks == 0, !sourceIsAtEnd, let failure = excess(of: block) { return (failure, 0) }
        return nil
    }

    /// Whether a record that does not end in this block is too long, or has a field that is.
    private func excess(of block: TextBlock) -> TableError? {
        guard block.length > min(options.fieldLimit, options.recordLimit - 1) else { return nil }
        var scanner = RecordScanner(delimiter: head.delimiter)
        block.withText { text in _ = scanner.scan(text, from: 0, isAtEnd: false) }
        let fields = scanner.fields + [scanner.openFieldStart..<block.length]
        if let long = fields.firstIndex(where: { $0.count > options.fieldLimit }) {
            return .fieldTooLong(
                file: head.file, line: block.firstLine + block.lineFeeds(before: fields[long].lowerBound),
                column: head.name(ofField: long), limit: options.fieldLimit)
        }
        guard block.length >= options.recordLimit else { return nil }
        return .recordTooLong(file: head.file, line: block.firstLine, limit: options.recordLimit)
    }

    /// Notes where the records before `end` are, up to the first with too many or too few fields.
    private func list(recordsBefore end: Int, of block: TextBlock, _ found: Findings) {
        let ends = block.ends
        let columns = head.names.count
        let used = Self.fieldEnds(before: end, count: found.count, ends.span)
        var records = RecordList(columns: columns, fieldLimit: options.fieldLimit)
        let irregularity = block.withText { text in
            // Without a fault every line break lies before `end`.
            if found.fault == nil, end <= options.fieldLimit,
                records.takeRegular(text, ends.span, used: used, breaks: found.facts.breaks)
            {
                return RecordList.Irregularity?.none
            }
            return records.walk(text, ends.span, used: used)
        }
        block.rowCount = records.rowCount
        block.segments = records.segments
        block.truncate(to: end)
        guard let irregularity else { return }
        let line = block.firstLine + block.lineFeeds(before: irregularity.offset)
        block.failure =
            switch irregularity.kind {
            case .ragged(let fields):
                .raggedRow(
                    file: head.file, line: line, fields: fields, expected: columns,
                    delimiter: CSVOptions.Delimiter.shown(head.delimiter))
            case .longField(let index):
                .fieldTooLong(
                    file: head.file, line: line, column: head.name(ofField: index), limit: options.fieldLimit)
            }
        block.truncate(to: irregularity.recordStart)
    }

    /// How many of the first `count` field ends behind the one in front lie before an offset.
    private static func fieldEnds(before offset: Int, count: Int, _ ends: Span<UInt32>) -> Int {
        var lower = 0
        var upper = count
        while lower < upper {
            let middle = (lower + upper) / 2
            if ends[middle + 1] < offset { lower = middle + 1 } else { upper = middle }
        }
        return lower
    }
}
