extension FeatureCatalogue {
    private static func paid(_ sum: PaymentSum, _ window: Window) -> Formula { .quantity(.paid(sum, window)) }
    private static func due(_ sum: DueSum, _ window: Window) -> Formula { .quantity(.due(sum, window)) }
    private static func open(_ figure: OpenFigure) -> Formula { .quantity(.open(figure)) }

    /// Σ a·d ÷ Σ a.
    static func delay(_ window: Window) -> Formula { paid(.delay, window).over(paid(.amount, window)) }

    /// Everything past due.
    static let overdue = open(.pastDue30).plus(open(.pastDue60)).plus(open(.pastDue90)).plus(
        open(.pastDue180)
    )
    .plus(open(.pastDueBeyond))

    /// Standard deviation of the delay over payments.
    private static func deviation(_ window: Window) -> Formula {
        let mean = paid(.days, window).over(paid(.count, window))
        return .root(paid(.squares, window).over(paid(.count, window)).minus(mean.times(mean)))
    }

    /// How obligors paid.
    static let paymentDelay: [Feature] =
        [Window.m1, .m3, .m6, .m12, .all].map { window in
            Feature(
                "dbt_\(window.symbol)", .delay,
                "days beyond terms of payments, weighted by amount; negative is early", delay(window), .days,
                missing: .noPayment, .riskRises)
        }
        + [Window.m3, .m12, .all].flatMap { window in
            [
                Feature(
                    "late_share_\(window.symbol)", .delay, "share of payments that came after the due day",
                    paid(.lateCount, window).over(paid(.count, window)), .fraction, missing: .noPayment,
                    .riskRises),
                Feature(
                    "late_amount_share_\(window.symbol)", .delay,
                    "share of the amount paid that came after the due day",
                    paid(.lateAmount, window).over(paid(.amount, window)), .fraction, missing: .noPayment,
                    .riskRises),
                Feature(
                    "mean_delay_\(window.symbol)", .delay, "mean delay over payments, not weighted",
                    paid(.days, window).over(paid(.count, window)), .days, missing: .noPayment, .riskRises),
                Feature(
                    "delay_deviation_\(window.symbol)", .delay,
                    "standard deviation of the delay over payments",
                    deviation(window), .days, missing: .noPayment, .riskRises),
                Feature(
                    "payment_index_\(window.symbol)", .delay,
                    "points for promptness weighted by amount, after the PAYDEX scale: 80 is prompt, 100 a month early",
                    paid(.index, window).over(paid(.amount, window)), .points, missing: .noPayment,
                    .riskFalls),
            ]
        }
        + [
            Feature(
                "late30_amount_share_12m", .delay,
                "share of the amount paid that came more than 30 days late",
                paid(.late30Amount, .m12).over(paid(.amount, .m12)), .fraction, missing: .noPayment,
                .riskRises),
            Feature(
                "early_amount_share_12m", .delay, "share of the amount paid that came before the due day",
                paid(.earlyAmount, .m12).over(paid(.amount, .m12)), .fraction, missing: .noPayment, .riskFalls
            ),
            Feature(
                "dbt_trend_3m_12m", .delay, "days beyond terms of the last 3 months less those of 12 months",
                delay(.m3).minus(delay(.m12)), .days, missing: .noPayment, .riskRises),
            Feature(
                "dbt_change_12m", .delay,
                "days beyond terms of the last 12 months less those of the 12 months before",
                delay(.m12).minus(
                    paid(.delay, .m24).minus(paid(.delay, .m12)).over(
                        paid(.amount, .m24).minus(paid(.amount, .m12)))),
                .days, missing: .when("nothing was paid in one of the two years"), .riskRises),
            Feature(
                "worst_dpd_3m", .delay,
                "most days past due of a payment of 3 months or of an item that is still open",
                .largest(.quantity(.peak(.delay, .m3)), open(.oldest)), .days, missing: .never, .riskRises),
            Feature(
                "worst_dpd_12m", .delay,
                "most days past due of a payment of 12 months or of an item that is still open",
                .largest(.quantity(.peak(.delay, .m12)), open(.oldest)), .days, missing: .never, .riskRises),
            Feature(
                "worst_dpd_24m", .delay,
                "most days past due of a payment of 24 months or of an item that is still open",
                .largest(.quantity(.peak(.delay, .m24)), open(.oldest)), .days, missing: .never, .riskRises),
            Feature(
                "on_time_share_12m", .delay,
                "part of what fell due in 12 months that was paid by its due day",
                due(.onTimeAmount, .m12).over(due(.amount, .m12)), .fraction,
                missing: .when("nothing fell due in the window"), .riskFalls),
            Feature(
                "on_time_share_3m", .delay, "part of what fell due in 3 months that was paid by its due day",
                due(.onTimeAmount, .m3).over(due(.amount, .m3)), .fraction,
                missing: .when("nothing fell due in the window"), .riskFalls),
            Feature(
                "payments_12m", .delay, "number of payments, one per invoice they are set against",
                paid(.count, .m12), .count, missing: .never, .open),
            Feature(
                "payments_all", .delay, "number of payments so far, one per invoice they are set against",
                paid(.count, .all), .count, missing: .never, .riskFalls),
        ]

