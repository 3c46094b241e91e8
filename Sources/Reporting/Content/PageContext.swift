import Results

/// What every page is made from: the run, the one before it, and how to say things.
struct PageContext: Sendable {
    let content: RunContent
    let earlier: RunContent?
    let words: Wording
    let figures: Figures

    /// Names of obligors by id.
    let names: [String: String]

    init(content: RunContent, earlier: RunContent?, words: Wording, figures: Figures) {
        self.content = content
        self.earlier = earlier
        self.words = words
        self.figures = figures
        names = Dictionary(
            (content.portfolio?.obligors ?? []).compactMap { one in one.name.map { (one.id, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// The grades, best first.
    static let grades = MigrationRecord.grades

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

    /// What a test came to, in the run's own words; a language without them says what the test asks.
    func meaning(of test: TestRecord) -> String { words.phrase("meaning", test.test) ?? test.meaning }
}
