/// Obligors that share something with an obligor.
public enum Circle: String, CaseIterable, Sendable, Hashable {
    /// Of the same industry.
    case industry
    /// Of the same region.
    case region
    /// Of the same group.
    case group

    /// Who belongs to it.
    var meaning: String {
        switch self {
        case .industry: "of the same industry"
        case .region: "of the same region"
        case .group: "of the same group"
        }
    }
}

/// Sums over the other obligors of a circle that were known by the as-of date; missing if the obligor has no circle.
public enum OthersSum: Int, QuantityFamily {
    /// How many there are.
    case count
    /// How many of them are not in default.
    case performing
    /// Σ paid_amount[12m].
    case paid
    /// Σ paid_delay[12m].
    case delay
    /// Σ paid_late_amount[12m].
    case late
    /// Σ open_amount.
    case open
    /// Σ open more than 0 days past due.
    case overdue
    /// How many have anything open that is more than 30 days past due.
    case overdue30
    /// How many entered default in the last 12 months.
    case defaulted

    /// What is summed.
    public var meaning: String {
        switch self {
        case .count: "how many there are"
        case .performing: "how many of them are not in default"
        case .paid: "Σ paid_amount[12m]"
        case .delay: "Σ paid_delay[12m]"
        case .late: "Σ paid_late_amount[12m]"
        case .open: "Σ open_amount"
        case .overdue: "Σ open more than 0 days past due"
        case .overdue30: "how many have anything open that is more than 30 days past due"
        case .defaulted: "how many entered default in the last 12 months"
        }
    }
}

/// On which side of the links the neighbours stand.
public enum LinkSide: String, CaseIterable, Sendable, Hashable {
    /// Those that buy from the obligor.
    case buyers
    /// Those that the obligor buys from.
    case suppliers

    /// Who they are.
    var meaning: String { rawValue }
}

/// Figures of the supply links in force on the as-of date, with each neighbour's state as of the same date.
public enum LinkFigure: Int, QuantityFamily {
    /// Number of links.
    case count
    /// Σ share of trade.
    case share
    /// Largest share of trade.
    case largestShare
    /// Σ share of trade of neighbours that have anything open with us more than 30 days past due.
    case overdueShare
    /// Σ share of trade of neighbours in default.
    case defaultedShare
    /// Σ share of trade of neighbours that paid us anything in 12 months.
    case paidShare
    /// Σ share of trade · paid_delay[12m] ÷ paid_amount[12m] of neighbours that paid us anything in 12 months.
    case delay
    /// Σ exposure, at the rate of the as-of date.
    case exposure
    /// Σ exposure to neighbours in default or with anything open with us more than 30 days past due, at the rate of
    /// the as-of date.
    case overdueExposure

    /// What it is.
    public var meaning: String {
        switch self {
        case .count: "number of links"
        case .share: "Σ share of trade"
        case .largestShare: "largest share of trade"
        case .overdueShare:
            "Σ share of trade of neighbours that have anything open with us more than 30 days past due"
        case .defaultedShare: "Σ share of trade of neighbours in default"
        case .paidShare: "Σ share of trade of neighbours that paid us anything in 12 months"
        case .delay:
            "Σ share of trade · paid_delay[12m] ÷ paid_amount[12m] of neighbours that paid us anything in 12 months"
        case .exposure: "Σ exposure, at the rate of the as-of date"
        case .overdueExposure:
            """
            Σ exposure to neighbours in default or with anything open with us more than 30 days past due, at the rate \
            of the as-of date
            """
        }
    }
}

/// Figures of an obligor's place among all obligors known by the as-of date.
public enum PlaceFigure: Int, QuantityFamily {
    /// Σ open_amount over all obligors.
    case open
    /// Share of obligors with a bureau_score whose score is lower, counting equal ones (and the obligor) half.
    case scoreRank
    /// Share of obligors that paid in 12 months whose paid_index[12m] ÷ paid_amount[12m] is lower, counting equal
    /// ones (and the obligor) half.
    case indexRank

    /// What it is.
    public var meaning: String {
        switch self {
        case .open: "Σ open_amount over all obligors"
        case .scoreRank:
            """
            share of obligors with a bureau_score whose score is lower, counting equal ones (and the obligor) half
            """
        case .indexRank:
            """
            share of obligors that paid in 12 months whose paid_index[12m] ÷ paid_amount[12m] is lower, counting equal \
            ones (and the obligor) half
            """
        }
    }
}
