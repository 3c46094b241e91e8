import Features
import Foundation
import Grading
public import Ledger
public import Parallelism
public import Results
import Scoring
public import Tables
import Vocabulary

/// All obligors of a ledger rated on a date, beside what they were before, in the records that reports draw.
///
/// An obligor's features as of the date are scored by the model, calibrated, shifted by its industry and region and put
/// on the scale; rules, stale inputs, events that nobody has decided on and experts act on the grade; the policy gives
/// limit, terms and the next review. An obligor in default by the definition has grade D and PD 1, whatever the model
/// says. Nobody leaves: an obligor without a sale for years is rated by what is known of it.
public struct PortfolioReview: Sendable {
    /// The portfolio on the date of the review.
    public let portfolio: Portfolio
    /// The ratings of obligors that are not in default, with final grades.
    public let ratings: [RatingRecord]
    /// Every step from the model's grade to the final one.
    public let path: [RatingStepRecord]
    /// Every obligor on every date.
    public let history: [HistoryRecord]
    /// Why ratings changed since the review before: data by feature, model, calibration, thresholds, rules, expert.
    public let attribution: [AttributionRecord]
    /// The inputs that have to be brought up to date.
    public let requests: [RefreshRequestRecord]
    /// How much of each input of the model is missing on the date.
    public let missing: [DataQualityRecord.Missing]
    /// How old the latest statements are on the date.
    public let statementAges: [DataQualityRecord.StatementAge]
    /// Obligors that were set aside, and why, in the order of their ids.
    public let refused: [(id: String, reason: String)]
    /// What was known of each obligor on the date that its rating is of, in the columns of `facts.csv`.
    public let facts: Table
    /// What challengers made of the obligors that were rated on the date.
    public let shadow: [ShadowRecord]
    private let knownDefaults: KnownDefaults?

    /// Reviews a portfolio.
    ///
    /// With an earlier review, who is not due keeps its rating, and whoever is due is looked at on the date alone, its
    /// history being that of the earlier review: the result is that of a review from nothing if the dates of that one
    /// are among the dates of this. The same for any number of threads, and for any journal.
    ///
    /// - Parameters:
    ///   - basis: What ratings are made by.
    ///   - earlier: The review to go on from; `nil` for a review from nothing.
    ///   - log: Events that were reported, beside those in the ledger.
    ///   - challengers: Models that rate the same obligors on the same facts, and change nothing.
    ///   - journal: Where batches are kept, and taken from if they are there.
    ///   - progress: Told how many obligors are done, of how many.
    /// - Throws: ``ReviewError``, ``FeatureError``, ``ScoringError``, ``GradingError``, ``LedgerError``.
    public init(
        of ledger: TradeLedger, by basis: RatingBasis, _ options: ReviewOptions,
        since earlier: EarlierReview? = nil, log: EventLog = EventLog(), challengers: [Challenger] = [],
        journal: (any ReviewJournal)? = nil, workers: Workers = .allProcessors,
        progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws {
        if let policy = basis.policy, policy.currency != ledger.baseCurrency {
            throw ReviewError.otherCurrency(policy: policy.currency, ledger: ledger.baseCurrency)
        }
        let log = log.deciding(basis.experts)
        let bases = [basis] + [earlier?.basis].compactMap(\.self)
        let columns = try FactColumns(of: bases)
        // What only challengers ask for is computed beside, and kept nowhere: no rating is to depend on them.
        let computed = try FactColumns(of: bases + challengers.map(\.basis))
        let selection = try DueSelection(
            ledger, basis, options, earlier: earlier, log: log, workers: workers)
        guard selection.reasons.contains(where: { $0 != nil }) else {
            throw FeatureError.nothingKnown(
                lastDate: options.asOf,
                firstKnown: (0..<ledger.obligorCount).compactMap {
                    ledger.view(of: $0, asOf: AsOf(.never)).obligor?.known
                }.min())
        }
        // What an earlier review kept will do if it has all that is asked for.
        let kept = earlier?.facts.map { Set($0.table.names).isSuperset(of: columns.names) } ?? false
        var book = try ReviewBook(
            ledger: ledger, basis: basis, options: options, columns: columns, selection: selection,
            earlier: earlier, goesOn: kept, challengers: challengers, workers: workers)
        let due = selection.due
        let source =
            due.isEmpty
            ? nil
            : try FactSource(
                ledger, columns: computed, days: kept ? [options.asOf] : options.dates,
                definition: options.definition, log: log, workers: workers)
        knownDefaults = source?.knownDefaults
        if let source {
            let setAside = Dictionary(
                options.setAside.compactMap { id, reason in
                    ledger.place(of: ObligorID(id)).map { ($0, reason) }
                }, uniquingKeysWith: { first, _ in first })
            let schema = try computed.schema()
            for (batch, start) in stride(from: 0, to: due.count, by: options.batchSize).enumerated() {
                let places = Array(due[start..<min(start + options.batchSize, due.count)])
                let facts: FactTable
                if let table = try journal?.facts(ofBatch: batch, schema: schema) {
                    facts = try FactTable(table)
                } else {
                    facts = try source.facts(of: places, setAside: setAside)
                    try journal?.keep(facts.table, ofBatch: batch)
                }
                try book.take(facts, of: places)
                try progress(start + places.count, due.count)
            }
        }
        try book.close()
        try ledger.requireRead()
        portfolio = Portfolio(tags: book.tags.names, obligors: book.portfolio)
        ratings = book.ratings
        path = book.path
        history = book.history
        attribution = book.attribution
        requests = book.requests
        missing = book.missing
        statementAges = book.statementAges
        refused = book.refused
        facts = book.facts
        shadow = book.shadow
    }

    /// An obligor's times in default, as known on the date of the review, by its place in the ledger; `nil` where
    /// nobody had to look for them.
    public func spells(of place: Int) -> [DefaultSpell]? { knownDefaults?.spells(of: place) }

    /// The tag of the portfolio that says why an obligor was looked at, or that it was not due.
    public static let reasonTag = "review"

    /// The features that a review shows besides those that the model reads.
    public static let shownFeatures = [
        "open_amount", "overdue_amount", "dbt_3m", "dbt_12m", "credit_limit", "terms_given_12m", "oldest_dpd",
        "open_disputed_share", "months_since_onboarded", "statement_age", "bureau_judgments",
        "order_trend_12m", "adverse_events_12m", "aged_share_not_due", "aged_share_1_30",
        "aged_share_31_60", "aged_share_61_90", "aged_share_91_180", "aged_share_over_180",
    ]
}
