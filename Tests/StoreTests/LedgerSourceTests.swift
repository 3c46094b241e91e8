import Foundation
import Ledger
import Parallelism
import Review
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Store

/// One suite for whatever a ledger is read from: CSV files, tables in memory, a store.
@Suite("Every source gives the same ledger")
struct LedgerSourceTests {
    enum Kind: CaseIterable { case folder, tables, newStore, filledStore }

    /// A source of the kind, with the ledger of a folder.
    private func source(
        _ kind: Kind, of ledger: LedgerFolder, in folder: TemporaryFolder
    ) throws -> any LedgerSource {
        switch kind {
        case .folder: return ledger
        case .tables:
            var tables: [RecordKind: Table] = [:]
            for (kind, file) in ledger.files {
                var options = CSVOptions()
                let names = try CSVStream(.file(file.path)).schema.names
                options.schema = try Schema(kind.fields.filter { names.contains($0.name) }.map(\.schema))
                tables[kind] = try CSVReader(options).read(file.path)
            }
            return TableLedgerSource(tables, baseCurrency: ledger.baseCurrency)
        case .newStore:
            let file = folder.file("new.db")
            _ = try SQLiteStore.importLedger(ledger, into: file, by: "test")
            return try SQLiteStore(file).ledger()
        case .filledStore:
            // The ledger comes in place of another.
            let file = folder.file("filled.db")
            let other = try SmallLedger.write(to: folder.file("other"), leavingOut: [.events, .rates])
            _ = try SQLiteStore.importLedger(other, into: file, by: "test")
            _ = try SQLiteStore.importLedger(ledger, into: file, by: "test")
            return try SQLiteStore(file).ledger()
        }
    }

    /// A ledger as the bytes of its files.
    private func written(
        _ checked: CheckedLedger, in folder: TemporaryFolder
    ) throws -> [LedgerManifest.File] {
        let writer = try LedgerFolderWriter(
            folder.file(UUID().uuidString), baseCurrency: checked.ledger.baseCurrency)
        try checked.ledger.write(to: writer)
        return try writer.finish(origin: [:]).files
    }

    @Test(arguments: Kind.allCases)
    func aLedgerOfEveryKind(kind: Kind) throws {
        let folder = try TemporaryFolder()
        let ledger = try SmallLedger.write(to: folder.file("ledger"))
        let expected = try written(TradeLedger.read(from: ledger), in: folder)
        #expect(expected.count == RecordKind.allCases.count)
        let found = try TradeLedger.read(from: try source(kind, of: ledger, in: folder))
        #expect(try written(found, in: folder) == expected)
    }

    @Test(arguments: Kind.allCases)
    func theSampleLedger(kind: Kind) throws {
        let folder = try TemporaryFolder()
        let ledger = try SmallLedger.sample()
        let expected = try TradeLedger.read(from: ledger)
        let found = try TradeLedger.read(from: try source(kind, of: ledger, in: folder))
        #expect(try written(found, in: folder) == (try written(expected, in: folder)))
        #expect(found.report.recordCounts == expected.report.recordCounts)
    }

    @Test(arguments: Kind.allCases)
    func threadsChangeNothing(kind: Kind) throws {
        let folder = try TemporaryFolder()
        let source = try source(kind, of: try SmallLedger.sample(), in: folder)
        let one = try TradeLedger.read(from: source, workers: .single)
        let four = try TradeLedger.read(from: source, workers: Workers(threads: 4))
        #expect(try written(one, in: folder) == (try written(four, in: folder)))
    }

    @Test(arguments: Kind.allCases)
    func aPartIsReadWithWhatItNeeds(kind: Kind) throws {
        let folder = try TemporaryFolder()
        let ledger = try SmallLedger.write(to: folder.file("ledger"))
        let scope = LedgerScope([.allocations])
        let expected = try written(TradeLedger.read(from: ledger, scope: scope), in: folder)
        let found = try TradeLedger.read(from: try source(kind, of: ledger, in: folder), scope: scope)
        #expect(try written(found, in: folder) == expected)
        #expect(found.ledger.count(of: .allocations) == 1 && found.ledger.count(of: .orders) == 0)
    }

