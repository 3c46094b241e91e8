import Foundation
import Results
import TestSupport
import Testing

@testable import Reporting

@Suite("A run that is named to compare with is what before means, on every page")
struct ComparisonTests {
    /// A run with a portfolio of obligors by id: grade, grade of the review before.
    private func run(
        _ temporary: TemporaryFolder, _ name: String, on day: String,
        _ obligors: [(id: String, grade: String, before: String?)], exposure: Double = 100
    ) throws -> RunContent {
        let writer = try RunFolderWriter(temporary.file(name), replacing: false)
        try writer.write(
            Portfolio(
                tags: ["region"],
                obligors: obligors.map { one in
                    PortfolioRecord(
                        id: one.id, asOf: day, grade: one.grade, previousGrade: one.before, pd: 0.01,
                        currency: "EUR", exposure: exposure, overdue: 0, expectedLoss: exposure / 200,
                        movement: .unchanged, tags: ["north"])
                }))
        return try RunContent(writer.finish(record))
    }

    private let record = RunRecord(
        command: "review", arguments: [], engineVersion: "0", startedAt: .distantPast,
        finishedAt: .distantPast, seed: nil, threads: 1, rows: 0, model: nil, inputs: [], outputs: [])

    private func context(_ now: RunContent, _ earlier: RunContent?) throws -> PageContext {
        PageContext(
            content: now, earlier: earlier, words: try Wording(.english),
            figures: Figures(language: .english))
    }

    private let now: [(id: String, grade: String, before: String?)] = [
        ("1", "A", "BBB"), ("2", "BB", "BB"), ("3", "D", "C"), ("4", "B", "B"), ("5", "AA", "A"),
    ]
    private let then: [(id: String, grade: String, before: String?)] = [
        ("1", "AA", nil), ("2", "B", nil), ("3", "CCC", nil), ("5", "AA", nil), ("6", "A", nil),
    ]

    private func table(_ id: String, _ page: Page) throws -> DataTable {
        try #require(page.sections.flatMap(\.tables).first { $0.id == id })
    }

    @Test func movementsListAndFlowAgree() throws {
        let temporary = try TemporaryFolder()
        let context = try context(
            run(temporary, "now", on: "2024-06-30", now),
            run(temporary, "then", on: "2023-03-31", then, exposure: 70))
        let obligors = try #require(context.content.portfolio).obligors
        #expect(obligors.map(\.id) == ["1", "2", "3", "4", "5", "6"])
        #expect(obligors.map(\.previousGrade) == ["AA", "B", "CCC", nil, "AA", "A"])
        #expect(obligors.map(\.movement) == [.down, .up, .defaulted, .new, .unchanged, .withdrawn])
        #expect(obligors.last?.exposure == 0 && obligors.last?.tags == ["north"])

        let page = PortfolioPage(context: context).page()
        let movements = try table("movements", page)
        let counts = Dictionary(
            uniqueKeysWithValues: movements.rows.map { ($0[0].text, $0[1].value ?? .nan) })
        #expect(
            counts == [
                "new": 1, "upgraded": 1, "downgraded": 1, "unchanged": 1, "defaulted": 1, "withdrawn": 1,
            ])
        let grades = try table("grades", page)
        let before = try #require(grades.columns.firstIndex { $0.title == "Before" })
        let exposure = try #require(grades.columns.firstIndex { $0.title == "Exposure, before" })
        let loss = try #require(grades.columns.firstIndex { $0.title == "Expected loss, before" })
        #expect(grades.rows.map { $0[before].value } == [0, 2, 1, 0, 0, 1, 1, 0, 0, 0])
        #expect(grades.rows.map { $0[exposure].value } == [0, 140, 70, 0, 0, 70, 70, 0, 0, 0])
        #expect(grades.rows[1][loss].value == 0.7)
        #expect(grades.rows.allSatisfy { $0.count == grades.columns.count })
        let note = try #require(page.sections.first { $0.id == "grades" }?.note)
        #expect(note.contains("31 Mar 2023"))

