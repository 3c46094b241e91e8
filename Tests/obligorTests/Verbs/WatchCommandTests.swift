import Foundation
import Ledger
import Results
import Review
import TestSupport
import Testing
import Vocabulary

@testable import Store
@testable import obligor

@Suite("Watching from the command line")
struct WatchCommandTests {
    private static let ledger = Golden.checkout.appending(path: "datasets/sample-ledger").path

    private static let year = Run(
        "watch", ledger, "--from", "2022-07-01", "--to", "2023-06-30", "--false-alarm-rate", "0.5",
        "--format",
        "ndjson", "--quiet")

    @Test func eventsAreLinesOfJSON() throws {
        let run = Self.year
        #expect(run.status == .done && run.error.isEmpty)
        let lines = run.output.split(separator: "\n")
        #expect(lines.count > 3)
        for line in lines {
            let event = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(
                Set(event.keys) == [
                    "id", "alert", "obligor", "monitor", "change", "day", "opened", "since", "severity",
                    "false_alarm_rate", "observed", "usual", "spread", "explanation",
                ])
        }
    }

    @Test func aStateGoesOnWhereItStopped() throws {
        let folder = try TemporaryFolder()
        func watch(_ to: String) -> Run {
            Run(
                "watch", Self.ledger, "--from", "2022-07-01", "--to", to, "--false-alarm-rate", "0.5",
                "--format",
                "ndjson", "--state", folder.path("watch.state"), "--quiet")
        }
        let runs = ["2022-09-10", "2022-09-10", "2023-01-31", "2023-06-30"].map(watch)
        #expect(runs.allSatisfy { $0.status == .done })
        // The second run has nothing new.
        #expect(runs[1].output.isEmpty)
        #expect(runs.map(\.output).joined() == Self.year.output)
        #expect(try folder.names == [".watch.state.lock", "watch.state"])
        let other = Run(
            "watch", Self.ledger, "--from", "2022-07-01", "--to", "2023-12-31", "--state",
            folder.path("watch.state"))
        #expect(other.status == .badData && other.error.contains("another false-alarm rate"))
    }

    @Test func alertsAreATableToo() throws {
        let folder = try TemporaryFolder()
        let run = Run(
            "watch", Self.ledger, "--from", "2022-07-01", "--to", "2023-06-30", "--false-alarm-rate", "0.5",
            "--format", "csv", "--out", folder.path("run"), "--quiet")
        #expect(run.status == .done)
        let alerts = try #require(try RunFolder(folder.file("run")).alerts())
        #expect(run.output == String(decoding: AlertRecord.encoded(alerts), as: UTF8.self))
        let opened = Self.year.output.split(separator: "\n").count { $0.contains("\"change\":\"opened\"") }
        #expect(alerts.count == opened)
        #expect(alerts.map(\.opened) == alerts.map(\.opened).sorted())
    }

    @Test func openAlertsOfADayAreListed() throws {
        let run = Run("watch", Self.ledger, "--as-of", "2023-06-30", "--false-alarm-rate", "0.5")
        #expect(run.status == .done)
        #expect(run.output.contains("have an open alert at the end of 2023-06-30"))
    }

    @Test func recordsComeFromAFileAlone() throws {
        let folder = try TemporaryFolder()
        let lines = [
            #"{"record": "obligors", "obligor": "A", "onboarded": "2024-01-01"}"#,
            #"{"record": "invoices", "invoice": "I1", "obligor": "A", "issued": "2024-01-02", "due": "2024-02-01", "amount": 90.5}"#,
            #"{"day": "2024-01-31"}"#, #"{"day": "2024-01-31"}"#,
            #"{"record": "payments", "payment": "P1", "obligor": "A", "paid": "2024-02-03", "amount": 90.5}"#,
        ]
        _ = try folder.write("\(lines.joined(separator: "\n"))\n", to: "records.ndjson")
        let ledger = folder.path("ledger")
        let simulated = Run(
            "simulate", "--obligors", "8", "--years", "1", "--first-year", "2023", "--plain", "--out", ledger,
            "--quiet")
        #expect(simulated.status == .done)
        func watch() -> Run {
            Run(
                "watch", ledger, "--from", "2023-10-01", "--records", folder.path("records.ndjson"),
                "--state",
                folder.path("watch.state"))
        }
        let first = watch()
        #expect(first.status == .done, "\(first.error)")
        #expect(first.output.contains("of 9 obligors") && first.output.contains("at the end of 2024-02-03"))
        let state = try Data(contentsOf: folder.file("watch.state"))
        #expect(watch().status == .done)
        #expect(try Data(contentsOf: folder.file("watch.state")) == state)
        _ = try folder.write("{\"record\": \"bills\"}\n", to: "records.ndjson")
        let bad = watch()
        #expect(bad.status == .badData && bad.error.contains("line 1: 'bills' is no kind of record"))
    }

