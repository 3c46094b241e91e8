import ArgumentParser
import Foundation
import Parallelism
import Results
import Scoring
import Tables

/// `obligor evaluate`: how good a model is on data with known outcomes.
struct EvaluateCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure a model on data with known outcomes.",
        discussion: """
            Prints how well the model tells defaults from non-defaults (AUC with its standard error, KS, Gini, area \
            under the precision-recall curve) and how good its probabilities are (log loss, Brier score), the obligors \
            by grade, gains (defaults caught in the riskiest tenths) and reliability (forecast and observed by rising \
            PD). Gates of the model's recipe are judged; if one says no, the status is 4.

            With --full every test of a validation is made: ranking with intervals and against development; PDs over \
            all and by grade (binomial, Jeffreys, normal, correlated, Hosmer-Lemeshow, Spiegelhalter, slope and \
            intercept); grades against their neighbours and inside; concentration by number and exposure; stability of \
            score and inputs since development; by time, industry, region or size; corrections of grades by hand. Each \
            says its statistic, p, p adjusted for the number of tests (Holm), its power at this number of \
            observations, a verdict and what it means. Gates that need it bring it about by themselves. --adaptation \
            moves PDs by industry and region first, as 'obligor grade' found it (adaptation.json), so that the adapted \
            PDs and grades are what is measured.

              obligor evaluate runs/hmeq --data holdout.csv
              obligor evaluate runs/hmeq/model.json --data holdout.csv.gz --json
              obligor evaluate runs/trade --data 2025.csv --full --by industry,region --time as_of --out runs/2025
              obligor evaluate runs/trade --data 2025.csv --full --adaptation runs/grades/adaptation.json --exposure \
            exposure

            JSON keys: auc, aucStandardError, ks, gini, averagePrecision, logLoss, brier, rows, defaults, null where a \
            figure needs both classes and there is only one; grades, gains, reliability, calibrationTest, gates; with \
            --full tests, segments, stability, roc.
            """)

    @Argument(help: ArgumentHelp("A model file or a run folder.", valueName: "model"))
    var model: String

    @Option(help: ArgumentHelp("The data: CSV, plain or gzip, '-' for standard input.", valueName: "file"))
    var data: String

    @Option(
        help: ArgumentHelp(
            "The master scale (YAML) to grade by. (default: the run's, else the standard one)",
            valueName: "file"))
    var masterScale: String?

    @Flag(help: "Make every test of a validation.")
    var full = false

    @Option(
        help: ArgumentHelp(
            "Columns to part the observations by, separated by commas; numbers at their quintiles.",
            valueName: "columns"))
    var by: String?

    @Option(
        help: ArgumentHelp("The column of dates or periods to part the observations by.", valueName: "column")
    )
    var time: String?

    @Option(help: ArgumentHelp("The column of grades as they were given in the end.", valueName: "column"))
    var givenGrade: String?

    @Option(
        help: ArgumentHelp(
            "The column of what is owed, to weight concentration by.", valueName: "column"))
    var exposure: String?

    @Option(help: ArgumentHelp("An adaptation that 'obligor grade' found.", valueName: "file"))
    var adaptation: String?

    @Option(
        help: ArgumentHelp(
            "The column of industries, for the adaptation. (default: industry)", valueName: "column"))
    var industry: String?

    @Option(
        help: ArgumentHelp(
            "The column of regions, for the adaptation. (default: region)", valueName: "column"))
    var region: String?

    @Option(help: ArgumentHelp("What the observations are called. (default: the file)", valueName: "name"))
    var sample: String?

    @Option(help: ArgumentHelp("A run folder to write, with validation.json.", valueName: "run"))
    var out: String?

    @OptionGroup var folder: RunFolderOptions
    @OptionGroup var dialect: DialectOptions
    @OptionGroup var results: ResultOptions
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard full || [by, time, givenGrade, exposure].allSatisfy({ $0 == nil }) else {
            throw ValidationError("--by, --time, --given-grade and --exposure belong to --full.")
        }
        guard adaptation != nil || (industry == nil && region == nil) else {
            throw ValidationError("--industry and --region belong to --adaptation.")
        }
    }

    func perform(_ invocation: Invocation) throws {
        let progress = shared.progress(invocation)
        let source = try ModelSource(model)
        let scale = try source.masterScale(masterScale)
        let writer = try out.map { path in
            try OutputFile.refuse(
                path, replacing: [source.file.path, data] + [adaptation].compactMap(\.self))
            return try RunFolderWriter(URL(filePath: path), replacing: folder.replace)
        }
        let parts = PartColumns(
            dimensions: (by ?? "").split(separator: ",").map(String.init), time: time, givenGrade: givenGrade,
            exposure: exposure)
        let shifts = try adaptation.map { try AdaptationFile.read(URL(filePath: $0)) }
        let cells = shifts.map { _ in (industry: industry ?? "industry", region: region ?? "region") }
        var names = source.model.evaluationColumns
        for name in parts.names + (cells.map { [$0.industry, $0.region] } ?? [])
        where !names.contains(name) { names.append(name) }
        let file = DataFile(data, dialect.dialect(over: source.model.file))
        let table = try file.read(
            schema: source.model.evaluationSchema,
            columns: names, workers: shared.workers, progress: progress)
        progress.begin("scoring \(Figures.count(table.rowCount)) observations")
        let raw = try file.locatingRows {
            try Measurement(of: source.model, on: table, workers: shared.workers)
        }
        let measured = try raw.shifted(by: shifts, on: table, cells)
        var development = source.development
        // Counts on another scale, or of grades that mean the same everywhere, are not comparable.
        if masterScale != nil || adaptation != nil { development.gradeCounts = nil }
        var validated: FullMeasurement?
        if full || source.model.gates?.needFullValidation == true {
            progress.begin("validating on \(Figures.count(table.rowCount)) observations")
            validated = try FullMeasurement(
                of: source.model, measured, on: table, unadapted: raw.logOdds, named: sample ?? data,
                scale: scale, parts: parts, development: development, options: ValidationOptions(),
                workers: shared.workers)
        }
        progress.end()
        var keeper = GateKeeper(
            source.model.gates, development: source.model.metrics[ScoringModel.trainingRows])
        keeper.judge(GateFigures(measured.evaluation, on: sample ?? data, full: validated?.figures))
        let report = EvaluationReport(
            performance: measured.performance, grades: measured.grades(on: scale),
            profile: RiskProfileRecord(measured.profile, isDevelopment: false), gates: keeper.records,
            full: full ? validated : nil)
        if let writer {
            try write(report, validated, of: source, rows: table.rowCount, to: writer, invocation)
        }
        if results.json {
            try invocation.console.write(JSONText.of(report))
        } else if !shared.quiet {
            try print(report, of: source.model, on: invocation.console)
        }
        try keeper.refuse()
    }

    private func print(_ report: EvaluationReport, of model: ScoringModel, on console: any Console) throws {
        var summary = Summary(for: console)
        summary.heading("\(model.name) on \(data)")
        summary.performance([("", report.performance)])
        summary.line("")
        summary.grades(report.grades)
        summary.profile(report.profile)
        if let full = report.full {
            summary.tests(full.tests)
            summary.stability(full.shifts)
            summary.segments(full.segments)
            for remark in full.remarks { summary.remark(remark) }
        }
        summary.gates(report.gates)
        try summary.print(on: console)
    }

    private func write(
        _ report: EvaluationReport, _ validated: FullMeasurement?, of source: ModelSource, rows: Int,
        to writer: RunFolderWriter, _ invocation: Invocation
    ) throws {
        let record = ValidationRecord(
            model: source.model.name,
            samples: [
                .init(
                    name: sample ?? data, performance: report.performance, grades: report.grades,
                    profile: report.profile)
            ], gates: source.model.gates.map { _ in report.gates },
            diagnostics: validated?.remarks ?? [], tests: validated?.tests,
            segments: validated?.segments, stability: validated?.shifts,
            roc: validated.map { [$0.curve].compactMap(\.self) })
        var contents = RunContents(writer)
        try contents.add(record, role: "validation")
        let inputs = try [
            FileRecord(role: "model", of: source.file), DataFile(data).record(),
            adaptation.map { try FileRecord(role: "option", of: URL(filePath: $0)) },
        ].compactMap(\.self)
        _ = try writer.finish(
            RunRecord(
                command: "evaluate", arguments: invocation.arguments, engineVersion: EngineVersion.current,
                startedAt: invocation.startedAt, finishedAt: Date(), seed: ValidationOptions().seed,
                threads: shared.workers.threads, rows: rows, model: source.model.name, inputs: inputs,
                outputs: contents.records))
    }
}

/// What `evaluate --json` prints: the figures, and beside them the tables.
private struct EvaluationReport: Encodable {
    let performance: PerformanceRecord
    let grades: [ValidationRecord.GradeRecord]
    let profile: RiskProfileRecord
    let gates: [GateRecord]
    let full: FullMeasurement?

    private enum CodingKeys: String, CodingKey { case grades, gates, tests, segments, stability, roc }

    func encode(to encoder: any Encoder) throws {
        try performance.encode(to: encoder)
        try profile.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(grades, forKey: .grades)
        try container.encode(gates, forKey: .gates)
        guard let full else { return }
        try container.encode(full.tests, forKey: .tests)
        try container.encode(full.segments, forKey: .segments)
        try container.encode(full.shifts, forKey: .stability)
        try container.encode(full.curve, forKey: .roc)
    }
}
