import Glibc

/// An open file, pipe or terminal; closed when it is no longer used.
final class OpenFile: Sendable {
    /// How messages call it.
    let name: String
    private let descriptor: Int32
    private let isOwned: Bool
    /// Whether it is a regular file of known size, so that it can be read at any place.
    let isRegular: Bool
    /// Its size when it was opened, if it is a regular file.
    let size: Int

    /// Opens a file for reading.
    ///
    /// - Throws: ``TableError/cannotRead(file:reason:)``.
    convenience init(reading path: String) throws(TableError) {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotRead(file: path, reason: SystemFault.last) }
        try self.init(descriptor, name: path, isOwned: true)
    }

    /// The standard input of the process.
    static func standardInput() throws(TableError) -> OpenFile {
        try OpenFile(STDIN_FILENO, name: "standard input", isOwned: false)
    }

    /// An empty file that has no name and is gone when it is closed.
    ///
    /// - Throws: ``TableError/cannotWrite(file:reason:)``.
    static func temporary() throws(TableError) -> OpenFile {
        let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var pattern = Array("\(folder)/obligor-XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&pattern)
        guard descriptor >= 0 else { throw .cannotWrite(file: folder, reason: SystemFault.last) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unsafe unlink(pattern)
        return try OpenFile(descriptor, name: folder, isOwned: true)
    }

    /// The same file under its present size and another name in messages.
    func reopened(as name: String) throws(TableError) -> OpenFile {
        let copy = dup(descriptor)
        guard copy >= 0 else { throw .cannotRead(file: name, reason: SystemFault.last) }
        return try OpenFile(copy, name: name, isOwned: true)
    }

    private init(_ descriptor: Int32, name: String, isOwned: Bool) throws(TableError) {
        self.descriptor = descriptor
        self.name = name
        self.isOwned = isOwned
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            let reason = SystemFault.last
            if isOwned { close(descriptor) }
            throw .cannotRead(file: name, reason: reason)
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            if isOwned { close(descriptor) }
            throw .cannotRead(file: name, reason: "it is a folder")
        }
        // Files of the kernel, such as those below /proc, say that they are empty.
        isRegular = status.st_mode & S_IFMT == S_IFREG && status.st_size > 0
        size = isRegular ? Int(status.st_size) : 0
    }

    deinit {
        if isOwned { close(descriptor) }
    }
}

extension OpenFile: RandomAccessBytes {
    func read(
        at offset: Int, into buffer: inout [UInt8], from start: Int, count: Int
    ) throws(TableError) -> Int {
        try unsafe fill(&buffer, from: start, count: count) { bytes, done in
            unsafe pread(descriptor, bytes.baseAddress, bytes.count, off_t(offset + done))
        }
    }

    /// Calls the system until `count` bytes are read or there are no more.
    private func fill(
        _ buffer: inout [UInt8], from start: Int, count: Int,
        _ call: (_ bytes: UnsafeMutableRawBufferPointer, _ done: Int) -> Int
    ) throws(TableError) -> Int {
        precondition(start >= 0 && count >= 0 && start + count <= buffer.count, "bytes outside of the buffer")
        var done = 0
        var fault: String?
        // SAFETY: the system writes only inside the stretch that was checked above.
        unsafe buffer.withUnsafeMutableBytes { bytes in
            while done < count {
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[start + done..<start + count])
                let received = unsafe call(rest, done)
                if received == 0 { break }
                if received > 0 {
                    done += received
                } else if errno != EINTR {
                    fault = SystemFault.last
                    break
                }
            }
        }
        if let fault { throw .cannotRead(file: name, reason: fault) }
        return done
    }
}

extension OpenFile: ByteSource {
    func read(into buffer: inout [UInt8], from start: Int, to end: Int) throws(TableError) -> Int {
        try unsafe fill(&buffer, from: start, count: end - start) { bytes, _ in
            unsafe Glibc.read(descriptor, bytes.baseAddress, bytes.count)
        }
    }
}

extension OpenFile {
    /// Writes bytes at the current place.
    ///
    /// - Throws: ``TableError/cannotWrite(file:reason:)``.
    func write(_ bytes: [UInt8], count: Int) throws(TableError) {
        try SystemFault.write(bytes[0..<count], to: descriptor, name: name)
    }
}

/// What the operating system says about the last call that failed.
enum SystemFault {
    /// The reason in words.
    static var last: String {
        unsafe String(cString: strerror(errno))
    }

    /// Writes all bytes to a descriptor.
    ///
    /// - Throws: ``TableError/cannotWrite(file:reason:)``.
    static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32, name: String) throws(TableError) {
        var fault: String?
        unsafe bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
                let written = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
                if written >= 0 {
                    done += written
                } else if errno != EINTR {
                    fault = last
                    return
                }
            }
        }
        if let fault { throw .cannotWrite(file: name, reason: fault) }
    }
}
