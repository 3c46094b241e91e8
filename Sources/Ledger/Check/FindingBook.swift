import Tables

/// Where the records of one kind came from.
struct RecordOrigins {
    private struct Stretch {
        let firstRow: Int
        let file: String
        let lines: RecordLines
        let firstLine: Int
        var count: Int
    }

    private var stretches: [Stretch] = []
    /// How many records were read.
    private(set) var rowCount = 0

    /// Notes the origin of the next records.
    mutating func append(file: String, lines: RecordLines, count: Int) {
        guard count > 0 else { return }
        let firstLine = lines.line(ofRow: 0)
        defer { rowCount += count }
        if let last = stretches.last, last.file == file, last.lines.areRegular, lines.areRegular,
            last.firstLine + last.count == firstLine
        {
            stretches[stretches.count - 1].count += count
            return
        }
        stretches.append(
            Stretch(firstRow: rowCount, file: file, lines: lines, firstLine: firstLine, count: count))
    }

    /// The file and the line of a record.
    func place(ofRow row: Int) -> (file: String, line: Int) {
        var low = 0
        var high = stretches.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if stretches[middle].firstRow <= row { low = middle } else { high = middle }
        }
        let stretch = stretches[low]
        return (stretch.file, stretch.lines.line(ofRow: row - stretch.firstRow))
    }
}

/// All findings of a ledger with the origins of its records.
struct FindingBook {
    private var findings: [RecordKind: [Finding]] = [:]
    private(set) var origins: [RecordKind: RecordOrigins] = [:]

    /// Notes where the next records of a kind came from, and what was wrong with them.
    mutating func append(_ block: [Finding], of kind: RecordKind, file: String, lines: RecordLines, rows: Int)
    {
        let start = Int32(origins[kind]?.rowCount ?? 0)
        origins[kind, default: RecordOrigins()].append(file: file, lines: lines, count: rows)
        for var finding in block {
            finding.row += start
            findings[kind, default: []].append(finding)
        }
    }

    /// How many records of a kind were read.
    func rowCount(_ kind: RecordKind) -> Int { origins[kind]?.rowCount ?? 0 }

    /// Notes a fault of a record that was found after reading.
    mutating func note(_ check: CheckKind, _ kind: RecordKind, row: Int32, column: String?) {
        let field = column.flatMap { name in kind.fields.firstIndex { $0.name == name } } ?? -1
        findings[kind, default: []].append(Finding(check: check, row: row, field: Int16(field)))
    }

    /// What was found, by check, file and column in the order of kinds and rows.
    func entries(_ policy: CheckPolicy) -> [CheckReport.Entry] {
        struct Key: Hashable {
            let check: CheckKind
            let file: String
            let field: Int16
        }
        var entries: [CheckReport.Entry] = []
        for kind in RecordKind.allCases {
            guard let found = findings[kind], let origins = origins[kind] else { continue }
            let fields = kind.fields
            var order: [Key] = []
            var groups: [Key: (count: Int, lines: [Int])] = [:]
            for finding in found.sorted(by: Self.isBefore) {
                let place = origins.place(ofRow: Int(finding.row))
                let key = Key(check: finding.check, file: place.file, field: finding.field)
                if groups[key] == nil { order.append(key) }
                groups[key, default: (0, [])].count += 1
                if groups[key, default: (0, [])].lines.count < CheckReport.linesShown {
                    groups[key]?.lines.append(place.line)
                }
            }
            for key in order {
                let group = groups[key] ?? (0, [])
                entries.append(
                    CheckReport.Entry(
                        check: key.check, severity: policy[key.check], records: kind, file: key.file,
                        column: key.field < 0 ? nil : fields[Int(key.field)].name, count: group.count,
                        lines: group.lines))
            }
        }
        return entries
    }

    /// Every repair.
    func repairs(_ policy: CheckPolicy) -> [Repair] {
        var repairs: [Repair] = []
        for kind in RecordKind.allCases {
            guard let found = findings[kind], let origins = origins[kind] else { continue }
            let fields = kind.fields
            for finding in found.sorted(by: Self.isBefore) where policy[finding.check] == .repair {
                let place = origins.place(ofRow: Int(finding.row))
                repairs.append(
                    Repair(
                        check: finding.check, records: kind, file: place.file, line: place.line,
                        column: finding.field < 0 ? nil : fields[Int(finding.field)].name))
            }
        }
        return repairs
    }

    private static func isBefore(_ left: Finding, _ right: Finding) -> Bool {
        left.row == right.row ? left.field < right.field : left.row < right.row
    }
}
