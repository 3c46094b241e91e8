public import Ledger

/// Figures of the open items: what of an invoice is not paid or credited by the as-of date, as known then.
public enum OpenFigure: Int, QuantityFamily {
    /// Σ open.
    case amount
    /// Σ open of invoices not past due.
    case notDue
    /// Σ open, 1 to 30 days past due.
    case pastDue30
    /// Σ open, 31 to 60 days past due.
    case pastDue60
    /// Σ open, 61 to 90 days past due.
    case pastDue90
    /// Σ open, 91 to 180 days past due.
    case pastDue180
    /// Σ open, more than 180 days past due.
    case pastDueBeyond
    /// Number of open invoices.
    case count
    /// Number of open invoices past due.
    case overdueCount
    /// Σ open of invoices in dispute.
    case disputed
    /// Σ open · days past due, of invoices past due.
    case delay
    /// Days past due of the open invoice longest past due; 0 if none is.
    case oldest
    /// Largest open amount of an invoice.
    case largest
    /// Σ open².
    case squares
    /// Payments and credit notes not set against an invoice.
    case credit

    /// What it is.
    public var meaning: String {
        switch self {
        case .amount: "Σ open"
        case .notDue: "Σ open of invoices not past due"
        case .pastDue30: "Σ open, 1 to 30 days past due"
        case .pastDue60: "Σ open, 31 to 60 days past due"
        case .pastDue90: "Σ open, 61 to 90 days past due"
        case .pastDue180: "Σ open, 91 to 180 days past due"
        case .pastDueBeyond: "Σ open, more than 180 days past due"
        case .count: "number of open invoices"
        case .overdueCount: "number of open invoices past due"
        case .disputed: "Σ open of invoices in dispute"
        case .delay: "Σ open · days past due, of invoices past due"
        case .oldest: "days past due of the open invoice longest past due; 0 if none is"
        case .largest: "largest open amount of an invoice"
        case .squares: "Σ open²"
        case .credit: "payments and credit notes not set against an invoice"
        }
    }

    /// The bucket of a number of days past due.
    static func bucket(daysPastDue: Int) -> OpenFigure {
        switch daysPastDue {
        case ...0: .notDue
        case ...30: .pastDue30
        case ...60: .pastDue60
        case ...90: .pastDue90
        case ...180: .pastDue180
        default: .pastDueBeyond
        }
    }
}

/// A series of calendar months.
public enum MonthlySeries: String, CaseIterable, Sendable, Hashable {
    /// Amounts ordered by calendar month.
    case orders = "order_months"
    /// Amounts invoiced by calendar month.
    case billing = "billing_months"
    /// Receivables at the end of each calendar month, as they were known then, at the rates of the days of issue.
    case balance = "balance_months"

    /// What a month's value is.
    var meaning: String {
        switch self {
        case .orders: "amounts ordered by calendar month"
        case .billing: "amounts invoiced by calendar month"
        case .balance:
            "receivables at the end of each calendar month, as they were known then, at the rates of the days of issue"
        }
    }
}

/// Figures of the last twelve calendar months that were complete by the as-of date; missing until the first record of
/// the series is as old.
public enum MonthlyFigure: Int, QuantityFamily {
    /// Mean of the last 12 complete months.
    case mean
    /// Standard deviation of the last 12 complete months (divisor 12).
    case deviation
    /// Slope of the least-squares line through the last 12 complete months, per month.
    case slope
    /// Largest of the last 12 complete months.
    case peak
    /// How many of the last 12 complete months are 0.
    case empty
    /// Sum of the last 3 complete months.
    case recent
    /// Sum of the same 3 months a year before; missing until the first record is as old.
    case yearBefore

    /// What it is.
    public var meaning: String {
        switch self {
        case .mean: "mean of the last 12 complete months"
        case .deviation: "standard deviation of the last 12 complete months (divisor 12)"
        case .slope: "slope of the least-squares line through the last 12 complete months, per month"
        case .peak: "largest of the last 12 complete months"
        case .empty: "how many of the last 12 complete months are 0"
        case .recent: "sum of the last 3 complete months"
        case .yearBefore: "sum of the same 3 months a year before; missing until the first record is as old"
        }
    }
}

/// Figures of the relationship.
public enum StandingFigure: Int, QuantityFamily {
    /// Days since the obligor was onboarded.
    case sinceOnboarded
    /// Days since the obligor was founded.
    case sinceFounded
    /// Days since the first invoice was issued.
    case sinceFirstInvoice
    /// Days since the last invoice was issued.
    case sinceLastInvoice
    /// Days since the last payment.
    case sinceLastPayment
    /// Days since the last order.
    case sinceLastOrder
    /// Days since the last broken promise.
    case sinceBrokenPromise
    /// Days since the last dispute began.
    case sinceDispute
    /// People employed.
    case employees
    /// Registered capital, at the rate of the as-of date.
    case capital
    /// Credit limit of the contract in force (of several, the one valid from the latest day), at the rate of the
    /// as-of date.
    case limit
    /// The limit in force 12 months before, as known now, at the rate of the as-of date.
    case limitYearBefore
    /// Days of payment terms of the contract in force.
    case termsDays
    /// Days since the contract in force was signed.
    case sinceContract
    /// Number of contracts.
    case contracts
    /// Σ amount of orders neither cancelled nor delivered, at the rate of the as-of date.
    case openOrders

