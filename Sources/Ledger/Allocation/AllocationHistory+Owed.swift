public import Vocabulary

extension AllocationHistory {
    /// What the obligor owes on a day, in all and past due, in major units of the base currency at the rates of the
    /// day.
    ///
    /// - Throws: ``LedgerError/missingRate(currency:base:day:)``.
    public func owed(
        on day: CalendarDay, rates: ExchangeRates
    ) throws(LedgerError) -> (open: Double, overdue: Double) {
        let asOf = AsOf(day)
        var owed = (open: 0.0, overdue: 0.0)
        for item in openItems(asOf: asOf) {
            let amount =
                item.amount.majorUnits * (try rates.rate(of: item.amount.currency, on: day, asOf: asOf))
            owed.open += amount
            if item.daysPastDue(asOf: asOf) > 0 { owed.overdue += amount }
        }
        return owed
    }
}
