import Features
import Foundation
import Grading
import Ledger
import Parallelism
import Results
import Scoring
import StrictYAML
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Review

/// The sample ledger with a logistic model of three of its features.
struct ReviewFixture {
    let ledger: TradeLedger
    let model: ScoringModel
    /// Another model, of other features.
    let other: ScoringModel
    /// A model of what others say of an obligor: its group, its buyers, its industry.
    let ofOthers: ScoringModel
    /// What the models were trained on: obligor, as_of, defaulted and their features.
    let panel: Table
    let options: ReviewOptions

    /// Trained once for all tests.
    static let shared = Result { try ReviewFixture() }

    init() throws {
        let folder = Golden.checkout.appending(path: "datasets/sample-ledger")
        ledger = try TradeLedger.read(from: try LedgerFolder(folder)).ledger
        let days = ["2021-12-31", "2022-12-31"].compactMap { CalendarDay(iso8601: $0) }
        let window = try #require(PerformanceWindow(months: 12))
        var panelOptions = PanelOptions(.days(days), window: window)
        panelOptions.features = try PanelOptions.features(
            [
                "dbt_12m", "overdue_share", "bureau_score", "mean_delay_12m", "group_open_amount",
                "largest_buyer_share", "buyers_overdue_share", "industry_late_share_12m",
            ], for: panelOptions.occasion)
        let panel = try Panel(of: ledger, panelOptions, default: .tradeCredit)
        let formatter = CSVFormatter()
        var text = formatter.header(panel.columnNames)
        for index in 0..<panel.tableCount { text += formatter.records(of: try panel.table(index)) }
        let temporary = try TemporaryFolder()
        let path = try temporary.write(String(decoding: text, as: UTF8.self), to: "panel.csv")
        func recipe(_ name: String, _ features: String, penalty: Double = 0) throws -> Recipe {
            try Recipe(
                """
                recipe: 1
                name: \(name)
                target: {column: defaulted, default: true}
                id: obligor
                features: {include: [\(features)]}
                model: {kind: logistic, penalty: {l2: \(penalty)}}
                """)
        }
        let table = try CSVReader().read(path)
        // Observations whose outcome is not complete have none.
        let known = (0..<table.rowCount).filter { table["defaulted"]?.isMissing($0) == false }
        self.panel = table.gathered(known)
        model = try ModelTrainer(recipe("review", "dbt_12m, overdue_share, bureau_score"))
            .train(self.panel).model
        other = try ModelTrainer(recipe("other", "mean_delay_12m, bureau_score")).train(self.panel).model
        ofOthers = try ModelTrainer(
            recipe(
                "others",
                "dbt_12m, group_open_amount, largest_buyer_share, buyers_overdue_share, industry_late_share_12m",
                penalty: 1)
        ).train(self.panel).model
        options = ReviewOptions(asOf: CalendarDay(iso8601: "2023-12-31") ?? days[1], quarters: 1)
    }

    /// The model on the standard scale.
    var basis: RatingBasis { RatingBasis(model: model, scale: .standard) }

    /// The model with rules, a policy with clocks, and a policy for events.
    func fullBasis() throws -> RatingBasis {
        func yaml(_ name: String) throws -> YAMLNode {
            try YAMLReader().read(Golden.checkout.appending(path: "models/policies/\(name).yaml"))
        }
        return RatingBasis(
            model: model, scale: .standard, rules: try RuleSet(yaml: yaml("bureau_rules")),
            experts: ExpertOverrides(entries: [], maximumNotches: 2),
            policy: try CreditPolicy(yaml: yaml("trade_credit")),
            events: try EventPolicy(yaml: yaml("events")))
    }

    /// A review of the ledger, or of another one that should be the same.
    func review(
        _ basis: RatingBasis? = nil, _ options: ReviewOptions? = nil, since earlier: EarlierReview? = nil,
        log: EventLog = EventLog(), challengers: [Challenger] = [], journal: (any ReviewJournal)? = nil,
        workers: Workers = .allProcessors, of other: TradeLedger? = nil
    ) throws -> PortfolioReview {
        try PortfolioReview(
            of: other ?? ledger, by: basis ?? self.basis, options ?? self.options, since: earlier, log: log,
            challengers: challengers, journal: journal, workers: workers)
    }
}
