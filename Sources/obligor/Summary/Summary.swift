import Foundation
import Results
import Scoring

/// Lines for a person to read.
struct Summary {
    private let ink: Ink
    private(set) var lines: [String] = []

    /// An empty summary for a console.
    init(for console: any Console) { ink = Ink(isOn: console.usesColour) }

    /// A heading with an empty line before it.
    mutating func heading(_ text: String) {
        if !lines.isEmpty { lines.append("") }
        lines.append(ink.heading(text))
    }

    /// A line of text.
    mutating func line(_ text: String) { lines.append(text) }

    /// A line that asks for attention.
    mutating func remark(_ text: String) { lines.append(ink.warning("note: ") + text) }

    /// A line of lesser weight.
    mutating func aside(_ text: String) { lines.append(ink.faint(text)) }

    /// A table.
    mutating func table(_ grid: TextGrid) {
        let rendered = grid.lines
        lines += rendered.prefix(1).map(ink.faint) + rendered.dropFirst()
    }

    /// Prints the lines.
    func print(on console: any Console) throws {
        try console.write(Data(lines.map { $0 + "\n" }.joined().utf8))
    }
}

extension Summary {
    /// Figures of several sets of observations, one line each.
    mutating func performance(_ samples: [(name: String, record: PerformanceRecord)]) {
        var grid = TextGrid([
            .left(""), .right("observations"), .right("defaults"), .right("AUC"), .right("± s.e."),
            .right("KS"),
            .right("Gini"), .right("PR-AUC"), .right("log loss"), .right("Brier"),
        ])
        for (name, record) in samples {
            grid.rows.append([
                name, Figures.count(record.rows), Figures.count(record.defaults), Figures.fixed(record.auc),
                Figures.fixed(record.aucStandardError), Figures.fixed(record.ks), Figures.fixed(record.gini),
                Figures.fixed(record.averagePrecision),
                Figures.fixed(record.logLoss), Figures.fixed(record.brier),
            ])
        }
        table(grid)
    }

    /// Obligors by grade.
    mutating func grades(_ records: [ValidationRecord.GradeRecord]) {
        let total = records.reduce(0) { $0 + $1.rows }
        let knowsOutcomes = records.contains { $0.defaults != nil }
        var headings: [TextGrid.Heading] = [
            .left("grade"), .right("obligors"), .right("share"), .right("mean PD"),
        ]
        if knowsOutcomes { headings += [.right("defaults"), .right("default rate")] }
        var grid = TextGrid(headings)
        for record in records {
            let share = total > 0 ? Double(record.rows) / Double(total) : nil
            var row = [
                record.grade, Figures.count(record.rows), Figures.percent(share, decimals: 1),
                Figures.percent(record.meanPD),
            ]
            if knowsOutcomes {
                let rate = record.defaults.flatMap { defaults in
                    record.rows > 0 ? Double(defaults) / Double(record.rows) : nil
                }
                row += [record.defaults.map(Figures.count) ?? "–", Figures.percent(rate)]
            }
            grid.rows.append(row)
        }
        table(grid)
    }
}
