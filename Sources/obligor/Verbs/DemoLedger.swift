/// The part of the demonstration that starts from a ledger: check it, look back at quarter's ends, train, rate.
struct DemoLedger {
    /// The ledger folder: the sample ledger, which covers 2021 to 2024.
    let folder: String
    /// Whether the second review also says where grades are heading.
    let hasMigrations: Bool
    /// The path of a file or folder of the demonstration.
    let path: (String) -> String

    /// The file that its recipe is written to.
    static let recipeFile = "ledger.yaml"

    /// What is said before each command line, and the command line.
    var steps: [(remark: String, arguments: [String])] {
        [
            ("Is the ledger of invoices and payments sound?", ["check", folder]),
            (
                "What was known of every obligor at each quarter's end, and what came of it within a year?",
                [
                    "features", folder, "--every", "quarter", "--from", "2021-06-30", "--to", "2023-12-31",
                    "--window", "12m", "--split", "time:2023-04-01", "--out", path("panel.csv"),
                ]
            ),
            (
                "Train a scorecard on outcomes known by April 2023, and measure it on what came later.",
                [
                    "train", path(Self.recipeFile), "--data", path("panel.train.csv"), "--holdout",
                    path("panel.test.csv"), "--out", path("ledger"), "--replace",
                ]
            ),
            (
                "Rate the later observations.",
                [
                    "score", path("ledger"), "--data", path("panel.test.csv"), "--out",
                    path("ledger-ratings.csv"),
                ]
            ),
            (
                "Review the whole portfolio at the end of September 2024: grades, limits, terms, what has to be "
                    + "renewed.",
                [
                    "review", folder, "--model", path("ledger"), "--as-of", "2024-09-30", "--policy",
                    path(Self.policyFile), "--rules", path(Self.rulesFile), "--event-policy",
                    path(Self.eventPolicyFile), "--no-migrations", "--out", path("review-q3"), "--replace",
                ]
            ),
            (
                "Something happens in November: re-rate whom it is about, until a person decides.",
                ["review", folder, "--previous", path("review-q3"), "--event", path(Self.eventsFile)]
            ),
            (
                "Watch the last quarter for early signs of trouble.",
                [
                    "watch", folder, "--from", "2024-10-01", "--to", "2024-12-31", "--out",
                    path("watch"), "--replace", "--quiet",
                ]
            ),
            (
                "Review again at the end of 2024: those who are due, with where their grades are heading.",
                [
                    "review", folder, "--previous", path("review-q3"), "--due", "by-grade", "--watch-list",
                    path("watch/alerts.csv"), "--as-of", "2024-12-31", "--out", path("review"), "--replace",
                ] + (hasMigrations ? [] : ["--no-migrations"])
            ),
        ]
    }

    /// What a demonstration leaves that another one must not find: outcomes of its events.
    var leftovers: [String] { [path("review-q3.events.ndjson")] }

    /// The files that the demonstration writes before it starts.
    static let files: [(name: String, text: String)] = [
        (recipeFile, recipe), (policyFile, policy), (rulesFile, rules), (eventPolicyFile, eventPolicy),
        (eventsFile, events),
    ]

    private static let policyFile = "policy.yaml"
    private static let rulesFile = "rules.yaml"
    private static let eventPolicyFile = "event-policy.yaml"
    private static let eventsFile = "events.ndjson"

    /// The last step of the demonstration: the review as pages.
    var report: (remark: String, arguments: [String]) {
        (
            "Draw the review as pages: open index.html in any browser.",
            ["report", path("review"), "--out", path("report"), "--replace"]
        )
    }

