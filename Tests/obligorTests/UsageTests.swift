import Testing

@testable import obligor

@Suite("A wrong command line is refused in one line")
struct UsageTests {
    @Test(arguments: [
        (["frobnicate"], "Unexpected argument 'frobnicate' (see 'obligor --help')"),
        (["train"], "Missing expected argument '<recipe>' (see 'obligor train --help')"),
        (["train", "r.yaml", "--data", "d.csv"], "Missing expected argument '--out <run>'"),
        (
            ["train", "r.yaml", "--data", "d.csv", "--out", "o", "--treads", "2"],
            "Unknown option '--treads'. Did you mean '--threads'?"
        ),
        (
            ["score", "m", "--data", "d", "--out", "o", "--threads", "0"],
            "'--threads 0': give a number from 1 to 1024"
        ),
        (["score", "m", "--data", "d", "--out", "o", "--threads", "two"], "The value 'two' is invalid"),
        (["simulate-table", "--out", "-", "--rows=-1"], "'--rows -1': give a number"),
        (["simulate-table", "--out", "-", "--shape", "round"], "The value 'round' is invalid"),
        (
            ["simulate-table", "--out", "-", "--default-rate", "2"],
            "default rate 2.0: give a fraction between 0 and 1"
        ),
        (["simulate", "--out", "-", "--years", "0"], "years 0: give a number from 1 to 50"),
        (
            ["migrate", "l", "--out", "o", "--learners", "50"],
            "'--learners 50': give 0 for all, or at least 100"
        ),
        (
            ["review", "l", "--as-of", "2024-09-30", "--out", "o", "--learners", "-1"],
            "'--learners -1': give 0 for all, or at least 100"
        ),
        (
            ["review", "l", "--as-of", "2024-09-30", "--out", "o", "--learners", "200", "--no-migrations"],
            "'--learners' is of migrations, which --no-migrations leaves out: give one of the two"
        ),
        (
            [
                "review", "l", "--as-of", "2024-09-30", "--out", "o", "--predict-by", "blend",
                "--no-migrations",
            ],
            "'--predict-by' is of migrations, which --no-migrations leaves out: give one of the two"
        ),
        (["demo", "--rows", "10"], "'--rows 10': give a number from 2000"),
    ])
    func mistakes(arguments: [String], message: String) {
        let run = Run(arguments)
        #expect(run.status == .usage)
        #expect(run.output.isEmpty)
        #expect(run.error.hasPrefix("obligor: ") && run.error.contains(message), "\(run.error)")
        #expect(run.error.split(separator: "\n", omittingEmptySubsequences: false).count == 2, "not one line")
    }
}
