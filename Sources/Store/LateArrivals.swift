import GRDB
import Ledger

/// Statements and bureau reports that come after a review which should have known them.
///
/// As with ``LateEvents``, a record without a day on which it became known that a later import brings was known to no
/// review before that import: it arrived on the day after the last one. The record itself keeps its days, which are
/// those of whoever published it; when it arrived stands in a column beside them.
enum LateArrivals {
    /// The kinds, each with the columns that tell its records of one obligor apart.
    private static let keys: [(kind: RecordKind, columns: [String])] = [
        (.statements, ["statement"]), (.bureau, ["source", "observed"]),
    ]

    /// The column of the day on which a late record arrived; a table without late records has none.
    static let column = "arrived"

    /// Notes which of the incoming records arrive late, and keeps what was noted of others since the last review.
    ///
    /// - Returns: The kinds that have late records.
    static func note(_ filled: Set<RecordKind>, in database: Database) throws -> [RecordKind] {
        guard let last = try LateEvents.lastReview(in: database) else { return [] }
        return try keys.filter { filled.contains($0.kind) }.compactMap { kind, columns in
            try note(LedgerTable(kind: kind), by: columns, after: last, in: database) ? kind : nil
        }
    }

    private static func note(
        _ table: LedgerTable, by columns: [String], after last: Int32, in database: Database
    ) throws -> Bool {
        guard let happened = table.happened, try database.tableExists(table.name) else { return false }
        // The index of the present table by obligor finds the record of before.
        let isSame = (["obligor"] + columns).map { "earlier.\($0) = incoming.\($0)" }
            .joined(separator: " AND ")
        var late = try Row.fetchAll(
            database,
            sql: """
                SELECT rowid AS place, :next AS day FROM \(table.incomingName) AS incoming
                WHERE known IS NULL AND \(LedgerTable.quoted(happened)) <= :last
                    AND NOT EXISTS (SELECT 1 FROM \(table.name) AS earlier WHERE \(isSame))
                """,
            arguments: ["last": last, "next": last + 1])
        if try database.columns(in: table.name).contains(where: { $0.name == column }) {
            late += try Row.fetchAll(
                database,
                sql: """
                    SELECT incoming.rowid AS place, earlier.\(column) AS day
                    FROM \(table.incomingName) AS incoming CROSS JOIN \(table.name) AS earlier
                    WHERE \(isSame) AND earlier.\(column) > :last AND incoming.known IS NULL
                    """,
                arguments: ["last": last])
        }
        guard !late.isEmpty else { return false }
        try database.execute(sql: "ALTER TABLE \(table.incomingName) ADD COLUMN \(column) INTEGER")
        let update = try database.makeStatement(
            sql: "UPDATE \(table.incomingName) SET \(column) = ? WHERE rowid = ?")
        for row in late {
            try update.execute(arguments: [try row.value("day") as Int32, try row.value("place") as Int64])
        }
        return true
    }
}
