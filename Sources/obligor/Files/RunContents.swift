import Foundation
import Parallelism
import Results
import Review
import Synchronization

/// The files of a run while they are written, with a record of each.
struct RunContents {
    private let writer: RunFolderWriter
    /// What was written so far.
    private(set) var records: [FileRecord] = []

    /// Nothing written yet.
    init(_ writer: RunFolderWriter) { self.writer = writer }

    /// Writes a file.
    mutating func add(_ data: Data, role: String, named name: String) throws {
        try add([RunFile(data, role: role, named: name)], workers: .single)
    }

    /// Writes a record under its own name.
    mutating func add<Record: VersionedRecord>(_ record: Record, role: String) throws {
        try add([RunFile(record, role: role)], workers: .single)
    }

    /// Writes rows under their own name.
    mutating func add<Record: DelimitedRecord>(_ rows: [Record], role: String) throws {
        try add([RunFile(rows, role: role)], workers: .single)
    }

    /// Writes files in their order and piece by piece, while further pieces are being put together: no file is in
    /// memory as a whole.
    mutating func add(_ files: [RunFile], workers: Workers) throws {
        let places = files.indices.flatMap { file in files[file].pieces.indices.map { (file, $0) } }
        let next = Atomic(0)
        var digest = ByteDigest()
        try workers.inOrder(ahead: 2 * workers.threads) { () -> (Int, MadePiece)? in
            let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard number < places.count else { return nil }
            let (file, piece) = places[number]
            return (
                number, MadePiece(file: file, number: piece, data: Result { try files[file].pieces[piece]() })
            )
        } handOn: { made in
            let file = files[made.file]
            let data = try made.data.get()
            if made.number == 0 {
                digest = ByteDigest()
                try writer.write(data, named: file.name)
            } else {
                try writer.append(data, to: file.name)
            }
            digest.add(data)
            guard made.number == file.pieces.count - 1 else { return }
            records.append(
                FileRecord(
                    role: file.role, path: file.name, bytes: digest.count, sha256: digest.hexadecimal))
        }
    }

    /// A piece of a file that was put together.
    private struct MadePiece: Sendable {
        let file: Int
        let number: Int
        let data: Result<Data, any Error>
    }
}

/// A file of a run that is put together when it is written.
struct RunFile: Sendable {
    fileprivate let role: String
    fileprivate let name: String
    /// What puts the pieces of the file together, in their order; at least one.
    fileprivate let pieces: [@Sendable () throws -> Data]

    /// Rows in a piece.
    static let rowsInPiece = 1 << 13

    /// A file.
    init(_ content: @autoclosure @escaping @Sendable () throws -> Data, role: String, named name: String) {
        pieces = [content]
        self.role = role
        self.name = name
    }

    /// A file of rows.
    ///
    /// - Parameter content: Some rows that follow each other, the header before the first.
    init(
        rows count: Int, role: String, named name: String,
        _ content: @escaping @Sendable (_ rows: Range<Int>) -> Data
    ) {
        let starts = count == 0 ? [0] : Array(stride(from: 0, to: count, by: Self.rowsInPiece))
        pieces = starts.map { start in { content(start..<min(count, start + Self.rowsInPiece)) } }
        self.role = role
        self.name = name
    }

    /// A record under its own name.
    init<Record: VersionedRecord>(_ record: Record, role: String) {
        self.init(try record.encoded(), role: role, named: Record.fileName)
    }

    /// Rows under their own name.
    init<Record: DelimitedRecord>(_ records: [Record], role: String) {
        self.init(rows: records.count, role: role, named: Record.fileName) { rows in
            rows.lowerBound == 0
                ? Record.encoded(records[rows]) : Record.encodedRows(records[rows])
        }
    }
}