    /// Whatever is wrong with records is found in the same places; a store takes what its import let pass.
    @Test(arguments: Kind.allCases)
    func faultsAreFoundInTheSamePlaces(kind: Kind) throws {
        let folder = try TemporaryFolder()
        let ledger = try SmallLedger.write(
            to: folder.file("ledger"),
            [.invoices: ("2020-04-06", "2020-03-01"), .promises: ("i3,2020", "i9,2020")])
        func entries(_ source: any LedgerSource) throws -> [CheckReport.Entry] {
            try TradeLedger.read(from: source).report.entries
        }
        let expected = try entries(ledger)
        #expect(expected.contains { $0.check == .reversedDates && $0.lines == [4] })
        #expect(try entries(try source(kind, of: ledger, in: folder)) == expected)
    }

    @Test func someObligorsAreReadAlone() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("store.db")
        _ = try SQLiteStore.importLedger(
            try SmallLedger.write(to: folder.file("ledger")), into: file, by: "test")
        let store = try SQLiteStore(file)
        let ledger = try TradeLedger.read(from: try store.ledger(of: [ObligorID("007"), ObligorID("08")]))
            .ledger
        #expect(ledger.obligorCount == 2 && ledger.place(of: ObligorID("9")) == nil)
        #expect(ledger.count(of: .invoices) == 3 && ledger.count(of: .allocations) == 1)
        #expect(ledger.count(of: .links) == 1 && ledger.count(of: .rates) == 2)
        let other = try TradeLedger.read(from: try store.ledger(of: [ObligorID("9"), ObligorID("none")]))
            .ledger
        #expect(
            other.obligorCount == 1 && other.count(of: .allocations) == 0 && other.count(of: .promises) == 1)
    }

    /// What an obligor is alone is what it is among all.
    @Test func oneObligorOfTheSampleIsWhatItIsAmongAll() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("store.db")
        let sample = try SmallLedger.sample()
        _ = try SQLiteStore.importLedger(sample, into: file, by: "test")
        let all = try TradeLedger.read(from: sample).ledger
        let store = try SQLiteStore(file)
        for place in stride(from: 0, to: all.obligorCount, by: max(1, all.obligorCount / 5)) {
            let id = all.id(ofObligor: place)
            let one = try TradeLedger.read(from: try store.ledger(of: [id])).ledger
            let asOf = AsOf(try #require(all.span).upperBound)
            let (mine, its) = (one.view(of: 0, asOf: asOf), all.view(of: place, asOf: asOf))
            #expect(mine.obligor?.name == its.obligor?.name && mine.id == its.id)
            #expect(mine.invoices.map(\.amount) == its.invoices.map(\.amount))
            #expect(mine.invoices.map(\.due) == its.invoices.map(\.due))
            #expect(mine.payments.map(\.known) == its.payments.map(\.known))
            #expect(mine.allocations.map(\.minorUnits) == its.allocations.map(\.minorUnits))
            #expect(mine.statements.count == its.statements.count && mine.events.count == its.events.count)
        }
    }

    @Test func aReaderSeesTheLedgerOfItsBeginning() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("store.db")
        let first = try SmallLedger.write(to: folder.file("a"))
        _ = try SQLiteStore.importLedger(first, into: file, by: "test")
        let before = try SQLiteStore(file).ledger()
        _ = try SQLiteStore.importLedger(
            try SmallLedger.write(
                to: folder.file("b"), leavingOut: [.links, .promises], [.invoices: ("99.99", "98.99")]),
            into: file, by: "test")
        let seen = try TradeLedger.read(from: before)
        #expect(try written(seen, in: folder) == (try written(TradeLedger.read(from: first), in: folder)))
        #expect(try TradeLedger.read(from: SQLiteStore(file).ledger()).ledger.count(of: .links) == 0)
    }
}
