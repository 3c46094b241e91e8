import Foundation
import Results
import Review
import TestSupport
import Testing

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
            #"{"record": "bills"}"#, #"{"day": "2024-01-31"}"#,
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
        #expect(run.status == .badData && run.error.contains("line 2: not a JSON object; and 1 more"))
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
