public import Foundation
public import Parallelism
import Tables
public import Vocabulary

/// A folder of files of a foreign layout, read through a mapping.
public struct MappedSource: LedgerSource {
    /// The folder.
    public let folder: URL
    /// How its files become records.
    public let mapping: Mapping

    /// Opens a folder.
    ///
    /// A file is found under its own name or with `.gz` behind it.
    ///
    /// - Throws: ``LedgerError/badMapping(file:reason:)`` if a file of the mapping is not there.
    public init(_ folder: URL, mapping: Mapping) throws(LedgerError) {
        self.folder = folder
        self.mapping = mapping
        for source in mapping.sources where place(of: source) == nil {
            throw .badMapping(
                file: mapping.file, reason: "there is no file '\(source.file)' in \(folder.relativePath)")
        }
    }

    /// The currency that the mapping states.
    public var baseCurrency: Currency { mapping.baseCurrency }

    /// Columns of the files that no rule reads.
    public func faults(_ policy: CheckPolicy) throws(LedgerError) -> [CheckReport.Entry] {
        var used: [String: Set<String>] = [:]
        for source in mapping.sources {
            for rule in source.records { used[source.file, default: []].formUnion(rule.columns) }
        }
        var entries: [CheckReport.Entry] = []
        var seen: Set<String> = []
        for source in mapping.sources where seen.insert(source.file).inserted {
            guard let file = place(of: source) else { continue }
            for name in try CSVColumns.names(of: file, delimiter: source.delimiter)
            where !(used[source.file] ?? []).contains(name) {
                entries.append(
                    CheckReport.Entry(
                        check: .unknownColumn, severity: policy[.unknownColumn], records: nil,
                        file: source.file,
                        column: name, count: 1, lines: []))
            }
        }
        return entries
    }

    /// Reads the files that have rows for the kind.
    public func forEachBlock<Output: Sendable>(
        of kind: RecordKind, in scope: LedgerScope, workers: Workers,
        _ transform: @Sendable (RecordBlock) -> Output,
        handOn: (Output) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        for source in mapping.sources {
            for rule in source.records where rule.kind == kind {
                guard let file = place(of: source) else { continue }
                do {
                    let reading = RowMapper(rule: rule, source: source)
                    let stream = try CSVStream(.file(file.path), try reading.options(workers))
                    let mapper = RowMapper(rule: rule, source: source, delimiter: stream.delimiter)
                    let name = source.file
                    guard let earliest = rule.earliest else {
                        try stream.forEach { block in
                            transform(try mapper.records(of: block, file: name))
                        } handOn: {
                            try handOn($0)
                        }
                        continue
                    }
                    let pick = EarliestPick(kind: kind, day: earliest)
                    var blocks: [RecordBlock] = []
                    try stream.forEach { block in
                        try pick.reduced([try mapper.records(of: block, file: name)])
                    } handOn: {
                        blocks.append($0)
                    }
                    if !blocks.isEmpty { try handOn(transform(try pick.reduced(blocks))) }
                } catch let error as LedgerError {
                    throw error
                } catch let error as TableError {
                    throw .table(error)
                } catch {
                    throw .badMapping(file: mapping.file, reason: "\(error)")
                }
            }
        }
    }

    /// Where a file of the mapping is.
    public func place(of source: Mapping.Source) -> URL? {
        [source.file, source.file + ".gz"].map { folder.appending(path: $0) }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }
}

/// Takes, of all rows with the same id, the earliest.
private struct EarliestPick: Sendable {
    let kind: RecordKind
    let day: String

    /// The earliest row of each id, in the order in which the ids first appear; the first row where days are equal.
    func reduced(_ blocks: [RecordBlock]) throws(TableError) -> RecordBlock {
        let identifier = kind.fields.first { $0.content == .identifier }?.name ?? ""
        var best: [String: Int] = [:]
        var order: [(block: Int, row: Int, day: CalendarDay)] = []
        for (number, block) in blocks.enumerated() {
            guard case .text(let ids) = block.table[identifier]?.values,
                case .day(let days) = block.table[day]?.values
            else { continue }
            // Rows that cannot be judged, by their day or as a whole, are kept as they are, so that each is noted.
            let open = Set(block.unread.filter { $0.field == nil || $0.field == day }.map(\.row))
            for row in ids.indices {
                guard !open.contains(row) else {
                    order.append((number, row, .never))
                    continue
                }
                // Days that are missing come last, so that they are noted only where there is no other.
                let on = days[row] == Column.missingDay ? .never : days[row]
                let id = ids[row] ?? ""
                guard let place = best[id] else {
                    best[id] = order.count
                    order.append((number, row, on))
                    continue
                }
                if on < order[place].day { order[place] = (number, row, on) }
            }
        }
        return try gathered(blocks, order.map { ($0.block, $0.row) })
    }

    /// What cannot be read of the rows that are taken, by their new places.
    private static func moved(
        _ unread: [RecordBlock.UnreadValue], to rows: [Int]
    ) -> [RecordBlock.UnreadValue] {
        if unread.isEmpty { return [] }
        let places = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1, $0) })
        return unread.compactMap { value in
            places[value.row].map { RecordBlock.UnreadValue(row: $0, field: value.field) }
        }
    }

    private func gathered(
        _ blocks: [RecordBlock], _ places: [(block: Int, row: Int)]
    ) throws(TableError) -> RecordBlock {
        var starts: [Int] = []
        var at = 0
        for block in blocks {
            starts.append(at)
            at += block.table.rowCount
        }
        let rows = places.map { starts[$0.block] + $0.row }
        let lines = places.map { blocks[$0.block].lines.line(ofRow: $0.row) }
        let unread = blocks.enumerated().flatMap { number, block in
            block.unread.map {
                RecordBlock.UnreadValue(row: starts[number] + $0.row, field: $0.field)
            }
        }
        var columns: [Column] = []
        for name in blocks[0].table.names {
            var parts: [Column] = []
            for block in blocks { parts.append(try block.table.column(named: name)) }
            columns.append(try Column.concatenating(parts).gathered(rows))
        }
        var passedOver: [CheckReport.PassedOver] = []
        for rows in blocks.flatMap(\.passedOver) { passedOver.add(rows) }
        passedOver.add(
            CheckReport.PassedOver(
                records: kind, file: blocks[0].file, reason: .laterRow, column: day, count: at - rows.count))
        return RecordBlock(
            table: try Table(columns: columns), file: blocks[0].file, lines: RecordLines.stated(lines),
            passedOver: passedOver, unread: Self.moved(unread, to: rows))
    }
}
