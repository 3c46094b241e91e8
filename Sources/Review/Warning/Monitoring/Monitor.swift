/// What early warning looks at.
public enum Monitor: String, CaseIterable, Sendable, Hashable, Codable {
    /// How late paid invoices were.
    case paymentDelay = "payment-delay"
    /// Invoices that are unpaid for longer than the obligor usually takes.
    case unpaid
    /// How much is ordered.
    case orderLevel = "order-level"
    /// How evenly is ordered.
    case orderVolatility = "order-volatility"
    /// Invoices that are disputed.
    case disputes
    /// How much of the credit limit is used.
    case utilisation

    /// Its place among the monitors.
    var place: Int {
        switch self {
        case .paymentDelay: 0
        case .unpaid: 1
        case .orderLevel: 2
        case .orderVolatility: 3
        case .disputes: 4
        case .utilisation: 5
        }
    }

    /// The chart of settlements: an obligor that settles at a tenth of its usual intensity.
    static let settlements = SlowerCountChart(ratio: 0.1)
    /// The chart of disputes: four times as many as usual.
    static let disputing = FasterCountChart(ratio: 4)
    /// The chart of the other monitors' scores, for shifts of one and a half standard deviations.
    static let scores = NormalScoreChart(reference: 0.75)

    private static let settlementTable = RunLengthTable(
        step: 0.05, heights: 280, settlements.runLength(to:))
    private static let disputeTable = RunLengthTable(step: 0.1, heights: 140, disputing.runLength(to:))
    private static let scoreTable = RunLengthTable(step: 0.1, heights: 140) { scores.runLength(to: $0) }

    /// In-control run lengths of its chart: in observations, for counts in expected counts.
    var runLengths: RunLengthTable {
        switch self {
        case .unpaid: Self.settlementTable
        case .disputes: Self.disputeTable
        case .paymentDelay, .orderLevel, .orderVolatility, .utilisation: Self.scoreTable
        }
    }

    /// Whether alerts may open on a day.
    ///
    /// Unpaid invoices are looked at once a week, so that those who pay in runs are not alarming on the days before
    /// one.
    func isLookedAt(on day: Int32) -> Bool { self != .unpaid || day % 7 == 0 }

    /// Days of a chart that the calibration keeps together, where there are enough of them.
    ///
    /// Who pays in runs does so within weeks; how late, how much and how evenly drifts over seasons, which scattered
    /// months would hide.
    var stretch: Int32 {
        switch self {
        case .unpaid, .disputes: 28
        case .paymentDelay, .orderLevel, .orderVolatility, .utilisation: 182
        }
    }

    /// The share of all false alarms that the monitor may cause.
    ///
    /// What is unpaid says most of what is to come, soonest; orders and disputes move for many other reasons.
    var shareOfFalseAlarms: Double {
        switch self {
        case .unpaid: 0.9
        case .paymentDelay, .utilisation, .orderLevel, .orderVolatility, .disputes: 0.02
        }
    }
}