    /// What it is.
    public var meaning: String {
        switch self {
        case .sinceOnboarded: "days since the obligor was onboarded"
        case .sinceFounded: "days since the obligor was founded"
        case .sinceFirstInvoice: "days since the first invoice was issued"
        case .sinceLastInvoice: "days since the last invoice was issued"
        case .sinceLastPayment: "days since the last payment"
        case .sinceLastOrder: "days since the last order"
        case .sinceBrokenPromise: "days since the last broken promise"
        case .sinceDispute: "days since the last dispute began"
        case .employees: "people employed"
        case .capital: "registered capital, at the rate of the as-of date"
        case .limit:
            """
            credit limit of the contract in force (of several, the one valid from the latest day), at the rate of the \
            as-of date
            """
        case .limitYearBefore:
            "the limit in force 12 months before, as known now, at the rate of the as-of date"
        case .termsDays: "days of payment terms of the contract in force"
        case .sinceContract: "days since the contract in force was signed"
        case .contracts: "number of contracts"
        case .openOrders:
            "Σ amount of orders neither cancelled nor delivered, at the rate of the as-of date"
        }
    }
}

/// Kinds of events, and kinds of kinds.
public enum EventClass: QuantityFamily {
    /// Events of one kind.
    case kind(EventKind)
    /// All events.
    case any
    /// Events that are bad news.
    case adverse

    /// Each kind by itself, then the kinds of kinds.
    public static let allCases = EventKind.allCases.map(Self.kind) + [.any, .adverse]

    /// Position among all cases.
    public var lane: Int {
        switch self {
        case .kind(let kind): EventKind.allCases.firstIndex(of: kind) ?? 0
        case .any: EventKind.allCases.count
        case .adverse: EventKind.allCases.count + 1
        }
    }

    /// The ledger's word for a kind; "any", "adverse".
    public var symbol: String {
        switch self {
        case .kind(let kind): kind.rawValue
        case .any: "any"
        case .adverse: "adverse"
        }
    }

    /// What it takes in.
    public var meaning: String {
        switch self {
        case .kind(let kind): kind.rawValue
        case .any: "any kind"
        case .adverse: EventKind.allCases.filter(\.isAdverse).map(\.rawValue).joined(separator: ", ")
        }
    }
}

extension EventKind {
    /// The lanes that an event of this kind counts in: its own, any and, if it is bad news, adverse.
    var lanes: [Int] {
        [EventClass.kind(self).lane, EventClass.any.lane] + (isAdverse ? [EventClass.adverse.lane] : [])
    }

    /// Whether it is bad news.
    fileprivate var isAdverse: Bool {
        switch self {
        case .distressedRestructuring, .lawsuit, .judgment, .insolvency, .writeOff, .legalRecovery,
            .collectionHandover:
            true
        case .merger, .restructuring, .businessChange, .controlChange, .auditorChange, .other: false
        }
    }
}

/// Figures of past defaults, by the default definition as computed on what was known.
public enum DefaultFigure: Int, QuantityFamily {
    /// Number of defaults that have ended.
    case count
    /// Days since the last default ended.
    case sinceEnd

    /// What it is.
    public var meaning: String {
        switch self {
        case .count: "number of defaults that have ended"
        case .sinceEnd: "days since the last default ended"
        }
    }
}

/// Figures of past grades.
public enum GradeFigure: Int, QuantityFamily {
    /// Rank of the last grade, 0 for AAA to 9 for D.
    case rank
    /// Rank of the last grade dated 12 months ago or earlier.
    case rankYearBefore
    /// Days since the last grade.
    case age

    /// What it is.
    public var meaning: String {
        switch self {
        case .rank: "rank of the last grade, 0 for AAA to 9 for D"
        case .rankYearBefore: "rank of the last grade dated 12 months ago or earlier"
        case .age: "days since the last grade"
        }
    }
}

/// Figures of the invoice that an observation is made at.
public enum InvoiceFigure: Int, QuantityFamily {
    /// Its amount, at the rate of the day of issue.
    case amount
    /// Days from its issue until it is due.
    case given
    /// Month of issue, 1 to 12.
    case month
    /// Day of the week of issue, 1 for Monday to 7 for Sunday.
    case weekday

    /// What it is.
    public var meaning: String {
        switch self {
        case .amount: "its amount, at the rate of the day of issue"
        case .given: "days from its issue until it is due"
        case .month: "month of issue, 1 to 12"
        case .weekday: "day of the week of issue, 1 for Monday to 7 for Sunday"
        }
    }
}

extension StandingFigure {
    /// The records that it is read from, besides obligors, invoices and payments.
    var records: Set<RecordKind> {
        switch self {
        case .sinceOnboarded, .sinceFounded, .sinceFirstInvoice, .sinceLastInvoice, .sinceLastPayment,
            .sinceDispute, .employees, .capital:
            []
        case .sinceLastOrder: [.orders]
        case .openOrders: [.orders, .deliveries]
        case .sinceBrokenPromise: [.promises]
        case .limit, .limitYearBefore, .termsDays, .sinceContract, .contracts: [.contracts]
        }
    }
}
