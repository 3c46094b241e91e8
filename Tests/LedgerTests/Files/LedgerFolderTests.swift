import Foundation
import Parallelism
import Statistics
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite("A ledger folder gives back what was written")
struct LedgerFolderTests {
    private func written(
        _ ledger: TradeLedger, in folder: TemporaryFolder, named name: String, packing: Bool = false
    ) throws -> LedgerFolder {
        let writer = try LedgerFolderWriter(
            folder.file(name), baseCurrency: ledger.baseCurrency, packing: packing)
        try ledger.write(to: writer)
        try writer.finish(origin: ["by": "test"])
        return try LedgerFolder(folder.file(name), verifyingDigests: true)
    }

    @Test(arguments: [UInt64(1), 2, 3], [false, true])
    func roundTrip(seed: UInt64, packing: Bool) throws {
        let folder = try TemporaryFolder()
        let ledger = try RandomLedger(seed: seed).ledger()
        let first = try written(ledger, in: folder, named: "a", packing: packing)
        let again = try TradeLedger.read(from: first)
        #expect(again.report.entries.filter { $0.check != .gap }.isEmpty)
        #expect(again.repairs.isEmpty)
        let second = try written(again.ledger, in: folder, named: "b", packing: packing)
        // Equal digests mean equal bytes.
        #expect(first.manifest == second.manifest)
        for kind in RecordKind.allCases {
            #expect(again.ledger.count(of: kind) == ledger.count(of: kind))
            #expect(ledger.count(of: kind) > 0, "\(kind) are not tested")
        }
        #expect(again.ledger.obligors.map(\.id) == ledger.obligors.map(\.id))
        #expect(again.ledger.obligors.map(\.tags) == ledger.obligors.map(\.tags))
        #expect(again.ledger.invoices.records.map(\.amount) == ledger.invoices.records.map(\.amount))
        #expect(again.ledger.invoices.records.map(\.known) == ledger.invoices.records.map(\.known))
        #expect(again.ledger.ratings.records.map(\.reason) == ledger.ratings.records.map(\.reason))
    }

    @Test("Every field of every record is written as it was read", arguments: [UInt64(11), 12, 13])
    func everyField(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let random = try RandomLedger(seed: seed, obligors: 12)
        let source = try written(random.ledger(), in: folder, named: "a")
        for kind in RecordKind.allCases {
            let original = try #require(random.tables[kind])
            #expect(original.names == kind.fields.map(\.name))
            for name in original.names {
                let texts = CSVFormatter().records(
                    of: try Table(columns: [original.column(named: name).renamed("x")]))
                #expect(texts.contains { $0 != UInt8(ascii: "\n") }, "\(name) of \(kind) is not tested")
            }
            let file = try #require(source.files[kind])
            #expect(try CSVColumns.names(of: file) == kind.fields.map(\.name))
            var options = CSVOptions()
            options.workers = .single
            options.schema = try Schema(
                kind.fields.map { field in
                    // Words are text in both, whose levels may come in another order.
                    var schema = field.schema
                    if schema.type == .category { schema.type = .text }
                    schema.levels = nil
                    schema.missingMarkers = []
                    return schema
                })
            let table = try CSVReader(options).read(.file(file.path))
            #expect(try Self.rows(of: table) == Self.rows(of: original), "\(kind)")
        }
    }

    /// The records of a table as texts, in an order of their own.
    private static func rows(of table: Table) throws -> [String] {
        (0..<table.rowCount).map {
            String(decoding: CSVFormatter().records(of: table, rows: $0..<$0 + 1), as: UTF8.self)
        }.sorted()
    }

    @Test("The number of threads changes nothing")
    func threads() throws {
        let folder = try TemporaryFolder()
        let source = try written(RandomLedger(seed: 5, obligors: 40).ledger(), in: folder, named: "a")
        let one = try TradeLedger.read(from: source, workers: .single).ledger
        let four = try TradeLedger.read(from: source, workers: Workers(threads: 4)).ledger
        #expect(one.invoices.records == four.invoices.records)
        #expect(one.allocations.records == four.allocations.records)
        #expect(one.payments.records == four.payments.records)
    }

