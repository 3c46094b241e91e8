import Foundation
import GRDB
import Ledger
import Review

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

    private let database: Database
    private let insertion: GRDB.Statement

    /// Begins to fill the incoming table.
    ///
    /// - Parameter number: The number of the import, since names of indices are unique in a store.
    init(filling database: Database, import number: Int) throws {
        self.database = database
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
        try add(Data(try JSONForm.text(of: head).utf8), kind: Self.headKind, piece: 0)
    }

    /// Adds the records of a page.
    func add(_ records: PackedRecords, page: Int) throws {
        try add(records.bytes, kind: records.kind.rawValue, piece: page)
    }

    private func add(_ bytes: Data, kind: String, piece: Int) throws {
        try insertion.execute(arguments: [kind, piece, bytes])
        try LedgerSeal.add(
            LedgerSeal.Piece(
                form: .packed, kind: kind, number: piece, size: bytes.count, sha256: ContentDigest.of(bytes)),
            database)
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

    /// A row of the table, without its bytes.
    struct Row {
        var number: Int64
        var kind: String
        var piece: Int
        /// How many bytes it has.
        var size: Int
    }

    /// The rows in the order of kinds and pieces.
    static func rows(_ database: Database) throws -> [Row] {
        guard try database.tableExists(table) else { return [] }
        return try GRDB.Row.fetchAll(
            database,
            sql:
                "SELECT rowid AS number, kind, piece, length(bytes) AS size FROM \(table) ORDER BY kind, piece"
        ).map { row in
            Row(
                number: try row.value("number"), kind: try row.value("kind"), piece: try row.value("piece"),
                size: try row.value("size"))
        }
    }

    /// The bytes of a row.
    static func bytes(of row: Row, _ database: Database) throws -> Data {
        try StoredBlob.bytes(ofRow: row.number, "bytes", in: table, database)
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
