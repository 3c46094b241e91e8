public import Ledger

extension StatementItem: QuantityFamily {
    /// Its place in a statement, from 0.
    public var lane: Int { position }

    /// Whether it accrues over the statement's months.
    var isFlow: Bool {
        switch self {
        case .revenue, .costOfSales, .ebit, .interestExpense, .netIncome, .operatingCashFlow: true
        default: false
        }
    }

    /// What it is.
    public var meaning: String {
        let name = symbol.replacing("_", with: " ")
        return isFlow ? "\(name), times 12 ÷ months of the statement" : name
    }
}

/// Which statement an item is from.
public enum StatementYear: String, CaseIterable, Sendable, Hashable {
    /// Of the statement with the latest period end (of several, the one published last).
    case latest
    /// Of the statement with the latest period end 300 to 430 days before that of the latest, in the same currency.
    case prior

    /// How the statement is chosen.
    var meaning: String {
        switch self {
        case .latest:
            "of the statement with the latest period end (of several, the one published last)"
        case .prior:
            """
            of the statement with the latest period end 300 to 430 days before that of the latest, in the same currency
            """
        }
    }
}

/// Figures about the statements.
public enum FilingFigure: Int, QuantityFamily {
    /// Days since the period end of the latest statement.
    case age
    /// Days from the period end of the latest statement to its publication.
    case lag
    /// 1 if the latest statement is audited, 0 if not.
    case audited
    /// Number of statements known.
    case count
    /// Total assets of the latest statement in base currency, at the rate of the as-of date.
    case assets
    /// Revenue of the latest statement, brought to twelve months, in base currency at the rate of the as-of date.
    case revenue

    /// What it is.
    public var meaning: String {
        switch self {
        case .age: "days since the period end of the latest statement"
        case .lag: "days from the period end of the latest statement to its publication"
        case .audited: "1 if the latest statement is audited, 0 if not"
        case .count: "number of statements known"
        case .assets:
            "total assets of the latest statement in base currency, at the rate of the as-of date"
        case .revenue:
            """
            revenue of the latest statement, brought to twelve months, in base currency at the rate of the as-of date
            """
        }
    }
}

/// Figures of the bureau records: of each source the record observed last.
public enum BureauFigure: Int, QuantityFamily {
    /// Number of sources with a record.
    case sources
    /// Mean external score over the sources that give one; higher is safer.
    case score
    /// Lowest external score of a source.
    case lowest
    /// Highest external score of a source.
    case highest
    /// Mean over sources of the score less the source's last score observed 12 months ago or earlier, of sources that
    /// have both.
    case change
    /// Largest number of judgments reported by a source.
    case judgments
    /// The same of the records observed 12 months ago or earlier.
    case judgmentsYearBefore
    /// Largest tax arrears reported by a source, at the rate of the as-of date.
    case arrears
    /// Largest guarantees given reported by a source, at the rate of the as-of date.
    case guarantees
    /// Lowest registered capital reported by a source, at the rate of the as-of date.
    case capital
    /// Lowest number of people employed reported by a source.
    case employees
    /// 1 if a source lists the obligor as a dishonest debtor, 0 if none does.
    case dishonest
    /// Days since the last observation of any source.
    case age

    /// What it is.
    public var meaning: String {
        switch self {
        case .sources: "number of sources with a record"
        case .score: "mean external score over the sources that give one; higher is safer"
        case .lowest: "lowest external score of a source"
        case .highest: "highest external score of a source"
        case .change:
            """
            mean over sources of the score less the source's last score observed 12 months ago or earlier, of sources \
            that have both
            """
        case .judgments: "largest number of judgments reported by a source"
        case .judgmentsYearBefore:
            "the same of the records observed 12 months ago or earlier"
        case .arrears: "largest tax arrears reported by a source, at the rate of the as-of date"
        case .guarantees: "largest guarantees given reported by a source, at the rate of the as-of date"
        case .capital: "lowest registered capital reported by a source, at the rate of the as-of date"
        case .employees: "lowest number of people employed reported by a source"
        case .dishonest: "1 if a source lists the obligor as a dishonest debtor, 0 if none does"
        case .age: "days since the last observation of any source"
        }
    }
}
