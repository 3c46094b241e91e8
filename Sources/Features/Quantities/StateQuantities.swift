import Ledger

/// Figures of the open items: what of an invoice is not paid or credited by the as-of date, as known then.
public enum OpenFigure: Int, QuantityFamily {
    case amount
    case notDue
    case pastDue30
    case pastDue60
    case pastDue90
    case pastDue180
    case pastDueBeyond
    case count
    case overdueCount
    case disputed
    case delay
    case oldest
    case largest
    case squares
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
    case orders = "order_months"
    case billing = "billing_months"
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
    case mean
    case deviation
    case slope
    case peak
    case empty
    case recent
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
    case sinceOnboarded
    case sinceFounded
    case sinceFirstInvoice
    case sinceLastInvoice
    case sinceLastPayment
    case sinceLastOrder
    case sinceBrokenPromise
    case sinceDispute
    case employees
    case capital
    case limit
    case limitYearBefore
    case termsDays
    case sinceContract
    case contracts
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
public enum EventClass: Int, QuantityFamily {
    case merger
    case restructuring
    case distressedRestructuring
    case businessChange
    case controlChange
    case lawsuit
    case judgment
    case insolvency
    case writeOff
    case legalRecovery
    case collectionHandover
    case auditorChange
    case other
    case any
    case adverse

    /// What it takes in.
    public var meaning: String {
        switch self {
        case .any: "any kind"
        case .adverse:
            """
            distressed_restructuring, lawsuit, judgment, insolvency, write_off, legal_recovery, collection_handover
            """
        default: symbol
        }
    }

    /// The lanes that an event of this kind counts in: its own, any and, if it is bad news, adverse.
    var lanes: [Int] {
        [lane, Self.any.lane] + (isAdverse ? [Self.adverse.lane] : [])
    }

    /// Whether it is a kind of bad news.
    var isAdverse: Bool {
        switch self {
        case .distressedRestructuring, .lawsuit, .judgment, .insolvency, .writeOff, .legalRecovery,
            .collectionHandover:
            true
        default: false
        }
    }
}

/// Figures of past defaults, by the default definition as computed on what was known.
public enum DefaultFigure: Int, QuantityFamily {
    case count
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
    case rank
    case rankYearBefore
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
    case amount
    case given
    case month
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
