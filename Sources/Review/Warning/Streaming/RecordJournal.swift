import Foundation
public import Ledger
public import Parallelism
import Tables
public import Vocabulary

/// Ledger records that came one by one, beside those of a ledger or without one.
///
/// A line is a JSON object with `record` (the kind, as its file is called), and the columns of that file:
///
///     {"record": "invoices", "invoice": "I1", "obligor": "A", "issued": "2024-05-03", "due": "2024-06-02",
///      "amount": 90}
///
/// or `{"day": "2024-05-03"}`: all that became known by that day has been sent. A record that is there already changes
/// nothing; one with the id of another takes its place, as when an invoice comes under dispute. A record is on trial
/// until a ledger has taken it, and can be taken back until then.
public struct RecordJournal: Sendable, Codable {
    /// What a line was.
    public enum Entry: Sendable, Equatable {
        /// A record that changes something.
        case new
        /// A record that is there already, or an empty line.
        case known
        /// All records known by this day are there.
        case complete(CalendarDay)
    }

    /// By kind, records by key in the order in which they came.
    private var records: [String: [Row]] = [:]
    private var places: [String: [String: Int]] = [:]
    /// By kind and key, what the records that no ledger has taken yet were before.
    private var onTrial: [String: [String: Earlier]] = [:]
    /// By kind and key, the lines that those came on, as far as they came since the journal was made or read.
    private var lines: [String: [String: Int]] = [:]

    /// What a record was before another took its place.
    private struct Earlier: Sendable, Equatable, Codable {
        /// `nil` if there was none.
        let fields: [String?]?
    }

    private struct Row: Sendable, Equatable, Codable {
        let key: String
        /// In the order of the kind's columns; `nil` is missing.
        var fields: [String?]
    }

    private enum CodingKeys: CodingKey { case records, onTrial }

    /// No records.
    public init() {}

    /// Reads a journal.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        records = try values.decode([String: [Row]].self, forKey: .records)
        onTrial = try values.decodeIfPresent([String: [String: Earlier]].self, forKey: .onTrial) ?? [:]
        let all =
            records.map { ($0, $1.map(\.fields)) } + onTrial.map { ($0, $1.values.compactMap(\.fields)) }
        for (kind, rows) in all {
            guard let known = RecordKind(rawValue: kind), rows.allSatisfy({ $0.count == known.fields.count })
            else {
                throw DecodingError.dataCorruptedError(
                    forKey: .records, in: values, debugDescription: "no records")
            }
        }
        index()
    }

    /// Finds the places of keys, and the last day.
    private mutating func index() {
        places = [:]
        lastKnown = nil
        for (name, rows) in records {
            places[name] = Dictionary(
                rows.enumerated().map { ($0.element.key, $0.offset) }, uniquingKeysWith: { $1 })
            guard let place = RecordKind(rawValue: name).flatMap(Self.knownPlace) else { continue }
            let days = rows.compactMap { $0.fields[place].flatMap { CalendarDay(iso8601: $0) } }
            lastKnown = [lastKnown, days.max()].compactMap(\.self).max()
        }
    }

    /// Writes a journal.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(records, forKey: .records)
        if !onTrial.isEmpty { try values.encode(onTrial, forKey: .onTrial) }
    }

    /// How many records there are.
    public var count: Int { records.values.reduce(0) { $0 + $1.count } }

    /// Whether there are records that no ledger has taken yet.
    public var hasRecordsOnTrial: Bool { onTrial.values.contains { !$0.isEmpty } }

    /// The last day on which a record became known; `nil` without records.
    public private(set) var lastKnown: CalendarDay?
}

extension RecordJournal: Equatable {
    /// Whether two journals hold the same records, of which the same are on trial.
    public static func == (one: Self, other: Self) -> Bool {
        one.records == other.records && one.onTrial == other.onTrial
    }
}

extension RecordJournal {
    /// Bytes that a line may have.
    public static let longestLine = 1 << 20

