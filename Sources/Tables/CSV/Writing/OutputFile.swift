import CZlib
import Glibc

/// Where bytes are written to: the standard output, or a file that appears under its name only when it is complete.
final class OutputFile {
    private let name: String
    private var descriptor: Int32
    /// The file that is written and the name that it gets at the end; `nil` where there is nothing to rename.
    private var renaming: (from: String, to: String)?

    /// The standard output of the process.
    static func standardOutput() -> OutputFile {
        OutputFile(descriptor: STDOUT_FILENO, name: "standard output")
    }

    private init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    /// Starts a file beside the path.
    ///
    /// A link is followed. What is there and is not a regular file, such as a pipe or a device, is written to as it
    /// is.
    ///
    /// - Throws: ``TableError/cannotWrite(file:reason:)``.
    init(path: String) throws(TableError) {
        name = path
        var status = stat()
        let isThere = unsafe fstatat(AT_FDCWD, path, &status, 0) == 0
        if isThere, status.st_mode & S_IFMT == S_IFDIR {
            throw .cannotWrite(file: path, reason: "it is a folder")
        }
        if isThere, status.st_mode & S_IFMT != S_IFREG {
            descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw .cannotWrite(file: path, reason: SystemFault.last) }
            return
        }
        let target = isThere ? Self.resolved(path) : path
        let partial = "\(target).partial-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        descriptor = unsafe open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .cannotWrite(file: path, reason: SystemFault.last) }
        if isThere { fchmod(descriptor, status.st_mode & 0o777) }
        renaming = (partial, target)
    }

    deinit {
        guard let renaming else { return }
        close(descriptor)
        unsafe unlink(renaming.from)
    }

    /// Writes bytes behind those before.
    ///
    /// - Throws: ``TableError/cannotWrite(file:reason:)``.
    func write(_ bytes: ArraySlice<UInt8>) throws(TableError) {
        try SystemFault.write(bytes, to: descriptor, name: name)
    }

    /// Gives the file its name.
    ///
    /// - Throws: ``TableError/cannotWrite(file:reason:)``.
    func finish() throws(TableError) {
        guard let renaming else { return }
        self.renaming = nil
        guard close(descriptor) == 0, unsafe rename(renaming.from, renaming.to) == 0 else {
            let reason = SystemFault.last
            unsafe unlink(renaming.from)
            throw .cannotWrite(file: name, reason: reason)
        }
    }

    private static func resolved(_ path: String) -> String {
        guard let target = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(target) }
        return unsafe String(cString: target)
    }
}

/// Packs bytes as one gzip member.
@safe
final class GzipPacker {
    private let stream: UnsafeMutablePointer<z_stream>
    private var output = [UInt8](repeating: 0, count: 1 << 17)

    init() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // 15 bits of window, 16 for the gzip header, 8 for the usual memory.
        let status = unsafe deflateInit2_(
            stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib cannot start: \(status)")
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Packs bytes and hands on what is ready; all of it if these are the last.
    func pack(
        _ bytes: [UInt8], isLast: Bool, to receiver: (ArraySlice<UInt8>) throws(TableError) -> Void
    ) throws(TableError) {
        var input = bytes
        var start = 0
        var status = Z_OK
        repeat {
            let ready = packed(&input, from: &start, flush: isLast ? Z_FINISH : Z_NO_FLUSH, &status)
            try receiver(output[0..<ready])
        } while isLast ? status != Z_STREAM_END : start < bytes.count
    }

    private func packed(
        _ input: inout [UInt8], from start: inout Int, flush: Int32, _ status: inout Int32
    ) -> Int {
        // SAFETY: zlib reads and writes only inside the two arrays.
        let (rest, room, state) = unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe stream.pointee.next_in = input.baseAddress.map { unsafe $0 + start }
                unsafe stream.pointee.avail_in = UInt32(min(input.count - start, Int(UInt32.max)))
                unsafe stream.pointee.next_out = output.baseAddress
                unsafe stream.pointee.avail_out = UInt32(output.count)
                let before = unsafe Int(stream.pointee.avail_in)
                let state = unsafe deflate(stream, flush)
                return unsafe (before - Int(stream.pointee.avail_in), Int(stream.pointee.avail_out), state)
            }
        }
        start += rest
        status = state
        return output.count - room
    }
}
