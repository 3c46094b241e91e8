package import Foundation

/// Turns records into bytes and back, as they lie in memory.
///
/// In a file of its own, since it reads memory as bytes.
package enum RecordBytes {
    /// The bytes of records.
    ///
    /// - Parameter gaps: Places in a record that become zero: those of ``RecordLayout/gaps(in:)``, where otherwise is
    ///   whatever was there before the record.
    package static func bytes<Record: BitwiseCopyable>(
        of records: ArraySlice<Record>, clearing gaps: [Int] = []
    ) -> Data {
        let size = MemoryLayout<Record>.stride
        precondition(gaps.allSatisfy((0..<size).contains), "gaps at \(gaps) in \(size) bytes")
        // SAFETY: the bytes of trivial records, read while the closure has them.
        var data = unsafe records.withUnsafeBytes { bytes in unsafe Data(bytes) }
        if gaps.isEmpty { return data }
        // SAFETY: the data are whole records, and gaps lie in them.
        unsafe data.withUnsafeMutableBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: size) {
                for gap in gaps { unsafe bytes[start + gap] = 0 }
            }
        }
        return data
    }

    /// Adds the records in bytes to others; `false` if that is no whole number of them.
    ///
    /// The fields of the records must be whole numbers, of which every pattern of bits is one.
    static func append<Record: BitwiseCopyable>(_ bytes: Data, to records: inout [Record]) -> Bool {
        guard bytes.count.isMultiple(of: MemoryLayout<Record>.stride) else { return false }
        records.reserveCapacity(records.count + bytes.count / MemoryLayout<Record>.stride)
        // SAFETY: trivial records, read while the closure has their bytes; loaded one by one where memory does not lie
        // as they would.
        unsafe bytes.withUnsafeBytes { bytes in
            if UInt(bitPattern: bytes.baseAddress).isMultiple(of: UInt(MemoryLayout<Record>.alignment)) {
                unsafe records.append(contentsOf: bytes.bindMemory(to: Record.self))
            } else {
                for start in stride(from: 0, to: bytes.count, by: MemoryLayout<Record>.stride) {
                    unsafe records.append(bytes.loadUnaligned(fromByteOffset: start, as: Record.self))
                }
            }
        }
        return true
    }
}
