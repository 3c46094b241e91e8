import ArgumentParser
import Foundation
import Results
import Scoring
import Tables

/// `obligor explain`: what every column adds to the log-odds of every obligor.
struct ExplainCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain scores: what every column adds to an obligor's log-odds of default.",
        discussion: """
            Writes a CSV file with one row per obligor in the order of the data: id, log_odds, base, for a calibrated \
            model calibration (what it adds to the model's own log-odds), and for every input of the model a column \
            contribution_NAME; all of these add up to log_odds, and more is riskier. Logistic models and scorecards \
            are sums, of which these are the terms. Boosted trees are taken apart exactly by TreeSHAP, counted from \
            the mean log-odds of the training rows. The summary ranks the columns by the mean size of their \
            contributions.

              obligor explain runs/hmeq --data new.csv --out contributions.csv
              obligor explain runs/hmeq --data new.csv --out contributions.csv.gz --json
            """ + ExplanationOptions.discussion + ModelStudyOptions.discussion)

    @OptionGroup var scored: ScoringOptions

    @OptionGroup var dialect: DialectOptions
    @OptionGroup var shown: ExplanationOptions
    @OptionGroup var study: ModelStudyOptions
    @OptionGroup var results: ResultOptions
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard !study.isAsked || shown.reasons == nil && shown.from == nil else {
            throw ValidationError(
                "--effects, --importance and --interactions are of the model as a whole; --reasons, --from and --to of "
                    + "each obligor."
            )
        }
    }

    func perform(_ invocation: Invocation) throws {
        let source = try ModelSource(scored.model)
        try OutputFile.refuse(scored.out, replacing: [source.file.path, scored.data] + shown.files)
        if study.isAsked { return try writeStudy(source, invocation) }
        if let count = shown.reasons { return try writeReasons(count, source, invocation) }
        if let (from, to) = try shown.days() {
            return try writeChanges(from: from, to: to, source, invocation)
        }
        let progress = shared.progress(invocation)
        let explanation = try Explanation(ScoringInput(source.model, id: scored.id))
        let stream = try explanation.input.stream(
            DataFile(scored.data, dialect.dialect(over: source.model.file)), workers: shared.workers,
            progress: progress)
        let output = try OutputFile(scored.out, columns: explanation.columns, on: invocation.console)
        progress.begin("explaining \(scored.data)")
        var sizes = explanation.scorer.columns.map { _ in 0.0 }
        var rows = 0
        let formatter = output.formatter
        try stream.forEach { block in
            let part = try ScoringInput.locating(block, of: scored.data) {
                try explanation.part(of: block.table, from: block.firstRow)
            }
            return (
                rows: formatter.records(of: part.table), sizes: part.sizes, count: block.table.rowCount
            )
        } handOn: { part in
            try output.write(part.rows)
            for (column, size) in part.sizes.enumerated() { sizes[column] += size }
            rows += part.count
            progress.update(rows: rows)
        }
        try output.finish()
        progress.end()
        let means = sizes.map { rows > 0 ? $0 / Double(rows) : 0 }
        try report(rows, explanation, means, on: invocation.console)
    }

    private func report(
        _ rows: Int, _ explanation: Explanation, _ sizes: [Double], on console: any Console
    ) throws {
        // Contributions on standard output leave no room for anything else there.
        guard scored.out != "-" else { return }
        let names = explanation.scorer.columns
        let order = sizes.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }
        if results.json {
            let columns = order.map { ExplainReport.Column(column: names[$0], meanSize: sizes[$0]) }
            try console.write(
                JSONText.of(ExplainReport(rows: rows, base: explanation.base, columns: columns)))
            return
        }
        guard !shared.quiet else { return }
        var summary = Summary(for: console)
        summary.heading("\(Figures.count(rows)) obligors explained, written to \(scored.out)")
        summary.line("Base log-odds \(Figures.fixed(explanation.base))")
        var grid = TextGrid([.left("column"), .right("mean size of contribution")])
        for place in order { grid.rows.append([names[place], Figures.fixed(sizes[place])]) }
        summary.table(grid)
        try summary.print(on: console)
    }
}

/// What `explain --json` prints.
private struct ExplainReport: Encodable {
    let rows: Int
    let base: Double
    let columns: [Column]

    struct Column: Encodable {
        let column: String
        /// Mean of |contribution| over the rows.
        let meanSize: Double
    }
}

/// Turns rows of data into rows of contributions.
private struct Explanation: Sendable {
    let input: ScoringInput
    /// η where all contributions are 0.
    let base: Double

    init(_ input: ScoringInput) throws {
        self.input = input
        base = try input.model.scorer.baseLogOdds()
    }

    var scorer: Scorer { input.model.scorer }

    /// The columns that are written.
    var columns: [String] {
        [RatingRecord.columns[0], RatingRecord.columns[2], "base"]
            + (input.model.calibration == nil ? [] : ["calibration"])
            + scorer.columns.map { "contribution_\($0)" }
    }

    /// The contributions of some rows, and the sums of their sizes by column.
    ///
    /// - Parameter start: Rows before these, for numbering.
    func part(of table: Table, from start: Int) throws -> (table: Table, sizes: [Double]) {
        let contributions = try scorer.contributions(of: table)
        let raw = try scorer.logOdds(of: table)
        let bases = Array(repeating: base, count: table.rowCount)
        let numbers: [[Double]] =
            if let calibration = input.model.calibration {
                [raw.map(calibration.logOdds), bases, raw.map { calibration.logOdds($0) - $0 }]
                    + contributions
            } else {
                [raw, bases] + contributions
            }
        let written = zip(columns.dropFirst(), numbers).map { Column(name: $0, values: .double($1)) }
        return (
            try Table(
                columns: [Column(name: columns[0], values: try input.ids(of: table, from: start))] + written),
            contributions.map { $0.reduce(0) { $0 + abs($1) } }
        )
    }
}
