import Foundation
import GRDB
import Ledger
import Review

/// What an import leaves so that a change of its records is found: a digest of every piece of them.
///
/// A table that comes and goes with those of the ledger. `ledger_digests` has a row for the records of each block that
/// was inserted into a table `ledger_KIND`, in their order, and one for each piece of `ledger_packed`. The audit trail
/// has the digest of that table and of what else the store says of its ledger, in the entry of the import; what was
/// changed since is then found down to the piece.
enum LedgerSeal {
    static let table = "ledger_digests"
    private static let incomingTable = "incoming_digests"

    /// Where records lie.
    enum Form: String {
        /// In the rows of `ledger_KIND`.
        case rows
        /// In `ledger_packed`.
        case packed
        /// In the rows of `set_by_KIND`, by ``LateRecords``.
        case setBy = "set by"
    }

    /// Some records that lie together.
    struct Piece {
        var form: Form
        var kind: String
        /// Its place among those of its kind, from 0 on; of packed records the page.
        var number: Int
        /// How many rows or bytes it has.
        var size: Int
        var sha256: String
    }

    /// How the ledger of a store stands to its last import.
    enum State {
        /// There is none.
        case noLedger
        /// An engine imported it that left no digests.
        case unsealed
        /// What the import left is not what the audit trail says of it.
        case broken(record: Int)
        /// The digests are those of the import.
        case sealed(record: Int)
    }

