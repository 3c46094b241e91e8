import GRDB
import Ledger

/// Events that are ``LateRecords``: they are given the day from which they are known.
enum LateEvents {
    /// Gives late ones among the incoming events the day after the last review, and keeps the days that others were
    /// given.
    ///
    /// - Returns: Whether an event has got a day.
    static func date(in database: Database) throws -> Bool {
        guard let late = try LateRecords(of: .events, in: database) else { return false }
        let incoming = late.table.incomingName
        var dated = 0
        if let before = late.before, late.columnsBefore.contains("known") {
            // A day that the source gives stands against one that it gave before, but not against one of the store.
            let isKept = """
                \(late.isSame) AND earlier.known > \(late.day)
                AND (incoming.known IS NULL OR earlier.known - 1 IN (
                    SELECT as_of FROM runs WHERE job = 'review' AND finished IS NOT NULL))
                """
            try database.execute(
                sql: """
                    UPDATE \(incoming) AS incoming SET known = (
                        SELECT max(earlier.known) FROM \(before) AS earlier WHERE \(isKept))
                    WHERE EXISTS (SELECT 1 FROM \(before) AS earlier WHERE \(isKept))
                    """)
            dated += database.changesCount
        }
        try database.execute(
            sql: "UPDATE \(incoming) AS incoming SET known = :next WHERE \(late.isLate)",
            arguments: ["last": late.last, "next": late.next])
        return dated + database.changesCount > 0
    }
}
