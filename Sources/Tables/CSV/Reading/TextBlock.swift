import CKernels
import Vocabulary

/// Whole records of a file, and where their fields end; one per thread, used again and again.
///
/// Offsets count from the first byte of the block.
final class TextBlock: @unchecked Sendable {
    // Sendable holds because a block belongs to one thread at a time: whoever takes it from a supply.

    /// Readable bytes that the kernels need around a text.
    private static let padding = 64

    /// The text, with padding before and behind.
    private var storage: [UInt8]
    /// Room for indices of rows.
    var scratch: [UInt32] = []
    /// Ends of fields: delimiters and line feeds outside quotes, after one that stands for the byte before the
    /// text.
    private(set) var ends: [UInt32]
    /// How many bytes fit.
    private(set) var capacity: Int
    /// How many bytes there are.
    private(set) var length = 0

    /// Which block of the file this is, from 0.
    var number = 0
    /// The row of the first record, from 0.
    var firstRow = 0
    /// The line of the first byte, from 1.
    var firstLine = 1
    /// How many lines the records take, blank lines included.
    var lineCount = 0
    /// How many records there are.
    var rowCount = 0
    /// Where the records are, without blank lines.
    var segments: [Segment] = []
    /// Whether a byte is beyond ASCII.
    var isWide = false
    /// What is wrong behind the last record.
    var failure: TableError?

    /// Records that follow each other without anything between them.
    struct Segment {
        /// The end of the first field of the first record, as an index of `ends`.
        let firstEnd: Int
        /// The first record, counted in the block.
        let firstRow: Int
        /// How many there are.
        let rowCount: Int
    }

    init(capacity: Int) {
        self.capacity = capacity
        storage = [UInt8](repeating: 0, count: capacity + 2 * Self.padding)
        ends = [UInt32](repeating: 0, count: capacity + 1 + Self.padding)
        ends[0] = .max
    }
}

extension TextBlock {
    /// Forgets the text, but not its room.
    func removeAll() {
        length = 0
        rowCount = 0
        segments.removeAll(keepingCapacity: true)
        isWide = false
        failure = nil
    }

    /// Makes room for at least this many bytes.
    func reserve(_ wanted: Int) {
        guard wanted > capacity else { return }
        storage += [UInt8](repeating: 0, count: wanted - capacity)
        ends += [UInt32](repeating: 0, count: wanted - capacity)
        capacity = wanted
    }

    /// Adds bytes at the end.
    func append(_ bytes: ArraySlice<UInt8>) {
        reserve(length + bytes.count)
        // Replacing a part of an array moves all that lies behind it.
        var place = Self.padding + length
        for byte in bytes {
            storage[place] = byte
            place += 1
        }
        length += bytes.count
    }

    /// Adds bytes of a source until there are `target`, and says whether there are that many.
    func fill(from source: any ByteSource, to target: Int) throws(TableError) -> Bool {
        reserve(target)
        guard length < target else { return true }
        let start = Self.padding + length
        length += try source.read(into: &storage, from: start, to: Self.padding + target)
        return length == target
    }

    /// Adds bytes of a random-access store, at most up to the capacity.
    func fill(from store: any RandomAccessBytes, at offset: Int, count: Int) throws(TableError) {
        reserve(length + count)
        length += try store.read(at: offset, into: &storage, from: Self.padding + length, count: count)
    }

    /// Leaves out everything from an offset on.
    func truncate(to length: Int) {
        self.length = length
    }

    /// Bytes of the text, copied: a slice of the storage would make the next change copy all of it.
    func bytes(_ range: Range<Int>) -> ArraySlice<UInt8> {
        Array(storage[Self.padding + range.lowerBound..<Self.padding + range.upperBound])[...]
    }

    /// Looks at the text.
    func withText<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let storage = storage
        return try body(storage.span.extracting(Self.padding..<Self.padding + length))
    }

    /// Looks at the text and the ends of its fields.
    func withFields<Result>(_ body: (_ text: Span<UInt8>, _ ends: Span<UInt32>) -> Result) -> Result {
        let ends = ends
        return withText { text in body(text, ends.span) }
    }

    /// The lines of the records.
    ///
    /// - Parameter columns: Fields of a record.
    func recordLines(columns: Int) -> RecordLines {
        if lineCount == rowCount { return RecordLines(firstLine: firstLine, starts: nil) }
        var starts: [Int] = []
        starts.reserveCapacity(rowCount)
        withFields { text, ends in
            var line = firstLine
            var offset = 0
            for segment in segments {
                for row in 0..<segment.rowCount {
                    let start = Int(ends[segment.firstEnd + row * columns - 1] &+ 1)
                    while offset < start {
                        if text[offset] == UInt8(ascii: "\n") { line += 1 }
                        offset += 1
                    }
                    starts.append(line)
                }
            }
        }
        return RecordLines(firstLine: firstLine, starts: starts)
    }

    /// Line feeds before an offset, inside quotes or not.
    func lineFeeds(before offset: Int) -> Int {
        storage[Self.padding..<Self.padding + offset].count { $0 == UInt8(ascii: "\n") }
    }
}

