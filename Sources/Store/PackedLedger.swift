import Foundation
import GRDB
import Ledger

/// The packed records of a store's ledger, which an import makes of what it has read and checked: ``PackedRecords``.
///
/// A table that comes and goes with those of the ledger: `ledger_packed` has the head in piece 0 of the kind `head`,
/// and by kind a piece for each page that has records of it.
struct PackedLedger {
    static let table = "ledger_packed"
    private static let incomingTable = "incoming_packed"
    private static let headKind = "head"

    /// What packed records belong to.
    struct Head: Codable {
        /// The number of the import that made them.
        var `import`: Int
        /// ``PackedRecords/layout``.
        var layout: String
        /// What is known of them.
        var index: PackedIndex
    }

    private let insertion: GRDB.Statement
    /// Begins to fill the incoming table.
    ///
    /// - Parameter number: The number of the import, since names of indices are unique in a store.
    init(filling database: Database, import number: Int) throws {
        try database.execute(
            sql:
                "CREATE TABLE \(Self.incomingTable) (kind TEXT NOT NULL, piece INTEGER NOT NULL, bytes BLOB NOT NULL)"
        )
        try database.execute(
            sql: "CREATE UNIQUE INDEX packed_by_piece_\(number) ON \(Self.incomingTable) (kind, piece)")
        insertion = try database.makeStatement(sql: "INSERT INTO \(Self.incomingTable) VALUES (?, ?, ?)")
    }

    /// Adds what the records belong to.
    func add(_ head: Head) throws {
        try insertion.execute(arguments: [Self.headKind, 0, Data(try JSONForm.text(of: head).utf8)])
    }

    /// Adds the records of a page.
    func add(_ records: PackedRecords, page: Int) throws {
        try insertion.execute(arguments: [records.kind.rawValue, page, records.bytes])
    }

    /// Removes what an import has not completed.
    static func removeIncoming(_ database: Database) throws {
        try database.execute(sql: "DROP TABLE IF EXISTS \(incomingTable)")
    }

    /// Puts the incoming table in the place of the one before.
    static func publish(_ database: Database) throws {
        try database.execute(
            sql: "DROP TABLE IF EXISTS \(table); ALTER TABLE \(incomingTable) RENAME TO \(table)")
    }

    /// The head, if it belongs to the ledger as it is now; `nil` where an engine without packed records has imported
    /// it.
    static func head(_ database: Database) throws -> Head? {
        guard try database.tableExists(table),
            let bytes = try Data.fetchOne(
                database, sql: "SELECT bytes FROM \(table) WHERE kind = ?", arguments: [headKind]),
            let head = try? JSONDecoder().decode(Head.self, from: bytes),
            head.layout == PackedRecords.layout, head.index.isSound,
            head.import == (try Int.fetchOne(database, sql: "SELECT imports FROM ledger"))
        else { return nil }
        return head
    }

    /// The records of a page; `nil` if there are none of the kind.
    static func records(of kind: RecordKind, page: Int, _ database: Database) throws -> PackedRecords? {
        let statement = try database.cachedStatement(
            sql: "SELECT rowid FROM \(table) WHERE kind = ? AND piece = ?")
        return try Int64.fetchOne(statement, arguments: [kind.rawValue, page]).map { row in
            PackedRecords(
                kind: kind, bytes: try StoredBlob.bytes(ofRow: row, "bytes", in: table, database))
        }
    }
}
