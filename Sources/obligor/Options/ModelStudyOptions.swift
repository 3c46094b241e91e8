import ArgumentParser
import Foundation
import Results
import Scoring
import Tables

/// What `explain` says of the model as a whole rather than of each obligor.
struct ModelStudyOptions: ParsableArguments {
    /// What the help adds.
    static let discussion = """


        Of the model as a whole, over the rows of the data: --effects writes what each column adds where rows share an \
        interval or a level (effects.csv of a run folder; for trees with accumulated local effects and partial \
        dependence), --importance how much the log loss rises when a column's values are shuffled, with its interval, \
        beside the mean size of contributions and the shares of gain, cover and splits, and --interactions which pairs \
        of columns act together (SHAP interaction values of trees, of up to 1,000 rows at equal steps).

          obligor explain runs/hmeq --data later.csv --importance --out importance.csv
          obligor explain runs/hmeq --data later.csv --effects --out effects.csv
        """

    @Flag(help: "Write the effect curves of the columns.")
    var effects = false

    @Flag(help: "Write how much the model relies on each column; the data must hold outcomes.")
    var importance = false

    @Flag(help: "Write which pairs of columns act together; trees only.")
    var interactions = false

    @Option(help: ArgumentHelp("Intervals of an effect curve.", valueName: "n"))
    var intervals = 20

    @Option(help: ArgumentHelp("How often '--importance' shuffles each column.", valueName: "n"))
    var shuffles = 5

    @Option(help: ArgumentHelp("Where the shuffles come from.", valueName: "n"))
    var seed: UInt64 = 0

    /// Whether one was asked for.
    var isAsked: Bool { effects || importance || interactions }

    func validate() throws {
        guard [effects, importance, interactions].count(where: { $0 }) <= 1 else {
            throw ValidationError("Give one of --effects, --importance and --interactions.")
        }
        guard (1...1_000).contains(intervals) else {
            throw ValidationError("'--intervals \(intervals)': give a number from 1 to 1000.")
        }
        guard (1...1_000).contains(shuffles) else {
            throw ValidationError("'--shuffles \(shuffles)': give a number from 1 to 1000.")
        }
    }
}

extension ExplainCommand {
    /// Writes what was asked of the model as a whole.
    func writeStudy(_ source: ModelSource, _ invocation: Invocation) throws {
        let progress = shared.progress(invocation)
        let model = source.model
        let file = DataFile(scored.data, dialect.dialect(over: model.file))
        let table = try table(file, model, progress)
        guard table.rowCount > 0 else {
            throw CommandFailure.badData("\(scored.data) has no rows to explain")
        }
        progress.begin("explaining \(model.name)")
        let (rows, text) = try file.locatingRows { try studied(table, model, progress) }
        let output = try OutputFile(scored.out, columns: rows.columns, on: invocation.console)
        try output.write(rows.data)
        try output.finish()
        progress.end()
        guard scored.out != "-", !shared.quiet else { return }
        var summary = Summary(for: invocation.console)
        summary.line(text)
        try summary.print(on: invocation.console)
    }

    /// The rows, with outcomes where they are asked for or there to be had.
    private func table(_ file: DataFile, _ model: ScoringModel, _ progress: Progress) throws -> Table {
        func read(_ schema: Schema, _ columns: [String]) throws -> Table {
            try file.read(schema: schema, columns: columns, workers: shared.workers, progress: progress)
        }
        // What was read from standard input cannot be read again without outcomes.
        guard study.importance || study.effects && !file.isStandardInput else {
            return try read(model.schema, model.schema.names)
        }
        do {
            return try read(model.evaluationSchema, model.evaluationColumns)
        } catch TableError.missingColumn(_, let name, _)
            where study.effects && !model.schema.names.contains(name)
        {
            return try read(model.schema, model.schema.names)
        }
    }

    /// The rows to write, and what the summary says of them.
    private func studied(
        _ table: Table, _ model: ScoringModel, _ progress: Progress
    ) throws -> ((columns: [String], data: [UInt8]), String) {
        func rows<Record: DelimitedRecord>(_ records: [Record]) -> (columns: [String], data: [UInt8]) {
            var writer = RowWriter()
            for record in records {
                record.write(to: &writer)
                writer.endRow()
            }
            return (Record.columns, Array(writer.data))
        }
        if study.effects {
            let records = try EffectRecord.records(
                of: model, on: table, EffectOptions(intervals: study.intervals, partialDependence: true),
                workers: shared.workers)
            return (
                rows(records),
                "Effects of \(Figures.count(model.scorer.columns.count)) columns over \(Figures.count(table.rowCount)) "
                    + "rows, written to \(scored.out)"
            )
        }
        if study.importance {
            let records = try ImportanceRecord.records(
                of: model, on: table, shuffles: study.shuffles, seed: study.seed, workers: shared.workers,
                progress: progress)
            let first = records.prefix(3).map(\.feature).joined(separator: ", ")
            return (
                rows(records),
                "Most important of \(Figures.count(records.count)): \(first); written to \(scored.out)"
            )
        }
        let used = table.thinned(to: InteractionRecord.mostRows)
        let records = try InteractionRecord.records(of: model, on: used, workers: shared.workers)
        return (
            rows(records),
            "\(Figures.count(records.count { $0.first != $0.second })) pairs act together on "
                + "\(Figures.count(used.rowCount)) rows, written to \(scored.out)"
        )
    }
}
