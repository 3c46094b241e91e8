import ArgumentParser
import Foundation
import Results
import Scoring
import Tables

/// `obligor evaluate`: how good a model is on data with known outcomes.
struct EvaluateCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure a model on data with known outcomes.",
        discussion: """
            Prints how well the model tells defaults from non-defaults (AUC with its standard error, KS, Gini, \
            area under the precision-recall curve) and how good its probabilities are (log loss, Brier score), the obligors by grade, gains (defaults caught in the \
            riskiest tenths) and reliability (forecast and observed by rising PD). Gates of the model's recipe are \
            judged; if one says no, the status is 4.

              obligor evaluate runs/hmeq --data holdout.csv
              obligor evaluate runs/hmeq/model.json --data holdout.csv.gz --json

            JSON keys: auc, aucStandardError, ks, gini, averagePrecision, logLoss, brier, rows, defaults, null where a figure needs \
            both classes and there is only one; grades, gains, reliability, calibrationTest, gates.
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

    @OptionGroup var dialect: DialectOptions
    @OptionGroup var results: ResultOptions
    @OptionGroup var shared: SharedOptions

    func perform(_ invocation: Invocation) throws {
        let progress = shared.progress(invocation)
        let source = try ModelSource(model)
        let scale = try source.masterScale(masterScale)
        let data = DataFile(self.data, dialect.dialect(over: source.model.file))
        let table = try data.read(
            schema: source.model.evaluationSchema, columns: source.model.evaluationColumns,
            workers: shared.workers, progress: progress)
        progress.begin("scoring \(Figures.count(table.rowCount)) observations")
        let measured = try data.locatingRows {
            try Measurement(of: source.model, on: table, workers: shared.workers)
        }
        progress.end()
        var keeper = GateKeeper(source.model.gates, development: source.model.metrics["training"])
        keeper.judge(GateFigures(measured.evaluation, on: self.data))
        let report = EvaluationReport(
            performance: measured.performance, grades: measured.grades(on: scale),
            profile: RiskProfileRecord(measured.profile, isDevelopment: false), gates: keeper.records)
        if results.json {
            try invocation.console.write(JSONText.of(report))
        } else if !shared.quiet {
            var summary = Summary(for: invocation.console)
            summary.heading("\(source.model.name) on \(self.data)")
            summary.performance([("", report.performance)])
            summary.line("")
            summary.grades(report.grades)
            summary.profile(report.profile)
            summary.gates(report.gates)
            try summary.print(on: invocation.console)
        }
        try keeper.refuse()
    }
}

/// What `evaluate --json` prints: the figures, and beside them the tables.
private struct EvaluationReport: Encodable {
    let performance: PerformanceRecord
    let grades: [ValidationRecord.GradeRecord]
    let profile: RiskProfileRecord
    let gates: [GateRecord]

    private enum CodingKeys: String, CodingKey { case grades, gates }

    func encode(to encoder: any Encoder) throws {
        try performance.encode(to: encoder)
        try profile.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(grades, forKey: .grades)
        try container.encode(gates, forKey: .gates)
    }
}
