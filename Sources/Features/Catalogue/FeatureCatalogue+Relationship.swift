extension FeatureCatalogue {
    private static func open(_ figure: OpenFigure) -> Formula { .quantity(.open(figure)) }
    private static func standing(_ figure: StandingFigure) -> Formula { .quantity(.standing(figure)) }
    private static func ordered(_ sum: OrderSum, _ window: Window) -> Formula {
        .quantity(.ordered(sum, window))
    }
    private static func billed(_ sum: BillingSum, _ window: Window) -> Formula {
        .quantity(.billed(sum, window))
    }
    private static func monthly(_ series: MonthlySeries, _ figure: MonthlyFigure) -> Formula {
        .quantity(.monthly(series, figure))
    }

    /// What is owed, on order and allowed.
    static let exposure: [Feature] = [
        Feature(
            "open_amount", .exposure, "open receivables", .major(open(.amount)), .amount, missing: .never,
            .open),
        Feature(
            "open_count", .exposure, "number of open invoices", open(.count), .count, missing: .never, .open),
        Feature(
            "open_orders", .exposure, "orders neither cancelled nor delivered",
            .major(standing(.openOrders)), .amount, missing: .never, .open),
        Feature(
            "exposure", .exposure, "open receivables and open orders",
            .major(open(.amount).plus(standing(.openOrders))), .amount, missing: .never, .open),
        Feature(
            "credit_limit", .exposure, "credit limit of the contract in force", .major(standing(.limit)),
            .amount, missing: .when("no contract with a limit is in force"), .riskFalls),
        Feature(
            "utilisation", .exposure, "open receivables by the credit limit",
            open(.amount).over(standing(.limit)), .ratio,
            missing: .when("no contract with a limit is in force"), .riskRises),
        Feature(
            "exposure_utilisation", .exposure, "open receivables and open orders by the credit limit",
            open(.amount).plus(standing(.openOrders)).over(standing(.limit)), .ratio,
            missing: .when("no contract with a limit is in force"), .riskRises),
        Feature(
            "over_limit", .exposure, "whether open receivables exceed the credit limit",
            .exceeds(open(.amount).over(standing(.limit)), 1), .flag,
            missing: .when("no contract with a limit is in force"), .riskRises),
        Feature(
            "limit_change_12m", .exposure, "credit limit against that of 12 months before",
            standing(.limit).growth(from: standing(.limitYearBefore)), .fraction,
            missing: .when("no contract with a limit is in force, or none was 12 months before"), .open),
        Feature(
            "balance_mean_12m", .exposure, "mean receivables at the ends of 12 months",
            .major(monthly(.balance, .mean)), .amount,
            missing: .when("the first invoice is less than 12 complete months old"), .open),
        Feature(
            "balance_deviation_12m", .exposure,
            "standard deviation of the receivables at the ends of 12 months by their mean",
            monthly(.balance, .deviation).over(monthly(.balance, .mean)), .ratio,
            missing: .when("the first invoice is less than 12 complete months old, or nothing was open"),
            .riskRises),
        Feature(
            "balance_trend_12m", .exposure,
            "slope of the receivables at the ends of 12 months, per month, by their mean",
            monthly(.balance, .slope).over(monthly(.balance, .mean)), .ratio,
            missing: .when("the first invoice is less than 12 complete months old, or nothing was open"),
            .riskRises),
        Feature(
            "balance_to_peak_12m", .exposure, "open receivables by the largest at the ends of 12 months",
            open(.amount).over(monthly(.balance, .peak)), .ratio,
            missing: .when("the first invoice is less than 12 complete months old, or nothing was open"),
            .riskRises),
        Feature(
            "receivable_turnover_12m", .exposure,
            "amount invoiced in 12 months by the mean receivables at the ends of 12 months",
            billed(.amount, .m12).over(monthly(.balance, .mean)), .ratio,
            missing: .when("the first invoice is less than 12 complete months old, or nothing was open"),
            .riskFalls),
        Feature(
            "exposure_to_revenue", .exposure, "open receivables by the revenue of the latest statement",
            open(.amount).over(.quantity(.filing(.revenue))), .ratio, missing: .noStatement, .riskRises),
        Feature(
            "exposure_to_assets", .exposure, "open receivables by the assets of the latest statement",
            open(.amount).over(.quantity(.filing(.assets))), .ratio, missing: .noStatement, .riskRises),
    ]

    /// How much is ordered and invoiced, whether it grows and how it swings.
    static let orders: [Feature] =
        [
            Feature(
                "ordered_12m", .orders, "amount ordered", .major(ordered(.amount, .m12)), .amount,
                missing: .never, .open),
            Feature(
                "orders_12m", .orders, "number of orders", ordered(.count, .m12), .count, missing: .never,
                .open),
            Feature(
                "mean_order_12m", .orders, "mean amount of an order",
                .major(ordered(.amount, .m12).over(ordered(.count, .m12))), .amount,
                missing: .when("nothing was ordered in the window"), .open),
            Feature(
                "order_trend_12m", .orders, "amount ordered in 12 months against the 12 months before",
                ordered(.amount, .m12).growth(
                    from: ordered(.amount, .m24).minus(ordered(.amount, .m12))), .fraction,
                missing: .when("nothing was ordered in the 12 months before"), .riskFalls),
            Feature(
                "order_trend_3m", .orders,
                "amount ordered in 3 months against a quarter of that of 12 months",
                ordered(.amount, .m3).times(4).growth(from: ordered(.amount, .m12)), .fraction,
                missing: .when("nothing was ordered in the window"), .riskFalls),
            Feature(
                "cancelled_share_12m", .orders, "amount of orders cancelled by amount ordered",
                ordered(.cancelledAmount, .m12).over(ordered(.amount, .m12)), .ratio,
                missing: .when("nothing was ordered in the window"), .riskRises),
            Feature(
                "cancellations_12m", .orders, "number of orders cancelled", ordered(.cancelledCount, .m12),
                .count, missing: .never, .riskRises),
            Feature(
                "billed_12m", .orders, "amount invoiced", .major(billed(.amount, .m12)), .amount,
                missing: .never, .open),
            Feature(
                "invoices_12m", .orders, "number of invoices", billed(.count, .m12), .count, missing: .never,
                .open),
            Feature(
                "billing_trend_12m", .orders, "amount invoiced in 12 months against the 12 months before",
                billed(.amount, .m12).growth(from: billed(.amount, .m24).minus(billed(.amount, .m12))),
                .fraction, missing: .when("nothing was invoiced in the 12 months before"), .riskFalls),
            Feature(
                "billing_trend_3m", .orders,
                "amount invoiced in 3 months against a quarter of that of 12 months",
                billed(.amount, .m3).times(4).growth(from: billed(.amount, .m12)), .fraction,
                missing: .when("nothing was invoiced in the window"), .riskFalls),
        ]
        + [
            (MonthlySeries.orders, "order", "orders", "order"),
            (.billing, "billing", "invoices", "invoice"),
        ].flatMap { series, name, plural, single in
            let young = MissingRule.when(
                "the first \(single) is less than 12 complete months old, or there was none in them")
            return [
                Feature(
                    "\(name)_volatility_12m", .orders,
                    "standard deviation of the monthly amounts of \(plural) by their mean",
                    monthly(series, .deviation).over(monthly(series, .mean)), .ratio, missing: young,
                    .riskRises),
                Feature(
                    "\(name)_slope_12m", .orders,
                    "slope of the monthly amounts of \(plural), per month, by their mean",
                    monthly(series, .slope).over(monthly(series, .mean)), .ratio, missing: young, .riskFalls),
                Feature(
                    "\(name)_peak_share_12m", .orders,
                    "seasonality: the largest month's share of 12 months of \(plural)",
                    monthly(series, .peak).over(monthly(series, .mean).times(12)), .fraction, missing: young,
                    .open),
                Feature(
                    "\(name)_season_change_3m", .orders,
                    "\(plural) of the last 3 complete months against the same months a year before",
                    monthly(series, .recent).growth(from: monthly(series, .yearBefore)), .fraction,
                    missing: .when(
                        "the first \(single) is less than 15 complete months old, or there was none in those months"
                    ),
                    .riskFalls),
                Feature(
                    "\(name)_empty_months_12m", .orders, "months without \(plural)",
                    monthly(series, .empty), .count,
                    missing: .when("the first \(single) is less than 12 complete months old"), .riskRises),
            ]
        }

    /// How long, and since when.
    static let tenure: [Feature] = [
        Feature(
            "months_since_onboarded", .tenure, "since the obligor was onboarded",
            standing(.sinceOnboarded).over(30.4375), .months, missing: .never, .riskFalls),
        Feature(
            "years_since_founded", .tenure, "age of the obligor", standing(.sinceFounded).over(365.25),
            .years,
            missing: .when("the day is not given"), .riskFalls),
        Feature(
            "months_since_first_invoice", .tenure, "since the first invoice",
            standing(.sinceFirstInvoice).over(30.4375), .months, missing: .when("there is no invoice"),
            .riskFalls),
        Feature(
            "days_since_invoice", .tenure, "since the last invoice", standing(.sinceLastInvoice), .days,
            missing: .when("there is no invoice"), .riskRises),
        Feature(
            "days_since_payment", .tenure, "since the last payment", standing(.sinceLastPayment), .days,
            missing: .when("there is no payment"), .riskRises),
        Feature(
            "days_since_order", .tenure, "since the last order", standing(.sinceLastOrder), .days,
            missing: .when("there is no order"), .riskRises),
        Feature(
            "invoices_all", .tenure, "number of invoices so far", billed(.count, .all), .count,
            missing: .never,
            .riskFalls),
        Feature(
            "contracts", .tenure, "number of contracts", standing(.contracts), .count, missing: .never,
            .riskFalls),
        Feature(
            "years_since_contract", .tenure, "since the contract in force was signed",
            standing(.sinceContract).over(365.25), .years, missing: .when("no contract is in force"), .open),
        Feature(
            "employees", .tenure, "people employed", standing(.employees), .count,
            missing: .when("the number is not given"), .riskFalls),
        Feature(
            "registered_capital", .tenure, "registered capital", .major(standing(.capital)), .amount,
            missing: .when("the amount is not given"), .riskFalls),
    ]

    /// How much hangs on little.
    static let concentration: [Feature] = [
        Feature(
            "largest_open_share", .concentration, "the largest open invoice's part of the open items",
            open(.largest).over(open(.amount)), .fraction, missing: .nothingOpen, .riskRises),
        Feature(
            "open_concentration", .concentration, "Herfindahl index of the open invoices",
            open(.squares).over(open(.amount).times(open(.amount))), .fraction, missing: .nothingOpen,
            .riskRises),
        Feature(
            "largest_invoice_share_12m", .concentration,
            "the largest invoice's part of 12 months of invoices",
            .quantity(.peak(.invoice, .m12)).over(billed(.amount, .m12)), .fraction,
            missing: .when("nothing was invoiced in the window"), .riskRises),
        Feature(
            "portfolio_share", .concentration, "the obligor's part of all open receivables",
            open(.amount).over(.quantity(.place(.open))), .fraction,
            missing: .when("nobody has anything open"), .open),
    ]

    /// What an invoice is on its day of issue.
    static let invoice: [Feature] = [
        Feature(
            "invoice_amount", .invoice, "amount of the invoice", .major(.quantity(.invoice(.amount))),
            .amount,
            missing: .never, .open),
        Feature(
            "invoice_terms", .invoice, "days from issue until it is due", .quantity(.invoice(.given)), .days,
            missing: .never, .open),
        Feature(
            "invoice_to_mean", .invoice, "amount of the invoice by the mean of 12 months, itself included",
            .quantity(.invoice(.amount)).over(billed(.amount, .m12).over(billed(.count, .m12))), .ratio,
            missing: .when("the invoices of 12 months come to nothing"), .riskRises),
        Feature(
            "invoice_month", .invoice, "month of issue, 1 to 12", .quantity(.invoice(.month)), .count,
            missing: .never, .open),
        Feature(
            "invoice_weekday", .invoice, "day of the week of issue, 1 for Monday",
            .quantity(.invoice(.weekday)),
            .count, missing: .never, .open),
    ]
}
