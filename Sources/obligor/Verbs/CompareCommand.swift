import ArgumentParser
import Foundation
import Grading
import Parallelism
import Results
import Scoring
import Statistics
import Tables
import Vocabulary

/// `obligor compare`: a champion and a challenger on the same data.
struct CompareCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare a champion and a challenger on the same data.",
        discussion: """
            Tests the difference of the two on the same observations: AUC (DeLong's paired test), log loss and Brier \
            score (paired); says who is accepted by one and not by the other and how those fared (swap sets), how \
            obligors move between the grades of the two, how far log-odds shift, and what the decisions are worth. \
            An obligor is accepted where its PD is below margin / (margin + LGD), or with --accept if it is among the \
            safest share by the model. Each model is graded by the master scale of its own run, or both by \
            --master-scale.

              obligor compare runs/scorecard runs/boosted --data 2025.csv
              obligor compare runs/old runs/new --data 2025.csv --accept 0.9 --margin 0.03 --lgd 0.6 \
            --out runs/comparison
            """)

    @Argument(help: ArgumentHelp("The model in use: a model file or a run folder.", valueName: "champion"))
    var champion: String

    @Argument(
        help: ArgumentHelp("The model that may take its place.", valueName: "challenger"))
    var challenger: String

    @Option(help: ArgumentHelp("The data: CSV, plain or gzip.", valueName: "file"))
    var data: String

    @Option(
        help: ArgumentHelp(
            "The share of observations that each model accepts, safest first. (default: those whose PD pays)",
            valueName: "share"))
    var accept: Double?

    @Option(
        help: ArgumentHelp(
            "What an accepted obligor that pays brings, per unit of exposure.", valueName: "part"))
    var margin = 0.05

    @Option(
        help: ArgumentHelp(
            "What an accepted obligor that defaults costs, per unit of exposure.", valueName: "part"))
    var lgd = 0.45

    @Option(
        help: ArgumentHelp("The master scale (YAML) to grade both by.", valueName: "file"))
    var masterScale: String?

    @Option(help: ArgumentHelp("A run folder to write, with comparison.json.", valueName: "run"))
    var out: String?

    @OptionGroup var dialect: DialectOptions
    @OptionGroup var folder: RunFolderOptions
    @OptionGroup var results: ResultOptions
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        for (name, value) in [("margin", margin), ("lgd", lgd)] where !(value > 0 && value <= 1) {
            throw ValidationError("'--\(name) \(value)': give a fraction above 0 and at most 1.")
        }
        if let accept, !(accept > 0 && accept < 1) {
            throw ValidationError("'--accept \(accept)': give a fraction between 0 and 1.")
        }
    }

    func perform(_ invocation: Invocation) throws {
        let progress = shared.progress(invocation)
        let sources = [try ModelSource(champion), try ModelSource(challenger)]
        let writer = try out.map { path in
            try OutputFile.refuse(path, replacing: sources.map(\.file.path) + [data])
            return try RunFolderWriter(URL(filePath: path), replacing: folder.replace)
        }
        if DataFile(data).isStandardInput {
            throw CommandFailure.usage("each model reads the data by its own schema: give a file, not '-'")
        }
        let scored = try sources.map { source in
            let file = DataFile(data, dialect.dialect(over: source.model.file))
            let table = try file.read(
                schema: source.model.evaluationSchema, columns: source.model.evaluationColumns,
                workers: shared.workers, progress: progress)
            let measured = try file.locatingRows {
                try Measurement(of: source.model, on: table, workers: shared.workers)
            }
            // Paired tests and swap sets count observations; the figures beside them do so too.
            return Measurement(logOdds: measured.logOdds, defaulted: measured.defaulted, weights: nil)
        }
        progress.end()
        guard scored[0].defaulted == scored[1].defaulted else {
            throw CommandFailure.usage(
                "the two models call different rows of \(data) a default: compare models of one target")
        }
        let record = try record(sources, scored)
        if let writer { try write(record, sources, rows: scored[0].defaulted.count, to: writer, invocation) }
        if results.json {
            try invocation.console.write(JSONText.of(record))
        } else if !shared.quiet {
            var summary = Summary(for: invocation.console)
            summary.comparison(record, on: data)
            try summary.print(on: invocation.console)
        }
    }

    private func record(_ sources: [ModelSource], _ scored: [Measurement]) throws -> ComparisonRecord {
        let economics = ModelComparison.Economics(
            margin: margin, lossGivenDefault: lgd, acceptedShare: accept)
        let grades = try zip(sources, scored).map { source, measured in
            let scale = try source.masterScale(masterScale)
            return measured.logOdds.map { scale.grade(ofPD: ProbabilityOfDefault.value(ofLogOdds: $0)) }
        }
        let comparison = ModelComparison(
            champion: scored[0].logOdds, challenger: scored[1].logOdds, defaulted: scored[0].defaulted,
            economics: economics, grades: (grades[0], grades[1]))
        let models = zip(sources, scored).map { source, measured in
            ComparisonRecord.Model(
                name: source.model.name, kind: source.model.kind.rawValue, performance: measured.performance)
        }
        return ComparisonRecord(comparison, models: models, economics: economics)
    }

    private func write(
        _ record: ComparisonRecord, _ sources: [ModelSource], rows: Int, to writer: RunFolderWriter,
        _ invocation: Invocation
    ) throws {
        var contents = RunContents(writer)
        try contents.add(record, role: "comparison")
        let inputs =
            try zip(["champion", "challenger"], sources).map { try FileRecord(role: $0, of: $1.file) }
            + [try DataFile(data).record()].compactMap(\.self)
        _ = try writer.finish(
            RunRecord(
                command: "compare", arguments: invocation.arguments, engineVersion: EngineVersion.current,
                startedAt: invocation.startedAt, finishedAt: Date(), seed: nil,
                threads: shared.workers.threads, rows: rows, model: nil, inputs: inputs,
                outputs: contents.records))
    }
}

