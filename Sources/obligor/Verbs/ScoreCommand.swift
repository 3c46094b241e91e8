import ArgumentParser
import Foundation
import Results
import Scoring
import Tables

/// `obligor score`: a rating for every obligor of a file.
struct ScoreCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Score obligors: a score, a probability of default, a grade and reasons for each.",
        discussion: """
            Writes a CSV file with one row per obligor in the order of the data: id, score (higher is safer; on a \
            scorecard the sum of its points), log_odds and pd (of default), grade (AAA to C) and reasons, the \
            characteristics that cost most points, the costliest first, separated by ';'. --columns can ask for \
            points_lost too: what each reason cost against the reference that the recipe names, in the order of the \
            reasons. The data is read, scored and written part by part, so its size does not matter.

              obligor score runs/hmeq --data new.csv --out ratings.csv
              obligor score runs/hmeq --data new.csv --out why.csv --columns id,score,reasons,points_lost
              zcat new.csv.gz | obligor score runs/hmeq --data - --out - --id customer --columns id,pd
            """)

    @OptionGroup var scored: ScoringOptions

    @Option(
        help: ArgumentHelp(
            "The columns to write, separated by commas. (default: id,score,log_odds,pd,grade,reasons)",
            valueName: "columns"))
    var columns: String?

    @Option(
        help: ArgumentHelp(
            "The master scale (YAML) to grade by. (default: the run's, else the standard one)",
            valueName: "file"))
    var masterScale: String?

    @OptionGroup var dialect: DialectOptions
    @OptionGroup var results: ResultOptions
    @OptionGroup var shared: SharedOptions

    func validate() throws { _ = try wantedColumns() }

    func perform(_ invocation: Invocation) throws {
        let progress = shared.progress(invocation)
        let source = try ModelSource(scored.model)
        try OutputFile.refuse(
            scored.out, replacing: [source.file.path, scored.data] + [masterScale].compactMap(\.self))
        let scale = try source.masterScale(masterScale)
        let rater = Rater(
            input: ScoringInput(source.model, id: scored.id), scale: scale, output: try wantedColumns())
        let stream = try rater.input.stream(
            DataFile(scored.data, dialect.dialect(over: source.model.file)), carriesNames: true,
            workers: shared.workers, progress: progress)
        let output = try OutputFile(scored.out, columns: rater.output.map(\.rawValue), on: invocation.console)
        progress.begin("scoring \(scored.data)")
        var counts = GradeCounts(knowsOutcomes: false)
        var rows = 0
        let formatter = output.formatter
        try stream.forEach { block in
            let ratings = try ScoringInput.locating(block, of: scored.data) { try rater.ratings(of: block) }
            return (
                rows: rater.records(of: ratings, formatter), counts: ratings.counts, count: ratings.count
            )
        } handOn: { part in
            try output.write(part.rows)
            counts.add(part.counts)
            rows += part.count
            progress.update(rows: rows)
        }
        try output.finish()
        progress.end()
        try report(rows, counts, source.model.reasons, on: invocation.console)
    }

    private func wantedColumns() throws -> [RatingRecord.Column] {
        guard let columns else { return RatingRecord.standardColumns }
        let known = RatingRecord.Column.allCases.map(\.rawValue).joined(separator: ", ")
        var wanted: [RatingRecord.Column] = []
        for name in columns.split(separator: ",", omittingEmptySubsequences: false) {
            guard let column = RatingRecord.Column(rawValue: String(name)), !wanted.contains(column) else {
                throw ValidationError(
                    "--columns \(columns): name each of \(known) at most once"
                )
            }
            wanted.append(column)
        }
        return wanted
    }

    private func report(
        _ rows: Int, _ counts: GradeCounts, _ reasons: ReasonOptions, on console: any Console
    ) throws {
        // Ratings on standard output leave no room for anything else there.
        guard scored.out != "-" else { return }
        if results.json {
            try console.write(
                JSONText.of(
                    ScoreReport(
                        rows: rows, grades: counts.records,
                        reasons: .init(count: reasons.count, reference: reasons.reference.rawValue))))
            return
        }
        guard !shared.quiet else { return }
        var summary = Summary(for: console)
        summary.heading("\(Figures.count(rows)) obligors scored, written to \(scored.out)")
        summary.grades(counts.records)
        try summary.print(on: console)
    }
}

/// What `score --json` prints.
private struct ScoreReport: Encodable {
    let rows: Int
    let grades: [ValidationRecord.GradeRecord]
    let reasons: Reasons

    /// How many reasons a rating has at most, and what their points are counted against.
    struct Reasons: Encodable {
        let count: Int
        let reference: String
    }
}
