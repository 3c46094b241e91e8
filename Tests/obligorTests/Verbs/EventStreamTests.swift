import Foundation
import Glibc
import Results
import Review
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Store
@testable import obligor

/// A run of the program on a thread of its own, that reads what is sent to it line by line.
private final class Stream: Sendable {
    let console = RecordingConsole()
    private let pipe: FileHandle
    private let status = Mutex<CommandStatus?>(nil)

    /// - Parameter path: The name of the pipe, which the arguments name too.
    init(_ arguments: [String], through path: String, now: @escaping @Sendable () -> Date = { Date() }) throws
    {
        guard unsafe mkfifo(path, 0o600) == 0, let pipe = FileHandle(forUpdatingAtPath: path) else {
            throw CocoaError(.fileWriteUnknown)
        }
        self.pipe = pipe
        Thread { [self] in
            let ended = Program.run(arguments, on: console, now: now)
            status.withLock { $0 = ended }
        }.start()
    }

    /// Sends a line, and waits until as many lines have been answered on the console.
    func send(_ line: String, answers: Int) throws {
        try pipe.write(contentsOf: Data("\(line)\n".utf8))
        wait { self.lines.count >= answers }
    }

    var lines: [Substring] { console.output.split(separator: "\n") }

    func wait(until isThere: () -> Bool) {
        let deadline = ContinuousClock.now + .seconds(60)
        while !isThere(), status.withLock({ $0 == nil }), ContinuousClock.now < deadline { usleep(5_000) }
    }

    /// Ends what is sent.
    func end() throws -> CommandStatus? {
        try pipe.close()
        wait { false }
        return status.withLock(\.self)
    }
}

@Suite("A stream of events has the portfolio only while it deals with events")
struct EventStreamTests {
    private let desk: ReviewDesk
    private var pipe: String { desk.folder.path("pipe") }

    init() throws { desk = try ReviewDesk() }

    private static func event(_ obligor: String, _ kind: String, _ day: String) -> String {
        "{\"obligor\":\"\(obligor)\",\"kind\":\"\(kind)\",\"occurred\":\"\(day)\"}"
    }

    /// The ids of obligors with a good grade, of a review as of 2024-09-30.
    private func reviewed(_ ledger: String) throws -> [String] {
        let run = Run(desk.first("q3", of: ledger, ["--no-migrations", "--quiet"]))
        #expect(run.status == .done, "\(run.error)")
        let obligors = try #require(try RunFolder(desk.folder.file("q3")).portfolio()?.obligors)
        return obligors.filter { ["AA", "A", "BBB"].contains($0.grade) }.map(\.id)
    }

    private func streamArguments(_ ledger: String) -> [String] {
        [
            "review", desk.folder.path(ledger), "--previous", desk.folder.path("q3"), "--event", pipe,
            "--log",
            "text",
        ]
    }

