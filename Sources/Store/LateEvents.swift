import GRDB
import Ledger
import Vocabulary

/// Events that come after a review which should have known them.
///
/// A source that does not say when an event became known has it known on the day it happened. Of an event that a later
/// import brings, the store knows better: no review before that import knew it. It is known from the day after the last
/// one, as an event is that is reported late, so that it is news for the next review and changes nothing as of earlier
/// days.
enum LateEvents {
    /// Gives a day to those of the incoming events that have none of their own, and keeps the days that others were
    /// given.
    ///
    /// - Returns: Whether an event has got a day.
    static func date(in database: Database) throws -> Bool {
        let table = LedgerTable(kind: .events)
        guard let last = try lastReview(in: database), try database.tableExists(table.name),
            try database.columns(in: table.name).contains(where: { $0.name == "known" })
        else { return false }
        try database.execute(
            sql: """
                CREATE TEMP TABLE earlier_events (event TEXT PRIMARY KEY, known INTEGER) WITHOUT ROWID;
                INSERT OR IGNORE INTO earlier_events SELECT event, known FROM \(table.name);
                """)
        defer { try? database.execute(sql: "DROP TABLE temp.earlier_events") }
        try database.execute(
            sql: """
                UPDATE \(table.incomingName) AS incoming SET known = (
                    SELECT CASE WHEN earlier.event IS NULL THEN :next
                                WHEN earlier.known > incoming.occurred THEN earlier.known END
                    FROM (SELECT 1) LEFT JOIN earlier_events AS earlier ON earlier.event = incoming.event)
                WHERE known IS NULL
                    AND (occurred <= :last OR EXISTS (
                        SELECT 1 FROM earlier_events WHERE earlier_events.event = incoming.event))
                """,
            arguments: ["last": last, "next": last + 1])
        return database.changesCount > 0
    }

    /// The date of the last review, in days since 1970; `nil` if there was none.
    static func lastReview(in database: Database) throws -> Int32? {
        try Int32.fetchOne(
            database, sql: "SELECT max(as_of) FROM runs WHERE job = 'review' AND finished IS NOT NULL")
    }
}
