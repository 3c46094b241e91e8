import Grading
import Ledger
import Results
import Tables
import Vocabulary

/// The rows of `portfolio.csv`, by how obligors stand on the date of the review.
struct PortfolioRows {
    let ledger: TradeLedger
    let policy: CreditPolicy?
    let options: ReviewOptions
    let tags: PortfolioTags

    /// What an obligor is on the date; `nil` if it is not known yet.
    func obligor(at place: Int) -> Obligor? {
        ledger.view(of: place, asOf: AsOf(options.asOf)).obligor
    }

    /// What is shown of an obligor beside its rating.
    ///
    /// - Parameters:
    ///   - facts: What was known of obligors on the date.
    ///   - row: The obligor's row.
    func figures(of obligor: Obligor, at place: Int, _ facts: Table, _ row: Int) -> ObligorFigures {
        ObligorFigures(
            name: obligor.name, exposure: facts.figure("open_amount", row) ?? 0,
            overdue: facts.figure("overdue_amount", row) ?? 0,
            daysBeyondTerms: facts.figure("dbt_3m", row), limit: facts.figure("credit_limit", row),
            termsDays: facts.figure("terms_given_12m", row).map { Int($0.rounded()) },
            lossGivenDefault: options.lossGivenDefault,
            tags: tags.values(of: obligor, at: place) { facts.figure($0, row) })
    }

    /// An obligor in default: grade D and PD 1, whatever the model says.
    func inDefault(
        _ obligor: Obligor, at place: Int, before: EarlierRating?, open: Double, overdue: Double
    ) -> PortfolioRecord {
        let terms = policy?[.d]
        return PortfolioRecord(
            id: obligor.id.text, name: obligor.name, asOf: "\(options.asOf)", grade: Grade.d.rawValue,
            previousGrade: before?.grade.rawValue, pd: 1, previousPD: before?.pd,
            currency: ledger.baseCurrency.code, exposure: open, overdue: overdue,
            expectedLoss: (terms?.lossGivenDefault ?? options.lossGivenDefault) * open,
            limit: terms.map { _ in 0 }, available: terms.map { _ in 0 }, termsDays: terms?.termsDays,
            security: terms?.security.rawValue,
            reviewDue: terms.map { "\(options.asOf.adding(months: $0.reviewMonths))" },
            movement: .init(from: before?.grade, to: .d),
            tags: tags.values(of: obligor, at: place) { _ in nil })
    }

    /// An obligor that keeps its rating; what it owes is today's.
    ///
    /// - Parameters:
    ///   - last: Its row in the review before.
    ///   - figure: What its rating rests on, by feature.
    func keeping(
        _ last: PortfolioRecord, of obligor: Obligor, at place: Int, owed: (open: Double, overdue: Double),
        _ figure: (String) -> Double?
    ) -> PortfolioRecord {
        let grade = last.grade.flatMap(Grade.init(rawValue:))
        let loss = policy.flatMap { policy in grade.map { policy[$0].lossGivenDefault } }
        let currency = ledger.baseCurrency
        return PortfolioRecord(
            id: last.id, name: obligor.name, asOf: last.asOf, grade: last.grade, previousGrade: last.grade,
            score: last.score, pd: last.pd, previousPD: last.pd, currency: currency.code,
            exposure: owed.open, overdue: owed.overdue, daysBeyondTerms: last.daysBeyondTerms,
            expectedLoss: last.pd.map { $0 * (loss ?? options.lossGivenDefault) * owed.open },
            limit: last.limit, available: last.limit.map { currency.available(of: $0, after: owed.open) },
            termsDays: last.termsDays, security: last.security, conditions: last.conditions,
            reviewDue: last.reviewDue, movement: .unchanged,
            tags: tags.values(of: obligor, at: place, figure))
    }

    /// An obligor that has left the ledger.
    ///
    /// - Parameter last: Its row in the review before.
    func withdrawing(_ last: PortfolioRecord) -> PortfolioRecord {
        last.withdrawn(asOf: options.asOf, currency: ledger.baseCurrency.code, tags: tags.names.count)
    }
}
