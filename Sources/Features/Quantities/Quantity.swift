public import Ledger

/// What an obligor's history comes to as of a day: the symbols that formulas are made of.
///
/// Amounts are minor units of the ledger's base currency: amounts of the past at the rate of their day, open ones at
/// the rate of the as-of date.
public enum Quantity: Sendable, Hashable {
    /// A sum over payments set against invoices, by the day of the payment.
    case paid(PaymentSum, Window)
    /// A sum over invoices by their due day.
    case due(DueSum, Window)
    /// A sum over invoices by the day of issue.
    case billed(BillingSum, Window)
    /// A sum over disputes.
    case disputed(DisputeSum, Window)
    /// A sum over credit notes by the day of issue.
    case credited(CreditSum, Window)
    /// A sum over orders.
    case ordered(OrderSum, Window)
    /// A sum over promises to pay, by the day until which payment was promised.
    case promised(PromiseSum, Window)
    /// How many events of a kind occurred.
    case events(EventClass, Window)
    /// Days since the last event of a kind; missing if there was none.
    case sinceEvent(EventClass)
    /// The largest of something.
    case peak(Peak, Window)
    /// A figure of the open items.
    case open(OpenFigure)
    /// A figure of a series of calendar months.
    case monthly(MonthlySeries, MonthlyFigure)
    /// A figure of the relationship.
    case standing(StandingFigure)
    /// An item of a financial statement.
    case statement(StatementItem, StatementYear)
    /// A figure about the statements.
    case filing(FilingFigure)
    /// A figure of the bureau records.
    case bureau(BureauFigure)
    /// A figure of past defaults.
    case defaults(DefaultFigure)
    /// A figure of past grades.
    case graded(GradeFigure)
    /// A figure summed over the other obligors of a circle.
    case others(Circle, OthersSum)
    /// A figure of supply links.
    case links(LinkSide, LinkFigure)
    /// A figure of the obligor's place among all.
    case place(PlaceFigure)
    /// A figure of the invoice that the observation is made at.
    case invoice(InvoiceFigure)
}

/// A family of quantities: how its members are written and what they mean.
public protocol QuantityFamily: CaseIterable, Sendable, Hashable {
    /// What the member is, without its window.
    var meaning: String { get }
    /// Position among all members, which is the lane of a vector that holds them.
    var lane: Int { get }
    /// The member's name in words with underscores, such as "late_count".
    var symbol: String { get }
}

extension QuantityFamily where Self: RawRepresentable<Int> {
    /// The raw value.
    public var lane: Int { rawValue }
}

extension QuantityFamily {
    /// The case's name in words with underscores, such as "late_count".
    public var symbol: String {
        "\(self)".reduce(into: "") { text, letter in
            if letter.isUppercase { text.append("_") }
            text.append(letter.lowercased())
        }
    }
}

extension Quantity {
    /// The records that it is read from, besides invoices, payments and what defaults are made of.
    var records: Set<RecordKind> {
        switch self {
        case .paid, .due, .billed, .disputed, .credited, .peak, .open, .events, .sinceEvent, .defaults,
            .graded,
            .others, .invoice, .monthly(.billing, _), .monthly(.balance, _), .place(.open),
            .place(.indexRank):
            []
        case .ordered, .monthly(.orders, _): [.orders]
        case .promised: [.promises]
        case .standing(let figure): figure.records
        case .statement, .filing: [.statements]
        case .bureau, .place(.scoreRank): [.bureau]
        case .links: [.links]
        }
    }

    /// The family's name, its member and its window.
    private var parts: (family: String, member: any QuantityFamily, window: Window?) {
        switch self {
        case .paid(let member, let window): ("paid", member, window)
        case .due(let member, let window): ("due", member, window)
        case .billed(let member, let window): ("billed", member, window)
        case .disputed(let member, let window): ("disputed", member, window)
        case .credited(let member, let window): ("credited", member, window)
        case .ordered(let member, let window): ("ordered", member, window)
        case .promised(let member, let window): ("promised", member, window)
        case .events(let member, let window): ("events", member, window)
        case .sinceEvent(let member): ("since", member, nil)
        case .peak(let member, let window): ("peak", member, window)
        case .open(let member): ("open", member, nil)
        case .monthly(let series, let member): (series.rawValue, member, nil)
        case .standing(let member): ("standing", member, nil)
        case .statement(let member, let year): (year.rawValue, member, nil)
        case .filing(let member): ("statement", member, nil)
        case .bureau(let member): ("bureau", member, nil)
        case .defaults(let member): ("defaults", member, nil)
        case .graded(let member): ("grade", member, nil)
        case .others(let circle, let member): (circle.rawValue, member, nil)
        case .links(let side, let member): (side.rawValue, member, nil)
        case .place(let member): ("place", member, nil)
        case .invoice(let member): ("invoice", member, nil)
        }
    }

    /// The window it is summed over; `nil` where its meaning says how far it reaches.
    public var window: Window? { parts.window }

    /// How far back it reaches, where that is a window: its own, or the one that its meaning names.
    var reach: Window? {
        switch self {
        case .monthly(_, .recent): .m3
        case .monthly(_, .mean), .monthly(_, .deviation), .monthly(_, .slope), .monthly(_, .peak),
            .monthly(_, .empty):
            .m12
        case .others(_, .paid), .others(_, .delay), .others(_, .late), .others(_, .defaulted): .m12
        case .links(_, .paidShare), .links(_, .delay), .place(.indexRank): .m12
        case .standing(.limitYearBefore), .graded(.rankYearBefore), .bureau(.change),
            .bureau(.judgmentsYearBefore):
            .m12
        default: window
        }
    }

    /// How formulas write it, such as "paid_delay[12m]".
    public var symbol: String {
        let (family, member, window) = parts
        let name = "\(family)_\(member.symbol)"
        return window.map { "\(name)[\($0.symbol)]" } ?? name
    }

    /// The symbol without the window: what the dictionary lists.
    public var stem: String { "\(parts.family)_\(parts.member.symbol)" }

    /// What it is.
    public var meaning: String {
        let meaning = parts.member.meaning
        return switch self {
        case .sinceEvent: "days since the last of: \(meaning)"
        case .events: "number of events in the window: \(meaning)"
        case .monthly(let series, _): "\(series.meaning): \(meaning)"
        case .statement(_, let year): "\(year.meaning): \(meaning)"
        case .others(let circle, _): "over the other obligors \(circle.meaning): \(meaning)"
        case .links(let side, _): "over the obligor's \(side.meaning): \(meaning)"
        default: meaning
        }
    }

    /// Whether it needs other obligors' records.
    var reachesBeyondTheObligor: Bool {
        switch self {
        case .others, .links, .place: true
        default: false
        }
    }
}