    @Test("Records lie by obligor and by the day they became known, and the view cuts them there")
    func order() throws {
        let ledger = try RandomLedger(seed: 7).ledger()
        let all = ledger.invoices.records
        for obligor in 0..<ledger.obligorCount {
            let part = ledger.invoices.of(obligor)
            #expect(part.allSatisfy { Int($0.obligor) == obligor })
            for (left, right) in zip(part, part.dropFirst()) { #expect(left.known <= right.known) }
            for offset in stride(from: 0, to: 400, by: 37) {
                let asOf = AsOf(RandomLedger.firstDay.adding(days: offset))
                let view = ledger.view(of: obligor, asOf: asOf)
                #expect(
                    Array(view.invoices)
                        == all.filter { Int($0.obligor) == obligor && $0.known <= asOf.day })
                #expect(view.payments.allSatisfy { $0.known <= asOf.day })
            }
        }
    }

    @Test("What becomes known later than its record is seen on its own day")
    func laterFacts() throws {
        let ledger = try RandomLedger(seed: 8, obligors: 30).ledger()
        var disputes = 0
        for invoice in ledger.invoices.records where invoice.disputedFrom != .never {
            disputes += 1
            let before = AsOf(invoice.disputedFrom.adding(days: -1))
            #expect(invoice.disputedSince(asOf: before) == nil && invoice.firstDisputed(asOf: before) == nil)
            #expect(invoice.disputedSince(asOf: AsOf(invoice.disputedFrom)) == invoice.disputedFrom)
            guard invoice.disputedTo != .never else { continue }
            let open = AsOf(invoice.disputedTo.adding(days: -1))
            #expect(invoice.disputedSince(asOf: open) == invoice.disputedFrom)
            #expect(invoice.disputeEnded(asOf: open) == nil)
            #expect(invoice.disputedSince(asOf: AsOf(invoice.disputedTo)) == nil)
            #expect(invoice.disputeEnded(asOf: AsOf(invoice.disputedTo)) == invoice.disputedTo)
        }
        #expect(disputes > 10)
        let order = try #require(ledger.orders.records.first { $0.cancelledOn != .never })
        #expect(order.cancelled(asOf: AsOf(order.cancelledOn.adding(days: -1))) == nil)
        #expect(order.cancelled(asOf: AsOf(order.cancelledOn)) == order.cancelledOn)
        let contract = try #require(ledger.contracts.records.first { $0.validTo != .never })
        #expect(contract.isValid(asOf: AsOf(contract.validTo)))
        #expect(contract.ended(asOf: AsOf(contract.validTo)) == nil)
        #expect(!contract.isValid(asOf: AsOf(contract.validTo.adding(days: 1))))
    }

    @Test("A writer that is dropped leaves nothing, and only a ledger is replaced")
    func noPartialOutput() throws {
        let folder = try TemporaryFolder()
        let ledger = try RandomLedger(seed: 9).ledger()
        do {
            let writer = try LedgerFolderWriter(folder.file("a"), baseCurrency: .euro)
            try ledger.write(to: writer)
        }
        #expect(try folder.names.isEmpty)
        _ = try written(ledger, in: folder, named: "a")
        #expect(throws: LedgerError.alreadyExists(path: folder.file("a").relativePath)) {
            _ = try LedgerFolderWriter(folder.file("a"), baseCurrency: .euro)
        }
        let writer = try LedgerFolderWriter(folder.file("a"), baseCurrency: .euro, replacing: true)
        try ledger.write(to: writer)
        try writer.finish(origin: [:])
        #expect(try folder.names == ["a"])
        try folder.write("x", to: "b")
        #expect(throws: LedgerError.notALedger(path: folder.file("b").relativePath)) {
            _ = try LedgerFolderWriter(folder.file("b"), baseCurrency: .euro, replacing: true)
        }
    }

    @Test("What is not there is not called something else")
    func nothingThere() throws {
        let place = try TemporaryFolder().file("none")
        #expect(throws: LedgerError.noLedger(folder: place.relativePath, reason: "nothing is there")) {
            try LedgerFolder(place)
        }
    }

    @Test("A changed, missing or added file is noticed")
    func alteredFiles() throws {
        let folder = try TemporaryFolder()
        let source = try written(RandomLedger(seed: 10).ledger(), in: folder, named: "a")
        let payments = folder.file("a/payments.csv")
        var text = try String(contentsOf: payments, encoding: .utf8)
        text.removeLast(1)
        text += "\n\n"
        try Data(text.utf8).write(to: payments)
        func altered() throws -> [String] {
            try LedgerFolder(source.url, verifyingDigests: true).faults(.standard)
                .filter { $0.check == .alteredFile }.map(\.file)
        }
        #expect(try altered() == ["payments.csv"])
        try FileManager.default.removeItem(at: payments)
        #expect(try altered() == ["payments.csv"])
    }
}