    /// What is open, by age.
    static let ageing: [Feature] =
        [
            (OpenFigure.notDue, "not_due", "not yet due", ExpectedSign.riskFalls),
            (.pastDue30, "1_30", "1 to 30 days past due", .riskRises),
            (.pastDue60, "31_60", "31 to 60 days past due", .riskRises),
            (.pastDue90, "61_90", "61 to 90 days past due", .riskRises),
            (.pastDue180, "91_180", "91 to 180 days past due", .riskRises),
            (.pastDueBeyond, "over_180", "more than 180 days past due", .riskRises),
        ].map { bucket, name, words, sign in
            Feature(
                "aged_share_\(name)", .ageing, "part of the open items that is \(words)",
                open(bucket).over(open(.amount)), .fraction, missing: .nothingOpen, sign)
        }
        + [
            Feature(
                "overdue_share", .ageing, "part of the open items that is past due",
                overdue.over(open(.amount)), .fraction, missing: .nothingOpen, .riskRises),
            Feature(
                "overdue_amount", .ageing, "open items past due", .major(overdue), .amount, missing: .never,
                .riskRises),
            Feature(
                "overdue_count", .ageing, "number of open invoices past due", open(.overdueCount), .count,
                missing: .never, .riskRises),
            Feature(
                "overdue_count_share", .ageing, "share of open invoices that are past due",
                open(.overdueCount).over(open(.count)), .fraction, missing: .nothingOpen, .riskRises),
            Feature(
                "oldest_dpd", .ageing, "days past due of the open invoice longest past due", open(.oldest),
                .days, missing: .never, .riskRises),
            Feature(
                "mean_open_dpd", .ageing, "days past due of open items weighted by amount, 0 before due",
                open(.delay).over(open(.amount)), .days, missing: .nothingOpen, .riskRises),
            Feature(
                "overdue_to_billed_12m", .ageing, "open items past due by the amount invoiced in 12 months",
                overdue.over(.quantity(.billed(.amount, .m12))), .ratio,
                missing: .when("nothing was invoiced in the window"), .riskRises),
            Feature(
                "dso", .ageing, "days sales outstanding: open items by 3 months of invoices, times 91.3",
                open(.amount).over(.quantity(.billed(.amount, .m3))).times(91.3125), .days,
                missing: .when("nothing was invoiced in the window"), .riskRises),
            Feature(
                "delinquent_dso", .ageing,
                "days sales outstanding less the best possible: items past due by 3 months of invoices, times 91.3",
                overdue.over(.quantity(.billed(.amount, .m3))).times(91.3125), .days,
                missing: .when("nothing was invoiced in the window"), .riskRises),
        ]

    /// Disputes, credit notes, parts.
    static let disputes: [Feature] = [
        Feature(
            "disputes_12m", .disputes, "number of disputes begun", .quantity(.disputed(.count, .m12)), .count,
            missing: .never, .riskRises),
        Feature(
            "dispute_rate_12m", .disputes, "disputes begun by invoices issued",
            .quantity(.disputed(.count, .m12)).over(.quantity(.billed(.count, .m12))), .ratio,
            missing: .when("nothing was invoiced in the window"), .riskRises),
        Feature(
            "disputed_amount_share_12m", .disputes, "amount of invoices newly disputed by amount invoiced",
            .quantity(.disputed(.amount, .m12)).over(.quantity(.billed(.amount, .m12))), .ratio,
            missing: .when("nothing was invoiced in the window"), .riskRises),
        Feature(
            "dispute_rate_all", .disputes, "disputes begun so far by invoices issued so far",
            .quantity(.disputed(.count, .all)).over(.quantity(.billed(.count, .all))), .ratio,
            missing: .when("nothing was ever invoiced"), .riskRises),
        Feature(
            "open_disputed_share", .disputes, "part of the open items that is in dispute",
            open(.disputed).over(open(.amount)), .fraction, missing: .nothingOpen, .riskRises),
        Feature(
            "dispute_days_12m", .disputes, "mean length of the disputes that ended",
            .quantity(.disputed(.days, .m12)).over(.quantity(.disputed(.endedCount, .m12))), .days,
            missing: .when("no dispute ended in the window"), .riskRises),
        Feature(
            "months_since_dispute", .disputes, "since the last dispute began",
            .quantity(.standing(.sinceDispute)).over(30.4375), .months,
            missing: .when("there was no dispute"), .riskFalls),
        Feature(
            "partial_share_12m", .disputes, "share of payments that left a part of their invoice open",
            paid(.partialCount, .m12).over(paid(.count, .m12)), .fraction, missing: .noPayment, .riskRises),
        Feature(
            "partial_share_3m", .disputes, "share of payments that left a part of their invoice open",
            paid(.partialCount, .m3).over(paid(.count, .m3)), .fraction, missing: .noPayment, .riskRises),
        Feature(
            "credit_note_share_12m", .disputes, "dilution: credit notes by amount invoiced",
            .quantity(.credited(.amount, .m12)).over(.quantity(.billed(.amount, .m12))), .ratio,
            missing: .when("nothing was invoiced in the window"), .riskRises),
        Feature(
            "credit_notes_12m", .disputes, "number of credit notes", .quantity(.credited(.count, .m12)),
            .count,
            missing: .never, .riskRises),
        Feature(
            "unallocated_credit", .disputes, "payments and credit notes not set against an invoice",
            .major(open(.credit)), .amount, missing: .never, .riskFalls),
    ]

