import ArgumentParser
import Foundation
import Results
import Scoring
import Tables
import Vocabulary

/// `obligor demo`: the whole route on simulated data, each step by the verb that does it in life.
struct DemoCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show the whole route on simulated data: train, evaluate, score, grade.",
        discussion: """
            With --ledger, starts from the sample ledger of invoices and payments: checks it, computes what was known \
            at each quarter's end, trains a scorecard out of time, rates, reviews the whole portfolio in two \
            consecutive quarters with an event in between, and draws it as pages. Then simulates past and new obligors \
            whose true risk is known, trains a logistic model and a scorecard on the past ones, measures both on the \
            new ones, and rates these. Every step is a command line that is printed first and can be typed again. The \
            same seed gives the same files.

              obligor demo
              obligor demo --ledger datasets/sample-ledger
              obligor demo --rows 100000 --out runs/large
            """)

    @Option(help: ArgumentHelp("Past obligors to train on; half as many new ones are rated.", valueName: "n"))
    var rows = 20_000

    @Option(help: ArgumentHelp("Seed of the past obligors; the new ones have the next.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("The sample ledger, to start from it.", valueName: "folder"))
    var ledger: String?

    @Flag(help: "Leave out where grades are heading, which takes most of the time.")
    var noMigrations = false

    @Option(help: ArgumentHelp("The folder to write into.", valueName: "folder"))
    var out = "runs/demo"

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard (2_000...100_000_000).contains(rows) else {
            throw ValidationError("'--rows \(rows)': give a number from 2000 to 100000000.")
        }
    }

    func perform(_ invocation: Invocation) throws {
        let folder = URL(filePath: out, directoryHint: .isDirectory)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for recipe in DemoRecipe.allCases {
                try Data(recipe.text.utf8).write(to: URL(filePath: path(recipe.fileName)), options: .atomic)
            }
            if let ledger {
                for (name, text) in DemoLedger.files {
                    try Data(text.utf8).write(to: URL(filePath: path(name)), options: .atomic)
                }
                for left in DemoLedger(folder: ledger, hasMigrations: !noMigrations, path: path).leftovers {
                    if FileManager.default.fileExists(atPath: left) {
                        try FileManager.default.removeItem(atPath: left)
                    }
                }
            }
        } catch {
            throw ResultsError.notWritten(path: out, reason: error.localizedDescription)
        }
        let common =
            (shared.quiet ? ["--quiet"] : []) + (shared.threads.map { ["--threads", "\($0)"] } ?? [])
        for (remark, arguments) in steps {
            if !shared.quiet { try announce(remark, arguments, on: invocation.console) }
            try Program.perform(arguments + common, on: invocation.console)
        }
        guard !shared.quiet else { return }
        try close(on: invocation.console)
    }

    /// What is said before each command line, and the command line.
    private var steps: [(remark: String, arguments: [String])] {
        let (past, new) = (path("past.csv"), path("new.csv"))
        let training = DemoRecipe.allCases.map { recipe in
            (
                "Train the \(recipe.name) on the past obligors, and measure it on the new ones.",
                [
                    "train", path(recipe.fileName), "--data", past, "--holdout", new, "--out",
                    path(recipe.name),
                    "--replace",
                ]
            )
        }
        let demonstration = ledger.map { DemoLedger(folder: $0, hasMigrations: !noMigrations, path: path) }
        let fromLedger = demonstration?.steps ?? []
        return fromLedger + [
            (
                "Simulate past obligors with their outcomes, and new ones.",
                ["simulate-table", "--rows", "\(rows)", "--seed", "\(seed)", "--out", past]
            ),
            (
                "",
                [
                    "simulate-table", "--rows", "\(rows / 2)", "--seed", "\(seed &+ 1)", "--with-truth",
                    "--out",
                    new,
                ]
            ),
        ] + training + [
            (
                "Is the scorecard as good on rows it has not seen, fold by fold?",
                ["cross-validate", path(DemoRecipe.scorecard.fileName), "--data", past]
            ),
            (
                "Rate the new obligors by the scorecard.",
                [
                    "score", path(DemoRecipe.scorecard.name), "--data", new, "--out", path("ratings.csv"),
                ]
            ),
        ] + [demonstration?.report].compactMap(\.self)
    }

    private func path(_ name: String) -> String { out.hasSuffix("/") ? out + name : "\(out)/\(name)" }

    private func announce(_ remark: String, _ arguments: [String], on console: any Console) throws {
        var summary = Summary(for: console)
        if !remark.isEmpty {
            try console.print("")
            summary.heading(remark)
        }
        summary.aside("$ obligor " + arguments.joined(separator: " "))
        try summary.print(on: console)
    }

    /// Shows some ratings, and how near the models came to what can be known.
    private func close(on console: any Console) throws {
        let ratings = try CSVReader().read(path("ratings.csv"))
        var grid = TextGrid([
            .left("id"), .right("score"), .right("pd"), .left("grade"), .left("points lost most by"),
        ])
        for row in 0..<min(8, ratings.rowCount) {
            func text(_ name: String) -> String { ratings[name]?.text(at: row) ?? "" }
            grid.rows.append([
                text("id"), Figures.fixed(Double(text("score")), decimals: 0),
                Figures.percent(Double(text("pd"))), text("grade"),
                text("reasons").split(separator: RatingRecord.reasonSeparator).joined(separator: ", "),
            ])
        }
        var summary = Summary(for: console)
        summary.heading("The first of the new obligors")
        summary.table(grid)
        summary.heading("How near the models came to the truth that the new obligors were simulated with")
        summary.performance(try heldOut() + [("the truth", try truth())])
        summary.line("")
        summary.line(
            "Everything is in \(out). To use your own data, start from models/recipes/template.yaml."
        )
        if ledger != nil {
            summary.line(
                "The reviews are in \(path("review-q3")) and \(path("review")), what has to be renewed in their "
                    + "refresh-requests.csv, the event in \(path("review-q3.events.ndjson")), the pages in "
                    + "\(path("report/index.html")).")
        }
        try console.print("")
        try summary.print(on: console)
    }

    /// Each model's figures on the new obligors.
    private func heldOut() throws -> [(name: String, record: PerformanceRecord)] {
        try DemoRecipe.allCases.compactMap { recipe in
            let run = try RunFolder(URL(filePath: path(recipe.name)))
            return try run.validation()?.samples.last.map { (recipe.name, $0.performance) }
        }
    }

    /// The figures of the true log-odds, which no model can beat but by chance.
    private func truth() throws -> PerformanceRecord {
        var options = CSVOptions()
        options.columns = ["true_pd", "defaulted"]
        let table = try CSVReader(options).read(path("new.csv"))
        let pds = try table.column(named: "true_pd").doubles ?? []
        let defaulted = try table.column(named: "defaulted").doubles ?? []
        let logOdds = pds.map { ProbabilityOfDefault($0)?.logOdds ?? .nan }
        return PerformanceRecord(Evaluation(logOdds: logOdds, defaulted: defaulted.map { $0 == 1 }))
    }
}
