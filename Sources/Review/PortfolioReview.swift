public import Features
public import Grading
public import Ledger
public import Parallelism
public import Results
public import Scoring
import Tables
import Vocabulary

/// All obligors of a ledger rated on a date, beside what they were before, in the records that reports draw.
///
/// An obligor in default by the definition has grade D and PD 1, whatever the model says. Nobody
/// leaves: an obligor without a sale for years is rated by what is known of it.
public struct PortfolioReview: Sendable {
    /// The portfolio on the date of the review.
    public let portfolio: Portfolio
    /// The model's ratings on that date, of obligors that are not in default.
    public let ratings: [RatingRecord]
    /// Every obligor on every date.
    public let history: [HistoryRecord]
    /// Why log-odds changed since the review before, input by input, largest part first.
    public let attribution: [AttributionRecord]
    /// How much of each input of the model was missing.
    public let missing: [DataQualityRecord.Missing]
    /// How old the latest statements were on the date of the review.
    public let statementAges: [DataQualityRecord.StatementAge]

    /// Reviews a portfolio.
    ///
    /// The same for any number of threads.
    ///
    /// - Throws: ``ReviewError``, ``FeatureError``, ``ScoringError``, ``LedgerError``.
    public init(
        of ledger: TradeLedger, by model: ScoringModel, scale: MasterScale, _ options: ReviewOptions,
        workers: Workers = .allProcessors
    ) throws {
        let rated = try RatedPanel(of: ledger, by: model, options, workers: workers)
        var book = ReviewBook(ledger: ledger, scale: scale, options: options, rated: rated)
        try book.fill()
        portfolio = Portfolio(
            tags: ObligorTag.allCases.map(\.rawValue) + book.freeTags, obligors: book.portfolio)
        ratings = book.ratings
        history = book.history
        attribution = book.attribution
        missing = rated.missing
        statementAges = rated.statementAges(on: options.asOf)
    }

    /// The features that a review shows besides those that the model reads.
    public static let shownFeatures = [
        "open_amount", "overdue_amount", "dbt_3m", "dbt_12m", "credit_limit", "terms_given_12m", "oldest_dpd",
        "open_disputed_share", "months_since_onboarded", "employees", "statement_age", "bureau_judgments",
        "exposure_utilisation", "order_trend_12m", "adverse_events_12m", "broken_promises_12m", "over_limit",
        "group_size",
    ]

    /// The features that a review by a model needs.
    ///
    /// - Throws: ``ReviewError/notAFeature(column:)``.
    public static func features(for model: ScoringModel) throws -> [Feature] {
        let catalogue = PanelOptions.catalogue(for: .days([]))
        let known = Set(catalogue.map(\.name))
        // Industry and region come with every observation.
        let inputs = model.schema.names.filter { !["industry", "region"].contains($0) }
        if let unknown = inputs.first(where: { !known.contains($0) }) {
            throw ReviewError.notAFeature(column: unknown)
        }
        let wanted = Set(inputs).union(shownFeatures)
        return catalogue.filter { wanted.contains($0.name) }
    }
}
