/// How obligors of a grade behave, by rank from AAA to C.
///
/// An obligor in default is past behaving.
enum Behaviour {
    /// Mean days beyond terms of a payment.
    static let delay = [-12.0, -11.5, -10.5, -9, -6.5, -3, 4, 14, 27]
    /// Standard deviation of the days of one obligor's payments.
    static let delaySpread = [4.5, 4.5, 5, 5.5, 6, 7.5, 10, 13, 15]
    /// Probability that an invoice is forgotten, and so paid later by an exponential time of 15 days.
    static let forgetting = [0.01, 0.01, 0.015, 0.02, 0.03, 0.05, 0.08, 0.12, 0.15]
    /// Probability that an invoice is paid in two parts.
    static let partialPayment = [0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.10, 0.18, 0.28]
    /// Probability that an invoice is disputed.
    static let dispute = [0.012, 0.012, 0.014, 0.016, 0.02, 0.028, 0.04, 0.06, 0.08]
    /// Probability that a promise to pay is kept.
    static let keepingPromises = [0.95, 0.94, 0.92, 0.90, 0.85, 0.75, 0.60, 0.45, 0.30]
    /// Level of orders against that of BBB.
    static let orderLevel = [1.05, 1.05, 1.03, 1, 0.97, 0.92, 0.82, 0.68, 0.5]
    /// Standard deviation of the logarithm of a month's orders.
    static let orderVolatility = [0.15, 0.15, 0.17, 0.20, 0.25, 0.33, 0.45, 0.6, 0.8]
    /// Probability that an order is cancelled.
    static let cancelling = [0.010, 0.010, 0.011, 0.012, 0.015, 0.02, 0.03, 0.05, 0.08]
    /// Share of the usual credit limit that is granted.
    static let limitShare = [1.6, 1.5, 1.35, 1.2, 1.0, 0.85, 0.65, 0.5, 0.35]
    /// Mean score of the first bureau.
    static let bureauScore = [545.0, 520, 490, 450, 400, 350, 295, 250, 205]
    /// Judgments per year.
    static let judgments = [0.0, 0.001, 0.003, 0.008, 0.02, 0.06, 0.16, 0.35, 0.7]
    /// Probability that taxes are owed.
    static let taxArrears = [0.0, 0.001, 0.003, 0.006, 0.015, 0.05, 0.13, 0.28, 0.5]
    /// Probability of being listed as a dishonest debtor.
    static let dishonesty = [0.0, 0, 0, 0.0005, 0.001, 0.004, 0.015, 0.05, 0.12]
    /// Probability that a payment on account is for more than is owed.
    static let overpaying = 0.02

    /// No undisputed invoice of an obligor that is not in default is paid later than this after it was due, so that
    /// ninety days past due mean default and nothing else.
    static let longestDelay: Int32 = 80
    /// Days before default in which payments grow later and later, whatever the grade.
    static let distress: Int32 = 120
    /// Days that payments are later on the last of those days.
    static let distressDelay = 22.0
}
