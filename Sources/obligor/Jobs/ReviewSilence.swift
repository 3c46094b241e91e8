import Ledger
import Logging
import Results
import Vocabulary

// A feed that has stopped looks like mass default: wherever a review speaks, it says so.

extension Silence {
    private static let check = "silence"

    private static func file(_ kind: RecordKind) -> String { "\(kind.fileName).csv" }

    /// What `data-quality.json` says of it: the count is that of the days.
    var check: DataQualityRecord.Check {
        .init(
            kind: Self.check, severity: Severity.warning.rawValue, count: days, file: Self.file(kind),
            repaired: false)
    }

    /// What a person should look into.
    func text(asOf day: CalendarDay) -> String {
        "no new \(kind.rawValue) since \(last), \(days) days before \(day); in two years they never paused for more "
            + "than \(longestBefore): if the ledger lacks records, import them and review again"
    }

    /// Says it in the log.
    func tell(_ log: Logger) {
        log.warning(
            "records have stopped coming",
            metadata: [
                "records": "\(kind.rawValue)", "last": "\(last)", "days": "\(days)",
                "longest_before": "\(longestBefore)",
            ])
    }

    /// Days of silence by kind, as a finished review says them; 0 where there is none.
    static func days(of quality: DataQualityRecord) -> [String: Int] {
        Dictionary(
            uniqueKeysWithValues: kinds.map { kind in
                let found = quality.checks.first { $0.kind == check && $0.file == file(kind) }
                return (kind.fileName, found?.count ?? 0)
            })
    }
}

extension MetricsFile {
    /// How long no new records have come.
    mutating func add(silencesOf quality: DataQualityRecord?) {
        guard let quality else { return }
        gauge(
            "obligor_ledger_silent_days",
            "Days without new records of a kind, where they never paused for so long in two years; else 0.",
            Silence.days(of: quality).sorted { $0.key < $1.key }.map {
                ([("records", $0.key)], Double($0.value))
            })
    }
}
