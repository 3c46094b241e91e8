/// What happens to an obligor besides invoices and payments.
public enum EventKind: String, CaseIterable, Sendable, Hashable, Codable {
    /// It merges with another company.
    case merger
    /// Its debts or its business are put on a new footing.
    case restructuring
    /// A creditor grants relief that it would not grant a sound debtor.
    case distressedRestructuring = "distressed_restructuring"
    /// It changes its line of business.
    case businessChange = "business_change"
    /// It gets another owner.
    case controlChange = "control_change"
    /// It is sued.
    case lawsuit
    /// A court decides against it.
    case judgment
    /// It is insolvent.
    case insolvency
    /// A receivable from it is written off.
    case writeOff = "write_off"
    /// A receivable from it is recovered by legal means.
    case legalRecovery = "legal_recovery"
    /// A receivable from it is handed over to a collection agency.
    case collectionHandover = "collection_handover"
    /// It changes its auditor.
    case auditorChange = "auditor_change"
    /// Anything else.
    case other
}

/// Who decided on a grade.
public enum RatingOrigin: String, CaseIterable, Sendable, Hashable, Codable {
    /// A model.
    case model
    /// An analyst.
    case analyst
}

/// An item of a financial statement.
public enum StatementItem: String, CaseIterable, Sendable, Hashable, Codable {
    /// Sales.
    case revenue
    /// Cost of sales.
    case costOfSales = "cost_of_sales"
    /// Earnings before interest and taxes.
    case ebit
    /// Interest expense.
    case interestExpense = "interest_expense"
    /// Net income.
    case netIncome = "net_income"
    /// Total assets.
    case totalAssets = "total_assets"
    /// Current assets.
    case currentAssets = "current_assets"
    /// Cash and equivalents.
    case cash
    /// Trade receivables.
    case receivables
    /// Inventory.
    case inventory
    /// Total liabilities, without equity.
    case totalLiabilities = "total_liabilities"
    /// Liabilities due within a year.
    case currentLiabilities = "current_liabilities"
    /// Trade payables.
    case payables
    /// Retained earnings.
    case retainedEarnings = "retained_earnings"
    /// Equity.
    case equity
    /// Cash flow from operations.
    case operatingCashFlow = "operating_cash_flow"

    /// Its place in a statement, from 0.
    public var position: Int { Self.positions[self] ?? 0 }

    private static let positions = Dictionary(
        uniqueKeysWithValues: allCases.enumerated().map { ($0.element, $0.offset) })

    /// What it means, for the dictionary.
    var meaning: String {
        switch self {
        case .revenue: "sales"
        case .costOfSales: "cost of sales"
        case .ebit: "earnings before interest and taxes"
        case .interestExpense: "interest expense"
        case .netIncome: "net income"
        case .totalAssets: "total assets"
        case .currentAssets: "current assets"
        case .cash: "cash and equivalents"
        case .receivables: "trade receivables"
        case .inventory: "inventory"
        case .totalLiabilities: "total liabilities, without equity"
        case .currentLiabilities: "liabilities due within a year"
        case .payables: "trade payables"
        case .retainedEarnings: "retained earnings"
        case .equity: "equity"
        case .operatingCashFlow: "cash flow from operations"
        }
    }
}
