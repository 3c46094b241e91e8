import CKernels
import Parallelism
import Synchronization

/// An input that can be read from its start as often as needed.
struct CSVOpening: Sendable {
    let file: String
    let options: CSVOptions
    private let store: any RandomAccessBytes
    /// Whether it is compressed.
    private let isPacked: Bool

    /// Opens an input; what is not a regular file goes to a temporary one first.
    init(_ input: CSVInput, _ options: CSVOptions) throws(TableError) {
        file = input.name
        self.options = options
        switch input {
        case .bytes(let bytes, _): store = MemoryBytes(bytes: bytes)
        case .file(let path): store = try Self.regular(try OpenFile(reading: path))
        case .standardInput: store = try Self.regular(try OpenFile.standardInput())
        }
        var magic = [UInt8](repeating: 0, count: 2)
        _ = try store.read(at: 0, into: &magic, from: 0, count: 2)
        isPacked = magic == GzipBytes.magic
    }

    /// The bytes from the start, unpacked.
    private func source(reports: Bool) -> any ByteSource {
        var stored: any ByteSource = SequentialBytes(store, name: file)
        if reports, let report = options.onProgress {
            stored = CountedBytes(stored, total: store.size, report: report)
        }
        return isPacked ? GzipBytes(stored, head: [], name: file) : stored
    }

    /// A cutter at the start of the data.
    ///
    /// - Parameter reports: Whether its progress is reported.
    func cutter(reports: Bool = false) throws(TableError) -> BlockCutter {
        try BlockCutter(source(reports: reports), file: file, options: options)
    }

    private static func regular(_ file: OpenFile) throws(TableError) -> OpenFile {
        if file.isRegular { return file }
        let copy = try OpenFile.temporary()
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = try file.read(into: &buffer, from: 0, to: buffer.count)
            try copy.write(buffer, count: count)
            if count < buffer.count { return try copy.reopened(as: file.name) }
        }
    }
}

extension CSVOpening {
    /// The bytes of an input that is read once, unpacked.
    static func sequential(_ input: CSVInput, _ options: CSVOptions) throws(TableError) -> any ByteSource {
        var source: any ByteSource
        let size: Int
        switch input {
        case .bytes(let bytes, let name):
            source = SequentialBytes(MemoryBytes(bytes: bytes), name: name)
            size = bytes.count
        case .file(let path):
            let file = try OpenFile(reading: path)
            (source, size) = (file, file.size)
        case .standardInput:
            let file = try OpenFile.standardInput()
            (source, size) = (file, file.size)
        }
        if let report = options.onProgress { source = CountedBytes(source, total: size, report: report) }
        var magic = [UInt8](repeating: 0, count: 2)
        let count = try source.read(into: &magic, from: 0, to: 2)
        let head = magic[0..<count]
        return Array(head) == GzipBytes.magic
            ? GzipBytes(source, head: head, name: input.name) : PrecededBytes(head, source)
    }
}

extension CSVOpening {
    /// How many samples of a file are looked at to estimate the number of its records, and how long each is.
    private static let samples = (count: 64, bytes: 1 << 14)

    /// Room for the records of data, an eighth more than a look at some places of the file says; small files are
    /// counted.
    ///
    /// Counting all would be reading the file twice. `nil` for compressed data, which would have to be unpacked.
    func likelyRoom(_ head: CSVHead) throws(TableError) -> RecordRoom? {
        if isPacked { return nil }
        let bytes = max(0, store.size - head.dataOffset)
        guard bytes > 4 * Self.samples.count * Self.samples.bytes else { return try countedRoom(head) }
        let sample = TextBlock(capacity: Self.samples.bytes)
        var breaks = 0
        for number in 0..<Self.samples.count {
            sample.removeAll()
            let offset = head.dataOffset + bytes / Self.samples.count * number
            try sample.fill(from: store, at: offset, count: Self.samples.bytes)
            // Those inside quotes too: too much room costs nothing.
            breaks += sample.counts().line_feeds
        }
        let share = Double(Self.samples.count * Self.samples.bytes) / Double(bytes)
        let likely = min(Int(Double(breaks) / share), bound(head))
        return RecordRoom(
            rows: min(likely + likely / 8 + 4096, bound(head)), likely: likely - likely / 64, isCertain: false
        )
    }

    /// Room for at least as many as there are records of data, and exactly as many if no line is blank.
    func countedRoom(_ head: CSVHead) throws(TableError) -> RecordRoom {
        RecordRoom(exactly: min(try storedBreaks(from: head.dataOffset) + 1, bound(head)))
    }

    /// A record of c columns takes at least c bytes, which bounds what a file of line breaks can ask for.
    private func bound(_ head: CSVHead) -> Int {
        max(0, store.size - head.dataOffset) / head.names.count + 1
    }

    /// Line breaks outside quotes, counted by all threads.
    ///
    /// A thread does not know whether its piece begins inside quotes. It counts the line feeds behind an even
    /// number of quotation marks of the piece; if the piece began inside quotes, it is the others that count.
    private func storedBreaks(from start: Int) throws(TableError) -> Int {
        let piece = 1 << 18
        let bytes = max(0, store.size - start)
        let pieces = (bytes + piece - 1) / piece
        let counted = Mutex([obligor_csv_facts](repeating: obligor_csv_facts(), count: pieces))
        let fault = Mutex<TableError?>(nil)
        let next = Atomic(0)
        let threads = min(options.workers.threads, pieces)
        options.workers.forEach(threads) { _ in
            let block = TextBlock(capacity: piece)
            while true {
                let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard number < pieces else { return }
                block.removeAll()
                do throws(TableError) {
                    try block.fill(from: store, at: start + number * piece, count: piece)
                } catch {
                    fault.withLock { $0 = error }
                    return
                }
                let facts = block.counts()
                counted.withLock { $0[number] = facts }
            }
        }
        if let fault = fault.withLock({ $0 }) { throw fault }
        var breaks = 0
        var isInside = false
        for facts in counted.withLock({ $0 }) {
            breaks += isInside ? facts.line_feeds - facts.breaks : facts.breaks
            if facts.quotes % 2 == 1 { isInside.toggle() }
        }
        return breaks
    }
}
