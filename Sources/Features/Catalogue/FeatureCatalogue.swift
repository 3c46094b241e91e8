/// Every feature there is, group by group.
public enum FeatureCatalogue {
    /// The features of an obligor as of a day.
    public static let all: [Feature] =
        paymentDelay + ageing + exposure + orders + disputes + promises + tenure + terms + concentration
        + statements + bureau + events + network + peers

    /// The features of an invoice on its day of issue: what it is itself, and what its obligor's records say.
    ///
    /// Without those that need other obligors' records, which would have to be brought up to every day.
    public static let atInvoice: [Feature] =
        invoice + all.filter { !$0.formula.quantities.contains(where: \.reachesBeyondTheObligor) }
}

extension MissingRule {
    static let noPayment = MissingRule.when("nothing was paid in the window")
    static let nothingOpen = MissingRule.when("nothing is open")
    static let noStatement = MissingRule.when(
        "no statement is known, or the item or the divisor is not positive")
    static let noPriorStatement = MissingRule.when(
        "no statement of the year before is known in the same currency, or its figure is not positive")
    static let noRecord = MissingRule.when("no bureau record is known")
}
