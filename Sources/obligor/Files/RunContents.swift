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
        try add(RunFile(data, role: role, named: name).made())
    }

    /// Writes a record under its own name.
    mutating func add<Record: VersionedRecord>(_ record: Record, role: String) throws {
        try add(RunFile(record, role: role).made())
    }

    /// Writes rows under their own name.
    mutating func add<Record: DelimitedRecord>(_ rows: [Record], role: String) throws {
        try add(RunFile(rows, role: role).made())
    }

    /// Writes files in their order, while others are being put together.
    mutating func add(_ files: [RunFile], workers: Workers) throws {
        let next = Atomic(0)
        try workers.inOrder(ahead: 2 * workers.threads) {
            let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
            return number < files.count ? (number, Result { try files[number].made() }) : nil
        } handOn: { made in
            try add(made.get())
        }
    }

    private mutating func add(_ file: RunFile.Made) throws {
        try writer.write(file.data, named: file.record.path)
        records.append(file.record)
    }
}

/// A file of a run that is put together when it is written.
struct RunFile: Sendable {
    private let role: String
    private let name: String
    private let content: @Sendable () throws -> Data

    /// The file with its record.
    struct Made: Sendable {
        let data: Data
        let record: FileRecord
    }

    /// A file.
    init(_ content: @autoclosure @escaping @Sendable () throws -> Data, role: String, named name: String) {
        self.content = content
        self.role = role
        self.name = name
    }

    /// A record under its own name.
    init<Record: VersionedRecord>(_ record: Record, role: String) {
        self.init(try record.encoded(), role: role, named: Record.fileName)
    }

    /// Rows under their own name.
    init<Record: DelimitedRecord>(_ rows: [Record], role: String) {
        self.init(Record.encoded(rows), role: role, named: Record.fileName)
    }

    /// Puts the file together.
    func made() throws -> Made {
        let data = try content()
        return Made(
            data: data,
            record: FileRecord(role: role, path: name, bytes: data.count, sha256: ContentDigest.of(data)))
    }
}
