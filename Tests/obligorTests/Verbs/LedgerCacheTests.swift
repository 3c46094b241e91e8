import Foundation
import Logging
import Parallelism
import Results
import Review
import TestSupport
import Testing
import Vocabulary

@testable import Ledger
@testable import obligor

@Suite("A cache of a ledger folder changes nothing but the time that reading takes")
struct LedgerCacheTests {
    private let folder: TemporaryFolder
    private var cache: URL { folder.file("cache") }

    init() throws {
        folder = try TemporaryFolder()
        let made = Run(
            "simulate", "--obligors", "12", "--years", "2", "--invoices-per-year", "12", "--seed", "3",
            "--plain",
            "--out", folder.path("ledger"))
        try #require(made.status == .done, "\(made.error)")
    }

    /// Reads the folder with its cache or without.
    private func read(cached: Bool = true, threads: Int = 1) throws -> (FaultyRecords, log: String) {
        let console = RecordingConsole()
        let log = Logger.ofJob("test", .text, on: console)
        let records = try LedgerPlace(folder.path("ledger")).read(
            cache: cached ? LedgerCache(url: cache, isReadOnly: false, log: log) : nil,
            workers: Workers(threads: threads))
        return (records, console.error)
    }

    private func expectSame(_ one: FaultyRecords, _ other: FaultyRecords) throws {
        #expect(one.checked.report == other.checked.report && one.setAside == other.setAside)
        let (one, other) = (one.checked.ledger, other.checked.ledger)
        for kind in RecordKind.allCases { #expect(one.count(of: kind) == other.count(of: kind), "\(kind)") }
        for place in 0..<other.obligorCount {
            let (mine, its) = (
                one.view(of: place, asOf: AsOf(.never)), other.view(of: place, asOf: AsOf(.never))
            )
            #expect(mine.orders.map(\.amount) == its.orders.map(\.amount))
            #expect(mine.deliveries.map(\.row) == its.deliveries.map(\.row))
            #expect(mine.invoices.map(\.amount) == its.invoices.map(\.amount))
            #expect(Array(mine.payments) == Array(its.payments))
            #expect(mine.allocations.map(\.minorUnits) == its.allocations.map(\.minorUnits))
            #expect(Array(mine.contracts) == Array(its.contracts))
            #expect(Array(mine.statements) == Array(its.statements))
            #expect(Array(mine.bureau) == Array(its.bureau))
            #expect(Array(mine.ratings) == Array(its.ratings) && Array(mine.events) == Array(its.events))
        }
        #expect(one.rates.records == other.rates.records && one.links.records == other.links.records)
        try one.requireRead()
    }

    private func change(_ name: String, _ body: (inout [UInt8]) -> Void) throws {
        var bytes = [UInt8](try Data(contentsOf: folder.file(name)))
        body(&bytes)
        try Data(bytes).write(to: folder.file(name))
    }

    @Test(arguments: [1, 3])
    func theSameFilesAreReadOnce(threads: Int) throws {
        let plain = try read(cached: false).0
        let (first, before) = try read(threads: threads)
        let (second, after) = try read(threads: threads)
        try expectSame(first, plain)
        try expectSame(second, plain)
        #expect(!before.contains("those of the cache") && after.contains("those of the cache"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == [
                "cache", "ledger",
            ])
    }

    /// A record that is another one, of the same length and with the old time of change, is seen.
    @Test func aChangedFileIsReadAgain() throws {
        _ = try read()
        let name = "ledger/orders.csv"
        let old = try FileManager.default.attributesOfItem(atPath: folder.path(name))[.modificationDate]
        try change(name) { bytes in
            // The first decimal of the last amount.
            for place in bytes.indices.reversed() where bytes[place] == UInt8(ascii: ".") {
                bytes[place + 1] =
                    bytes[place + 1] == UInt8(ascii: "1") ? UInt8(ascii: "2") : UInt8(ascii: "1")
                return
            }
        }
        try FileManager.default.setAttributes(
            [.modificationDate: try #require(old)], ofItemAtPath: folder.path(name))
        let plain = try read(cached: false).0
        let (changed, log) = try read()
        try expectSame(changed, plain)
        #expect(!log.contains("those of the cache"))
        let (again, after) = try read()
        try expectSame(again, plain)
        #expect(after.contains("those of the cache"))
    }

    @Test(arguments: ["invoices.packed", "bureau.packed", LedgerCache.headName])
    func aDamagedCacheIsMadeAnew(name: String) throws {
        let plain = try read().0
        for damage in 0..<3 {
            try change("cache/\(name)") { bytes in
                switch damage {
                case 0: bytes[bytes.count / 2] ^= 1
                case 1: bytes.removeLast(3)
                default: bytes = []
                }
            }
            let (found, log) = try read()
            try expectSame(found, plain)
            #expect(!log.contains("those of the cache"))
            #expect(try read().log.contains("those of the cache"))
        }
    }

    @Test func aLostCacheIsMadeAnewAndAnotherFolderIsLeftAlone() throws {
        let plain = try read().0
        try FileManager.default.removeItem(at: folder.file("cache/payments.packed"))
        try expectSame(read().0, plain)
        try FileManager.default.removeItem(at: cache)
        try expectSame(read().0, plain)
        #expect(try read().log.contains("those of the cache"))
        // A folder of somebody else's is not replaced.
        try FileManager.default.removeItem(at: cache)
        try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: cache.appending(path: "notes.txt"))
        let (found, log) = try read()
        try expectSame(found, plain)
        #expect(log.contains("was not written"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: cache.path) == ["notes.txt"])
    }

    /// A folder that was a cache and has something else in it now would be lost with it.
    @Test func whatElseIsInACacheIsNotLost() throws {
        _ = try read()
        try Data("mine".utf8).write(to: cache.appending(path: "notes.txt"))
        try change("cache/\(LedgerCache.headName)") { $0 = [] }
        let log = try read().log
        #expect(log.contains("was not written") && log.contains("notes.txt"))
        #expect(FileManager.default.fileExists(atPath: cache.appending(path: "notes.txt").path))
    }

    @Test func aReviewWithACacheIsTheReviewWithout() throws {
        let desk = try ReviewDesk()
        let more = ["--no-migrations", "--quiet", "--log", "text"]
        let cached = more + ["--ledger-cache", desk.folder.path("cache")]
        #expect(Run(desk.first("plain", of: "ledger", more)).status == .done)
        #expect(Run(desk.first("making", of: "ledger", cached)).status == .done)
        let taking = Run(desk.first("taking", of: "ledger", cached))
        #expect(taking.status == .done && taking.error.contains("those of the cache"), "\(taking.error)")
        let plain = try desk.content("plain")
        #expect(try desk.content("making") == plain && desk.content("taking") == plain)
        let nested = Run(desk.first("cache/run", of: "ledger", cached))
        #expect(nested.status == .usage && nested.error.contains("a folder of its own"), "\(nested.error)")
        let store = Run(desk.first("store", of: "portfolio.db", cached))
        #expect(store.status == .usage && store.error.contains("--ledger-cache"), "\(store.error)")
    }

    /// Records of an engine whose own lie otherwise are of no use, whatever version it calls itself.
    @Test func recordsOfAnotherLayoutAreReadAgain() throws {
        let plain = try read().0
        let name = "cache/\(LedgerCache.headName)"
        let text = try String(contentsOf: folder.file(name), encoding: .utf8)
        let body = try #require(text.split(separator: "\n", maxSplits: 1).last)
        let digits = PackedRecords.layout.suffix(1)
        let other = body.replacing(
            PackedRecords.layout, with: PackedRecords.layout.dropLast() + (digits == "0" ? "1" : "0"))
        #expect(other != body)
        let digest = ContentDigest.of(Data(other.utf8))
        try Data("\(digest)\n\(other)".utf8).write(to: folder.file(name))
        let (found, log) = try read()
        try expectSame(found, plain)
        #expect(!log.contains("those of the cache"))
        #expect(try read().log.contains("those of the cache"))
    }

    /// A dry run takes what is there, and makes, mends and removes nothing.
    @Test func aDryRunLeavesTheCacheAsItIs() throws {
        let desk = try ReviewDesk()
        let cache = desk.folder.path("cache")
        func review(_ more: String...) -> Run {
            Run(
                desk.first(
                    "out", of: "ledger", ["--no-migrations", "--log", "text", "--ledger-cache", cache])
                    + more)
        }
        func names() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: desk.folder.url.path).sorted()
        }
        let before = try names()
        let early = review("--dry-run")
        #expect(early.status == .done && early.output.contains("Nothing was written"), "\(early.error)")
        #expect(try names() == before)
        #expect(review().status == .done)
        let kept = try desk.content("cache")
        #expect(kept.count > 3)
        let taking = review("--dry-run")
        #expect(taking.status == .done && taking.error.contains("those of the cache"), "\(taking.error)")
        #expect(try desk.content("cache") == kept)
        // Of other files by now, and damaged.
        let events = desk.folder.file("ledger/events.csv")
        try Data(
            (desk.text("ledger/events.csv").split(separator: "\n").dropLast().joined(separator: "\n") + "\n")
                .utf8
        )
        .write(to: events)
        var damaged = try Data(contentsOf: desk.folder.file("cache/invoices.packed"))
        damaged[damaged.count / 2] ^= 1
        try damaged.write(to: desk.folder.file("cache/invoices.packed"))
        let stale = try desk.content("cache")
        let run = review("--dry-run")
        #expect(run.status == .done && !run.error.contains("those of the cache"), "\(run.error)")
        #expect(try desk.content("cache") == stale)
    }

    /// Whoever has opened a cache that another job puts another one in the place of finds its own records or none.
    @Test func aCacheThatIsReplacedMeanwhileIsNotMixed() throws {
        _ = try read()
        let (opened, log) = try read()
        #expect(log.contains("those of the cache"))
        let plain = try read(cached: false).0.checked.ledger
        // The last order goes, which another job sees first.
        let orders = try String(contentsOf: folder.file("ledger/orders.csv"), encoding: .utf8)
        let rest = orders.split(separator: "\n").dropLast().joined(separator: "\n") + "\n"
        try Data(rest.utf8).write(to: folder.file("ledger/orders.csv"))
        #expect(try !read().log.contains("those of the cache"))
        #expect(try read().log.contains("those of the cache"))
        let ledger = opened.checked.ledger
        for place in 0..<plain.obligorCount {
            let (mine, its) = (
                ledger.view(of: place, asOf: AsOf(.never)), plain.view(of: place, asOf: AsOf(.never))
            )
            #expect(mine.orders.isEmpty)
            #expect(mine.payments.isEmpty || Array(mine.payments) == Array(its.payments))
        }
        let error = #expect(throws: LedgerError.self) { try ledger.requireRead() }
        #expect(error?.description.contains("orders.packed") == true, "\(String(describing: error))")
    }
}
