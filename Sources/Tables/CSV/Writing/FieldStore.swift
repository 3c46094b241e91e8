/// Fields of a stretch of rows, column by column, and where each ends.
///
/// Fields are copied sixteen bytes at a time, so that up to ``slack`` bytes behind a field are overwritten before
/// the next one takes their place.
@safe
struct FieldStore: ~Copyable {
    /// Bytes behind every field that may be written to.
    static let slack = 16

    private var bytes: UnsafeMutablePointer<UInt8>
    private var capacity = 1 << 16
    private var ends: [Int] = []
    private var used = 0

    init() {
        unsafe bytes = .allocate(capacity: capacity)
    }

    deinit {
        unsafe bytes.deallocate()
    }

    /// Forgets the fields, but not their room.
    mutating func removeAll() {
        ends.removeAll(keepingCapacity: true)
        used = 0
    }

    /// Adds a field that is written in place, at most so many bytes; the closure says how many.
    @inline(__always)
    mutating func append(atMost limit: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
        if used + limit + Self.slack > capacity { grow(by: limit + Self.slack) }
        unsafe used += write(bytes + used)
        ends.append(used)
    }

    /// Adds a field of these bytes.
    @inline(__always)
    mutating func append(_ field: Span<UInt8>) {
        // SAFETY: there is room for every byte.
        unsafe append(atMost: field.count) { place in
            unsafe field.withUnsafeBufferPointer { field in
                if let first = field.baseAddress { unsafe place.update(from: first, count: field.count) }
            }
            return field.count
        }
    }

    /// Adds one of several fields.
    @inline(__always)
    mutating func append(_ index: Int, of fields: FieldList) {
        // SAFETY: there is room for the field and the slack behind it.
        unsafe append(atMost: fields.count(of: index)) { place in unsafe fields.copy(index, to: place) }
    }

    /// The fields in memory of their own, with slack behind them, and where each begins and the last ends.
    fileprivate func copied() -> (bytes: UnsafeMutablePointer<UInt8>, ends: [Int]) {
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: used + Self.slack)
        // SAFETY: both have room for the bytes in use.
        unsafe copy.update(from: bytes, count: used)
        return unsafe (copy, [0] + ends)
    }

    private mutating func grow(by more: Int) {
        let larger = max(2 * capacity, used + more)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        // SAFETY: both have room for the bytes in use, and the old ones are not looked at again.
        unsafe moved.update(from: bytes, count: used)
        unsafe bytes.deallocate()
        unsafe bytes = moved
        capacity = larger
    }

    /// Records of the fields: the columns must have been added one after the other, `rows` fields each.
    func joined(columns: Int, rows: Int, delimiter: UInt8, lineBreak: [UInt8]) -> [UInt8] {
        precondition(
            ends.count == columns * rows, "\(ends.count) fields for \(columns) columns of \(rows) rows")
        let room = used + rows * (columns + lineBreak.count) + Self.slack
        // SAFETY: there is room for every byte of every field, a delimiter behind all but the last of a row, the
        // line breaks and the slack of the last copy; the store has the same slack.
        return unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, length in
            guard var target = buffer.baseAddress else { return }
            let start = unsafe target
            let ends = ends.span
            for row in 0..<rows {
                for column in 0..<columns {
                    let index = column * rows + row
                    let first = index == 0 ? 0 : ends[index - 1]
                    unsafe target += copyFreely(bytes + first, to: target, count: ends[index] - first)
                    unsafe target[0] = delimiter
                    unsafe target += 1
                }
                // In place of the last delimiter, if there is one.
                if columns > 0 { unsafe target -= 1 }
                for byte in lineBreak {
                    unsafe target[0] = byte
                    unsafe target += 1
                }
            }
            length = unsafe target - start
        }
    }
}

/// Fields that are written again and again.
@safe
final class FieldList: @unchecked Sendable {
    // Sendable holds because the bytes do not change once there is a list.
    private let bytes: UnsafeMutablePointer<UInt8>
    private let ends: [Int]

    /// The fields of a store.
    init(_ store: borrowing FieldStore) {
        let copy = unsafe store.copied()
        unsafe bytes = copy.bytes
        ends = unsafe copy.ends
    }

    init(_ fields: [[UInt8]]) {
        var ends = [0]
        ends.reserveCapacity(fields.count + 1)
        var length = 0
        for field in fields {
            length += field.count
            ends.append(length)
        }
        self.ends = ends
        unsafe bytes = .allocate(capacity: length + FieldStore.slack)
        for (index, field) in fields.enumerated() {
            for (place, byte) in field.enumerated() { unsafe bytes[ends[index] + place] = byte }
        }
    }

    deinit {
        unsafe bytes.deallocate()
    }

    /// The length of a field.
    func count(of index: Int) -> Int { ends[index + 1] - ends[index] }

    /// Looks at a field.
    @inline(__always)
    func withField<Result>(_ index: Int, _ body: (Span<UInt8>) -> Result) -> Result {
        // SAFETY: these bytes stay as they are while the list exists.
        let field = unsafe UnsafeBufferPointer(start: bytes + ends[index], count: count(of: index))
        return unsafe body(field.span)
    }

    /// Copies a field to a place with slack behind it; returns how many bytes.
    @inline(__always)
    func copy(_ index: Int, to place: UnsafeMutablePointer<UInt8>) -> Int {
        // SAFETY: these bytes have slack too.
        unsafe copyFreely(bytes + ends[index], to: place, count: count(of: index))
    }
}

/// Copies bytes sixteen at a time, up to ``FieldStore/slack`` more than asked for; returns how many were asked for.
@inline(__always)
private func copyFreely(
    _ source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, count: Int
) -> Int {
    let (source, target) = unsafe (UnsafeRawPointer(source), UnsafeMutableRawPointer(target))
    var done = 0
    while done < count {
        let piece = unsafe source.loadUnaligned(fromByteOffset: done, as: SIMD16<UInt8>.self)
        unsafe target.storeBytes(of: piece, toByteOffset: done, as: SIMD16<UInt8>.self)
        done += 16
    }
    return count
}
