import GRDB
import Ledger

/// Statements and bureau reports that are ``LateRecords``.
///
/// The record itself keeps its days, which are those of whoever published it; when it arrived stands in a column beside
/// them.
enum LateArrivals {
    /// The column of the day on which a late record arrived; a table without late records has none.
    static let column = "arrived"

    /// Notes which of the incoming records arrive late, and keeps what was noted of others since the last review.
    ///
    /// - Returns: The kinds that have late records.
    static func note(_ filled: Set<RecordKind>, in database: Database) throws -> [RecordKind] {
        try [RecordKind.statements, .bureau].filter { kind in
            guard filled.contains(kind), let late = try LateRecords(of: kind, in: database) else {
                return false
            }
            return try note(late, in: database)
        }
    }

    private static func note(_ late: LateRecords, in database: Database) throws -> Bool {
        let incoming = late.table.incomingName
        var arrivals = try Row.fetchAll(
            database,
            sql:
                "SELECT incoming.rowid AS place, :next AS day FROM \(incoming) AS incoming WHERE \(late.isLate)",
            arguments: ["last": late.last, "next": late.next])
        if let before = late.before, late.columnsBefore.contains(column) {
            arrivals += try Row.fetchAll(
                database,
                sql: """
                    SELECT incoming.rowid AS place, earlier.\(column) AS day
                    FROM \(incoming) AS incoming CROSS JOIN \(before) AS earlier
                    WHERE \(late.isSame) AND earlier.\(column) > :last AND \(late.day) <= :last
                    """,
                arguments: ["last": late.last])
        }
        guard !arrivals.isEmpty else { return false }
        try database.execute(sql: "ALTER TABLE \(incoming) ADD COLUMN \(column) INTEGER")
        let update = try database.makeStatement(
            sql: "UPDATE \(incoming) SET \(column) = ? WHERE rowid = ?")
        for row in arrivals {
            try update.execute(arguments: [try row.value("day") as Int32, try row.value("place") as Int64])
        }
        return true
    }
}