    /// Takes a line.
    ///
    /// - Parameters:
    ///   - number: The line's number, for messages.
    ///   - watched: The last day that has been watched: a new record that should have come by then counts as known from
    ///     the day after.
    /// - Throws: ``WatchError/badRecord(line:reason:)``.
    public mutating func take(
        _ line: some StringProtocol, number: Int, watched: CalendarDay?
    ) throws(WatchError) -> Entry {
        func fault(_ reason: String) -> WatchError { .badRecord(line: number, reason: reason) }
        guard line.utf8.count <= Self.longestLine else {
            throw fault("longer than \(Self.longestLine) bytes")
        }
        if line.allSatisfy(\.isWhitespace) { return .known }
        guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
            throw fault("not a JSON object")
        }
        guard let name = object["record"] as? String else {
            guard object.count == 1, let text = object["day"] as? String, let day = CalendarDay(iso8601: text)
            else {
                throw fault("no 'record' (the kind) and no 'day' alone, such as {\"day\": \"2024-05-03\"}")
            }
            return .complete(day)
        }
        guard let kind = RecordKind(rawValue: name) else {
            throw fault(
                "'\(name)' is no kind of record: \(RecordKind.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
        var row = try fields(of: kind, object, fault)
        let happened = try knownDay(of: kind, row, fault)
        let key = Self.key(of: kind, row)
        if let place = places[name]?[key], let old = records[name]?[place] {
            // The day on which it became known stays; what else changed carries days of its own.
            if let known = Self.knownPlace(of: kind) { row[known] = old.fields[known] }
            if row == old.fields { return .known }
            records[name]?[place].fields = row
            put(onTrial: name, key, line: number, before: old.fields)
            return .new
        }
        let isLate = watched.map { happened <= $0 } ?? false
        let known = isLate ? watched?.adding(days: 1) ?? happened : happened
        if let place = Self.knownPlace(of: kind) { row[place] = known.description }
        places[name, default: [:]][key] = records[name]?.count ?? 0
        records[name, default: []].append(Row(key: key, fields: row))
        put(onTrial: name, key, line: number, before: nil)
        lastKnown = max(lastKnown ?? known, known)
        return .new
    }

    private func fields(
        of kind: RecordKind, _ object: [String: Any], _ fault: (String) -> WatchError
    ) throws(WatchError) -> [String?] {
        var row: [String?] = []
        var used = 1
        for field in kind.fields {
            let value = object[field.name]
            if value != nil { used += 1 }
            let text: String?
            switch value {
            case nil, is NSNull: text = nil
            case let string as String: text = string.isEmpty ? nil : string
            case let number as NSNumber: text = number.stringValue
            default: throw fault("'\(field.name)' is neither text nor a number")
            }
            if field.isRequired, text == nil { throw fault("\(kind.rawValue) need '\(field.name)'") }
            if let text, let expected = field.content.expectation(unmetBy: text) {
                throw fault("'\(field.name)' is no \(expected)")
            }
            row.append(text)
        }
        guard used == object.count else {
            let known = Set(kind.fields.map(\.name) + ["record"])
            let strangers = object.keys.filter { !known.contains($0) }.sorted()
            throw fault("\(kind.rawValue) have no '\(strangers.joined(separator: "', '"))'")
        }
        return row
    }

    private static func knownPlace(of kind: RecordKind) -> Int? {
        kind.fields.firstIndex { $0.name == "known" }
    }

    /// The day on which a record became known by what it says.
    private func knownDay(
        of kind: RecordKind, _ row: [String?], _ fault: (String) -> WatchError
    ) throws(WatchError) -> CalendarDay {
        guard let place = Self.knownPlace(of: kind), case .known(let other) = kind.fields[place].content
        else {
            throw fault("\(kind.rawValue) have no day")
        }
        let happened = kind.fields.firstIndex { $0.name == other }.flatMap { row[$0] }
        guard let day = (row[place] ?? happened).flatMap({ CalendarDay(iso8601: $0) }) else {
            throw fault("\(kind.rawValue) need '\(other)' or 'known'")
        }
        return day
    }

    /// The id, or all fields where records have none.
    private static func key(of kind: RecordKind, _ row: [String?]) -> String {
        if let place = kind.fields.firstIndex(where: { $0.content == .identifier }) {
            return row[place] ?? ""
        }
        return zip(kind.fields, row).filter { $0.0.name != "known" }.map { $0.1 ?? "" }
            .joined(separator: "\u{1F}")
    }

    /// The records of a kind as CSV with its header; `nil` without any.
    func csv(_ kind: RecordKind) -> String? {
        guard let rows = records[kind.rawValue], !rows.isEmpty else { return nil }
        func quoted(_ text: String?) -> String {
            guard let text else { return "" }
            guard text.utf8.contains(where: { ",\"\n\r".utf8.contains($0) }) else { return text }
            return "\"" + text.replacing("\"", with: "\"\"") + "\""
        }
        let header = kind.fields.map(\.name).joined(separator: ",")
        return header + "\n"
            + rows.map { $0.fields.map(quoted).joined(separator: ",") + "\n" }.joined()
    }

    /// The ids of the records of a kind that has ids.
    func ids(_ kind: RecordKind) -> Set<String> {
        guard kind.fields.contains(where: { $0.content == .identifier }) else { return [] }
        return Set((records[kind.rawValue] ?? []).map(\.key))
    }
}

// MARK: Records on trial

/// A record of a stream that a ledger does not take.
public struct RefusedRecord: Sendable, Equatable {
    /// The line that it came on; `nil` if that was in an earlier run.
    public let line: Int?
    /// What is wrong with it, and which it is.
    public let reason: String
}

extension RefusedRecord: CustomStringConvertible {
    /// "line 12: payments 'P7': an amount below zero".
    public var description: String { "\(line.map { "line \($0)" } ?? "an earlier line"): \(reason)" }
}

extension RecordJournal {
    /// The ledger with the records of the journal, which are on trial no more.
    ///
    /// Those that the ledger does not take, whatever is wrong with them, are taken back: what they took the place of is
    /// there again, and all others stay.
    ///
    /// - Parameter base: The ledger that the records lie beside; `nil` for none.
    /// - Throws: ``LedgerError``, with all records as they were, where they are not what is at fault.
    public mutating func ledger(
        beside base: (any LedgerSource)?, baseCurrency: Currency, scope: LedgerScope, workers: Workers
    ) throws(LedgerError) -> (ledger: TradeLedger, refused: [RefusedRecord]) {
        var tried = self
        var refused: [RefusedRecord] = []
        while true {
            let source =
                base.map { JournaledLedger($0, tried) } ?? JournaledLedger(tried, baseCurrency: baseCurrency)
            do throws(LedgerError) {
                let ledger = try TradeLedger.read(from: source, scope: scope, workers: workers).ledger
                tried.onTrial = [:]
                tried.lines = [:]
                self = tried
                return (ledger, refused.sorted { ($0.line ?? 0) < ($1.line ?? 0) })
            } catch {
                guard case .refused(let report) = error, let policy = CheckPolicy.repairing(report) else {
                    throw error
                }
                let kinds = Set(report.entries.filter { $0.severity == .error }.map(\.check))
                let faults = try TradeLedger.read(
                    from: source, scope: scope, policy: policy, workers: workers
                ).repairs.filter { kinds.contains($0.check) }
                var found = tried.takeBack(faults)
                // What is wrong with a record may show in another, such as an allocation of what was paid.
                if found.isEmpty { found = tried.takeBackAll(for: report) }
                // Each round has fewer records, unless the fault lies elsewhere.
                guard !found.isEmpty else { throw error }
                refused += found
            }
        }
    }

