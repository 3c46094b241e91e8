import Foundation

/// Flat little-endian files of numbers, as the peers read them too.
enum FlatFile {
    /// All numbers of a file.
    static func read<Number: BitwiseCopyable>(
        _ file: URL, as type: Number.Type = Number.self
    ) throws -> [Number] {
        let data = try Data(contentsOf: file, options: .alwaysMapped)
        let count = data.count / MemoryLayout<Number>.stride
        return unsafe [Number](unsafeUninitializedCapacity: count) { buffer, filled in
            // SAFETY: the buffer has room for `count` numbers, and `data` holds at least as many bytes.
            _ = unsafe data.copyBytes(to: buffer)
            filled = count
        }
    }

    /// Writes numbers as they lie in memory.
    static func write<Number: BitwiseCopyable>(_ numbers: [Number], to file: URL) throws {
        let data = unsafe numbers.withUnsafeBufferPointer { unsafe Data(buffer: $0) }
        try data.write(to: file, options: .atomic)
    }
}