        let migration = MigrationPage(context: context).page()
        let flow = try table("flow", migration)
        var moves: Set<String> = []
        for row in flow.rows {
            for (column, cell) in zip(flow.columns, row).dropFirst() where (cell.value ?? 0) > 0 {
                moves.insert("\(row[0].text)→\(column.title)")
            }
        }
        #expect(moves == ["AA→A", "B→BB", "CCC→D", "AA→AA"])
        let chart = try #require(migration.sections.flatMap(\.charts).first { $0.id == "chart-flow" })
        #expect(chart.caption == "Grades on 31 Mar 2023 and on 30 Jun 2024")

        let columns = PortfolioColumns(
            try #require(context.content.portfolio), path: nil, words: context.words)
        let dimension = try #require(columns.dimensions.first { $0.id == "movement" })
        #expect(dimension.levels.count == 6)
    }

    /// The run's own flow between two other dates does not stand beside a comparison.
    @Test func theComparisonIsDrawnInsteadOfTheRunsOwnFlow() throws {
        let temporary = try TemporaryFolder()
        let sample = try RunContent(SampleRun(obligors: 30).write(to: temporary.file("now")))
        let earlier = try RunContent(SampleRun(obligors: 30, seed: 5).write(to: temporary.file("then")))
        func flow(_ earlier: RunContent?) throws -> Double {
            let page = MigrationPage(context: try context(sample, earlier)).page()
            return try table("flow", page).rows.joined().reduce(0) { $0 + ($1.value ?? 0) }
        }
        #expect(try flow(earlier) == 30)
        #expect(try flow(nil) > 30)
    }

    @Test func ratingsAloneAreComparedToo() throws {
        let temporary = try TemporaryFolder()
        func ratings(_ name: String, _ grades: [(String, String)]) throws -> RunContent {
            let writer = try RunFolderWriter(temporary.file(name), replacing: false)
            try writer.write(
                grades.map {
                    RatingRecord(id: $0.0, score: 500, logOdds: -4, pd: 0.02, grade: $0.1, reasons: [])
                })
            return try RunContent(writer.finish(record))
        }
        let earlier = try ratings("then", [("1", "AA"), ("2", "B")])
        let portfolio = PortfolioPage(
            context: try context(run(temporary, "a", on: "2024-06-30", now), earlier)
        ).page()
        let movements = try table("movements", portfolio)
        #expect(movements.rows.first { $0[0].text == "new" }?[1].value == 3)
        let both = try context(try ratings("b", [("1", "A"), ("2", "B"), ("3", "C")]), earlier)
        let grades = try table("grades", PortfolioPage(context: both).page())
        #expect(grades.rows.compactMap { $0[2].value } == [0, 1, 0, 0, 0, 1, 0, 0, 0, 0])
        #expect(MigrationPage(context: both).page().sections.contains { $0.id == "flow" })
    }

    @Test func aRunWithoutGradesIsSaidToHaveNone() throws {
        let temporary = try TemporaryFolder()
        let empty = try RunContent(
            try RunFolderWriter(temporary.file("empty"), replacing: false).finish(record))
        let context = try context(run(temporary, "now", on: "2024-06-30", now), empty)
        #expect(context.content.portfolio?.obligors.first?.previousGrade == "BBB")
        let section = PortfolioPage(context: context).page().sections.first { $0.id == "grades" }
        #expect(section?.note == context.words["portfolio.compared.absent"])
    }
}

@Suite("Figures of the portfolio are of those they are said to be of")
struct PortfolioFigureTests {
    private func page(_ obligors: [PortfolioRecord]) throws -> Page {
        let temporary = try TemporaryFolder()
        let writer = try RunFolderWriter(temporary.file("run"), replacing: false)
        try writer.write(Portfolio(tags: [], obligors: obligors))
        let run = try writer.finish(
            RunRecord(
                command: "review", arguments: [], engineVersion: "0", startedAt: .distantPast,
                finishedAt: .distantPast, seed: nil, threads: 1, rows: 0, model: nil, inputs: [], outputs: [])
        )
        return PortfolioPage(
            context: PageContext(
                content: try RunContent(run), earlier: nil, words: try Wording(.english),
                figures: Figures(language: .english))
        ).page()
    }

