/// Fields of a stretch of rows, column by column, and where each ends.
struct FieldStore {
    private var bytes = [UInt8](repeating: 0, count: 1 << 16)
    private var ends: [Int] = []
    private var used = 0

    /// Forgets the fields, but not their room.
    mutating func removeAll() {
        ends.removeAll(keepingCapacity: true)
        used = 0
    }

    /// Adds a field.
    mutating func append(_ field: [UInt8]) {
        reserve(field.count)
        for byte in field {
            bytes[used] = byte
            used += 1
        }
        ends.append(used)
    }

    /// Adds a field that is written in place, at most so many bytes; the closure says how many.
    @inline(__always)
    mutating func append(atMost limit: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
        reserve(limit)
        let place = used
        used += unsafe bytes.withUnsafeMutableBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            return unsafe write(base + place)
        }
        ends.append(used)
    }

    @inline(__always)
    private mutating func reserve(_ more: Int) {
        if used + more > bytes.count {
            bytes += [UInt8](repeating: 0, count: max(bytes.count, more))
        }
    }

    /// Records of the fields: the columns must have been added one after the other, `rows` fields each.
    func joined(columns: Int, rows: Int, delimiter: UInt8, lineBreak: [UInt8]) -> [UInt8] {
        precondition(
            ends.count == columns * rows, "\(ends.count) fields for \(columns) columns of \(rows) rows")
        let capacity = used + rows * (columns + lineBreak.count)
        // SAFETY: every byte of every field, a delimiter behind all but the last of a row, and the line breaks.
        return unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, length in
            guard let target = buffer.baseAddress else { return }
            unsafe bytes.withUnsafeBufferPointer { bytes in
                guard let source = bytes.baseAddress else { return }
                let ends = ends.span
                for row in 0..<rows {
                    for column in 0..<columns {
                        if column > 0 {
                            unsafe target[length] = delimiter
                            length += 1
                        }
                        let index = column * rows + row
                        let start = index == 0 ? 0 : ends[index - 1]
                        let count = ends[index] - start
                        unsafe (target + length).update(from: source + start, count: count)
                        length += count
                    }
                    for byte in lineBreak {
                        unsafe target[length] = byte
                        length += 1
                    }
                }
            }
        }
    }
}
