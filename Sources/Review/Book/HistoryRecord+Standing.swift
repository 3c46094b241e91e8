import Results
import Tables
import Vocabulary

extension HistoryRecord {
    /// An obligor that was rated on a date.
    ///
    /// - Parameters:
    ///   - facts: What was known of obligors on the date.
    ///   - row: The obligor's row.
    init(rated facts: Table, _ row: Int, on day: CalendarDay, grade: Grade, pd: Double) {
        self.init(
            id: facts["obligor"]?.text(at: row) ?? "", asOf: "\(day)", grade: grade.rawValue, pd: pd,
            daysBeyondTerms: facts.figure("dbt_3m", row), exposure: facts.figure("open_amount", row),
            overdue: facts.figure("overdue_amount", row), limit: facts.figure("credit_limit", row))
    }

    /// An obligor that was in default on a date.
    init(inDefault id: String, on day: CalendarDay, exposure: Double?, overdue: Double?) {
        self.init(
            id: id, asOf: "\(day)", grade: Grade.d.rawValue, pd: 1, exposure: exposure, overdue: overdue)
    }

    /// An obligor that kept its rating on a date.
    ///
    /// - Parameter last: Its row in the review before.
    init(keeping last: PortfolioRecord, on day: CalendarDay, owed: (open: Double, overdue: Double)) {
        self.init(
            id: last.id, asOf: "\(day)", grade: last.grade, pd: last.pd,
            daysBeyondTerms: last.daysBeyondTerms, exposure: owed.open, overdue: owed.overdue,
            limit: last.limit)
    }
}
