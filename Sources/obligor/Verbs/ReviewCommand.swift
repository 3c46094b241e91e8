import ArgumentParser
import Foundation
import Ledger
import Parallelism
import Results
import Review
import Scoring
import StrictYAML
import Vocabulary

/// `obligor review`: the whole portfolio of a ledger, graded on a date.
struct ReviewCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "Grade the whole portfolio of a ledger on a date, beside what it was before.",
        discussion: """
            Computes features of all obligors as of the date and as of month-ends three, six and more months before, from what was \
            known on each, rates them by the model, and writes a run folder: ratings.csv, portfolio.csv (exposure, \
            overdue, expected loss, movement, tags), history.csv, attribution.csv (why each rating changed since the \
            quarter before), data-quality.json (what the ledger check found), and the model with its validation. \
            Obligors in default by the definition have grade D. 'obligor report' draws the folder.

              obligor review ledger --model runs/model --as-of 2024-12-31 --out runs/2024-q4
            """)

    @Argument(help: ArgumentHelp("The ledger folder.", valueName: "ledger"))
    var ledger: String

    @Option(help: ArgumentHelp("A model file or a run folder.", valueName: "model"))
    var model: String

    @Option(help: ArgumentHelp("The date of the review.", valueName: "day"))
    var asOf: String

    @Option(help: ArgumentHelp("Quarters to look back.", valueName: "n"))
    var quarters = 4

    @Option(
        help: ArgumentHelp(
            "What counts as default: trade-credit, eba, or a YAML file.", valueName: "definition"))
    var defaultDefinition = "trade-credit"

    @Option(help: ArgumentHelp("Loss given default, a fraction, for the expected loss.", valueName: "share"))
    var lossGivenDefault = 0.45

    @Option(
        help: ArgumentHelp(
            "The master scale (YAML) to grade by. (default: the run's, else the standard one)",
            valueName: "file"))
    var masterScale: String?

    @Option(help: ArgumentHelp("The run folder to write.", valueName: "folder"))
    var out: String

    @OptionGroup var run: RunFolderOptions
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard (1...40).contains(quarters) else {
            throw ValidationError("'--quarters \(quarters)': give a number from 1 to 40.")
        }
        guard (0...1).contains(lossGivenDefault) else {
            throw ValidationError("'--loss-given-default \(lossGivenDefault)': give a fraction from 0 to 1.")
        }
    }

    func perform(_ invocation: Invocation) throws {
        let day = try CalendarDay(option: "--as-of", asOf)
        try OutputFile.refuse(out, replacing: [ledger, model] + [masterScale].compactMap(\.self))
        let source = try ModelSource(model)
        let scale = try source.masterScale(masterScale)
        let options = ReviewOptions(
            asOf: day, quarters: quarters, definition: try DefaultDefinition.named(defaultDefinition),
            lossGivenDefault: lossGivenDefault)
        let writer = try RunFolderWriter(file(out), replacing: run.replace)
        let progress = shared.progress(invocation)
        progress.begin("reading \(ledger)")
        let folder = try LedgerFolder(file(ledger))
        let checked = try TradeLedger.read(from: folder, workers: shared.workers)
        progress.begin("rating")
        let review = try PortfolioReview(
            of: checked.ledger, by: source.model, scale: scale, options, workers: shared.workers)
        progress.begin("writing \(out)")
        var contents = RunContents(writer)
        try contents.add(review, report: checked.report)
        try contents.copy(source)
        _ = try writer.finish(
            RunRecord(
                command: "review", arguments: invocation.arguments, engineVersion: EngineVersion.current,
                startedAt: invocation.startedAt, finishedAt: Date(), seed: nil,
                threads: shared.workers.threads,
                rows: review.ratings.count, model: source.model.name,
                inputs: [try FileRecord(role: "model", of: source.file)] + folder.fileRecords(),
                outputs: contents.records))
        progress.end()
        try summarise(review, on: invocation.console)
    }

    private func summarise(_ review: PortfolioReview, on console: any Console) throws {
        guard !shared.quiet else { return }
        let obligors = review.portfolio.obligors
        var summary = Summary(for: console)
        summary.heading(
            "\(Figures.count(obligors.count { $0.grade != nil })) obligors on \(asOf), written to \(out)")
        var grid = TextGrid([.left("movement"), .right("obligors")])
        for movement in PortfolioRecord.Movement.allCases {
            grid.rows.append([movement.rawValue, Figures.count(obligors.count { $0.movement == movement })])
        }
        summary.table(grid)
        try summary.print(on: console)
    }
}

extension RunContents {
    /// Writes what a review found.
    fileprivate mutating func add(_ review: PortfolioReview, report: CheckReport) throws {
        try add(review.ratings, role: "ratings")
        try add(review.portfolio.encoded(), role: "portfolio", named: Portfolio.fileName)
        try add(review.history, role: "history")
        try add(
            AttributionRecord.encoded(review.attribution), role: "attribution",
            named: AttributionRecord.fileName)
        try add(
            DataQualityRecord(
                checks: report.entries.map { entry in
                    .init(
                        kind: entry.check.rawValue, severity: entry.severity.rawValue, count: entry.count,
                        file: entry.file, firstLine: entry.lines.first, repaired: entry.severity == .repair)
                }, missing: review.missing, statementAges: review.statementAges,
                refused: []), role: "data quality")
    }

    /// Brings the model along, and what its own run says of it.
    fileprivate mutating func copy(_ source: ModelSource) throws {
        let beside = source.file.deletingLastPathComponent()
        let names = [
            RunFolder.modelFileName, ValidationRecord.fileName, TrainingRecord.fileName,
            ModelCardRecord.fileName,
            MasterScaleFile.name,
        ]
        for name in names {
            let file = name == RunFolder.modelFileName ? source.file : beside.appending(path: name)
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            do { try add(Data(contentsOf: file), role: "model", named: name) } catch let error as ResultsError
            {
                throw error
            } catch {
                throw ResultsError.notRead(path: file.relativePath, reason: error.localizedDescription)
            }
        }
    }
}

extension LedgerFolder {
    /// The files of the ledger as a run records what it read.
    fileprivate func fileRecords() throws -> [FileRecord] {
        try files.values.sorted { $0.path < $1.path }.map { try FileRecord(role: "ledger", of: $0) }
    }
}
