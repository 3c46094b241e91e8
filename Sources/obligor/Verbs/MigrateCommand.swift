import ArgumentParser
import Foundation
import Grading
import Ledger
import Migration
import Parallelism
import Results
import Scoring
import Statistics
import StrictYAML
import Tables
import Vocabulary

/// `obligor migrate`: where grades are heading.
struct MigrateCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Estimate how grades move, and predict where those of each obligor go.",
        discussion: """
            Reads the grades of a ledger, or a CSV file of dated grades, up to the as-of date and writes a run folder: \
            migration-matrix.json with matrices under every rule for withdrawals, intervals, PD curves, tests and the \
            economy's factor; migrations.csv with the distribution over grades of each obligor in 3, 6 and 12 months; \
            for a ledger with grades given by hand, corrections.csv, the queue of grades that deserve a second look, \
            and corrections.json, the biases of those who gave them.

              obligor migrate ledger --as-of 2024-12-31 --out runs/migrate
              obligor migrate ledger --as-of 2024-12-31 --out runs/migrate --backtest --method ordered-logit
              obligor migrate histories.csv --scale scale.yaml --out runs/agency

            With --backtest the last five quarters whose year is over are predicted from what was known then, beside \
            the cohort and the duration matrix; that takes grades over three years.

            A grade scale other than AAA … D is named by a mapping (--scale): states, default, map, withdrawn, columns.
            """)

    @Argument(
        help: ArgumentHelp("A ledger folder, or a CSV file of obligor, date and grade.", valueName: "source"))
    var source: String

    @Option(
        help: ArgumentHelp(
            "The day of the predictions. (default: the last day of the source)", valueName: "day"))
    var asOf: String?

    @Option(help: ArgumentHelp("The run folder to write.", valueName: "run"))
    var out: String

    @Flag(help: "Predict past quarters too, and say how it went.")
    var backtest = false

    @Flag(
        help: """
            Search for the generator of greatest likelihood too (EM, from yearly grades and the days of defaults); \
            long ledgers take seconds.
            """)
    var generator = false

    @Option(help: "What is assumed of withdrawn grades in predictions and the first matrix.")
    var withdrawal: Withdrawal = .excluded

    @Option(help: "The model of the predictions.")
    var method: Method = .blend

    @Flag(
        help: """
            Tilt the predictions of each grade to average to the matrix of their horizon, but for PDs that would fall \
            with it.
            """)
    var reconcile = false

    @Option(help: ArgumentHelp("A mapping (YAML) of a file's grades to a scale.", valueName: "file"))
    var scale: String?

    @Option(help: "Which grades of a ledger count: all, or the model's alone.")
    var grades: Origin = .all

    @Option(
        help: ArgumentHelp(
            "What counts as default: trade-credit, eba, or a YAML file.", valueName: "definition"))
    var defaultDefinition = "trade-credit"

    @Option(help: ArgumentHelp("A grade not renewed for so many months is withdrawn.", valueName: "months"))
    var staleAfter = 12

    @OptionGroup var learners: LearnerOptions

    @Option(help: ArgumentHelp("Replicates of every bootstrap.", valueName: "n"))
    var bootstrap = 1000

    @Option(help: "What a change found by a second look is worth: its notches, or the loss it avoids.")
    var worth: Worth = .notches

    @Option(help: ArgumentHelp("What a second look costs, in the unit of --worth.", valueName: "amount"))
    var reviewCost = 0.0

    @Option(
        help: ArgumentHelp(
            "Notches by which the evidence of a year later must be off a given grade for it to have to be changed.",
            valueName: "n"))
    var notches = 3

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The economy's factor in each year to come, such as -1.5,-0.5,0 (0 an average year, 1 better by a standard "
                + "deviation): adds matrices to the end of each.",
            valueName: "path"))
    var scenario: FactorPath?

    @Option(help: ArgumentHelp("Seed of all draws.", valueName: "n"))
    var seed: UInt64 = 1

    @OptionGroup var folder: RunFolderOptions
    @OptionGroup var results: ResultOptions
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard (1...120).contains(staleAfter) else {
            throw ValidationError("'--stale-after \(staleAfter)': give months from 1 to 120.")
        }
        guard (2...100_000).contains(bootstrap) else {
            throw ValidationError("'--bootstrap \(bootstrap)': give a number from 2 to 100000.")
        }
        guard (1...9).contains(notches) else {
            throw ValidationError("'--notches \(notches)': give a number from 1 to 9.")
        }
        guard reviewCost >= 0, reviewCost.isFinite else {
            throw ValidationError("'--review-cost \(reviewCost)': give an amount of at least 0.")
        }
    }

    func perform(_ invocation: Invocation) throws {
        let progress = shared.progress(invocation)
        try OutputFile.refuse(out, replacing: [source] + [scale].compactMap(\.self))
        let writer = try RunFolderWriter(URL(filePath: out), replacing: folder.replace)
        let day = try asOf.map { try CalendarDay(option: "--as-of", $0) }
        progress.begin("reading \(source)")
        let input = try read(day, progress)
        let study = try MigrationStudy(input, options: studyOptions, progress: progress)
        progress.begin("writing \(out)")
        var contents = RunContents(writer)
        try contents.add(study.matrixRecord, role: "migration matrix")
        if !study.migrations.isEmpty { try contents.add(study.migrations, role: "migrations") }
        if let corrections = study.corrections {
            try contents.add(corrections.queue, role: "corrections")
            try contents.add(corrections.summary, role: "corrections")
        }
        _ = try writer.finish(
            RunRecord(
                command: "migrate", arguments: invocation.arguments, engineVersion: EngineVersion.current,
                startedAt: invocation.startedAt, finishedAt: Date(), seed: seed,
                threads: shared.workers.threads, rows: input.grades.actions.count, model: nil,
                inputs: input.files,
                outputs: contents.records))
        progress.end()
        try report(study, on: invocation.console)
    }
}