    @Test func aBadLineIsRefusedAndTheRestIsTaken() throws {
        let folder = try TemporaryFolder()
        let lines = [
            #"{"record": "obligors", "obligor": "A", "onboarded": "2024-01-01"}"#, "nonsense",
            #"{"record": "invoices", "invoice": "I1", "obligor": "A", "issued": "2024-01-02", "due": "2024-02-01", "amount": 90.5}"#,
            #"{"record": "bills"}"#, String(repeating: "x", count: 3 << 20), #"{"day": "2024-01-31"}"#,
        ]
        let records = try folder.write("\(lines.joined(separator: "\n"))\n", to: "records.ndjson")
        let ledger = folder.path("ledger")
        #expect(
            Run(
                "simulate", "--obligors", "8", "--years", "1", "--first-year", "2023", "--plain", "--out",
                ledger, "--quiet"
            ).status == .done)
        let arguments = [
            "watch", ledger, "--from", "2023-10-01", "--records", records, "--state",
            folder.path("watch.state"), "--log", "json", "--metrics", folder.path("watch.prom"),
        ]
        let run = Run(arguments)
        #expect(run.status == .badData && run.error.contains("line 2: not a JSON object; and 2 more"))
        #expect(
            run.error.contains("\"message\":\"a line was refused\"") && run.error.contains("\"line\":\"4\""))
        #expect(run.output.contains("of 9 obligors") && run.output.contains("at the end of 2024-01-31"))
        #expect(
            try String(contentsOf: folder.file("watch.prom"), encoding: .utf8).contains(
                "obligor_job_success{job=\"watch\"} 0"))
        _ = try folder.write("{\"day\": \"2024-02-10\"}\n", to: "records.ndjson")
        // One at a time has the state.
        let lock = try FolderLock(of: folder.file("watch.state"), for: "watch")
        let locked = Run(arguments)
        #expect(locked.status == .failed && locked.error.contains("locked by 'watch'"), "\(locked.error)")
        lock.release()
        let next = Run(arguments)
        #expect(next.status == .done, "\(next.error)")
        let metrics = try String(contentsOf: folder.file("watch.prom"), encoding: .utf8)
        #expect(
            metrics.contains("obligor_watch_obligors 9") && metrics.contains("obligor_watch_open{monitor="))
        #expect(metrics.contains("obligor_job_success{job=\"watch\"} 1"))
    }

    /// A simulated ledger of 2023.
    private static func ledger(in folder: TemporaryFolder) -> String {
        let ledger = folder.path("ledger")
        let run = Run(
            "simulate", "--obligors", "8", "--years", "1", "--first-year", "2023", "--plain", "--out", ledger,
            "--quiet")
        #expect(run.status == .done, "\(run.error)")
        return ledger
    }

    /// Whatever is wrong with a record, by itself or for the ledger, it goes alone: those before the mark and those
    /// behind it are watched.
    @Test(arguments: [false, true]) func aRecordThatTheLedgerDoesNotTakeIsRefusedAlone(isStore: Bool) throws {
        let folder = try TemporaryFolder()
        var ledger = Self.ledger(in: folder)
        if isStore {
            #expect(Run("import", ledger, "--store", folder.path("store.db"), "--quiet").status == .done)
            ledger = folder.path("store.db")
        }
        func invoice(
            _ id: String, _ amount: String, of obligor: String = "A", issued: String = "2024-01-02"
        ) -> String {
            #"{"record": "invoices", "invoice": "\#(id)", "obligor": "\#(obligor)", "issued": "\#(issued)", "due": "2024-02-01", "amount": \#(amount)}"#
        }
        func watch(_ lines: [String], _ state: String) throws -> Run {
            let records = try folder.write(lines.map { "\($0)\n" }.joined(), to: "records.ndjson")
            return Run(
                "watch", ledger, "--from", "2023-10-01", "--records", records, "--state", folder.path(state),
                "--log", "text")
        }
        let obligor = #"{"record": "obligors", "obligor": "A", "onboarded": "2024-01-01"}"#
        let good = [obligor, invoice("I1", "90.5"), invoice("I2", "20")]
        let late = [invoice("I5", "30", issued: "2024-02-05")]
        let marks = [#"{"day": "2024-01-31"}"#, #"{"day": "2024-02-10"}"#]
        let run = try watch(
            [
                obligor, invoice("I1", "90.5"), invoice("I3", #""9O""#), invoice("I2", "20"),
                invoice("I4", "-5"), marks[0], invoice("I6", "5", of: "nobody", issued: "2024-02-05"),
            ] + late + [marks[1]], "bad.state")
        #expect(run.status == .badData, "\(run.error)")
        #expect(
            run.error.contains("line 3: 'amount' is no amount, such as 90.5; and 2 more lines"),
            "\(run.error)")
        for part in [
            "line 5: invoices 'I4': an amount below zero",
            "line 7: invoices 'I6': the obligor is not in the ledger",
        ] { #expect(run.error.contains(part), "\(run.error)") }
        #expect(run.output.contains("of 9 obligors") && run.output.contains("at the end of 2024-02-10"))
        // Nothing else is lost, and nothing is in the way of the next run.
        let undisturbed = try watch(good + [marks[0]] + late + [marks[1]], "good.state")
        #expect(undisturbed.status == .done, "\(undisturbed.error)")
        #expect(
            try Data(contentsOf: folder.file("bad.state")) == Data(contentsOf: folder.file("good.state")))
        let next = try watch([#"{"day": "2024-03-31"}"#], "bad.state")
        #expect(next.status == .done, "\(next.error)")
    }

    /// Nothing is watched anew for a record of a day that was watched before, and it is looked at all the same.
    @Test func aBadReplacementForADayThatWasWatchedIsToldAtOnce() throws {
        let folder = try TemporaryFolder()
        let ledger = Self.ledger(in: folder)
        func watch(_ lines: String...) throws -> Run {
            let records = try folder.write(lines.map { "\($0)\n" }.joined(), to: "records.ndjson")
            return Run(
                "watch", ledger, "--from", "2023-10-01", "--records", records, "--state",
                folder.path("watch.state"))
        }
        func invoice(_ amount: String) -> String {
            #"{"record": "invoices", "invoice": "I1", "obligor": "A", "issued": "2024-01-02", "due": "2024-02-01", "amount": \#(amount)}"#
        }
        let first = try watch(
            #"{"record": "obligors", "obligor": "A", "onboarded": "2024-01-01"}"#, invoice("90.5"),
            #"{"day": "2024-01-31"}"#)
        #expect(first.status == .done, "\(first.error)")
        let state = try Data(contentsOf: folder.file("watch.state"))
        let bad = try watch(invoice("-5"))
        #expect(
            bad.status == .badData && bad.error.contains("line 1: invoices 'I1': an amount below zero"),
            "\(bad.error)")
        #expect(try Data(contentsOf: folder.file("watch.state")) == state)
    }

    /// What monitors find on the records that are left of an obligor is told when it has all of them again.
    @Test func alertsOfObligorsThatAreSetAsideAreToldLater() throws {
        let desk = try ReviewDesk()
        let store = desk.folder.file("portfolio.db")
        let days = ["--from", "2021-01-01", "--to", "2024-12-31", "--false-alarm-rate", "5"]
        func ids(_ run: Run) throws -> [String] {
            #expect(run.status == .done, "\(run.error)")
            return try run.output.split(separator: "\n").map {
                try JSONDecoder().decode(AlertEvent.self, from: Data($0.utf8)).id
            }
        }
        func watch(_ ledger: String, _ more: String...) throws -> [String] {
            try ids(Run(["watch", desk.folder.path(ledger), "--format", "ndjson", "--quiet"] + days + more))
        }
        // Somebody with an alert, of whose invoices the last one cannot be used any more.
        let owner = try #require(try watch("ledger").first?.split(separator: "/").first)
        let invoices = try desk.text("ledger/invoices.csv")
        var lines = invoices.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        let columns = try ["obligor", "amount"].map { name in
            try #require(lines[0].firstIndex { $0 == name })
        }
        let line = try #require(lines.lastIndex { $0[columns[0]] == owner })
        lines[line][columns[1]] = "-1"
        func imported(_ text: String) throws {
            _ = try desk.folder.write(text, to: "ledger/invoices.csv")
            let run = Run(
                "import", desk.folder.path("ledger"), "--store", store.path, "--max-refused", "0.05")
            #expect(run.status == .done, "\(run.error)")
        }
        try imported(lines.map { $0.joined(separator: ",") + "\n" }.joined())
        // The engine knows nothing of who is set aside.
        let left = try TradeLedger.read(from: SQLiteStore(store).ledger(), scope: WatchEngine.scope).ledger
        let (begins, ends) = (
            try #require(CalendarDay(iso8601: "2021-01-01")), try #require(CalendarDay(iso8601: "2024-12-31"))
        )
        var engine = try WatchEngine(
            WatchOptions(begins: begins, falseAlarmRate: 5, definition: .tradeCredit, seed: 1))
        let found = try engine.watch(left, through: ends).events
        let (own, others) = (
            found.filter { $0.obligor == owner }.map(\.id), found.filter { $0.obligor != owner }.map(\.id)
        )
        #expect(!own.isEmpty && !others.isEmpty)
        let state = ["--state", desk.folder.path("watch.state")]
        #expect(try watch("portfolio.db", state[0], state[1]) == others)
        #expect(try watch("portfolio.db", state[0], state[1]).isEmpty)
        #expect(try SQLiteStore(store).alerts().map(\.key) == others)
        try imported(invoices)
        #expect(try watch("portfolio.db", state[0], state[1]) == own)
        #expect(try SQLiteStore(store).alerts().map(\.key) == others + own)
        #expect(try watch("portfolio.db", state[0], state[1]).isEmpty)
    }

    /// Alerts that the store did not take come again: a day counts as watched when its alerts are kept.
    @Test func alertsThatTheStoreDidNotTakeAreNotPassedOver() throws {
        let folder = try TemporaryFolder()
        for name in ["store.db", "undisturbed.db"] {
            #expect(Run("import", Self.ledger, "--store", folder.path(name), "--quiet").status == .done)
        }
        func watch(_ store: String) -> Run {
            Run(
                "watch", folder.path(store), "--from", "2022-07-01", "--to", "2023-06-30",
                "--false-alarm-rate", "0.5", "--format", "ndjson", "--state", folder.path("\(store).state"),
                "--quiet")
        }
        let expected = watch("undisturbed.db")
        #expect(expected.status == .done && expected.output == Self.year.output)
        // A store of tomorrow takes nothing today.
        let kept = try Data(contentsOf: folder.file("store.db"))
        let later = try SQLiteStore(folder.file("store.db"), now: { Date().addingTimeInterval(86_400) })
        try later.append(AuditEntry(action: "tomorrow", author: "test", subject: "clock"))
        try later.close()
        let refused = watch("store.db")
        #expect(
            refused.status == .failed && refused.error.contains("set the clock right"), "\(refused.error)")
        #expect(refused.output.isEmpty)
        try kept.write(to: folder.file("store.db"))
        let again = watch("store.db")
        #expect(again.status == .done && again.output == expected.output, "\(again.error)")
        let (one, other) = (
            try SQLiteStore(folder.file("store.db")).alerts(),
            try SQLiteStore(folder.file("undisturbed.db")).alerts()
        )
        #expect(!one.isEmpty && one == other)
    }

    /// The program beside the tests.
    private static let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "obligor")

    /// A file that is opened a second time, other than by SQLite, loses the locks of the first when it is closed:
    /// another process that ends could then take the log of the store away.
    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: program.path)
                && FileManager.default.isReadableFile(atPath: "/proc/locks"),
            "needs the program beside the tests, and a system that lists locks"))
    func aWatchKeepsTheLocksOfItsStore() throws {
        let folder = try TemporaryFolder()
        let store = folder.path("store.db")
        #expect(Run("import", Self.ledger(in: folder), "--store", store, "--quiet").status == .done)
        let process = Process()
        process.executableURL = Self.program
        process.arguments = [
            "watch", store, "--from", "2023-10-01", "--records", "-", "--state", folder.path("watch.state"),
            "--quiet",
        ]
        let input = Pipe()
        process.standardInput = input
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        defer { process.terminate() }
        let attributes = try FileManager.default.attributesOfItem(atPath: store)
        let inode = try #require(attributes[.systemFileNumber] as? NSNumber).intValue
        for (day, number) in [("2023-11-30", 19_691), ("2023-12-31", 19_722)] {
            try input.fileHandleForWriting.write(contentsOf: Data("{\"day\": \"\(day)\"}\n".utf8))
            let deadline = ContinuousClock.now + .seconds(60)
            var state = ""
            while !state.contains("\"lastDay\":\(number)"), process.isRunning, ContinuousClock.now < deadline
            {
                usleep(10_000)
                state = (try? String(contentsOf: folder.file("watch.state"), encoding: .utf8)) ?? ""
            }
            #expect(state.contains("\"lastDay\":\(number)"))
            let locks = try String(contentsOfFile: "/proc/locks", encoding: .utf8).split(separator: "\n")
            #expect(
                locks.contains { lock in
                    let fields = lock.split(separator: " ")
                    return fields.contains("\(process.processIdentifier)")
                        && fields.contains { $0.hasSuffix(":\(inode)") }
                }, "after \(day): \(locks)")
        }
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func backtestsSayHowGoodAlarmsWere() throws {
        let run = Run(
            "watch", Self.ledger, "--from", "2022-07-01", "--to", "2023-06-30", "--false-alarm-rate", "0.5",
            "--backtest", "--json", "--quiet")
        #expect(run.status == .done, "\(run.error)")
        let result = try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let monitors = try #require(result["monitors"] as? [[String: Any]])
        #expect(
            monitors.map { $0["name"] as? String ?? "" } == [
                "payment-delay", "unpaid", "order-level", "order-volatility", "disputes", "utilisation",
                "all together",
            ])
        let late = Run("watch", Self.ledger, "--from", "2022-07-01", "--to", "2024-12-31", "--backtest")
        #expect(late.status == .usage && late.error.contains("twelve months"))
    }

    @Test(arguments: [
        (["-"], "give the '--currency'"), (["x", "--currency", "EUR"], "names its own"),
        (["x", "--as-of", "2024-01-01", "--from", "2023-01-01"], "one or the other"),
        (["x", "--false-alarm-rate", "0"], "above 0"), (["x", "--backtest"], "'--from' and '--to'"),
        (["x", "--json"], "goes with '--backtest'"),
        (["x", "--from", "2024-12-01", "--to", "2024-11-01"], "the earlier day first"),
    ]) func refusesWhatDoesNotGoTogether(arguments: [String], reason: String) {
        let run = Run(["watch"] + arguments)
        #expect(run.status == .usage)
        #expect(run.error.contains(reason), "\(run.error)")
    }

    @Test func aDayFromWhichToWatchIsNeeded() {
        let run = Run("watch", Self.ledger)
        #expect(run.status == .usage && run.error.contains("no '--from' and no '--as-of'"))
    }

    @Test func webhooksNeedAnAddress() {
        let run = Run("watch", Self.ledger, "--as-of", "2023-06-30", "--webhook", "wecom")
        #expect(run.status == .usage && run.error.contains("OBLIGOR_WEBHOOK_URL is not set"))
    }
}
