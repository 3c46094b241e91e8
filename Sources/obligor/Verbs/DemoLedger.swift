/// The part of the demonstration that starts from a ledger: check it, look back at quarter's ends, train, rate.
struct DemoLedger {
    /// The ledger folder: the sample ledger, which covers 2021 to 2024.
    let folder: String
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
                "Grade the whole portfolio at the end of 2024, beside what it was in the quarters before.",
                [
                    "review", folder, "--model", path("ledger"), "--as-of", "2024-12-31", "--out",
                    path("review"), "--replace",
                ]
            ),
        ]
    }

    /// The last step of the demonstration: the review as pages.
    var report: (remark: String, arguments: [String]) {
        (
            "Draw the review as pages: open index.html in any browser.",
            ["report", path("review"), "--out", path("report"), "--replace"]
        )
    }

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

        """
}
