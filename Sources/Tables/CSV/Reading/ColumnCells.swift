import Glibc
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
            unsafe Self.preferLargePages(UnsafeMutableRawBufferPointer(elements))
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

    /// Asks for pages of 2 MiB inside large memory, which spares most of its page faults.
    private static func preferLargePages(_ memory: UnsafeMutableRawBufferPointer) {
        let page = 1 << 21
        guard memory.count >= 2 * page, let base = memory.baseAddress else { return }
        let start = (Int(bitPattern: base) + page - 1) & ~(page - 1)
        let end = (Int(bitPattern: base) + memory.count) & ~(page - 1)
        guard end > start else { return }
        unsafe madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, MADV_HUGEPAGE)
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