extension ComparisonRecord {
    /// A comparison as it is written.
    fileprivate init(
        _ comparison: ModelComparison, models: [Model], economics: ModelComparison.Economics
    ) {
        let swaps = comparison.swaps
        let sets = [
            ("both", swaps.both), ("swapped in", swaps.swappedIn), ("swapped out", swaps.swappedOut),
            ("neither", swaps.neither),
        ]
        self.init(
            champion: models[0], challenger: models[1],
            differences: [
                Difference("AUC", comparison.auc, moreIsBetter: true),
                Difference("log loss", comparison.logLoss, moreIsBetter: false),
                Difference("Brier", comparison.brier, moreIsBetter: false),
                Difference("value", comparison.value, moreIsBetter: true),
            ].compactMap(\.self), rankCorrelation: comparison.rankCorrelation,
            shift: comparison.shift?.index,
            economics: Economics(
                margin: economics.margin, lossGivenDefault: economics.lossGivenDefault,
                acceptedShare: economics.acceptedShare, breakEvenPD: economics.breakEvenPD),
            swapSets: sets.map { .init(acceptedBy: $0, rows: $1.rows, defaults: $1.defaults) },
            swapPValue: swaps.pValue, grades: Grade.performing.map(\.rawValue),
            gradeMigration: comparison.migration)
    }
}

extension ComparisonRecord.Difference {
    /// A figure as it is written; `nil` where it is not defined.
    fileprivate init?(
        _ figure: String, _ difference: ModelComparison.PairedDifference?, moreIsBetter: Bool
    ) {
        guard let difference, difference.difference.isFinite, difference.standardError.isFinite else {
            return nil
        }
        let isRise = difference.difference > 0
        self.init(
            figure: figure, champion: difference.champion, challenger: difference.challenger,
            difference: difference.difference, lower: difference.interval.lowerBound,
            upper: difference.interval.upperBound, pValue: difference.pValue,
            better: difference.pValue >= 0.05 ? "neither" : isRise == moreIsBetter ? "challenger" : "champion"
        )
    }
}

extension Summary {
    /// A champion and a challenger side by side.
    fileprivate mutating func comparison(_ record: ComparisonRecord, on data: String) {
        heading("\(record.champion.name) (champion) and \(record.challenger.name) (challenger) on \(data)")
        performance([
            ("champion", record.champion.performance), ("challenger", record.challenger.performance),
        ])
        heading("Challenger minus champion")
        var grid = TextGrid([
            .left("figure"), .right("champion"), .right("challenger"), .right("difference"),
            .left("95 % interval"), .right("p"), .left("better"),
        ])
        for figure in record.differences {
            grid.rows.append([
                figure.figure, Figures.fixed(figure.champion), Figures.fixed(figure.challenger),
                Figures.fixed(figure.difference, decimals: 5),
                "\(Figures.fixed(figure.lower, decimals: 5)) to \(Figures.fixed(figure.upper, decimals: 5))",
                Figures.fixed(figure.pValue), figure.better,
            ])
        }
        table(grid)
        let economics = record.economics
        let rule =
            economics.acceptedShare.map { "the safest \(Figures.percent($0, decimals: 1))" }
            ?? "PDs below \(Figures.percent(economics.breakEvenPD))"
        line(
            "Value per observation at a margin of \(Figures.percent(economics.margin)) and an LGD of "
                + "\(Figures.percent(economics.lossGivenDefault)), accepting \(rule)")
        line(
            "Rank correlation \(Figures.fixed(record.rankCorrelation)); shift of log-odds "
                + "\(Figures.fixed(record.shift))"
        )
        heading("Swap sets")
        var sets = TextGrid([
            .left("accepted by"), .right("observations"), .right("defaults"), .right("default rate"),
        ])
        for set in record.swapSets {
            let rate = set.rows > 0 ? Double(set.defaults) / Double(set.rows) : nil
            sets.rows.append([
                set.acceptedBy, Figures.count(set.rows), Figures.count(set.defaults), Figures.percent(rate),
            ])
        }
        table(sets)
        if let pValue = record.swapPValue {
            line("Default rates of those swapped in and out differ with p \(Figures.fixed(pValue))")
        }
        heading("Grades: champion's (down) and challenger's (across)")
        var migration = TextGrid([.left("")] + record.grades.map { .right($0) })
        for (grade, counts) in zip(record.grades, record.gradeMigration) {
            migration.rows.append([grade] + counts.map { $0 == 0 ? "" : Figures.count($0) })
        }
        table(migration)
    }
}