    private func obligor(
        _ id: String, _ grade: String?, pd: Double?, exposure: Double
    ) -> PortfolioRecord {
        PortfolioRecord(
            id: id, asOf: "2024-06-30", grade: grade, pd: pd, currency: "EUR", exposure: exposure, overdue: 0,
            movement: grade == nil ? .withdrawn : .unchanged)
    }

    /// One obligor at 1 %, one at 4 % with three times its exposure, one without PD, one in default, one gone.
    @Test func meanPDsAreOfThoseWhoHaveOneAndStand() throws {
        let page = try page([
            obligor("1", "A", pd: 0.01, exposure: 100), obligor("2", "B", pd: 0.04, exposure: 300),
            obligor("3", "BB", pd: nil, exposure: 1_000), obligor("4", "D", pd: 1, exposure: 500),
            obligor("5", nil, pd: nil, exposure: 8_000),
        ])
        let facts = try #require(page.sections.first { $0.id == "overview" }).facts
        let mean = try #require(facts.first { $0.name == "Mean PD, not in default" })
        #expect(mean.value == "2.50%")
        #expect(mean.note == "3.25% weighted by exposure")
        // Whoever has left is no part of the concentration either: 1,000 of 1,900.
        let largest = try #require(page.sections.first { $0.id == "concentration" }?.facts.first)
        #expect(largest.value == "52.6%")
    }

    @Test func sourcesOfOverrideComeFromThePathUnlessThePortfolioHasThem() throws {
        let words = try Wording(.english)
        let portfolio = Portfolio(
            tags: [],
            obligors: ["1", "2", "3", "4"].map { obligor($0, "A", pd: 0.01, exposure: 1) })
        func step(
            _ id: String, _ number: Int, _ stage: RatingStepRecord.Stage, _ effect: RatingStepRecord.Effect
        ) -> RatingStepRecord {
            RatingStepRecord(id: id, step: number, stage: stage, toGrade: "A", effect: effect)
        }
        let path = [
            step("1", 1, .raw, .none), step("1", 2, .rule, .cap), step("1", 3, .expert, .notch),
            step("2", 1, .raw, .none), step("2", 2, .rule, .cap), step("2", 3, .expert, .none),
            step("3", 1, .raw, .none), step("3", 2, .rule, .none),
        ]
        let columns = PortfolioColumns(portfolio, path: path, words: words)
        let dimension = try #require(columns.dimensions.first { $0.id == "tag:override" })
        #expect(dimension.title == "Source of override")
        #expect(dimension.levels == ["expert", "none", "rule"])
        #expect(dimension.codes == PackedColumn([0, 2, 1, 1], below: 3))
        // What is the same of everybody filters nobody: one currency, one grade.
        #expect(!columns.dimensions.contains { $0.id == "currency" || $0.id == "grade" })
        let tagged = Portfolio(
            tags: ["override"],
            obligors: ["1", "2"].map { id in
                PortfolioRecord(
                    id: id, asOf: "2024-06-30", grade: "A", currency: "EUR", exposure: 1, overdue: 0,
                    movement: .new, tags: [id])
            })
        let own = PortfolioColumns(tagged, path: path, words: words).dimensions
            .filter { $0.id == "tag:override" }
        #expect(own.count == 1 && own.first?.levels == ["1", "2"])
    }
}

@Suite("What a picture shows on pointing stands in a table too")
struct TableTests {
    private func pages(_ temporary: TemporaryFolder) throws -> [Page] {
        let content = try RunContent(SampleRun(obligors: 40).write(to: temporary.file("run")))
        let context = PageContext(
            content: content, earlier: nil, words: try Wording(.english), figures: Figures(language: .english)
        )
        return [
            MigrationPage(context: context).page(), CorrectionsPage(context: context).page(),
            PortfolioPage(context: context).page(), DataPage(context: context).page(),
            ModelPage(context: context).page(), RunPage(context: context).page(),
        ]
    }