    /// A short policy; `models/policies` has the full one, with what every key means.
    private static let policy = """
        policy: 1
        name: Demonstration
        currency: EUR
        inputs:
          own_capital: exp(log_assets) * equity_ratio
          turnover: exp(log_assets) * asset_turnover
          exposure: exposure
          months_known: months_since_first_invoice
        limit:
          own_capital: {AAA: 0.2, AA: 0.18, A: 0.15, BBB: 0.12, BB: 0.08, B: 0.05, CCC: 0.02, CC: 0, C: 0, D: 0}
          turnover: {AAA: 0.05, AA: 0.045, A: 0.04, BBB: 0.03, BB: 0.02, B: 0.012, CCC: 0.005, CC: 0, C: 0, D: 0}
          without_figures: {AAA: 30000, AA: 25000, A: 20000, BBB: 15000, BB: 10000, B: 5000, CCC: 1000, CC: 0, \
        C: 0, D: 0}
          maximum: {AAA: 2000000, AA: 1500000, A: 1000000, BBB: 600000, BB: 300000, B: 100000, CCC: 20000, CC: 0, \
        C: 0, D: 0}
          rounded_down_to: 500
        terms_days: {AAA: 60, AA: 60, A: 45, BBB: 30, BB: 30, B: 14, CCC: 7, CC: 0, C: 0, D: 0}
        securities:
          {AAA: none, AA: none, A: none, BBB: retention-of-title, BB: credit-insurance, B: guarantee, \
        CCC: bank-guarantee,
           CC: prepayment, C: prepayment, D: prepayment}
        review_months: {AAA: 12, AA: 12, A: 12, BBB: 6, BB: 6, B: 3, CCC: 3, CC: 3, C: 1, D: 1}
        loss_given_default:
          {none: 0.6, retention-of-title: 0.5, credit-insurance: 0.2, guarantee: 0.4, bank-guarantee: 0.1, \
        prepayment: 0.6}
        new_customer: {months: 12, terms_days: 15, share: 0.5}
        staleness:
          statements: {expires_after: 730, request_before: 180, cap: A}
          bureau: {expires_after: 365, request_before: 60, cap: BBB}
          litigation: {expires_after: 365, request_before: 60, cap: BBB, binding: true}

        """

    private static let rules = """
        rules: 1
        name: Demonstration
        checks:
          - {name: dishonest-debtor, when: dishonest_debtor = 1, cap: C, binding: true,
             reason: {en: listed as a dishonest debtor, zh-Hans: 被列入失信被执行人名单}}
          - {name: judgments-several, when: bureau_judgments >= 3, cap: CCC,
             reason: {en: three or more court judgments, zh-Hans: 三项及以上法院判决}}
          - {name: tax-arrears, when: bureau_tax_arrears > 10000, cap: BB, reason: {en: tax arrears, zh-Hans: 欠缴税款}}

        """

    private static let eventPolicy = """
        events: 1
        name: Demonstration
        kinds:
          insolvency: {urgency: now, recompute: rating, cap: C, block: true, binding: true}
          judgment: {urgency: today, recompute: rating, cap: BB, holds_days: 120}
          control_change: {urgency: week, recompute: rating, cap: A, holds_days: 90}

        """

    /// News of November 2024: a judgment, a new owner, and the judgment once more.
    private static let events = """
        {"obligor": "O000003", "kind": "judgment", "occurred": "2024-11-12", "known": "2024-11-14", "amount": 18500}
        {"obligor": "O000008", "kind": "control_change", "occurred": "2024-11-20"}
        {"obligor": "O000003", "kind": "judgment", "occurred": "2024-11-12", "known": "2024-11-15"}

        """

    /// The recipe, the same as in `models/recipes`.
    static let recipe = """
        # Scorecard on point-in-time features of the sample ledger (obligor features).
        recipe: 1
        name: Sample ledger, scorecard
        description: Probability of default within twelve months, from what the ledger knew on the as-of date.
        target:
          column: defaulted
          default: true
        id: obligor
        features:
          include:
            [dbt_3m, dbt_12m, late_amount_share_3m, worst_dpd_12m, overdue_share, exposure_utilisation,
             order_trend_12m, broken_promises_12m, bureau_score, bureau_score_change_12m, altman_z2, equity_ratio]
        folds: {count: 5, seed: 1}
        model:
          kind: scorecard
          binning: {maximumBins: 4, minimumBinShare: 0.05, minimumDefaults: 10}
          selection:
            informationValue: {minimum: 0.05}
            stepwise: {direction: both, criterion: bic}
          scaling: {pdo: 20, baseOdds: 50, baseScore: 600, rounding: integer}
          reasons: {count: 4, reference: maximum}
        # What the model has to reach before it may be approved.
        gates: {minimumDefaults: 50, minimumAUC: 0.7, minimumKS: 0.3, maximumAUCDrop: 0.1}

        """
}
