import Foundation
import Results

/// The files of a run while they are written, with a record of each.
struct RunContents {
    private let writer: RunFolderWriter
    /// What was written so far.
    private(set) var records: [FileRecord] = []

    /// Nothing written yet.
    init(_ writer: RunFolderWriter) { self.writer = writer }

    /// Writes a file.
    mutating func add(_ data: Data, role: String, named name: String) throws {
        try writer.write(data, named: name)
        records.append(try FileRecord(role: role, of: writer.file(name), as: name))
    }

    /// Writes a record under its own name.
    mutating func add<Record: VersionedRecord>(_ record: Record, role: String) throws {
        try writer.write(record)
        records.append(try FileRecord(role: role, of: writer.file(Record.fileName), as: Record.fileName))
    }

    /// Writes rows under their own name.
    mutating func add<Record: DelimitedRecord>(_ rows: [Record], role: String) throws {
        try writer.write(rows)
        records.append(try FileRecord(role: role, of: writer.file(Record.fileName), as: Record.fileName))
    }
}
