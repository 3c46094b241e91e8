import CKernels
import Parallelism
import Vocabulary

/// An array that several threads fill at once, each in rows of its own.
@safe
final class Cells<Value: Sendable>: @unchecked Sendable {
    // Sendable holds because every row is written by the one thread that reads its block, and the array is looked
    // at only after all threads have joined.
    private var values: [Value]
    // The array's own elements. They stay where they are, since this object holds the only reference to the array
    // and neither grows nor copies it until `finish`. Filling through closures of all arrays at once would need a
    // recursion as deep as the table is wide; filling other memory and copying costs a quarter of the time of
    // reading a file of numbers.
    private let base: UnsafeMutablePointer<Value>?
    private let count: Int

    /// Room for rows that all hold a value from the start.
    init(repeating value: Value, count: Int) {
        values = [Value](repeating: value, count: count)
        unsafe base = values.withUnsafeMutableBufferPointer { $0.baseAddress }
        self.count = count
    }

    /// Room for rows that must all be written.
    init(unwritten count: Int) where Value: BitwiseCopyable {
        values = unsafe [Value](unsafeUninitializedCapacity: count) { _, initialized in initialized = count }
        unsafe base = values.withUnsafeMutableBufferPointer { elements in
            unsafe preferLargePages(UnsafeMutableRawBufferPointer(elements))
            return elements.baseAddress
        }
        self.count = count
    }

    /// Rows to write to; no other thread may ask for the same.
    func rows(_ range: Range<Int>) -> UnsafeMutableBufferPointer<Value> {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "rows \(range) of \(count)")
        guard let base = unsafe base else { return unsafe UnsafeMutableBufferPointer(start: nil, count: 0) }
        return unsafe UnsafeMutableBufferPointer(start: base + range.lowerBound, count: range.count)
    }

    /// The first rows as an array; nothing may be written afterwards.
    func finish(rows: Int) -> [Value] {
        if rows < values.count { values.removeLast(values.count - rows) }
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

    init(_ type: ColumnType, count: Int) {
        self =
            switch type {
            case .double: .double(Cells(unwritten: count))
            case .float: .float(Cells(unwritten: count))
            case .integer: .integer(Cells(unwritten: count))
            case .category: .category(Cells(unwritten: count))
            case .day: .day(Cells(repeating: Column.missingDay, count: count))
            case .flag: .flag(Cells(unwritten: count))
            case .text: .text(Cells(repeating: nil, count: count))
            }
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
        self.init(type, count: rows)
        parts.sort { $0.rows.lowerBound > $1.rows.lowerBound }
        while let part = parts.popLast() {
            switch (self, part.cells) {
            case (.double(let all), .double(let some)): all.copy(some, to: part.rows)
            case (.float(let all), .float(let some)): all.copy(some, to: part.rows)
            case (.integer(let all), .integer(let some)): all.copy(some, to: part.rows)
            case (.category(let all), .category(let some)): all.copy(some, to: part.rows)
            case (.day(let all), .day(let some)): all.copy(some, to: part.rows)
            case (.flag(let all), .flag(let some)): all.copy(some, to: part.rows)
            case (.text(let all), .text(let some)): all.copy(some, to: part.rows)
            default: preconditionFailure("a block of another type")
            }
            freed.note(part.rows.count * 8)
        }
    }
}

extension Cells {
    /// Copies all rows of other cells to rows of these.
    fileprivate func copy(_ other: Cells, to rows: Range<Int>) {
        let target = unsafe self.rows(rows)
        let source = unsafe other.rows(0..<rows.count)
        for row in 0..<rows.count { unsafe target[row] = source[row] }
    }
}

/// Memory in small pieces that has been let go and should go back to the system.
struct FreedMemory {
    private var bytes = 0

    /// Notes some more, and now and then gives it back.
    mutating func note(_ more: Int) {
        bytes += more
        if bytes < 1 << 26 { return }
        bytes = 0
        obligor_return_free_memory()
    }
}
