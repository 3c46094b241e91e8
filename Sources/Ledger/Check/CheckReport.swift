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

    /// Rows of a foreign file that became no record of a kind because the mapping says so.
    public struct PassedOver: Sendable, Equatable, Codable {
        /// Why.
        public enum Reason: String, Sendable, Codable {
            /// The rule is not for such rows.
            case condition = "where"
            /// Another row of the same id is earlier.
            case laterRow = "earliest"
        }

        /// The kind of record that they did not become.
        public let records: RecordKind
        /// The file.
        public let file: String
        /// Why.
        public let reason: Reason
        /// The column of the file, or for ``Reason/laterRow`` the field, that decided.
        public let column: String
        /// How many rows.
        public let count: Int
    }

    /// How many lines an entry names.
    public static let linesShown = 10

    /// What was found: errors first, then warnings, then repairs.
    public let entries: [Entry]
    /// Records that were taken, by kind; kinds without any are left out.
    public let recordCounts: [String: Int]
    /// Rows that became no record on purpose, by kind, file and reason.
    public let passedOver: [PassedOver]

    init(entries: [Entry], recordCounts: [RecordKind: Int], passedOver: [PassedOver] = []) {
        self.passedOver = passedOver
        self.entries = Severity.allCases.flatMap { severity in entries.filter { $0.severity == severity } }
        self.recordCounts = Dictionary(
            uniqueKeysWithValues: recordCounts.filter { $0.value > 0 }.map { ($0.key.rawValue, $0.value) })
    }

    /// Whether its counts are such as records have, which are numbered by 32 bits; those of a damaged one may not be.
    public var isSound: Bool {
        let counts = entries.map(\.count) + recordCounts.values + passedOver.map(\.count)
        return counts.allSatisfy((0...Int(Int32.max)).contains)
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
        return CheckReport(
            entries: entries + more, recordCounts: Dictionary(uniqueKeysWithValues: kinds),
            passedOver: passedOver)
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

extension [CheckReport.PassedOver] {
    /// Adds rows to those of the same kind, file, reason and column.
    mutating func add(_ rows: CheckReport.PassedOver) {
        guard rows.count > 0 else { return }
        let same = firstIndex {
            $0.records == rows.records && $0.file == rows.file && $0.reason == rows.reason
                && $0.column == rows.column
        }
        guard let same else { return append(rows) }
        self[same] = CheckReport.PassedOver(
            records: rows.records, file: rows.file, reason: rows.reason, column: rows.column,
            count: self[same].count + rows.count)
    }
}
