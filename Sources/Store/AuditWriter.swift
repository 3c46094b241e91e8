import Foundation
import GRDB
import Review

/// Adds to the audit trail within a transaction.
struct AuditWriter {
    private let database: Database
    private let time: Date
    private(set) var last: AuditRecord?

    /// - Parameter time: The time of all that is added.
    /// - Throws: ``StorageError/clockWentBack(last:now:)``; if the last record has no number or time that another could
    ///   follow.
    init(_ database: Database, time: Date) throws {
        self.database = database
        self.time = time
        last = try Row.fetchOne(database, sql: "SELECT * FROM audit ORDER BY record DESC LIMIT 1")
            .map(AuditRecord.init(row:))
        if let last {
            // What is told next is numbered and dated after it.
            guard (1..<Int.max).contains(last.number) else {
                throw damaged("the audit trail ends with record \(last.number)")
            }
            _ = try date(last.time)
            try last.check(time)
        }
    }

    /// The time of the next record, which rows that it tells of keep too.
    var moment: Int64 { max(milliseconds(time), last?.time ?? .min) }

    /// The number that the next record is going to have.
    var nextNumber: Int { (last?.number ?? 0) + 1 }

    /// Adds an entry at the end.
    @discardableResult
    mutating func append(_ entry: AuditEntry) throws -> AuditRecord {
        let record = AuditRecord(entry, at: time, after: last)
        try database.execute(
            sql: "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                record.number, record.time, entry.action, entry.author, entry.subject, entry.details,
                record.previous, record.hash,
            ])
        try database.execute(
            sql: "INSERT OR REPLACE INTO audit_head VALUES (1, ?, ?)",
            arguments: [record.number, record.hash])
        last = record
        return record
    }
}

extension AuditRecord {
    /// A record in a row of the table.
    init(row: Row) throws {
        try self.init(
            number: row.value("record"), time: row.value("time"),
            entry: AuditEntry(
                action: row.value("action"), author: row.value("author"), subject: row.value("subject"),
                details: row.value("details")),
            previous: row.value("previous"), hash: row.value("hash"))
    }
}
