import Foundation
import Results

/// What every page is made from: the run, the one before it, and how to say things.
struct PageContext: Sendable {
    /// The run; what its portfolio says of before is of the earlier run, where one is given.
    let content: RunContent
    /// The run that is compared with.
    let earlier: RunContent?
    /// The grades of that run; `nil` where none is given or it has none.
    let earlierGrades: EarlierGrades?
    let words: Wording
    let figures: Figures

    /// Names of obligors by id.
    let names: [String: String]

    init(content: RunContent, earlier: RunContent?, words: Wording, figures: Figures) {
        self.earlier = earlier
        earlierGrades = earlier.flatMap(EarlierGrades.init)
        let content = content.compared(to: earlierGrades)
        self.content = content
        self.words = words
        self.figures = figures
        names = Dictionary(
            (content.portfolio?.obligors ?? []).compactMap { one in one.name.map { (one.id, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// The grades, best first.
    static let grades = MigrationRecord.grades
    /// The grade of who is in default.
    static let defaulted = "D"

    /// A cell of words.
    func cell(_ text: String?) -> DataTable.Cell { DataTable.Cell(text: text ?? Figures.missing) }

    /// A cell with an obligor's name, which leads to its page.
    func obligor(_ id: String) -> DataTable.Cell { DataTable.Cell(text: names[id] ?? id, obligor: id) }

    /// A cell with a grade, coloured by it.
    func grade(_ grade: String?) -> DataTable.Cell {
        guard let grade, !grade.isEmpty else { return cell(nil) }
        return DataTable.Cell(text: grade, mark: Self.grades.contains(grade) ? "grade" : nil)
    }

    /// A cell with a figure as it is printed and as it is.
    func cell(_ text: String, _ value: Double?) -> DataTable.Cell {
        DataTable.Cell(text: text, value: value.flatMap { $0.isFinite ? $0 : nil })
    }

    /// Two cells that say who an obligor is: the id, and the name, which leads to its page.
    func obligorCells(_ id: String) -> [DataTable.Cell] { [cell(id.isEmpty ? nil : id), obligor(id)] }

    /// The headings of these cells.
    var ofObligor: [DataTable.Column] { [.text(words["column.id"]), .text(words["column.obligor"])] }

    /// A cell with a count.
    func count(_ value: Int) -> DataTable.Cell { cell(figures.count(value), Double(value)) }

    /// A cell with a verdict, coloured by it.
    func verdict(_ verdict: TestRecord.Verdict) -> DataTable.Cell {
        DataTable.Cell(text: words["verdict.\(verdict.rawValue)"], mark: verdict.rawValue)
    }

    /// A table of tests: what was tested, what came out and what it means.
    func table(of tests: [TestRecord], id: String, caption: String) -> DataTable {
        DataTable(
            id: id, caption: caption,
            columns: [
                .text(words["column.test"]), .text(words["column.sample"]), .text(words["column.scope"]),
                .number(words["column.statistic"]), .number(words["column.pValue"]),
                .number(words["column.adjusted"]), .number(words["column.power"]),
                .text(words["column.verdict"]),
                .text(words["column.meaning"]),
            ],
            rows: tests.map { test in
                [
                    cell(words.known("test", test.test)), cell(words.known("sample", test.sample)),
                    cell(scope(test.scope)),
                    cell(figures.number(test.statistic, decimals: 3), test.statistic),
                    cell(figures.pValue(test.pValue), test.pValue),
                    cell(figures.pValue(test.adjustedPValue), test.adjustedPValue),
                    cell(figures.percent(test.power, decimals: 0), test.power), verdict(test.verdict),
                    cell(meaning(of: test)),
                ]
            })
    }

    /// What a test looked at: all, or a part such as "grade:BB".
    private func scope(_ scope: String) -> String {
        guard let colon = scope.firstIndex(of: ":") else { return words.known("scope", scope) }
        return "\(words.known("scope", String(scope[..<colon]))) \(scope[scope.index(after: colon)...])"
    }

    /// What a test came to, in the run's own words; in a language without them what it asks, and the figures it came
    /// to.
    func meaning(of test: TestRecord) -> String {
        guard let asks = words.phrase("meaning", test.test) else { return test.meaning }
        var said: [String] = []
        if let match = test.meaning.firstMatch(of: /^(\d+) of (\d+) defaulted where (\S+ %) was forecast/) {
            said.append(words["said.defaulted", String(match.1), String(match.2), String(match.3)])
        }
        if let estimate = test.estimate {
            said.append(words["said.estimate", figures.short(estimate)])
            if let lower = test.lower, let upper = test.upper {
                said.append(words["said.interval", figures.short(lower), figures.short(upper)])
            }
        }
        if let p = test.pValue { said.append("p = \(figures.pValue(p))") }
        if let power = test.power { said.append(words["said.power", figures.percent(power, decimals: 0)]) }
        return said.isEmpty ? asks : words["said.test", asks, said.joined(separator: words["said.comma"])]
    }

    /// A bin as a person reads it: its bounds, or the levels it holds.
    func band(_ label: String) -> String {
        if label == "missing" { return words["missing"] }
        let printed = figures.band(label)
        guard printed == label else { return printed }
        return label.components(separatedBy: ", ").map { words.known("tagLevel", $0) }.joined(separator: ", ")
    }
}
