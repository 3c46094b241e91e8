import Foundation
public import Ledger
public import Parallelism
import Tables
public import Vocabulary

/// Ledger records that came one by one, beside those of a ledger or without one.
///
/// A line is a JSON object with `record` (the kind, as its file is called), and the columns of that file:
///
///     {"record": "invoices", "invoice": "I1", "obligor": "A", "issued": "2024-05-03", "due": "2024-06-02", "amount": 90}
///
/// or `{"day": "2024-05-03"}`: all that became known by that day has been sent. A record that is there already changes
/// nothing; one with the id of another takes its place, as when an invoice comes under dispute.
public struct RecordJournal: Sendable, Equatable, Codable {
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

    private struct Row: Sendable, Equatable, Codable {
        let key: String
        /// In the order of the kind's columns; `nil` is missing.
        var fields: [String?]
    }

    private enum CodingKeys: CodingKey { case records }

    /// No records.
    public init() {}

    /// Reads a journal.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        records = try values.decode([String: [Row]].self, forKey: .records)
        for (kind, rows) in records {
            guard let known = RecordKind(rawValue: kind),
                rows.allSatisfy({ $0.fields.count == known.fields.count })
            else {
                throw DecodingError.dataCorruptedError(
                    forKey: .records, in: values, debugDescription: "no records")
            }
            places[kind] = Dictionary(
                rows.enumerated().map { ($0.element.key, $0.offset) }, uniquingKeysWith: { $1 })
            guard let place = Self.knownPlace(of: known) else { continue }
            let days = rows.compactMap { $0.fields[place].flatMap { CalendarDay(iso8601: $0) } }
            lastKnown = [lastKnown, days.max()].compactMap(\.self).max()
        }
    }

    /// Writes a journal.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(records, forKey: .records)
    }

    /// How many records there are.
    public var count: Int { records.values.reduce(0) { $0 + $1.count } }

    /// The last day on which a record became known; `nil` without records.
    public private(set) var lastKnown: CalendarDay?
}

extension RecordJournal {
    private static let longestLine = 1 << 20

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
            return .new
        }
        let isLate = watched.map { happened <= $0 } ?? false
        let known = isLate ? watched?.adding(days: 1) ?? happened : happened
        if let place = Self.knownPlace(of: kind) { row[place] = known.description }
        places[name, default: [:]][key] = records[name]?.count ?? 0
        records[name, default: []].append(Row(key: key, fields: row))
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
        guard let text = row[place] ?? happened, let day = CalendarDay(iso8601: text) else {
            throw fault("'\(row[place] == nil ? other : "known")' is no day, such as 2024-05-03")
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
    fileprivate func csv(_ kind: RecordKind) -> String? {
        guard let rows = records[kind.rawValue], !rows.isEmpty else { return nil }
        func quoted(_ text: String?) -> String {
            guard let text else { return "" }
            guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
            return "\"" + text.replacing("\"", with: "\"\"") + "\""
        }
        let header = kind.fields.map(\.name).joined(separator: ",")
        return header + "\n"
            + rows.map { $0.fields.map(quoted).joined(separator: ",") + "\n" }.joined()
    }

    /// The ids of the records of a kind that has ids.
    fileprivate func ids(_ kind: RecordKind) -> Set<String> {
        guard kind.fields.contains(where: { $0.content == .identifier }) else { return [] }
        return Set((records[kind.rawValue] ?? []).map(\.key))
    }
}

/// A ledger with the records of a journal, which take the place of those with the same ids.
public struct JournaledLedger: LedgerSource {
    private let base: (any LedgerSource)?
    private let journal: RecordJournal
    /// The currency that amounts are compared in.
    public let baseCurrency: Currency

    /// The records of a journal beside those of a ledger.
    public init(_ base: any LedgerSource, _ journal: RecordJournal) {
        self.base = base
        self.journal = journal
        baseCurrency = base.baseCurrency
    }

    /// The records of a journal alone.
    public init(_ journal: RecordJournal, baseCurrency: Currency) {
        base = nil
        self.journal = journal
        self.baseCurrency = baseCurrency
    }

    /// The faults of the ledger's files.
    public func faults(_ policy: CheckPolicy) throws(LedgerError) -> [CheckReport.Entry] {
        try base?.faults(policy) ?? []
    }

    /// Goes through the ledger's records, then the journal's.
    public func forEachBlock<Output: Sendable>(
        of kind: RecordKind, in scope: LedgerScope, workers: Workers,
        _ transform: @Sendable (RecordBlock) -> Output, handOn: (Output) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        let replaced = journal.ids(kind)
        let identifier = kind.fields.first { $0.content == .identifier }?.name
        try base?.forEachBlock(of: kind, in: scope, workers: workers) { block in
            guard let identifier, !replaced.isEmpty, let column = block.table[identifier] else {
                return transform(block)
            }
            let kept = (0..<block.table.rowCount).filter { row in
                column.text(at: row).map { !replaced.contains($0) } ?? true
            }
            guard kept.count < block.table.rowCount else { return transform(block) }
            let rows = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($0.element, $0.offset) })
            return transform(
                RecordBlock(
                    table: block.table.gathered(kept), file: block.file, lines: .regular(from: 2),
                    passedOver: block.passedOver,
                    unread: block.unread.compactMap { value in
                        rows[value.row].map { RecordBlock.UnreadValue(row: $0, field: value.field) }
                    }))
        } handOn: { (output) throws(LedgerError) in
            try handOn(output)
        }
        guard let text = journal.csv(kind) else { return }
        var options = CSVOptions()
        options.delimiter = .comma
        let fields = scope.fields(of: kind)
        options.columns = fields.map(\.name)
        options.workers = workers
        options.badValues = .note
        do {
            options.schema = try Schema(fields.map(\.schema))
            let stream = try CSVStream(.text(text, name: "stream of \(kind.rawValue)"), options)
            try stream.forEach { block in
                transform(
                    RecordBlock(
                        table: block.table, file: "stream of \(kind.rawValue)", lines: block.lines,
                        unread: block.unread.map { RecordBlock.UnreadValue(row: $0.row, field: $0.column) }))
            } handOn: {
                try handOn($0)
            }
        } catch let error as LedgerError {
            throw error
        } catch let error as TableError {
            throw .table(error)
        } catch {
            throw .noLedger(folder: "stream", reason: "\(error)")
        }
    }
}
