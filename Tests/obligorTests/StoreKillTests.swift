import Foundation
import Ledger
import Review
import Statistics
import Store
import TestSupport
import Testing

@testable import obligor

/// Kills imports at random points, as often as `OBLIGOR_KILLS` says, and looks at what is left.
@Suite("An import that is killed leaves the old ledger or the new one", .serialized)
struct StoreKillTests {
    private static let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "obligor")
    private static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: program.path) }
    private static let sample = Golden.checkout.appending(path: "datasets/sample-ledger")

    private static var kills: Int {
        ProcessInfo.processInfo.environment["OBLIGOR_KILLS"].flatMap { Int($0) } ?? 6
    }

    /// Imports by a process of its own, which is killed after a time unless it has ended before.
    ///
    /// - Returns: How long it took, and whether it came to its end.
    @discardableResult
    private func importing(_ ledger: URL, _ store: String, killAfter limit: Double?) throws -> (Double, Bool)
    {
        let process = Process()
        process.executableURL = Self.program
        process.arguments = ["import", ledger.path, "--store", store, "--quiet"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let begin = ContinuousClock.now
        try process.run()
        if let limit {
            let deadline = begin + .seconds(limit)
            while process.isRunning, ContinuousClock.now < deadline { usleep(500) }
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
        process.waitUntilExit()
        let elapsed = begin.duration(to: .now)
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        return (seconds, process.terminationReason == .exit && process.terminationStatus == 0)
    }

    /// The digests of a store's ledger as files.
    private func files(_ store: URL) throws -> [LedgerManifest.File] {
        let folder = try TemporaryFolder()
        let ledger = try TradeLedger.read(from: SQLiteStore(store).ledger()).ledger
        let writer = try LedgerFolderWriter(folder.file("ledger"), baseCurrency: ledger.baseCurrency)
        try ledger.write(to: writer)
        return try writer.finish(origin: [:]).files
    }

    /// A ledger that is the sample's but for a few obligors' records.
    private func other(in folder: TemporaryFolder) throws -> URL {
        let place = folder.file("other")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        for kind in ["obligors", "invoices", "payments", "contracts", "orders"] {
            try FileManager.default.copyItem(
                at: Self.sample.appending(path: "\(kind).csv.gz"), to: place.appending(path: "\(kind).csv.gz")
            )
        }
        try Data(#"{"formatVersion": 1, "baseCurrency": "EUR"}"#.utf8).write(
            to: place.appending(path: "ledger.json"))
        return place
    }

    @Test(.enabled(if: isBuilt, "needs the program beside the tests"))
    func aNewStoreIsWholeOrNotThere() throws {
        let folder = try TemporaryFolder()
        let (seconds, ended) = try importing(Self.sample, folder.path("whole.db"), killAfter: nil)
        try #require(ended)
        let expected = try files(folder.file("whole.db"))
        var random = SeededGenerator(seed: 7)
        var killed = 0
        for _ in 0..<Self.kills {
            let name = "store.db"
            let (_, ended) = try importing(
                Self.sample, folder.path(name), killAfter: random.uniform() * seconds * 1.1)
            if !ended { killed += 1 }
            let isThere = FileManager.default.fileExists(atPath: folder.path(name))
            #expect(isThere || !ended)
            if isThere {
                _ = try SQLiteStore(folder.file(name)).verifyAuditTrail()
                #expect(try files(folder.file(name)) == expected)
                try FileManager.default.removeItem(at: folder.file(name))
            }
            // Each import clears what the one before it has left.
            #expect(try folder.names.count { $0.hasSuffix(".partial") } <= 1)
            for rest in try folder.names where rest.hasPrefix("store.db") {
                try FileManager.default.removeItem(at: folder.file(rest))
            }
        }
        #expect(killed > 0)
    }

    @Test(.enabled(if: isBuilt, "needs the program beside the tests"))
    func anOldStoreHasTheOldLedgerOrTheNewOne() throws {
        let folder = try TemporaryFolder()
        let ledgers = [try other(in: folder), Self.sample]
        var expected: [[LedgerManifest.File]] = []
        for (number, ledger) in ledgers.enumerated() {
            try #require(try importing(ledger, folder.path("\(number).db"), killAfter: nil).1)
            expected.append(try files(folder.file("\(number).db")))
        }
        let store = folder.file("store.db")
        try FileManager.default.copyItem(at: folder.file("0.db"), to: store)
        let (seconds, _) = try importing(ledgers[1], store.path, killAfter: nil)
        var random = SeededGenerator(seed: 8)
        var (killed, holds) = (0, 1)
        for turn in 0..<Self.kills {
            // Back and forth, always onto what the last kill left.
            let wanted = (turn + 1) % 2
            let (_, ended) = try importing(
                ledgers[wanted], store.path, killAfter: random.uniform() * seconds * 1.1)
            if !ended { killed += 1 }
            _ = try SQLiteStore(store).verifyAuditTrail()
            let found = try files(store)
            #expect(found == expected[wanted] || (!ended && found == expected[holds]), "turn \(turn)")
            holds = found == expected[1] ? 1 : 0
        }
        #expect(killed > 0)
        // An undisturbed import comes to what it would have come to without all that.
        #expect(try importing(ledgers[1], store.path, killAfter: nil).1)
        #expect(try files(store) == expected[1])
        #expect(try SQLiteStore(store).lockHolder() == nil)
    }

    /// Two imports at once: one waits for the other or says who has the portfolio; nothing is lost.
    @Test(.enabled(if: isBuilt, "needs the program beside the tests"))
    func twoJobsAtOnce() throws {
        let folder = try TemporaryFolder()
        let store = folder.file("store.db")
        let ledgers = [try other(in: folder), Self.sample]
        try #require(try importing(ledgers[0], store.path, killAfter: nil).1)
        let processes = try ["0", "120"].map { patience in
            let process = Process()
            process.executableURL = Self.program
            process.arguments = [
                "import", ledgers[1].path, "--store", store.path, "--quiet", "--wait", patience,
            ]
            process.standardError = FileHandle.nullDevice
            try process.run()
            return process
        }
        for process in processes { process.waitUntilExit() }
        // The one that waits always comes to its end; the other one does if it was first.
        #expect(processes[1].terminationStatus == 0)
        #expect([0, 1].contains(processes[0].terminationStatus))
        _ = try SQLiteStore(store).verifyAuditTrail()
        let counts = try TradeLedger.read(from: SQLiteStore(store).ledger()).report.recordCounts
        #expect(counts["events", default: 0] > 0)
    }
}
