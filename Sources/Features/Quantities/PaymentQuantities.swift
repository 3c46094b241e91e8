/// Sums over payments set against invoices: a part of a payment of amount a, paid on day p, for an invoice issued on
/// day i and due on day u; its delay is d = p − u, its time taken p − i and its time given u − i.
public enum PaymentSum: Int, QuantityFamily {
    /// Σ a over payments of the window.
    case amount
    /// Σ a · d over payments of the window, d = day paid − day due, negative if early.
    case delay
    /// Number of payments of the window, one per invoice they are set against.
    case count
    /// Σ d over payments of the window.
    case days
    /// Σ d² over payments of the window.
    case squares
    /// Number of payments of the window with d > 0.
    case lateCount
    /// Σ a over payments of the window with d > 0.
    case lateAmount
    /// Σ a over payments of the window with d > 30.
    case late30Amount
    /// Σ a over payments of the window with d < 0.
    case earlyAmount
    /// Σ a · (day due − day issued) over payments of the window.
    case given
    /// Σ a · points(d) over payments of the window, with \(PaymentIndex.description).
    case index
    /// Number of payments of the window that left a part of their invoice open.
    case partialCount

    /// What is summed.
    public var meaning: String {
        switch self {
        case .amount: "Σ a over payments of the window"
        case .delay: "Σ a · d over payments of the window, d = day paid − day due, negative if early"
        case .count: "number of payments of the window, one per invoice they are set against"
        case .days: "Σ d over payments of the window"
        case .squares: "Σ d² over payments of the window"
        case .lateCount: "number of payments of the window with d > 0"
        case .lateAmount: "Σ a over payments of the window with d > 0"
        case .late30Amount: "Σ a over payments of the window with d > 30"
        case .earlyAmount: "Σ a over payments of the window with d < 0"
        case .given: "Σ a · (day due − day issued) over payments of the window"
        case .index:
            """
            Σ a · points(d) over payments of the window, with \(PaymentIndex.description)
            """
        case .partialCount: "number of payments of the window that left a part of their invoice open"
        }
    }
}

/// The points of a payment by its delay, after the scale of the PAYDEX index.
enum PaymentIndex {
    /// Points for every delay up to a number of days; the last are for all beyond.
    static let steps: [(upTo: Int, points: Double)] = [
        (-30, 100), (-20, 90), (0, 80), (15, 70), (22, 60), (30, 50), (60, 40), (90, 30), (120, 20),
    ]
    static let beyond = 10.0

    /// The points of a delay in days.
    static func points(delay: Int) -> Double {
        for step in steps where delay <= step.upTo { return step.points }
        return beyond
    }

    /// The points of delays in order, from 40 days early to 130 days late, beyond which they stay the same.
    static let table = (-40...130).map(points)

    static var description: String {
        let parts = steps.map { "\(Int($0.points)) for d ≤ \($0.upTo)" }
        return "points(d) = " + (parts + ["\(Int(beyond)) beyond"]).joined(separator: ", ")
    }
}

/// Sums over invoices that fell due in the window.
public enum DueSum: Int, QuantityFamily {
    /// Σ amount of invoices due in the window.
    case amount
    /// Number of invoices due in the window.
    case count
    /// Σ paid by the due day of invoices due in the window, at the rates of their days of issue.
    case onTimeAmount

    /// What is summed.
    public var meaning: String {
        switch self {
        case .amount: "Σ amount of invoices due in the window"
        case .count: "number of invoices due in the window"
        case .onTimeAmount:
            "Σ paid by the due day of invoices due in the window, at the rates of their days of issue"
        }
    }
}

/// Sums over invoices issued in the window.
public enum BillingSum: Int, QuantityFamily {
    /// Σ amount of invoices issued in the window.
    case amount
    /// Number of invoices issued in the window.
    case count
    /// Σ amount · (day due − day issued) of invoices issued in the window.
    case given

    /// What is summed.
    public var meaning: String {
        switch self {
        case .amount: "Σ amount of invoices issued in the window"
        case .count: "number of invoices issued in the window"
        case .given: "Σ amount · (day due − day issued) of invoices issued in the window"
        }
    }
}

/// Sums over disputes of invoices.
public enum DisputeSum: Int, QuantityFamily {
    /// Number of disputes begun in the window.
    case count
    /// Σ amount of invoices whose dispute began in the window.
    case amount
    /// Number of disputes ended in the window.
    case endedCount
    /// Σ days from begin to end of disputes ended in the window.
    case days

    /// What is summed.
    public var meaning: String {
        switch self {
        case .count: "number of disputes begun in the window"
        case .amount: "Σ amount of invoices whose dispute began in the window"
        case .endedCount: "number of disputes ended in the window"
        case .days: "Σ days from begin to end of disputes ended in the window"
        }
    }
}

/// Sums over credit notes issued in the window.
public enum CreditSum: Int, QuantityFamily {
    /// Number of credit notes issued in the window.
    case count
    /// Σ amount of credit notes issued in the window.
    case amount

    /// What is summed.
    public var meaning: String {
        switch self {
        case .count: "number of credit notes issued in the window"
        case .amount: "Σ amount of credit notes issued in the window"
        }
    }
}

/// Sums over orders.
public enum OrderSum: Int, QuantityFamily {
    /// Number of orders placed in the window.
    case count
    /// Σ amount of orders placed in the window.
    case amount
    /// Number of orders cancelled in the window.
    case cancelledCount
    /// Σ amount of orders cancelled in the window.
    case cancelledAmount

    /// What is summed.
    public var meaning: String {
        switch self {
        case .count: "number of orders placed in the window"
        case .amount: "Σ amount of orders placed in the window"
        case .cancelledCount: "number of orders cancelled in the window"
        case .cancelledAmount: "Σ amount of orders cancelled in the window"
        }
    }
}

/// Sums over promises to pay whose last day lies in the window.
public enum PromiseSum: Int, QuantityFamily {
    /// Number of promises whose last day lies in the window.
    case count
    /// Σ amount of promises whose last day lies in the window.
    case amount
    /// Number of promises broken in the window: by the end of the last day, payments known by then (towards the
    /// invoice, if one is named) since the promise was made came to less than promised.
    case brokenCount
    /// Σ amount of the promises broken in the window.
    case brokenAmount

    /// What is summed.
    public var meaning: String {
        switch self {
        case .count: "number of promises whose last day lies in the window"
        case .amount: "Σ amount of promises whose last day lies in the window"
        case .brokenCount:
            """
            number of promises broken in the window: by the end of the last day, payments known by then (towards the \
            invoice, if one is named) since the promise was made came to less than promised
            """
        case .brokenAmount: "Σ amount of the promises broken in the window"
        }
    }
}

/// The largest of something over the window; 0 if there was nothing.
public enum Peak: Int, QuantityFamily {
    /// Largest delay in days of a payment of the window, at least 0.
    case delay
    /// Largest amount of an invoice issued in the window.
    case invoice

    /// What is compared.
    public var meaning: String {
        switch self {
        case .delay: "largest delay in days of a payment of the window, at least 0"
        case .invoice: "largest amount of an invoice issued in the window"
        }
    }
}