extension MigrateCommand {
    /// The rules for withdrawals by the names of the command line.
    enum Withdrawal: String, CaseIterable, ExpressibleByArgument {
        case excluded, proportional, kept, state, defaulted

        var rule: WithdrawalRule {
            switch self {
            case .excluded: .excluded
            case .proportional: .proportional
            case .kept: .keptInDenominator
            case .state: .state
            case .defaulted: .defaulted
            }
        }
    }

    /// The models by the names of the command line.
    enum Method: String, CaseIterable, ExpressibleByArgument {
        case cohort, orderedLogit = "ordered-logit", orderedProbit = "ordered-probit", multinomial, boosted
        case boostedOrdinal = "boosted-ordinal", blend

        /// The model that it names.
        var model: PredictionOptions.Method {
            switch self {
            case .cohort: .cohort
            case .orderedLogit: .orderedLogit
            case .orderedProbit: .orderedProbit
            case .multinomial: .multinomial
            case .boosted: .boosted
            case .boostedOrdinal: .boostedOrdinal
            case .blend: .blend
            }
        }
    }

    /// What a change is worth: notches, or exposure · LGD · change of PD in the ledger's currency.
    enum Worth: String, CaseIterable, ExpressibleByArgument {
        case notches, loss
    }

    /// The economy's factor year by year.
    struct FactorPath: ExpressibleByArgument {
        let factors: [Double]

        /// At most thirty numbers with commas between them, none further than 6 from 0.
        init?(argument: String) {
            let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
            let factors = parts.compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
            guard factors.count == parts.count, factors.count <= 30,
                factors.allSatisfy({ abs($0) <= 6 })
            else { return nil }
            self.factors = factors
        }
    }

    /// Which grades of a ledger count.
    enum Origin: String, CaseIterable, ExpressibleByArgument {
        case all, model
    }

    private var studyOptions: MigrationStudy.Options {
        var prediction = PredictionOptions(method: method.model)
        prediction.withdrawal = withdrawal.rule
        prediction.seed = seed
        prediction.workers = shared.workers
        return MigrationStudy.Options(
            prediction: prediction, isReconciled: reconcile, isTested: backtest, fitsGenerator: generator,
            replicates: bootstrap,
            reviewCost: reviewCost, isWorthLoss: worth == .loss, notches: notches,
            scenario: scenario?.factors ?? [], learnerLimit: learners.limit, seed: seed,
            workers: shared.workers)
    }

    /// Reads a ledger, by its folder or its store, or a file of histories.
    private func read(_ day: CalendarDay?, _ progress: Progress) throws -> MigrationStudy.Input {
        guard file(source).isFolder || LedgerPlace.isStore(source) else {
            var mapping = GradeMapping()
            if let scale { mapping = try GradeMapping(contentsOf: file(scale)) }
            let grades = try GradeSource(histories: source, mapping: mapping, end: day)
            let files =
                try [FileRecord(role: "histories", of: file(source))]
                + (scale.map { [try FileRecord(role: "scale", of: file($0))] } ?? [])
            return MigrationStudy.Input(grades: grades, ledger: nil, asOf: grades.end, files: files)
        }
        guard scale == nil else { throw CommandFailure.usage("'--scale' belongs to a file of histories.") }
        let definition = try DefaultDefinition.named(defaultDefinition)
        let place = try LedgerPlace(source)
        let ledger = try TradeLedger.read(from: place.complete(), workers: shared.workers).ledger
        guard let last = ledger.span?.upperBound else {
            throw CommandFailure.badData("\(source): no invoices or payments")
        }
        // Days without an invoice or a payment may end a ledger; a month without is no end of observation.
        if let day, day > last.adding(days: 31) {
            throw CommandFailure.usage("'--as-of \(day)': the ledger ends on \(last)")
        }
        let grades = try GradeSource(
            ledger: ledger, definition: definition, end: day ?? last, staleAfter: staleAfter,
            ofModelAlone: self.grades == .model)
        guard !grades.actions.isEmpty else {
            throw CommandFailure.badData("\(source): no grades by \(day ?? last)")
        }
        return MigrationStudy.Input(
            grades: grades, ledger: (ledger, definition), asOf: day ?? last, files: try place.records())
    }

    private func report(_ study: MigrationStudy, on console: any Console) throws {
        if results.json {
            try console.write(JSONText.of(study.matrixRecord))
            return
        }
        guard !shared.quiet else { return }
        var summary = Summary(for: console)
        study.describe(in: &summary)
        summary.line("")
        summary.line("Written to \(out).")
        try summary.print(on: console)
    }
}
