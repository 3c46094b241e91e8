extension TrueModel {
    /// What drives default in the simulated portfolio.
    static func terms(_ shape: CreditTableOptions.Shape) -> [Term] {
        switch shape {
        case .linear: linear
        case .bent: linear + bends
        }
    }

    private static let linear: [Term] = [
        Term(0.02, .number("days_beyond_terms", .identity)),
        Term(1, .number("overdue_share", .identity)),
        Term(0.3, .number("late_invoices", .logarithm(plus: 1))),
        Term(0.6, .number("limit_utilisation", .identity)),
        Term(0.5, .number("order_volatility", .identity)),
        Term(-0.8, .number("order_trend", .identity)),
        Term(0.35, .missing("order_trend")),
        Term(-0.12, .number("employees", .logarithm(plus: 0))),
        Term(-0.25, .number("years_in_business", .logarithm(plus: 1))),
        Term(-0.004, .number("relationship_months", .identity)),
        Term(0.25, .number("enquiries", .logarithm(plus: 1))),
        Term(-1.1, .number("equity_ratio", .identity)),
        Term(-0.2, .number("current_ratio", .identity)),
        Term(-2.5, .number("ebit_margin", .identity)),
        Term(-0.2, .missing("ebit_margin")),
        Term(-0.015, .number("interest_coverage", .identity)),
        Term(-0.005, .number("bureau_score", .identity)),
        Term(-1.4, .missing("bureau_score")),
        Term(0.45, .level("industry", "construction")),
        Term(0.2, .level("industry", "retail")),
        Term(0.25, .level("industry", "transport")),
        Term(0.55, .level("industry", "hospitality")),
        Term(-0.15, .level("industry", "services")),
        Term(0.2, .level("region", "abroad")),
        Term(0.1, .level("region", "east")),
        Term(0.3, .level("legal_form", "sole trader")),
        Term(0.1, .level("legal_form", "partnership")),
        Term(-0.4, .level("legal_form", "public")),
    ]

    private static let bends: [Term] = [
        Term(0.02, .number("days_beyond_terms", .excess(over: 30))),
        Term(1.5, .number("order_trend", .square(around: 0.1))),
        Term(-0.02, .number("interest_coverage", .excess(over: 10))),
        Term(2, .product(.number("overdue_share", .identity), .number("limit_utilisation", .identity))),
    ]
}