    /// Promises to pay.
    static let promises: [Feature] = [
        Feature(
            "promises_12m", .promises, "number of promises that came due",
            .quantity(.promised(.count, .m12)), .count, missing: .never, .riskRises),
        Feature(
            "broken_promises_12m", .promises, "number of promises broken",
            .quantity(.promised(.brokenCount, .m12)), .count, missing: .never, .riskRises),
        Feature(
            "broken_promises_3m", .promises, "number of promises broken",
            .quantity(.promised(.brokenCount, .m3)), .count, missing: .never, .riskRises),
        Feature(
            "broken_share_12m", .promises, "share of the promises that came due that were broken",
            .quantity(.promised(.brokenCount, .m12)).over(.quantity(.promised(.count, .m12))), .fraction,
            missing: .when("no promise came due in the window"), .riskRises),
        Feature(
            "broken_amount_share_12m", .promises, "share of the amount promised whose promise was broken",
            .quantity(.promised(.brokenAmount, .m12)).over(.quantity(.promised(.amount, .m12))), .fraction,
            missing: .when("no promise came due in the window"), .riskRises),
        Feature(
            "months_since_broken_promise", .promises, "since the last broken promise",
            .quantity(.standing(.sinceBrokenPromise)).over(30.4375), .months,
            missing: .when("no promise was broken"), .riskFalls),
    ]

    /// Terms taken against terms given.
    static let terms: [Feature] = [
        Feature(
            "days_taken_12m", .terms, "days from issue to payment, weighted by amount",
            paid(.delay, .m12).plus(paid(.given, .m12)).over(paid(.amount, .m12)), .days, missing: .noPayment,
            .riskRises),
        Feature(
            "terms_given_12m", .terms, "days from issue to due day of invoices issued, weighted by amount",
            .quantity(.billed(.given, .m12)).over(.quantity(.billed(.amount, .m12))), .days,
            missing: .when("nothing was invoiced in the window"), .open),
        Feature(
            "terms_taken_to_given_12m", .terms,
            "days taken by days given, over payments weighted by amount",
            paid(.delay, .m12).plus(paid(.given, .m12)).over(paid(.given, .m12)), .ratio,
            missing: .when("nothing was paid in the window, or no days were given"), .riskRises),
        Feature(
            "terms_taken_to_given_3m", .terms,
            "days taken by days given, over payments weighted by amount",
            paid(.delay, .m3).plus(paid(.given, .m3)).over(paid(.given, .m3)), .ratio,
            missing: .when("nothing was paid in the window, or no days were given"), .riskRises),
        Feature(
            "terms_beyond_contract_12m", .terms, "days given on invoices less those of the contract in force",
            .quantity(.billed(.given, .m12)).over(.quantity(.billed(.amount, .m12))).minus(
                .quantity(.standing(.termsDays))), .days,
            missing: .when("nothing was invoiced in the window, or no contract with terms is in force"),
            .riskRises),
        Feature(
            "terms_change_3m_12m", .terms, "days given on invoices of 3 months less those of 12 months",
            .quantity(.billed(.given, .m3)).over(.quantity(.billed(.amount, .m3))).minus(
                .quantity(.billed(.given, .m12)).over(.quantity(.billed(.amount, .m12)))), .days,
            missing: .when("nothing was invoiced in the window"), .riskRises),
    ]
}
