extension CreditTableColumns {
    static let categoryColumns: [CategoryColumn] = [
        CategoryColumn(
            name: "industry", meaning: "main line of business",
            levels: Obligor.Industry.allCases.map { "\($0)" }, code: { $0.industry.rawValue }),
        CategoryColumn(
            name: "region", meaning: "where the obligor is based",
            levels: Obligor.Region.allCases.map { "\($0)" }, code: { $0.region.rawValue }),
        CategoryColumn(
            name: "legal_form", meaning: "legal form", levels: Obligor.LegalForm.allCases.map(\.name),
            code: { $0.legalForm.rawValue }),
    ]

    private static let noStatement =
        "no annual statement was filed, which small obligors and late payers do more often"

    static let numberColumns: [NumberColumn] = [
        NumberColumn("employees", "people employed", unit: "persons", isWhole: true, from: 1) {
            $0.employees
        },
        NumberColumn("years_in_business", "age of the business", unit: "years", from: 0) {
            $0.yearsInBusiness
        },
        NumberColumn(
            "relationship_months", "since the first order", unit: "months", isWhole: true, from: 0
        ) { $0.relationshipMonths },
        NumberColumn("exposure", "open receivables and open orders", unit: "EUR", from: 0) { $0.exposure },
        NumberColumn(
            "limit_utilisation", "exposure as a share of the credit limit; above 1 the limit is exceeded",
            unit: "fraction", from: 0
        ) { $0.limitUtilisation },
        NumberColumn(
            "days_beyond_terms",
            "average delay of payments against terms over twelve months, weighted by amount; negative is early",
            unit: "days"
        ) { $0.daysBeyondTerms },
        NumberColumn(
            "overdue_share", "overdue part of the open receivables", unit: "fraction", from: 0, to: 1
        ) { $0.overdueShare },
        NumberColumn(
            "late_invoices", "invoices paid more than 30 days late in twelve months", unit: "invoices",
            isWhole: true, from: 0
        ) { $0.lateInvoices },
        NumberColumn(
            "order_volatility", "standard deviation of monthly orders divided by their mean", unit: "ratio",
            from: 0
        ) { $0.orderVolatility },
        NumberColumn(
            "order_trend", "orders of twelve months against the twelve before, as a relative change",
            unit: "fraction", missing: "the first order is less than twelve months ago"
        ) { $0.orderTrend },
        NumberColumn(
            "enquiries", "credit enquiries by others at the bureau in six months", unit: "enquiries",
            isWhole: true, from: 0
        ) { $0.enquiries },
        NumberColumn(
            "equity_ratio", "equity as a share of total assets; negative is over-indebted", unit: "fraction",
            to: 1, missing: noStatement
        ) { $0.equityRatio },
        NumberColumn(
            "current_ratio", "current assets divided by current liabilities", unit: "ratio", from: 0,
            missing: noStatement
        ) { $0.currentRatio },
        NumberColumn(
            "ebit_margin", "earnings before interest and taxes as a share of sales", unit: "fraction",
            missing: noStatement
        ) { $0.ebitMargin },
        NumberColumn(
            "interest_coverage", "earnings before interest and taxes divided by interest paid", unit: "ratio",
            missing: "\(noStatement), or no interest was paid"
        ) { $0.interestCoverage },
        NumberColumn(
            "bureau_score", "score of a credit bureau; higher is safer", unit: "points", isWhole: true,
            from: 100,
            to: 600, missing: "the bureau does not know the obligor, at random"
        ) { $0.bureauScore },
    ]
}
