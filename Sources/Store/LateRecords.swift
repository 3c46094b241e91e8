import GRDB
import Ledger

/// Records that come after a review which should have known them, and whose arrival is news.
///
/// Of a record that an import brings, the store knows better than its source when it became known here: no review
/// before that import knew it, whatever day it gives itself. It is known from the day after the last one, as an event
/// is that is reported late, so that it is news for the next review and changes nothing as of earlier days.
///
/// An import without a file of such records does not make them unknown: those that the last review could know are set
/// by until the file comes again, in a table beside those of the ledger.
struct LateRecords {
    /// The kinds whose arrival is news, each with the columns that tell its records of one obligor apart.
    private static let keys: [RecordKind: [String]] = [
        .events: ["event"], .statements: ["statement"], .bureau: ["source", "observed"],
    ]

    let table: LedgerTable
    /// The date of the last review, in days since 1970.
    let last: Int32
    /// The day after it, from which what comes late is known.
    let next: Int32
    /// The table with the records of before; `nil` if there were none.
    let before: String?
    /// The columns of that table.
    let columnsBefore: Set<String>
    private let happened: String

    /// - Returns: `nil` if no record of the kind comes late: there was no review, or nobody can say what it knew.
    init?(of kind: RecordKind, in database: Database) throws {
        table = LedgerTable(kind: kind)
        guard let happened = table.happened, let last = try Self.lastReview(in: database) else { return nil }
        self.happened = LedgerTable.quoted(happened)
        guard last < .max else {
            throw damaged("a review is as of day \(last) from 1970, after which there is none")
        }
        self.last = last
        next = last + 1
        before = try [table.name, table.setByName].first { try database.tableExists($0) }
        columnsBefore = try before.map { Set(try database.columns(in: $0).map(\.name)) } ?? []
        // Somebody has removed the table.
        let isLost = try Row.fetchOne(
            database, sql: "SELECT 1 FROM ledger_files WHERE kind = ?", arguments: [kind.rawValue])
        if before == nil, isLost != nil { return nil }
    }

    /// The day on which a row of the incoming table became known, as its source has it.
    var day: String { "coalesce(incoming.known, incoming.\(happened))" }

    /// Whether a row `earlier` of the table of before is that of `incoming`; its index by obligor finds it.
    var isSame: String {
        (["obligor"] + Self.keys[table.kind, default: []]).map { "earlier.\($0) = incoming.\($0)" }
            .joined(separator: " AND ")
    }

    /// Whether a row of the incoming table was known to no review up to the day `:last`, and should have been.
    var isLate: String {
        guard let before else { return "\(day) <= :last" }
        let dayBefore =
            columnsBefore.contains("known")
            ? "coalesce(earlier.known, earlier.\(happened))" : "earlier.\(happened)"
        return """
            \(day) <= :last AND NOT EXISTS (
                SELECT 1 FROM \(before) AS earlier WHERE \(isSame) AND \(dayBefore) <= :last)
            """
    }

    /// Removes the table of a kind of which the ledger has no file any more; what the last review could know of records
    /// whose arrival is news is set by.
    static func setBy(_ kind: RecordKind, in database: Database) throws {
        let table = LedgerTable(kind: kind)
        guard keys[kind] != nil, let last = try lastReview(in: database), let happened = table.happened,
            try database.tableExists(table.name),
            try database.columns(in: table.name).contains(where: { $0.name == "known" })
        else {
            try database.execute(sql: "DROP TABLE IF EXISTS \(table.name)")
            return
        }
        try database.execute(
            sql: """
                DROP TABLE IF EXISTS \(table.setByName);
                ALTER TABLE \(table.name) RENAME TO \(table.setByName);
                """)
        try database.execute(
            sql: "DELETE FROM \(table.setByName) WHERE coalesce(known, \(LedgerTable.quoted(happened))) > ?",
            arguments: [last])
        guard try database.columns(in: table.setByName).contains(where: { $0.name == LateArrivals.column })
        else { return }
        try database.execute(
            sql: "DELETE FROM \(table.setByName) WHERE \(LateArrivals.column) > ?", arguments: [last])
    }

    private static func lastReview(in database: Database) throws -> Int32? {
        try Int32.fetchOne(
            database, sql: "SELECT max(as_of) FROM runs WHERE job = 'review' AND finished IS NOT NULL")
    }
}
