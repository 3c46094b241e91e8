import Ledger

extension FeatureCatalogue {
    private static func item(_ item: StatementItem, _ year: StatementYear = .latest) -> Formula {
        .quantity(.statement(item, year))
    }

    private static func ratio(
        _ name: String, _ meaning: String, _ formula: Formula, _ sign: ExpectedSign,
        _ unit: FeatureUnit = .ratio, missing: MissingRule = .noStatement
    ) -> Feature {
        Feature(name, .statements, meaning, formula, unit, missing: missing, sign)
    }

    private static let workingCapital = item(.currentAssets).minus(item(.currentLiabilities))

    /// Altman (1995) for firms that do not manufacture and for emerging markets.
    private static let altman = workingCapital.over(item(.totalAssets)).times(6.56)
        .plus(item(.retainedEarnings).over(item(.totalAssets)).times(3.26))
        .plus(item(.ebit).over(item(.totalAssets)).times(6.72))
        .plus(item(.equity).over(item(.totalLiabilities)).times(1.05))

    private static func growth(_ name: String, _ words: String, _ figure: StatementItem) -> Feature {
        ratio(
            "\(name)_growth", "\(words) against the year before",
            item(figure).growth(from: item(figure, .prior)), .riskFalls, .fraction,
            missing: .noPriorStatement)
    }

    private static func change(
        _ name: String, _ words: String, _ figure: StatementItem, _ base: StatementItem
    )
        -> Feature
    {
        ratio(
            "\(name)_change", "\(words) less that of the year before",
            item(figure).over(item(base)).minus(item(figure, .prior).over(item(base, .prior))), .riskFalls,
            missing: .noPriorStatement)
    }

    private static func days(
        _ name: String, _ words: String, _ stock: StatementItem, _ flow: StatementItem
    )
        -> Feature
    {
        ratio(
            "days_\(name)", "\(words), in days", item(stock).over(item(flow)).times(365), .riskRises, .days)
    }

    /// What the latest statement says, and how it moved against the year before.
    static let statements: [Feature] =
        [
            ratio(
                "current_ratio", "current assets by current liabilities",
                item(.currentAssets).over(item(.currentLiabilities)), .riskFalls),
            ratio(
                "quick_ratio", "current assets without inventory by current liabilities",
                item(.currentAssets).minus(item(.inventory)).over(item(.currentLiabilities)), .riskFalls),
            ratio(
                "cash_ratio", "cash by current liabilities",
                item(.cash).over(item(.currentLiabilities)), .riskFalls),
            ratio(
                "working_capital_ratio", "working capital by total assets",
                workingCapital.over(item(.totalAssets)), .riskFalls),
            ratio(
                "receivables_turnover", "revenue by receivables",
                item(.revenue).over(item(.receivables)), .riskFalls),
            ratio(
                "inventory_turnover", "cost of sales by inventory",
                item(.costOfSales).over(item(.inventory)), .riskFalls),
            ratio(
                "payables_turnover", "cost of sales by payables",
                item(.costOfSales).over(item(.payables)), .riskFalls),
            ratio(
                "asset_turnover", "revenue by total assets", item(.revenue).over(item(.totalAssets)),
                .riskFalls),
            days("receivables", "receivables by revenue", .receivables, .revenue),
            days("inventory", "inventory by cost of sales", .inventory, .costOfSales),
            days("payables", "payables by cost of sales", .payables, .costOfSales),
            ratio(
                "cash_cycle", "days of receivables and inventory less days of payables",
                item(.receivables).over(item(.revenue)).plus(
                    item(.inventory).over(item(.costOfSales))
                ).minus(item(.payables).over(item(.costOfSales))).times(365), .riskRises, .days),
            ratio(
                "debt_ratio", "total liabilities by total assets",
                item(.totalLiabilities).over(item(.totalAssets)), .riskRises),
            ratio(
                "equity_ratio", "equity by total assets", item(.equity).over(item(.totalAssets)), .riskFalls),
            ratio(
                "debt_to_equity", "total liabilities by equity",
                item(.totalLiabilities).over(item(.equity)), .riskRises),
            ratio(
                "short_debt_share", "current by total liabilities",
                item(.currentLiabilities).over(item(.totalLiabilities)), .riskRises),
            ratio(
                "interest_coverage", "earnings before interest and taxes by interest",
                item(.ebit).over(item(.interestExpense)), .riskFalls),
            ratio(
                "cash_flow_to_debt", "operating cash flow by total liabilities",
                item(.operatingCashFlow).over(item(.totalLiabilities)), .riskFalls),
            ratio(
                "cash_flow_to_current_debt", "operating cash flow by current liabilities",
                item(.operatingCashFlow).over(item(.currentLiabilities)), .riskFalls),
            ratio(
                "gross_margin", "revenue less cost of sales by revenue",
                item(.revenue).minus(item(.costOfSales)).over(item(.revenue)), .riskFalls),
            ratio(
                "ebit_margin", "earnings before interest and taxes by revenue",
                item(.ebit).over(item(.revenue)), .riskFalls),
            ratio("net_margin", "net income by revenue", item(.netIncome).over(item(.revenue)), .riskFalls),
            ratio(
                "return_on_assets", "net income by total assets",
                item(.netIncome).over(item(.totalAssets)), .riskFalls),
            ratio(
                "return_on_equity", "net income by equity", item(.netIncome).over(item(.equity)), .riskFalls),
            ratio(
                "retained_earnings_ratio", "retained earnings by total assets",
                item(.retainedEarnings).over(item(.totalAssets)), .riskFalls),
            ratio(
                "accruals", "net income less operating cash flow by total assets",
                item(.netIncome).minus(item(.operatingCashFlow)).over(item(.totalAssets)), .riskRises),
            ratio(
                "altman_z2", "Altman's Z″, from about 1.1 (distress) to 2.6 (safe)", altman, .riskFalls,
                .points),
            ratio(
                "loss", "whether the latest statement shows a loss",
                .exceeds(item(.netIncome).times(-1), 0), .riskRises, .flag),
            ratio(
                "log_assets", "logarithm of total assets in base currency",
                .logarithm(.major(.quantity(.filing(.assets)))), .riskFalls, .points),
            growth("revenue", "revenue", .revenue),
            growth("assets", "total assets", .totalAssets),
            growth("equity", "equity", .equity),
            growth("receivables", "receivables", .receivables),
            change("ebit_margin", "earnings before interest and taxes by revenue", .ebit, .revenue),
            change("equity_ratio", "equity by total assets", .equity, .totalAssets),
            change(
                "current_ratio", "current assets by current liabilities", .currentAssets, .currentLiabilities),
            ratio(
                "receivables_outgrow_revenue", "growth of receivables less growth of revenue",
                item(.receivables).over(item(.receivables, .prior)).minus(
                    item(.revenue).over(item(.revenue, .prior))), .riskRises, .fraction,
                missing: .noPriorStatement),
            ratio(
                "statement_age", "days since the period end of the latest statement",
                .quantity(.filing(.age)), .riskRises, .days, missing: .when("no statement is known")),
            ratio(
                "statement_lag", "days from the period end of the latest statement to its publication",
                .quantity(.filing(.lag)), .riskRises, .days, missing: .when("no statement is known")),
            ratio(
                "statement_audited", "whether the latest statement is audited",
                .quantity(.filing(.audited)), .riskFalls, .flag,
                missing: .when("no statement is known, or it does not say")),
            ratio(
                "statements", "number of statements known", .quantity(.filing(.count)), .riskFalls, .count,
                missing: .never),
        ]
}