    private func tables() throws -> [String: DataTable] {
        let all = try pages(TemporaryFolder()).flatMap(\.sections).flatMap(\.tables)
        return Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
    }

    @Test func intervalsAndMovesOfAMatrix() throws {
        let table = try #require(tables()["matrix-1-intervals"])
        #expect(table.columns.map(\.title).contains("Lower, 95%"))
        // Every cell but those out of default, of which one is certain.
        #expect(table.rows.count == 91)
        for row in table.rows {
            let values = row.map(\.value)
            let (value, lower, upper) = (values[2] ?? .nan, values[3] ?? .nan, values[4] ?? .nan)
            #expect(lower <= value && value <= upper)
            #expect(values[5] != nil)
        }
        #expect(try tables()["matrix-2-intervals"] == nil, "that matrix has neither")
    }

    @Test func intervalsAreFiguresInTheFile() throws {
        for id in ["biases", "backtest"] {
            let table = try #require(tables()[id])
            let lower = try #require(table.columns.firstIndex { $0.title == "Lower" })
            #expect(table.columns[lower].isNumeric && table.columns[lower + 1].title == "Upper")
            let text = String(decoding: TableFile.data(table), as: UTF8.self)
            #expect(!text.contains("'") && !text.contains("–"), "\(text)")
        }
    }

    @Test func obligorsAreToldApartByTheirIds() throws {
        let tables = try tables()
        for id in ["queue", "alerts", "refresh-requests"] {
            let table = try #require(tables[id])
            let column = try #require(table.columns.firstIndex { $0.title == "Id" })
            #expect(table.columns[column + 1].title == "Obligor")
            #expect(table.rows.allSatisfy { $0.count == table.columns.count })
            #expect(table.rows[0][column].text == "OB100000")
            #expect(table.rows[0][column + 1].text == "Company 1 Ltd")
            #expect(table.rows[0][column + 1].obligor == "OB100000")
        }
    }

    @Test func alertsByMonitorAndTheKSCurve() throws {
        let tables = try tables()
        #expect(tables["alerts-by-monitor"]?.rows.map { $0[1].value } == [1])
        let roc = try #require(tables["roc-1"])
        let ahead = roc.rows.compactMap { $0[2].value }
        #expect(ahead.count == roc.rows.count && (ahead.max() ?? 0) > 0.4)
    }

    @Test func whatAModelMakesOfItsInputs() throws {
        let tables = try tables()
        let coefficients = try #require(tables["coefficients"])
        #expect(coefficients.rows.count == 3)
        #expect(coefficients.rows[1].map(\.value).suffix(7) == [0.8, 0.1, 8, 1e-6, 0.6, 1, 1.2])
        #expect(coefficients.rows[2][0].text.hasSuffix(" = Steel"))
        let tests = try #require(tables["coefficient-tests"])
        #expect(tests.rows.allSatisfy { $0.count == tests.columns.count })
        let reliance = try #require(tables["reliance"])
        // The input that costs most comes first.
        #expect(reliance.rows.map { $0[1].value } == [0.02, 0.005])
        #expect(reliance.rows.allSatisfy { $0.count == reliance.columns.count })
        #expect(tables["interactions"]?.rows.count == 1, "what an input does alone is no interaction")
        #expect(tables["diagnostics"]?.rows.count == 2, "a remark that is said twice stands once")
        let run = try #require(tables["run"])
        let said = Dictionary(uniqueKeysWithValues: run.rows.map { ($0[0].text, $0[1].text) })
        #expect(said["Took"] == "42 s" && said["Seed"] == "7")
        #expect(said["Recipe, SHA-256"] == "12ab" && said["Digest of the result"] == "none")
    }
}
