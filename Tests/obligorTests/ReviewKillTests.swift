import Foundation
import Statistics
import Store
import TestSupport
import Testing
import Vocabulary

@testable import obligor

/// Kills reviews and event runs at random points, as often as `OBLIGOR_KILLS` says; `benchmarks/kills` does so with the
/// optimised program.
@Suite("A review or event run that is killed comes to the same when it runs again", .serialized)
struct ReviewKillTests {
    /// The program beside the tests.
    private static let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "obligor")

    private static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: program.path) }

    private static let kills = ProcessInfo.processInfo.environment["OBLIGOR_KILLS"].flatMap(Int.init) ?? 2
    /// How often a run may have ended before it was to be killed.
    private static let slips = 6

    private func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = Self.program
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Runs to the end; how long it took.
    @discardableResult
    private func finish(_ arguments: [String]) throws -> Double {
        let duration = try ContinuousClock().measure {
            let process = try start(arguments)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        return Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    /// Kills a run after a time; whether it was still alive.
    private func kill(_ arguments: [String], after seconds: Double) throws -> Bool {
        let process = try start(arguments)
        Thread.sleep(forTimeInterval: seconds)
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal
    }

    @Test(
        .enabled(if: isBuilt, "needs the program beside the tests"), arguments: ["ledger", "portfolio.db"])
    func aReview(of ledger: String) throws {
        let desk = try ReviewDesk()
        func arguments(_ out: String) -> [String] {
            desk.first(
                out, of: ledger, ["--no-migrations", "--quiet", "--threads", "1", "--wait", "20"])
        }
        let store = desk.folder.file("portfolio.db")
        let fresh = try Data(contentsOf: store)
        var seconds = try finish(arguments("undisturbed"))
        let expected = try desk.content("undisturbed")
        let ratings = try SQLiteStore(store).latestRatings(before: .never)
        var generator = SeededGenerator(seed: 12)
        var (killed, resumed) = (0, 0)
        for number in 0..<Self.kills + Self.slips where killed < Self.kills {
            let out = "killed\(number)"
            if ledger != "ledger" {
                for rest in try desk.folder.names where rest.hasPrefix("portfolio.db-") {
                    try FileManager.default.removeItem(at: desk.folder.file(rest))
                }
                try fresh.write(to: store)
            }
            if try kill(arguments(out), after: seconds * (0.2 + 0.8 * generator.uniform())) {
                killed += 1
            } else {
                // What else the machine does has made the undisturbed run a slow one.
                seconds /= 2
            }
            let isBegun =
                ledger == "ledger"
                ? FileManager.default.fileExists(atPath: desk.folder.path(".\(out).journal"))
                : try !SQLiteStore(store).runs().isEmpty
            resumed += isBegun ? 1 : 0
            try finish(arguments(out))
            #expect(try desk.content(out) == expected, "killed the \(number)th time")
            if ledger != "ledger" {
                let store = try SQLiteStore(store)
                _ = try store.verifyAuditTrail()
                #expect(try store.latestRatings(before: .never) == ratings && store.lockHolder() == nil)
                try store.close()
            }
            let names = try desk.folder.names
            #expect(!names.contains { $0.contains(".partial") || $0.contains("journal") }, "\(names)")
            try FileManager.default.removeItem(at: desk.folder.file(out))
        }
        #expect(
            killed > 0 && (resumed > 0 || Self.kills < 6),
            "\(killed) of \(Self.kills) were killed, \(resumed) had begun")
    }

    @Test(.enabled(if: isBuilt, "needs the program beside the tests"), arguments: ["events.ndjson", "store"])
    func anEventRun(from source: String) throws {
        let desk = try ReviewDesk()
        try finish(desk.first("before", "--no-migrations", "--quiet"))
        let lines = (1...8).map { number in
            "{\"obligor\":\"O0000\(10 + number)\",\"kind\":\"judgment\",\"occurred\":\"2024-10-20\"}\n"
        }
        let file = try desk.folder.write(lines.joined(), to: "events.ndjson")
        let arguments = [
            "review", desk.folder.path("portfolio.db"), "--previous", desk.folder.path("before"), "--event",
            source == "store" ? source : file, "--wait", "20",
        ]
        let log = desk.folder.file("before.events.ndjson")
        let store = desk.folder.file("portfolio.db")
        let fresh = try Data(contentsOf: store)
        var seconds = try finish(arguments)
        let received = try SQLiteStore(store).receivedEvents()
        #expect(received.count >= (source == "store" ? 4 : 8))
        let expected = try Data(contentsOf: log)
        var generator = SeededGenerator(seed: 12)
        var killed = 0
        for number in 0..<Self.kills + Self.slips where killed < Self.kills {
            try FileManager.default.removeItem(at: log)
            for rest in try desk.folder.names where rest.hasPrefix("portfolio.db-") {
                try FileManager.default.removeItem(at: desk.folder.file(rest))
            }
            try fresh.write(to: store)
            let wasKilled = try kill(arguments, after: seconds * generator.uniform())
            // The first run may have been slowed down by what else was going on.
            if wasKilled { killed += 1 } else { seconds /= 2 }
            try finish(arguments)
            #expect(try Data(contentsOf: log) == expected, "killed the \(number)th time")
            _ = try SQLiteStore(store).verifyAuditTrail()
            #expect(try SQLiteStore(store).receivedEvents() == received)
        }
        #expect(killed > 0)
    }
}