    /// Takes those records on trial back that are at fault themselves.
    private mutating func takeBack(_ faults: [Repair]) -> [RefusedRecord] {
        var refused: [RefusedRecord] = []
        let own = faults.filter { $0.file == Self.fileName(of: $0.records) }
        for (kind, faults) in Dictionary(grouping: own, by: \.records).sorted(by: {
            $0.key.rawValue < $1.key.rawValue
        }) {
            let name = kind.rawValue
            let reasons = Dictionary(faults.map { ($0.line, $0) }, uniquingKeysWith: { first, _ in first })
            var kept: [Row] = []
            var line = 2
            for row in records[name] ?? [] {
                defer { line += 1 + row.fields.reduce(0) { $0 + ($1?.utf8.count { $0 == 0x0A } ?? 0) } }
                guard let fault = reasons[line], onTrial[name]?[row.key] != nil else {
                    kept.append(row)
                    continue
                }
                let identifier = kind.fields.contains { $0.content == .identifier } ? " '\(row.key)'" : ""
                let column = fault.column.map { " ('\($0)')" } ?? ""
                refused.append(
                    RefusedRecord(
                        line: lines[name]?[row.key],
                        reason: "\(name)\(identifier): \(fault.check.meaning)\(column)"))
                if let before = onTrial[name]?[row.key]?.fields {
                    kept.append(Row(key: row.key, fields: before))
                }
                onTrial[name]?[row.key] = nil
            }
            records[name] = kept.isEmpty ? nil : kept
        }
        index()
        return refused
    }

    /// Takes all records on trial back: without them the ledger is what it was.
    private mutating func takeBackAll(for report: CheckReport) -> [RefusedRecord] {
        let meaning = report.entries.first { $0.severity == .error }?.check.meaning ?? "refused"
        var refused: [RefusedRecord] = []
        for (name, earlier) in onTrial.sorted(by: { $0.key < $1.key }) {
            let kept = (records[name] ?? []).compactMap { row -> Row? in
                guard let before = earlier[row.key] else { return row }
                refused.append(
                    RefusedRecord(
                        line: lines[name]?[row.key],
                        reason: "\(name): with the records since the last day watched, \(meaning)"))
                return before.fields.map { Row(key: row.key, fields: $0) }
            }
            records[name] = kept.isEmpty ? nil : kept
        }
        onTrial = [:]
        index()
        return refused
    }

    private mutating func put(onTrial kind: String, _ key: String, line: Int, before: [String?]?) {
        lines[kind, default: [:]][key] = line
        // Of several that follow each other, the first took the place of what a ledger has taken.
        if onTrial[kind]?[key] == nil { onTrial[kind, default: [:]][key] = Earlier(fields: before) }
    }

    /// What reports call the records of a kind.
    static func fileName(of kind: RecordKind) -> String { "stream of \(kind.rawValue)" }
}
