import Foundation
import GRDB
import Parallelism
import TestSupport
import Testing
import Vocabulary

@testable import Ledger
@testable import Store

@Suite("Packed records give the ledger that was checked when it was imported")
struct PackedLedgerTests {
    private let folder: TemporaryFolder
    private var file: URL { folder.file("store.db") }

    init() throws { folder = try TemporaryFolder() }

    private func packed(_ obligors: Set<ObligorID>? = nil) throws -> any PackedLedgerSource {
        try #require(try SQLiteStore(file).ledger(of: obligors) as? any PackedLedgerSource)
    }

    private func read(_ source: any PackedLedgerSource, _ threads: Int = 1) throws -> CheckedLedger? {
        try TradeLedger.readPacked(from: source, workers: Workers(threads: threads))
    }

    private func change(_ sql: String, _ arguments: StatementArguments = []) throws {
        try SQLiteStore(file).writing { try $0.execute(sql: sql, arguments: arguments) }
    }

    private func expectSame(_ one: TradeLedger, _ other: TradeLedger) throws {
        for place in 0..<other.obligorCount {
            let (mine, its) = (
                one.view(of: place, asOf: AsOf(.never)), other.view(of: place, asOf: AsOf(.never))
            )
            #expect(mine.orders.map(\.ordered) == its.orders.map(\.ordered))
            #expect(mine.deliveries.map(\.row) == its.deliveries.map(\.row))
            #expect(mine.invoices.map(\.amount) == its.invoices.map(\.amount))
            #expect(mine.invoices.map(\.row) == its.invoices.map(\.row))
            #expect(Array(mine.payments) == Array(its.payments))
            #expect(mine.allocations.map(\.minorUnits) == its.allocations.map(\.minorUnits))
            #expect(mine.creditNotes.map(\.amount) == its.creditNotes.map(\.amount))
            #expect(mine.promises.map(\.payBy) == its.promises.map(\.payBy))
            #expect(Array(mine.contracts) == Array(its.contracts))
            #expect(Array(mine.statements) == Array(its.statements))
            #expect(Array(mine.bureau) == Array(its.bureau))
            #expect(Array(mine.ratings) == Array(its.ratings))
        }
        #expect(one.rates.records == other.rates.records && one.links.records == other.links.records)
        for days in [0, 30, 300] {
            let asOf = AsOf((other.span?.upperBound ?? .never).adding(days: days))
            #expect(one.silences(asOf: asOf) == other.silences(asOf: asOf))
        }
        #expect(one.span == other.span && one.obligorCount == other.obligorCount)
        for kind in RecordKind.allCases { #expect(one.count(of: kind) == other.count(of: kind)) }
        try one.requireRead()
    }

    @Test(arguments: [1, 3])
    func theSampleLedger(threads: Int) throws {
        let ledger = try SmallLedger.sample()
        let imported = try SQLiteStore.importLedger(ledger, into: file, by: "test")
        let found = try #require(try read(try packed(), threads))
        try expectSame(found.ledger, try TradeLedger.read(from: ledger).ledger)
        #expect(found.report == imported.report && found.repairs.isEmpty)
    }

    /// Bytes and digests, whatever threads have read the files.
    @Test func theSameFilesGiveTheSameBytes() throws {
        let ledger = try SmallLedger.sample()
        let contents = try [1, 3].map { threads in
            let file = folder.file("\(threads).db")
            _ = try SQLiteStore.importLedger(
                ledger, into: file, by: "test", workers: Workers(threads: threads))
            return try SQLiteStore(file).reading { database in
                try ["ledger_packed", "ledger_digests"].map {
                    try Row.fetchAll(database, sql: "SELECT * FROM \($0)")
                }
            }
        }
        #expect(contents[0].map(\.count).min() ?? 0 > PackedRecords.kinds.count)
        #expect(contents[0] == contents[1])
    }

    /// What a check repairs is packed as repaired, and what it found is told again.
    @Test func repairsAndFindings() throws {
        let ledger = try SmallLedger.write(
            to: folder.file("ledger"),
            [.invoices: ("2020-04-06", "2020-03-01"), .promises: ("i3,2020", "i9,2020")])
        let imported = try SQLiteStore.importLedger(ledger, into: file, by: "test")
        let found = try #require(try read(try packed()))
        try expectSame(found.ledger, try TradeLedger.read(from: ledger).ledger)
        #expect(found.report == imported.report && found.report.entries.isEmpty == false)
        #expect(try packed(["007"].reduce(into: Set()) { $0.insert(ObligorID($1)) }).packedIndex() == nil)
    }

    @Test func thoseOfAnotherImportOrLayoutAreLeft() throws {
        _ = try SQLiteStore.importLedger(
            try SmallLedger.write(to: folder.file("a")), into: file, by: "test")
        _ = try SQLiteStore.importLedger(
            try SmallLedger.write(to: folder.file("b"), [.events: ("99.99", "98.99")]), into: file, by: "test"
        )
        #expect(try packed().packedIndex() != nil)
        // As an engine without packed records would import.
        try change("UPDATE ledger SET imports = imports + 1")
        #expect(try read(try packed()) == nil)
        try change("UPDATE ledger SET imports = imports - 1")
        let layout = PackedRecords.layout
        let head = try #require(
            try SQLiteStore(file).reading {
                try Data.fetchOne($0, sql: "SELECT bytes FROM ledger_packed WHERE kind = 'head'")
            })
        let other = String(decoding: head, as: UTF8.self).replacing(layout, with: "0 " + layout)
        try change("UPDATE ledger_packed SET bytes = ? WHERE kind = 'head'", [Data(other.utf8)])
        #expect(try packed().packedIndex() == nil)
        try change("DROP TABLE ledger_packed")
        #expect(try packed().packedIndex() == nil)
    }

    /// Bytes that are not those of the ledger are refused, whatever they say.
    @Test(arguments: 0..<40)
    func damagedBytesAreRefusedOrHarmless(seed: Int) throws {
        _ = try SQLiteStore.importLedger(
            try SmallLedger.write(to: folder.file("ledger")), into: file, by: "test")
        let kind = PackedRecords.kinds[seed % PackedRecords.kinds.count].rawValue
        let bytes = try #require(
            try SQLiteStore(file).reading {
                try Data.fetchOne(
                    $0, sql: "SELECT bytes FROM ledger_packed WHERE kind = ?", arguments: [kind])
            })
        var damaged = [UInt8](bytes)
        if seed < PackedRecords.kinds.count {
            damaged.removeLast()
        } else {
            for place in damaged.indices where place % 11 == seed % 11 { damaged[place] ^= 0xC5 }
        }
        try change("UPDATE ledger_packed SET bytes = ? WHERE kind = ?", [Data(damaged), kind])
        do {
            let ledger = try #require(try read(try packed())).ledger
            // Amounts and days may be others; every record can be looked at.
            for place in 0..<ledger.obligorCount {
                let view = ledger.view(of: place, asOf: AsOf(.never))
                _ = ledger.allocationHistory(of: place).all.count
                _ = view.contracts.count + view.orders.count + view.deliveries.count + view.promises.count
                _ = view.statements.count + view.bureau.count + view.ratings.count
            }
            try ledger.requireRead()
            #expect(seed >= PackedRecords.kinds.count)
        } catch let error as LedgerError {
            #expect("\(error)".contains("import the ledger into a new store"))
        }
    }
}
