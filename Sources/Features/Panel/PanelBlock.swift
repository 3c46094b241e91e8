import Vocabulary

/// Some observations with their features and outcomes: those of a fixed number of obligors.
struct PanelBlock: Sendable {
    /// One observation.
    struct Row: Sendable {
        /// The obligor's row in the ledger.
        let obligor: Int
        /// The as-of date, and its position among the dates.
        let asOf: Int
        let day: CalendarDay
        /// The invoice's position among the obligor's, for a panel of invoices.
        let invoice: Int?
    }

    /// What came after.
    enum Outcomes: Sendable {
        case obligors([Outcome])
        case invoices([InvoiceOutcome])
    }

    let rows: [Row]
    /// Feature by feature, each with a value per row.
    var values: [Double]
    let outcomes: Outcomes
    /// Observations left out because the obligor was in default.
    let inDefault: Int
    /// What the second pass needs.
    let kept: QuantityBlock

    /// The day by whose end the outcome of a row is known, and whether it can be learned from.
    func outcome(of row: Int) -> (isComplete: Bool, knownOn: CalendarDay) {
        switch outcomes {
        case .obligors(let list):
            (list[row].status == .complete, CalendarDay(daysSince1970: list[row].knownOn))
        case .invoices(let list):
            (list[row].isComplete, CalendarDay(daysSince1970: list[row].knownOn))
        }
    }
}