    @Test(arguments: ["ledger", "portfolio.db"])
    func otherJobsRunInBetweenAndAreSeen(ledger: String) throws {
        let ids = try reviewed(ledger)
        let stream = try Stream(streamArguments(ledger), through: pipe)
        try stream.send(Self.event(ids[0], "judgment", "2024-10-10"), answers: 1)
        #expect(stream.lines.first?.contains("\"status\":\"rated\"") == true, "\(stream.console.error)")
        // A review that is scheduled, and events from elsewhere, while the stream is open.
        let next = Run(
            "review", desk.folder.path(ledger), "--previous", desk.folder.path("q3"), "--as-of", "2024-11-30",
            "--due", "half-year", "--no-migrations", "--quiet", "--out", desk.folder.path("q4"), "--wait",
            "20")
        #expect(next.status == .done, "\(next.error)")
        let path = try RunFolder(desk.folder.file("q4")).ratingPath()
        #expect(path?.contains { $0.id == ids[0] && $0.rule == "interim-judgment" } == true)
        let file = try desk.folder.write(
            Self.event(ids[1], "judgment", "2024-10-11") + "\n", to: "events.ndjson")
        let other = Run(
            "review", desk.folder.path(ledger), "--previous", desk.folder.path("q3"), "--event", file,
            "--wait", "20")
        #expect(other.status == .done && other.output.contains("\"status\":\"rated\""), "\(other.error)")
        // What the other job was told is known here by now, and so is what came before.
        try stream.send(Self.event(ids[1], "judgment", "2024-10-11"), answers: 2)
        try stream.send(Self.event(ids[0], "judgment", "2024-10-10"), answers: 3)
        try stream.send(Self.event(ids[0], "merger", "2024-10-12"), answers: 4)
        #expect(
            stream.lines.map { $0.firstMatch(of: /"status":"([a-z]+)"/)?.output.1 } == [
                "rated", "repeated", "repeated", "rated",
            ])
        #expect(try stream.end() == .done)
        #expect(stream.console.error.contains("another job has changed the portfolio"))
        // A store remembers the review that came in between: what is told later follows that.
        let remembers = ledger == "portfolio.db"
        #expect(stream.lines[3].contains("\"known\":\"\(remembers ? "2024-12-01" : "2024-10-12")\""))
        let logs = try ["q3", "q4"].map { review in
            let log = "\(review).events.ndjson"
            return try desk.folder.names.contains(log) ? desk.text(log).split(separator: "\n") : []
        }
        #expect(logs.map(\.count) == (remembers ? [1, 2] : [3, 0]) && Set(logs.joined()).count == 3)
        guard remembers else { return }
        let store = try SQLiteStore(desk.folder.file(ledger))
        #expect(try store.receivedEvents().map(\.obligor.text) == [ids[0], ids[1], ids[0]])
        #expect(try store.verifyAuditTrail() != nil && store.lockHolder() == nil)
    }

    /// Lines that were read are waited for, however long another job has the portfolio.
    @Test func anEventWaitsForAnotherJob() throws {
        let ids = try reviewed("portfolio.db")
        let stream = try Stream(streamArguments("portfolio.db"), through: pipe)
        try stream.send(Self.event(ids[0], "judgment", "2024-10-10"), answers: 1)
        let lock = try SQLiteStore(desk.folder.file("portfolio.db")).lock(for: "import", waiting: 20)
        try stream.send(Self.event(ids[1], "judgment", "2024-10-10"), answers: 0)
        usleep(400_000)
        #expect(stream.lines.count == 1)
        lock.release()
        stream.wait { stream.lines.count == 2 }
        #expect(try stream.end() == .done)
        #expect(stream.lines.count == 2)
    }

    /// A folder that is not there for a while, as when another one is put in its place, ends no stream.
    @Test func anEventWaitsForTheLedger() throws {
        let ids = try reviewed("ledger")
        let stream = try Stream(streamArguments("ledger"), through: pipe)
        try stream.send(Self.event(ids[0], "judgment", "2024-10-10"), answers: 1)
        let (ledger, other) = (desk.folder.file("ledger"), desk.folder.file("other"))
        try FileManager.default.moveItem(at: ledger, to: other)
        try stream.send(Self.event(ids[1], "judgment", "2024-10-10"), answers: 0)
        stream.wait { stream.console.error.contains("waiting") }
        #expect(stream.lines.count == 1)
        try FileManager.default.moveItem(at: other, to: ledger)
        stream.wait { stream.lines.count == 2 }
        #expect(try stream.end() == .done, "\(stream.console.error)")
        #expect(stream.lines.count == 2)
    }

    /// What will not pass is said, with the reason.
    @Test func aDamagedLedgerEndsAStream() throws {
        let ids = try reviewed("ledger")
        let stream = try Stream(streamArguments("ledger"), through: pipe)
        try stream.send(Self.event(ids[0], "judgment", "2024-10-10"), answers: 1)
        try Data("{".utf8).write(to: desk.folder.file("ledger/ledger.json"))
        try stream.send(Self.event(ids[1], "judgment", "2024-10-10"), answers: 2)
        #expect(try stream.end() == .badData)
        #expect(stream.lines.count == 1 && stream.console.error.contains("ledger.json"))
    }

    /// A review of the same date that was made later is followed, one that was thrown away is passed over, and a copy of
    /// a store leaves the reviews of the original alone.
    @Test func eventsFollowOnlyReviewsThatAreThere() throws {
        let ids = try reviewed("portfolio.db")
        for (name, more) in [("q4", []), ("q4-again", ["--due", "half-year"])] {
            let next = Run(
                [
                    "review", desk.folder.path("portfolio.db"), "--previous", desk.folder.path("q3"),
                    "--as-of", "2024-11-30", "--no-migrations", "--quiet", "--out", desk.folder.path(name),
                ] + more)
            #expect(next.status == .done, "\(next.error)")
        }
        func log(
            ofEvent obligor: String, in store: String, after previous: String = "q3"
        ) throws -> [String] {
            let file = try desk.folder.write(
                Self.event(obligor, "judgment", "2024-12-10") + "\n", to: "events.ndjson")
            let run = Run(
                "review", desk.folder.path(store), "--previous", desk.folder.path(previous), "--event", file)
            #expect(run.status == .done && run.output.contains("\"status\":\"rated\""), "\(run.error)")
            return try desk.folder.names.filter { $0.hasSuffix(".events.ndjson") }.sorted()
        }
        try FileManager.default.copyItem(
            at: desk.folder.file("portfolio.db"), to: desk.folder.file("copy.db"))
        #expect(try log(ofEvent: ids[0], in: "copy.db") == ["q3.events.ndjson"])
        let later = "q4-again.events.ndjson"
        #expect(
            try log(ofEvent: ids[1], in: "portfolio.db", after: "q4") == ["q3.events.ndjson", later].sorted())
        for name in ["q4", "q4-again", later] {
            try FileManager.default.removeItem(at: desk.folder.file(name))
        }
        #expect(try log(ofEvent: ids[2], in: "portfolio.db") == ["q3.events.ndjson"])
    }

    /// Whoever reads keeps the log of a store from being emptied.
    @Test func aSilentStreamReadsNothing() throws {
        let ids = try reviewed("portfolio.db")
        let stream = try Stream(streamArguments("portfolio.db"), through: pipe)
        try stream.send(Self.event(ids[0], "judgment", "2024-10-10"), answers: 1)
        let store = try SQLiteStore(desk.folder.file("portfolio.db"))
        // The answer comes before the stream has let go of the portfolio.
        let deadline = ContinuousClock.now + .seconds(60)
        while try store.lockHolder() != nil, ContinuousClock.now < deadline {
            Thread.sleep(forTimeInterval: 0.02)
        }
        let size = 12 << 20
        for number in 0..<4 { try store.keep(Data(count: size), of: "load \(number % 2)") }
        let log = try FileManager.default.attributesOfItem(atPath: desk.folder.path("portfolio.db-wal"))
        let written = try #require(log[.size] as? NSNumber).intValue
        #expect(written > size && written < 3 * size)
        #expect(try stream.end() == .done)
    }

    /// A stream may be open for days: an event is held against the day on which it comes.
    @Test func theDayOfAStreamIsThatOfEachEvent() throws {
        let ids = try reviewed("ledger")
        // Half a minute before midnight, UTC.
        let clock = Clock(1_735_689_570)
        let stream = try Stream(streamArguments("ledger"), through: pipe, now: { clock.now })
        try stream.send(Self.event(ids[0], "judgment", "2025-01-01"), answers: 1)
        try stream.send(Self.event(ids[1], "judgment", "2025-01-02"), answers: 1)
        stream.wait { stream.console.error.contains("still to come") }
        #expect(stream.lines.count == 1 && stream.console.error.contains("2025-01-02"))
        clock.advance(60)
        try stream.send(Self.event(ids[1], "judgment", "2025-01-02"), answers: 2)
        #expect(stream.lines.count == 2 && stream.lines.allSatisfy { $0.contains("\"status\":\"rated\"") })
        // The one that came too early is told.
        #expect(try stream.end() == .badData)
        #expect(stream.console.error.contains("line 2: not an event: known on 2025-01-02"))
    }
}

/// A clock that is set by hand.
private final class Clock: Sendable {
    private let seconds: Mutex<Double>

    init(_ seconds: Double) { self.seconds = Mutex(seconds) }

    var now: Date { Date(timeIntervalSince1970: seconds.withLock(\.self)) }

    func advance(_ more: Double) { seconds.withLock { $0 += more } }
}
