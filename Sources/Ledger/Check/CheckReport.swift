/// All that was found wrong with a ledger.
public struct CheckReport: Sendable, Equatable, Codable {
    /// One kind of fault in one file and column.
    public struct Entry: Sendable, Equatable, Codable {
        /// What is wrong.
        public let check: CheckKind
        /// What followed.
        public let severity: Severity
        /// The kind of record; `nil` where the fault is of no record.
        public let records: RecordKind?
        /// The file.
        public let file: String
        /// The column, or what else is meant.
        public let column: String?
        /// How often.
        public let count: Int
        /// The first lines, at most ``CheckReport/linesShown``.
        public let lines: [Int]
    }

    /// How many lines an entry names.
    public static let linesShown = 10

    /// What was found: errors first, then warnings, then repairs.
    public let entries: [Entry]
    /// Records that were taken, by kind; kinds without any are left out.
    public let recordCounts: [String: Int]

    init(entries: [Entry], recordCounts: [RecordKind: Int]) {
        self.entries = Severity.allCases.flatMap { severity in entries.filter { $0.severity == severity } }
        self.recordCounts = Dictionary(
            uniqueKeysWithValues: recordCounts.filter { $0.value > 0 }.map { ($0.key.rawValue, $0.value) })
    }

    /// How many faults there are of a severity.
    public func count(_ severity: Severity) -> Int {
        entries.reduce(0) { $0 + ($1.severity == severity ? $1.count : 0) }
    }

    /// Whether the ledger cannot be used.
    public var hasErrors: Bool { entries.contains { $0.severity == .error } }

    /// Other entries added to these.
    func adding(_ more: [Entry]) -> CheckReport {
        let kinds = recordCounts.compactMap { name, count in RecordKind(rawValue: name).map { ($0, count) } }
        return CheckReport(entries: entries + more, recordCounts: Dictionary(uniqueKeysWithValues: kinds))
    }
}

/// A repair of one record, as `repairs.csv` keeps it.
public struct Repair: Sendable, Equatable {
    /// What was wrong.
    public let check: CheckKind
    /// The kind of record.
    public let records: RecordKind
    /// The file it was read from.
    public let file: String
    /// The line.
    public let line: Int
    /// The column that was at fault; `nil` if none in particular.
    public let column: String?
}
