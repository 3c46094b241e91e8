import Features
import Foundation
import Grading
import Ledger
import Parallelism
import Scoring
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Review

/// The sample ledger with a logistic model of three of its features.
struct ReviewFixture {
    let ledger: TradeLedger
    let model: ScoringModel
    let options: ReviewOptions

    init() throws {
        let folder = Golden.checkout.appending(path: "datasets/sample-ledger")
        ledger = try TradeLedger.read(from: try LedgerFolder(folder)).ledger
        let days = ["2021-12-31", "2022-12-31"].compactMap { CalendarDay(iso8601: $0) }
        let window = try #require(PerformanceWindow(months: 12))
        var panelOptions = PanelOptions(.days(days), window: window)
        panelOptions.features = try PanelOptions.features(
            ["dbt_12m", "overdue_share", "bureau_score"], for: panelOptions.occasion)
        let panel = try Panel(of: ledger, panelOptions, default: .tradeCredit)
        let formatter = CSVFormatter()
        var text = formatter.header(panel.columnNames)
        for index in 0..<panel.tableCount { text += formatter.records(of: try panel.table(index)) }
        let temporary = try TemporaryFolder()
        let path = try temporary.write(String(decoding: text, as: UTF8.self), to: "panel.csv")
        let recipe = try Recipe(
            """
            recipe: 1
            name: review
            target: {column: defaulted, default: true}
            id: obligor
            features: {include: [dbt_12m, overdue_share, bureau_score]}
            model: {kind: logistic}
            """)
        let table = try CSVReader().read(path)
        // Observations whose outcome is not complete have none.
        let known = (0..<table.rowCount).filter { table["defaulted"]?.isMissing($0) == false }
        model = try ModelTrainer(recipe).train(table.gathered(known)).model
        options = ReviewOptions(asOf: CalendarDay(iso8601: "2023-12-31") ?? days[1], quarters: 1)
    }

    func review(_ workers: Workers = .allProcessors) throws -> PortfolioReview {
        try PortfolioReview(of: ledger, by: model, scale: .standard, options, workers: workers)
    }
}
