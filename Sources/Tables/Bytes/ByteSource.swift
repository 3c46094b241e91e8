/// Where the bytes of a table come from, one stretch after the other.
protocol ByteSource: AnyObject {
    /// Fills bytes `start` ..< `end` of a buffer as far as there are bytes, and returns how many; fewer than asked
    /// for only at the end.
    func read(into buffer: inout [UInt8], from start: Int, to end: Int) throws(TableError) -> Int
}

/// Bytes that can be read at any place, by several threads at once.
protocol RandomAccessBytes: Sendable {
    /// How many there are, or were when the store was opened.
    var size: Int { get }
    /// Fills `count` bytes of a buffer from `start` on with those from `offset` on, and returns how many there were.
    func read(
        at offset: Int, into buffer: inout [UInt8], from start: Int, count: Int
    ) throws(TableError) -> Int
}

/// Bytes of a random-access store in their order, as many as there were at first.
final class SequentialBytes: ByteSource {
    private let store: any RandomAccessBytes
    private let name: String
    private var offset = 0

    init(_ store: any RandomAccessBytes, name: String) {
        self.store = store
        self.name = name
    }

    func read(into buffer: inout [UInt8], from start: Int, to end: Int) throws(TableError) -> Int {
        let wanted = min(end - start, store.size - offset)
        let count = try store.read(at: offset, into: &buffer, from: start, count: wanted)
        guard count == wanted else { throw .changedWhileReading(file: name) }
        offset += count
        return count
    }
}

/// The bytes of a source, and how many of all have been read.
final class CountedBytes: ByteSource {
    private let source: any ByteSource
    private let total: Int
    private let report: @Sendable (_ done: Int, _ total: Int) -> Void
    private var done = 0

    /// - Parameter total: How many bytes there are; reports go nowhere if that is nothing.
    init(
        _ source: any ByteSource, total: Int, report: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
    ) {
        self.source = source
        self.total = total
        self.report = report
    }

    func read(into buffer: inout [UInt8], from start: Int, to end: Int) throws(TableError) -> Int {
        let count = try source.read(into: &buffer, from: start, to: end)
        done += count
        if total > 0 { report(min(done, total), total) }
        return count
    }
}

/// Bytes that are in memory.
struct MemoryBytes: RandomAccessBytes {
    let bytes: [UInt8]

    var size: Int { bytes.count }

    func read(
        at offset: Int, into buffer: inout [UInt8], from start: Int, count: Int
    ) throws(TableError) -> Int {
        let end = min(bytes.count, offset + count)
        guard offset < end else { return 0 }
        buffer.replaceSubrange(start..<start + end - offset, with: bytes[offset..<end])
        return end - offset
    }
}

/// Bytes that were already read from a source, and then the rest of it.
final class PrecededBytes: ByteSource {
    private var head: ArraySlice<UInt8>
    private let rest: any ByteSource

    init(_ head: ArraySlice<UInt8>, _ rest: any ByteSource) {
        self.head = head
        self.rest = rest
    }

    func read(into buffer: inout [UInt8], from start: Int, to end: Int) throws(TableError) -> Int {
        let count = min(head.count, end - start)
        buffer.replaceSubrange(start..<start + count, with: head.prefix(count))
        head = head.dropFirst(count)
        return try count + rest.read(into: &buffer, from: start + count, to: end)
    }
}