    /// Begins to fill the incoming table.
    static func create(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE \(incomingTable)
                    (form TEXT NOT NULL, kind TEXT NOT NULL, piece INTEGER NOT NULL, size INTEGER NOT NULL,
                     sha256 TEXT NOT NULL)
                """)
    }

    /// Adds a piece of the incoming ledger.
    static func add(_ piece: Piece, _ database: Database) throws {
        try database.cachedStatement(sql: "INSERT INTO \(incomingTable) VALUES (?, ?, ?, ?, ?)").execute(
            arguments: [piece.form.rawValue, piece.kind, piece.number, piece.size, piece.sha256])
    }

    /// Digests the incoming rows of a kind anew, where they were changed after they had been inserted.
    static func renewRows(of kind: RecordKind, _ database: Database) throws {
        try database.execute(
            sql: "DELETE FROM \(incomingTable) WHERE form = ? AND kind = ?",
            arguments: [Form.rows.rawValue, kind.rawValue])
        try addRows(of: kind, in: LedgerTable(kind: kind).incomingName, as: .rows, database)
    }

    private static func addRows(
        of kind: RecordKind, in table: String, as form: Form, _ database: Database
    ) throws {
        let cursor = try RowCursor(table, database)
        var number = 0
        while let rows = try cursor.next(RecordCursor.blockSize) {
            try add(
                Piece(
                    form: form, kind: kind.rawValue, number: number, size: rows.count,
                    sha256: rows.digest(in: cursor.columns.map(\.name))), database)
            number += 1
        }
    }

    /// Removes what an import has not completed.
    static func removeIncoming(_ database: Database) throws {
        try database.execute(sql: "DROP TABLE IF EXISTS \(incomingTable)")
    }

    /// Puts the incoming table in the place of the one before, of which the rows of some kinds stay, and those of
    /// records that are set by.
    static func publish(keeping kinds: [RecordKind], _ database: Database) throws {
        for kind in RecordKind.allCases {
            let setBy = LedgerTable(kind: kind).setByName
            guard try database.tableExists(setBy) else { continue }
            if try database.tableExists(table) {
                try database.execute(
                    sql: "INSERT INTO \(incomingTable) SELECT * FROM \(table) WHERE form = ? AND kind = ?",
                    arguments: [Form.setBy.rawValue, kind.rawValue])
                if database.changesCount > 0 { continue }
            }
            try addRows(of: kind, in: setBy, as: .setBy, database)
        }
        for kind in kinds {
            try database.execute(
                sql: "INSERT INTO \(incomingTable) SELECT * FROM \(table) WHERE form = ? AND kind = ?",
                arguments: [Form.rows.rawValue, kind.rawValue])
        }
        try database.execute(
            sql: "DROP TABLE IF EXISTS \(table); ALTER TABLE \(incomingTable) RENAME TO \(table)")
    }

    /// Rows or bytes of a piece: no value of SQLite has more.
    private static let sizes = 0...Int(Int32.max)

    /// The pieces of a form in order.
    ///
    /// - Throws: If one has a size that no piece has.
    static func pieces(_ form: Form, _ database: Database) throws -> [Piece] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM \(table) WHERE form = ? ORDER BY kind, piece",
            arguments: [form.rawValue]
        ).map { row in
            let size: Int = try row.value("size")
            guard sizes.contains(size) else { throw damaged("\(table) has a piece of size \(size)") }
            return Piece(
                form: form, kind: try row.value("kind"), number: try row.value("piece"), size: size,
                sha256: try row.value("sha256"))
        }
    }
}

extension LedgerSeal {
    /// What the audit trail calls an import.
    static let action = "ledger imported"
    private static let mark = "records "

    /// What the entry of an import says of the ledger that is in the store now.
    static func note(_ database: Database) throws -> String { mark + (try digest(database)) }

    /// What an entry calls the import of a number.
    static func subject(ofImport number: Int) -> String { "import \(number)" }

    /// The number of the last import that the audit trail tells of; 0 if it tells of none.
    static func lastImport(_ database: Database) throws -> Int {
        let subject = try String.fetchOne(
            database, sql: "SELECT subject FROM audit WHERE action = ? ORDER BY record DESC LIMIT 1",
            arguments: [action])
        return subject?.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }

    /// How the ledger stands to the last import.
    static func state(_ database: Database) throws -> State {
        let entry = try Row.fetchOne(
            database, sql: "SELECT record, details FROM audit WHERE action = ? ORDER BY record DESC LIMIT 1",
            arguments: [action])
        let details: String? = try entry?.value("details")
        guard let record: Int = try entry?.value("record"),
            let told = details?.split(separator: "; ").first(where: { $0.hasPrefix(mark) })
        else {
            let isThere = try Int.fetchOne(database, sql: "SELECT count(*) FROM ledger") != 0
            return isThere ? .unsealed : .noLedger
        }
        let isWhole = try database.tableExists(table) && note(database) == told
        return isWhole ? .sealed(record: record) : .broken(record: record)
    }

    /// Whether tables and pieces have the sizes that they had when they were imported: what can be seen at once.
    static func sizesAreThose(_ database: Database) throws -> Bool {
        var rows: [String: Int] = [:]
        for piece in try pieces(.rows, database) { rows[piece.kind, default: 0] += piece.size }
        for kind in RecordKind.allCases {
            let name = LedgerTable(kind: kind).name
            guard try database.tableExists(name) else {
                if rows[kind.rawValue] != nil { return false }
                continue
            }
            let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM \(name)")
            guard count == rows[kind.rawValue, default: 0] else { return false }
        }
        return try pieces(.packed, database).elementsEqual(PackedLedger.rows(database)) { piece, row in
            piece.kind == row.kind && piece.number == row.piece && piece.size == row.size
        }
    }

    /// The digest of what the store says of its ledger, without the records themselves.
    private static func digest(_ database: Database) throws -> String {
        var digest = ContentDigest()
        for selection in [
            "base_currency, imports FROM ledger",
            "kind, file, records, sha256 FROM ledger_files ORDER BY kind",
            "report, set_aside, faults FROM ledger_left_out",
            "form, kind, piece, size, sha256 FROM \(table) ORDER BY form, kind, piece",
        ] {
            let rows = try Row.fetchAll(database, sql: "SELECT \(selection)")
            digest.add(Int64(rows.count))
            for value in rows.flatMap(\.databaseValues) {
                switch value.storage {
                case .int64(let number): digest.add(number)
                case .string(let text): digest.add(text)
                case .double(let number): digest.add(number)
                case .blob(let bytes): digest.add(bytes)
                case .null: digest.add(nil as String?)
                }
            }
        }
        return digest.hexadecimal
    }
}

extension LedgerSeal {
    /// What is wrong with the records of the ledger; `nil` if they are those of the last import, or if an engine
    /// imported them that left no digests.
    ///
    /// - Returns: The record of the import, and what is wrong.
    static func fault(_ database: Database) throws -> (record: Int, reason: String)? {
        switch try state(database) {
        case .noLedger, .unsealed: nil
        case .broken(let record): (record, "what the store says of its ledger is not what was imported")
        case .sealed(let record):
            try (faultOfRows(database) ?? faultOfPacked(database) ?? faultOfSetBy(database)).map {
                (record, $0)
            }
        }
    }

    private static func faultOfRows(_ database: Database) throws -> String? {
        let pieces = Dictionary(grouping: try pieces(.rows, database), by: \.kind)
        let counts = try Row.fetchAll(database, sql: "SELECT kind, records FROM ledger_files").map {
            (kind: try $0.value("kind") as String, records: try $0.value("records") as Int)
        }
        for kind in RecordKind.allCases {
            let table = LedgerTable(kind: kind).name
            guard let count = counts.first(where: { $0.kind == kind.rawValue })?.records else {
                if try database.tableExists(table) { return "no import brought \(kind.rawValue)" }
                continue
            }
            guard try database.tableExists(table) else { return "the \(kind.rawValue) are missing" }
            let pieces = pieces[kind.rawValue, default: []]
            if let fault = try fault(of: pieces, kind, in: table, database) { return fault }
            if pieces.reduce(0, { $0 + $1.size }) != count {
                return "the number of \(kind.rawValue) is not that of the import"
            }
        }
        return nil
    }

    private static func faultOfSetBy(_ database: Database) throws -> String? {
        let pieces = Dictionary(grouping: try pieces(.setBy, database), by: \.kind)
        for kind in RecordKind.allCases {
            let table = LedgerTable(kind: kind).setByName
            let its = pieces[kind.rawValue, default: []]
            guard try database.tableExists(table) else {
                if its.isEmpty { continue }
                return "the \(kind.rawValue) of an earlier import are missing: see \(table)"
            }
            if let fault = try fault(of: its, kind, in: table, database) { return fault }
        }
        return nil
    }

    /// What is wrong with the rows of a table, by the pieces that an import left of it.
    private static func fault(
        of pieces: [Piece], _ kind: RecordKind, in table: String, _ database: Database
    ) throws -> String? {
        let cursor = try RowCursor(table, database)
        var first = 1
        for piece in pieces {
            let rows = try cursor.next(piece.size)
            guard rows?.count == piece.size, rows?.digest(in: cursor.columns.map(\.name)) == piece.sha256
            else {
                return "\(kind.rawValue) are not those that were imported: see rows \(first) to "
                    + "\(first + piece.size - 1) of \(table)"
            }
            first += piece.size
        }
        return try cursor.next(1) == nil
            ? nil : "\(kind.rawValue) are more than were imported: see row \(first) of \(table)"
    }

    private static func faultOfPacked(_ database: Database) throws -> String? {
        let rows = try PackedLedger.rows(database)
        let found = Dictionary(
            rows.map { (["\($0.piece)", $0.kind], $0) }, uniquingKeysWith: { one, _ in one })
        let pieces = try pieces(.packed, database)
        for piece in pieces {
            let row = found[["\(piece.number)", piece.kind]]
            guard let row, row.size == piece.size,
                ContentDigest.of(try PackedLedger.bytes(of: row, database)) == piece.sha256
            else {
                return "packed \(piece.kind) are not those that were imported: see piece \(piece.number) of "
                    + PackedLedger.table
            }
        }
        return rows.count == pieces.count
            ? nil : "\(PackedLedger.table) has \(rows.count) pieces, not the \(pieces.count) of the import"
    }
}
