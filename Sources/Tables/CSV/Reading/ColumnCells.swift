import CKernels
import Parallelism
import Synchronization
import Vocabulary

/// An array that several threads fill at once, each in rows of its own.
///
/// Until it is finished it has no elements, only room for them: room that nobody has touched costs no memory, so
/// there may be more of it than there are rows.
@safe
final class Cells<Value: Sendable>: @unchecked Sendable {
    // Sendable holds because every row is written by the one thread that reads its block, and the array is looked
    // at only after all threads have joined.
    private var values: [Value]
    // The array's own room. It stays where it is, since this object holds the only reference to the array and
    // neither grows nor copies it. Filling through closures of all arrays at once would need a recursion as deep as
    // the table is wide; filling other memory and copying costs a quarter of the time of reading a file of numbers.
    private let base: UnsafeMutablePointer<Value>?
    private let room: Int
    /// Whether values own nothing.
    private let isPlain: Bool
    /// Rows with values that own something, to be let go if the array is never finished.
    private let owned = Mutex<[Range<Int>]>([])

    /// Room for rows.
    ///
    /// - Parameter likely: How many will be used as far as one can tell, which get large pages.
    fileprivate init(room: Int, likely: Int, isPlain: Bool) {
        var start: UnsafeMutablePointer<Value>?
        values = unsafe [Value](unsafeUninitializedCapacity: room) { elements, initialized in
            unsafe start = elements.baseAddress
            unsafe preferLargePages(
                UnsafeMutableRawBufferPointer(
                    UnsafeMutableBufferPointer(rebasing: elements[0..<min(likely, room)])))
            initialized = 0
        }
        unsafe base = start
        self.room = room
        self.isPlain = isPlain
    }

    /// Room for rows of plain values.
    convenience init(room: Int, likely: Int) where Value: BitwiseCopyable {
        self.init(room: room, likely: likely, isPlain: true)
    }

    deinit {
        guard let base = unsafe base else { return }
        for rows in owned.withLock({ $0 }) {
            // SAFETY: these rows were initialised by those who asked for them, and have not been moved away.
            unsafe (base + rows.lowerBound).deinitialize(count: rows.count)
        }
    }

    /// Rows to initialise, all of them; nobody else may ask for the same.
    func rows(_ range: Range<Int>) -> UnsafeMutableBufferPointer<Value> {
        precondition(range.lowerBound >= 0 && range.upperBound <= room, "rows \(range) of \(room)")
        guard let base = unsafe base else { return unsafe UnsafeMutableBufferPointer(start: nil, count: 0) }
        if !isPlain { owned.withLock { $0.append(range) } }
        return unsafe UnsafeMutableBufferPointer(start: base + range.lowerBound, count: range.count)
    }

    /// The first rows, which must all have been initialised, as an array; nothing may be written afterwards.
    func finish(rows: Int) -> [Value] {
        precondition(rows <= room, "\(rows) rows in room for \(room)")
        values.append(addingCapacity: rows) { span in
            // SAFETY: there is room for the rows where they are, so that the array has not been moved.
            unsafe span.withUnsafeMutableBufferPointer { elements, initialized in
                unsafe precondition(rows == 0 || elements.baseAddress == base, "the cells have moved")
                initialized = rows
            }
        }
        owned.withLock { $0 = [] }
        let finished = values
        values = []
        return finished
    }
}

/// The values of a column while they are being read.
enum ColumnCells: Sendable {
    case double(Cells<Double>)
    case float(Cells<Float>)
    case integer(Cells<Int64>)
    case category(Cells<UInt32>)
    case day(Cells<CalendarDay>)
    case flag(Cells<UInt8>)
    case text(Cells<String?>)

    init(_ type: ColumnType, _ room: RecordRoom) {
        self =
            switch type {
            case .double: .double(Cells(room: room.rows, likely: room.likely))
            case .float: .float(Cells(room: room.rows, likely: room.likely))
            case .integer: .integer(Cells(room: room.rows, likely: room.likely))
            case .category: .category(Cells(room: room.rows, likely: room.likely))
            case .day: .day(Cells(room: room.rows, likely: room.likely))
            case .flag: .flag(Cells(room: room.rows, likely: room.likely))
            case .text: .text(Cells(room: room.rows, likely: room.likely, isPlain: false))
            }
    }
}

/// How many records columns have room for.
struct RecordRoom: Sendable {
    /// The most that fit.
    let rows: Int
    /// How many there are as far as one can tell.
    let likely: Int
    /// Whether there cannot be more.
    let isCertain: Bool

    /// Room for as many as there are.
    init(exactly rows: Int) {
        self.init(rows: rows, likely: rows, isCertain: true)
    }

    init(rows: Int, likely: Int, isCertain: Bool) {
        self.rows = rows
        self.likely = likely
        self.isCertain = isCertain
    }
}

/// The values of a column in one block.
struct CellPart: Sendable {
    let cells: ColumnCells
    /// Where they belong.
    let rows: Range<Int>
}

extension ColumnCells {
    /// The values of all blocks in one piece; the parts are let go one after the other.
    init(_ type: ColumnType, joining parts: inout [CellPart], rows: Int, noting freed: inout FreedMemory) {
        self.init(type, RecordRoom(exactly: rows))
        parts.sort { $0.rows.lowerBound > $1.rows.lowerBound }
        while let part = parts.popLast() {
            switch (self, part.cells) {
            case (.double(let all), .double(let some)): freed.note(all.take(some, to: part.rows))
            case (.float(let all), .float(let some)): freed.note(all.take(some, to: part.rows))
            case (.integer(let all), .integer(let some)): freed.note(all.take(some, to: part.rows))
            case (.category(let all), .category(let some)): freed.note(all.take(some, to: part.rows))
            case (.day(let all), .day(let some)): freed.note(all.take(some, to: part.rows))
            case (.flag(let all), .flag(let some)): freed.note(all.take(some, to: part.rows))
            case (.text(let all), .text(let some)): freed.note(all.take(some, to: part.rows))
            default: preconditionFailure("a block of another type")
            }
        }
    }
}

extension Cells {
    /// Moves all rows of other cells to rows of these, and returns how many bytes that is.
    fileprivate func take(_ other: Cells, to rows: Range<Int>) -> Int {
        let values = other.finish(rows: rows.count)
        // SAFETY: both have these rows, those of the other cells initialised and these not.
        unsafe values.withUnsafeBufferPointer { values in
            _ = unsafe self.rows(rows).initialize(from: values)
        }
        return rows.count * MemoryLayout<Value>.stride
    }
}

/// Memory in small pieces that has been let go and should go back to the system.
struct FreedMemory {
    /// How much may wait for that.
    ///
    /// What has been let go counts as the process's own until then, beside what has taken its place. Giving it back
    /// takes a walk over all free pieces, some tenths of a millisecond.
    private static let most = 1 << 23

    private var bytes = 0

    /// Notes some more, and now and then gives it back.
    mutating func note(_ more: Int) {
        bytes += more
        if bytes < Self.most { return }
        bytes = 0
        obligor_return_free_memory()
    }
}