// The kernels.
extension TextBlock {
    static let level = obligor_csv_instructions()

    /// Counts line breaks and quotation marks.
    func counts() -> obligor_csv_facts {
        // SAFETY: `length` bytes and 64 more of padding lie behind the start.
        unsafe storage.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return obligor_csv_facts() }
            return unsafe obligor_csv_count(Self.level, base + Self.padding, length)
        }
    }

    /// Finds the ends of all fields, and returns how many there are and what else was found.
    func index(delimiter: UInt8) -> (count: Int, facts: obligor_csv_facts) {
        var facts = obligor_csv_facts()
        // SAFETY: as above; `ends` has room for one entry per byte, 64 more, and the one in front.
        let count = unsafe storage.withUnsafeBufferPointer { bytes in
            unsafe ends.withUnsafeMutableBufferPointer { ends in
                guard let base = bytes.baseAddress, let first = ends.baseAddress else { return 0 }
                return unsafe obligor_csv_index(
                    Self.level, base + Self.padding, length, delimiter, first + 1, &facts)
            }
        }
        return (count, facts)
    }

    /// Reads the plain numbers of one column of a segment, and returns how many rows in `scratch` are left.
    ///
    /// - Parameters:
    ///   - column: Which field of the record, of how many.
    ///   - level: The instructions to use.
    ///   - values: Room for the segment's rows.
    func readPlain<Value: PlainNumber>(
        _ segment: Segment, column: (index: Int, count: Int), decimal: UInt8,
        level: obligor_instructions = TextBlock.level, into values: UnsafeMutableBufferPointer<Value>
    ) -> Int {
        unsafe read(segment, column, decimal: decimal, into: values) { fields, values, left in
            unsafe Value.readPlain(level, fields, values, left)
        }
    }

    /// Looks up the words of one column of a segment, and returns how many rows in `scratch` are left.
    func readWords(
        _ segment: Segment, column: (index: Int, count: Int), _ words: WordTable,
        into codes: UnsafeMutableBufferPointer<UInt32>
    ) -> Int? {
        unsafe words.withPlaces { places, mask in
            unsafe read(segment, column, into: codes) { fields, codes, left in
                unsafe obligor_csv_words(fields, places, mask, codes, left)
            }
        }
    }

    /// Reads the days in ISO 8601 of one column of a segment, and returns how many rows in `scratch` are left.
    func readDays(
        _ segment: Segment, column: (index: Int, count: Int),
        into days: UnsafeMutableBufferPointer<CalendarDay>
    ) -> Int {
        // SAFETY: a day is its number and nothing else.
        unsafe days.withMemoryRebound(to: Int32.self) { days in
            unsafe read(segment, column, into: days) { fields, days, left in
                unsafe obligor_csv_days(fields, days, left)
            }
        }
    }

    /// Reads the flags of one column of a segment, and returns how many rows in `scratch` are left.
    ///
    /// - Parameter allWords: Whether other words than true and false are read.
    func readFlags(
        _ segment: Segment, column: (index: Int, count: Int), allWords: Bool,
        into flags: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        unsafe read(segment, column, into: flags) { fields, flags, left in
            unsafe obligor_csv_flags(fields, allWords ? 1 : 0, flags, left)
        }
    }

    /// Calls a kernel with the fields of one column of a segment and the places for their values and for the rows
    /// that it leaves, and returns how many it has left.
    private func read<Value>(
        _ segment: Segment, _ column: (index: Int, count: Int), decimal: UInt8 = 0,
        into values: UnsafeMutableBufferPointer<Value>,
        _ kernel: (obligor_csv_fields, UnsafeMutablePointer<Value>, _ left: UnsafeMutablePointer<UInt32>) ->
            Int
    ) -> Int {
        precondition(values.count == segment.rowCount, "room for \(values.count) of \(segment.rowCount) rows")
        if scratch.count < segment.rowCount { scratch = [UInt32](repeating: 0, count: segment.rowCount) }
        guard let first = values.baseAddress else { return 0 }
        // SAFETY: the segment's ends were found in this text, the entry before its first one exists, and `values`
        // and `scratch` have room for its rows.
        return unsafe storage.withUnsafeBufferPointer { bytes in
            unsafe ends.withUnsafeBufferPointer { ends in
                unsafe scratch.withUnsafeMutableBufferPointer { left in
                    guard let text = bytes.baseAddress, let end = ends.baseAddress,
                        let left = left.baseAddress
                    else { return 0 }
                    let fields = unsafe obligor_csv_fields(
                        text: text + Self.padding, ends: end + segment.firstEnd + column.index,
                        stride: column.count, count: segment.rowCount,
                        last: column.index == column.count - 1 ? 1 : 0, decimal: decimal)
                    return unsafe kernel(fields, first, left)
                }
            }
        }
    }
}
