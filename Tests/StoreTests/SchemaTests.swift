import Foundation
import GRDB
import Review
import TestSupport
import Testing
import Vocabulary

@testable import Store

@Suite("A store of every earlier version becomes one of the present version")
struct SchemaTests {
    private let folder: TemporaryFolder
    private var file: URL { folder.file("store.db") }

    init() throws { folder = try TemporaryFolder() }

    /// The statements that make the tables, in the order of their names.
    private static func schema(of database: Database) throws -> String {
        try String.fetchAll(
            database,
            sql: """
                SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'grdb%' ORDER BY name
                """
        ).joined(separator: ";\n") + ";\n"
    }

    /// A store as an engine of an earlier version left it, with what that version could hold.
    private func old(_ version: Int) throws {
        let queue = try DatabaseQueue(path: file.path)
        try queue.writeWithoutTransaction { database in
            try database.execute(
                sql: "PRAGMA application_id = \(StoreSchema.applicationID); PRAGMA journal_mode = WAL")
        }
        try StoreSchema.migrator.migrate(queue, upTo: StoreSchema.steps[version - 1].name)
        try queue.write { database in
            for statements in Self.contents.prefix(version) { try database.execute(sql: statements) }
        }
        try queue.close()
    }

    /// What each version added, as rows.
    private static let contents = [
        """
        INSERT INTO ledger VALUES (1, 'EUR', 1);
        INSERT INTO ledger_files VALUES ('obligors', 'obligors.csv', 1, 'abc');
        CREATE TABLE ledger_obligors (obligor TEXT, onboarded INTEGER);
        INSERT INTO ledger_obligors VALUES ('007', 18000);
        """,
        """
        INSERT INTO runs VALUES (1, 'd', 'review', 19000, NULL, '["a"]', 'cron', 1700000000000, 1700000001000, 1, 'ok');
        INSERT INTO batches VALUES (1, 0, '[]', x'00ff');
        INSERT INTO ratings VALUES
            (1, 1, 0, '007', 19000, 'BB', NULL, 0.25, NULL, NULL, 'EUR', 10, NULL, NULL, NULL, 0, '[]');
        INSERT INTO job_states VALUES ('watch', x'01');
        """,
        """
        INSERT INTO alerts VALUES (1, 'k', '007', 19000, 'dbt', 'high', 'slow', NULL, 1);
        INSERT INTO models VALUES
            (1, 'm', '\(ContentDigest.of(Data("m".utf8)))', 'candidate', x'6d', NULL, NULL, '[]', 'x', 1700000000000, 2);
        """,
        "",
        "INSERT INTO ledger_left_out VALUES (1, '{\"entries\":[],\"recordCounts\":{},\"passedOver\":[]}', '{\"007\":\"x\"}', 2);",
    ]

    @Test(arguments: StoreSchema.steps.indices.map { $0 + 1 })
    func everyVersionIsBroughtForward(version: Int) throws {
        try old(version)
        let store = try SQLiteStore(file)
        try store.checkIntegrity()
        let fresh = try SQLiteStore.create(folder.file("fresh.db"))
        let expected = try fresh.reading(Self.schema)
        let found = try store.reading(Self.schema)
        #expect(found.replacing(/CREATE TABLE ledger_obligors[^;]*;\n/, with: "") == expected)
        #expect(try store.ledgerDigest() != nil)
        #expect(try store.reading { try Int.fetchOne($0, sql: "SELECT count(*) FROM ledger_obligors") } == 1)
        if version >= 2 {
            let day = CalendarDay(daysSince1970: 19_001)
            #expect(try store.latestRatings(before: day)[ObligorID("007")]?.grade == .bb)
            #expect(try store.batch(0, of: "d")?.remainder == Data([0, 255]))
            #expect(try store.state(of: "watch") == Data([1]))
        }
        if version >= 3 {
            #expect(try store.alerts().map(\.key) == ["k"])
            #expect(try store.entry(ofModel: 1).model == Data("m".utf8))
        }
        #expect(try store.leftOut()?.setAside == (version >= 5 ? ["007": "x"] : nil))
        // And goes on from there.
        try store.append(AuditEntry(action: "a", author: "b", subject: "c"))
        #expect(try SQLiteStore(file).auditTrail().count == 1)
    }

    /// A step that a release has is never edited: it would not reach the stores that took it before.
    @Test(arguments: StoreSchema.steps.indices.map { $0 + 1 })
    func stepsStayAsTheyWere(version: Int) throws {
        let queue = try DatabaseQueue()
        try StoreSchema.migrator.migrate(queue, upTo: StoreSchema.steps[version - 1].name)
        try Golden.expect(
            try queue.read(Self.schema), in: "Tests/StoreTests/Fixtures/schema-version-\(version).sql")
    }

    @Test func aNewerStoreIsRefused() throws {
        try SQLiteStore.create(file).close()
        let queue = try DatabaseQueue(path: file.path)
        try queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 something')") }
        try queue.close()
        #expect(throws: StorageError.newerVersion(store: file.relativePath)) { try SQLiteStore(file) }
    }
}
