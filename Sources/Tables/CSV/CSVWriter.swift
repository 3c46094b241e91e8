public import Parallelism

/// Where a CSV file is written to.
public enum CSVOutput: Sendable {
    /// A file; packed with gzip if its name ends in `.gz`.
    case file(String)
    /// The standard output of the process.
    case standardOutput
}

/// Writes tables as one CSV file, block by block.
///
/// A file is written beside its place, as `NAME.partial-PID-NUMBER`, and renamed by ``finish()``, so that nobody ever
/// sees half of it; a writer that is dropped before that leaves nothing behind.
public final class CSVWriter {
    /// How blocks become bytes; to do that on other threads and pass the result to ``write(formatted:)``.
    public let formatter: CSVFormatter

    private let output: OutputFile
    private let packer: GzipPacker?
    private let workers: Workers
    private var names: [String]?

    /// Opens the output.
    ///
    /// - Parameter workers: The threads that format large tables.
    /// - Throws: ``TableError/cannotWrite(file:reason:)``.
    public init(
        to output: CSVOutput, _ options: CSVWriterOptions = CSVWriterOptions(),
        workers: Workers = .allProcessors
    ) throws(TableError) {
        formatter = CSVFormatter(options)
        self.workers = workers
        switch output {
        case .file(let path):
            self.output = try OutputFile(path: path)
            packer = path.hasSuffix(".gz") ? GzipPacker() : nil
        case .standardOutput:
            self.output = .standardOutput()
            packer = nil
        }
    }

    /// Writes a whole table to a file.
    ///
    /// - Throws: ``TableError/cannotWrite(file:reason:)``.
    public static func write(
        _ table: Table, to path: String, _ options: CSVWriterOptions = CSVWriterOptions(),
        workers: Workers = .allProcessors
    ) throws(TableError) {
        let writer = try CSVWriter(to: .file(path), options, workers: workers)
        try writer.write(table)
        try writer.finish()
    }

    /// Writes the header; needed only where no table follows.
    ///
    /// - Throws: ``TableError/cannotWrite(file:reason:)``.
    public func writeHeader(_ names: [String]) throws(TableError) {
        precondition(self.names == nil, "the header has been written")
        self.names = names
        try pass(formatter.header(names), isLast: false)
    }

    /// Writes the rows of a table, after the header if these are the first.
    ///
    /// - Throws: ``TableError/missingColumn(file:name:available:)`` if the columns are not those of the first table,
    ///   in the same order; ``TableError/cannotWrite(file:reason:)``.
    public func write(_ table: Table) throws(TableError) {
        if let names {
            guard table.names == names else {
                let missing = names.first { table[$0] == nil } ?? names.first ?? ""
                throw .missingColumn(file: nil, name: missing, available: table.names)
            }
        } else {
            try writeHeader(table.names)
        }
        // Some of the rows at a time, so that the text of a large table is never in memory as a whole.
        let piece = max(256, 65_536 / max(1, table.columns.count))
        let pieces = (table.rowCount + piece - 1) / piece
        for first in stride(from: 0, to: pieces, by: 4 * workers.threads) {
            let count = min(4 * workers.threads, pieces - first)
            let formatter = formatter
            let texts = workers.map(count) { index in
                let start = (first + index) * piece
                return formatter.records(of: table, rows: start..<min(start + piece, table.rowCount))
            }
            for text in texts { try pass(text, isLast: false) }
        }
    }

    /// Writes records that ``formatter`` has made, after the header.
    ///
    /// - Throws: ``TableError/cannotWrite(file:reason:)``.
    public func write(formatted records: [UInt8]) throws(TableError) {
        precondition(names != nil, "records before the header")
        try pass(records, isLast: false)
    }

    /// Completes the file and gives it its name; nothing can be written afterwards.
    ///
    /// - Throws: ``TableError/cannotWrite(file:reason:)``.
    public func finish() throws(TableError) {
        try pass([], isLast: true)
        try output.finish()
    }

    private func pass(_ bytes: [UInt8], isLast: Bool) throws(TableError) {
        guard let packer else {
            if !bytes.isEmpty { try output.write(bytes[...]) }
            return
        }
        try packer.pack(bytes, isLast: isLast) { (packed) throws(TableError) in
            try output.write(packed)
        }
    }
}
