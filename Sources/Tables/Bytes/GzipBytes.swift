import CZlib

/// What a gzip file of one or several members unpacks to.
///
/// Source: RFC 1952. Zeros behind the last member are padding; anything else there is an error.
@safe
final class GzipBytes: ByteSource {
    /// The first two bytes of every member.
    static let magic: [UInt8] = [0x1F, 0x8B]

    private let packed: any ByteSource
    private let name: String?
    private var input = [UInt8](repeating: 0, count: 1 << 17)
    private var inputStart = 0
    private var inputEnd: Int
    private var packedIsAtEnd = false
    private var isAtEnd = false
    // zlib keeps the address of this record, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Unpacks what a source holds behind the bytes that have already been read from it.
    init(_ packed: any ByteSource, head: ArraySlice<UInt8>, name: String?) {
        self.packed = packed
        self.name = name
        input.replaceSubrange(0..<head.count, with: head)
        inputEnd = head.count
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // 15 bits of window, 16 for the gzip header.
        let status = unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib cannot start: \(status)")
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    func read(into buffer: inout [UInt8], from start: Int, to end: Int) throws(TableError) -> Int {
        precondition(start >= 0 && start <= end && end <= buffer.count, "bytes outside of the buffer")
        var done = start
        while done < end, !isAtEnd {
            if inputStart == inputEnd, !packedIsAtEnd { try refill() }
            if inputStart == inputEnd { throw .corruptGzip(file: name, reason: "it ends too early") }
            let (produced, status) = inflated(into: &buffer, from: done, to: end)
            done += produced
            switch status {
            case Z_OK, Z_BUF_ERROR: continue
            case Z_STREAM_END: try startNextMember()
            case Z_DATA_ERROR: throw .corruptGzip(file: name, reason: message ?? "invalid data")
            default: throw .corruptGzip(file: name, reason: "zlib status \(status)")
            }
        }
        return done - start
    }

    /// Unpacks from the input at hand into a stretch of the buffer.
    private func inflated(into buffer: inout [UInt8], from start: Int, to end: Int) -> (Int, status: Int32) {
        // SAFETY: zlib reads and writes only inside the two stretches, whose bounds the caller has checked.
        unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe buffer.withUnsafeMutableBufferPointer { output in
                let available = min(end - start, Int(UInt32.max))
                unsafe stream.pointee.next_in = input.baseAddress.map { unsafe $0 + inputStart }
                unsafe stream.pointee.avail_in = UInt32(inputEnd - inputStart)
                unsafe stream.pointee.next_out = output.baseAddress.map { unsafe $0 + start }
                unsafe stream.pointee.avail_out = UInt32(available)
                let status = unsafe inflate(stream, Z_NO_FLUSH)
                inputStart = unsafe inputEnd - Int(stream.pointee.avail_in)
                return unsafe (available - Int(stream.pointee.avail_out), status)
            }
        }
    }

    private var message: String? {
        guard let text = unsafe stream.pointee.msg else { return nil }
        return unsafe String(cString: text)
    }

    private func refill() throws(TableError) {
        inputStart = 0
        inputEnd = try packed.read(into: &input, from: 0, to: input.count)
        packedIsAtEnd = inputEnd < input.count
    }

    /// Goes on to the next member, if there is one.
    private func startNextMember() throws(TableError) {
        while true {
            if inputStart == inputEnd, !packedIsAtEnd { try refill() }
            if inputStart == inputEnd {
                isAtEnd = true
                return
            }
            if input[inputStart] != 0 { break }
            inputStart += 1
        }
        guard input[inputStart] == Self.magic[0] else {
            throw .corruptGzip(file: name, reason: "other data behind its end")
        }
        unsafe inflateReset(stream)
    }
}
