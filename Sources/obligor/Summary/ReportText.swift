import Foundation
import Ledger

/// A check report for a person or a program.
enum ReportText {
    /// Prints a report to standard output.
    ///
    /// - Parameter isQuiet: Whether only JSON is printed.
    static func print(_ report: CheckReport, json: Bool, isQuiet: Bool, on console: any Console) throws {
        if json {
            try console.write(try JSONText.of(report))
        } else if !isQuiet {
            try console.write(Data((lines(report).joined(separator: "\n") + "\n").utf8))
        }
    }

    /// Says on standard error what was found in a ledger that is used all the same, a line each.
    static func note(_ report: CheckReport, on console: any Console) {
        for entry in report.entries {
            let meaning = [entry.check.meaning, entry.severity == .repair ? entry.check.repair : nil]
                .compactMap(\.self).joined(separator: ": ")
            let place = entry.lines.first.map { ", from line \($0) on" } ?? ""
            let column = entry.column.map { " (\($0))" } ?? ""
            console.note(
                "\(entry.severity.rawValue): \(entry.file)\(column): \(meaning); "
                    + "\(Figures.count(entry.count)) times\(place)")
        }
    }

    /// The report as lines of a table.
    static func lines(_ report: CheckReport) -> [String] {
        var records = TextGrid([.left("records"), .right("number")])
        for kind in RecordKind.allCases {
            guard let count = report.recordCounts[kind.rawValue] else { continue }
            records.rows.append([kind.rawValue, Figures.count(count)])
        }
        var lines = records.lines + [""]
        if !report.passedOver.isEmpty { lines += passedOver(report) + [""] }
        if report.entries.isEmpty { return lines + ["Nothing is wrong."] }
        var faults = TextGrid([
            .left("severity"), .left("check"), .left("file"), .left("column"), .right("number"),
            .left("lines"),
            .left("meaning"),
        ])
        for entry in report.entries {
            let shown = entry.lines.prefix(4).map(String.init).joined(separator: ", ")
            let meaning = entry.severity == .repair ? entry.check.repair ?? "" : entry.check.meaning
            faults.rows.append([
                entry.severity.rawValue, entry.check.rawValue, entry.file, entry.column ?? "",
                Figures.count(entry.count), shown + (entry.count > 4 ? ", …" : ""), meaning,
            ])
        }
        lines += faults.lines
        let counts = Severity.allCases.map { "\($0.rawValue)s: \(Figures.count(report.count($0)))" }
        return lines + ["", counts.joined(separator: ", ")]
    }

    /// The rows that became no record because the mapping says so.
    private static func passedOver(_ report: CheckReport) -> [String] {
        var rows = TextGrid([
            .left("passed over"), .left("file"), .right("rows"), .left("as the mapping says"),
        ])
        for passed in report.passedOver {
            let why =
                switch passed.reason {
                case .condition: "where: '\(passed.column)' is not what the rule takes"
                case .laterRow: "earliest: another row of the id has an earlier '\(passed.column)'"
                }
            rows.rows.append([passed.records.rawValue, passed.file, Figures.count(passed.count), why])
        }
        return rows.lines
    }
}
