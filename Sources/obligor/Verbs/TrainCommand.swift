import ArgumentParser
import Foundation
import Grading
import Parallelism
import Results
import Review
import Scoring
import Store
import Tables

/// `obligor train`: a model from a recipe and a table of past obligors.
struct TrainCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a model by a recipe and write a run folder.",
        discussion: """
            The recipe (YAML) says which column is the outcome, what may be used, and how. The run folder holds the \
            model (model.json), how good it is (validation.json), what a reader must know before relying on it \
            (model-card.json), what ran on what (run.json), the recipe, the master scale, how the model came about \
            (training.json), for a logistic model or a classical scorecard its coefficients with errors, intervals and \
            tests (coefficients.csv, coefficients.md), what each column adds where rows share an interval or a level \
            (effects.csv), for a scorecard its table (scorecard.csv, scorecard.md), and for additive trees the tables \
            of all functions (shapes.csv, shapes.md, pairs.csv). If a gate of the recipe says no, the folder is \
            written and says so, and the status is 4.

            Where the recipe has a search, settings of the model are tried first; trials.csv holds what was tried. \
            While it runs, finished trials are kept beside the run folder (RUN.search.jsonl): a run that was \
            interrupted goes on where it stopped when it is started again, and ends with the same model.

              obligor train models/recipes/hmeq_scorecard.yaml --data hmeq.csv --out runs/hmeq
              obligor train recipe.yaml --data past.csv --holdout recent.csv --out runs/trade --replace
            """)

    @Argument(help: ArgumentHelp("The recipe: YAML.", valueName: "recipe"))
    var recipe: String

    @Option(help: ArgumentHelp("The data: CSV, plain or gzip, '-' for standard input.", valueName: "file"))
    var data: String

    @Option(help: ArgumentHelp("The run folder to write.", valueName: "run"))
    var out: String

    @Option(help: ArgumentHelp("Further data to measure the model on.", valueName: "file"))
    var holdout: String?

    @Option(
        help: ArgumentHelp(
            "Register the model as a candidate with the portfolio of a store; made if there is none.",
            valueName: "store"))
    var register: String?

    @OptionGroup var dialect: DialectOptions
    @OptionGroup var folder: RunFolderOptions
    @OptionGroup var results: ResultOptions
    @OptionGroup var shared: SharedOptions

    func perform(_ invocation: Invocation) throws {
        let progress = shared.progress(invocation)
        // Refuse before an hour of work rather than after. The recipe is kept in the folder that replaces it.
        try OutputFile.refuse(out, replacing: [data] + [holdout].compactMap(\.self))
        let writer = try RunFolderWriter(URL(filePath: out), replacing: folder.replace)
        let store = try register.map { try SQLiteStore.openOrCreate(file($0)) }
        let recipeFile = URL(filePath: recipe)
        let recipe = try Recipe(contentsOf: recipeFile).withExpectedDirections()
        let scale = try MasterScaleFile.scale(of: recipe, in: recipeFile.deletingLastPathComponent())
        let written = dialect.dialect(over: recipe.file)
        let source = DataFile(data, written)
        let table = try source.read(
            schema: recipe.columns, columns: recipe.neededColumns, workers: shared.workers, progress: progress
        )
        let journal = try SearchFile.journal(beside: out, recipe: recipe, table: table)
        progress.begin("training on \(Figures.count(table.rowCount)) observations")
        let trained = try source.locatingRows {
            try ModelTrainer(recipe, workers: shared.workers).train(
                table, watching: SearchWatch(journal: journal) { progress.update(done: $0, of: $1) })
        }
        let model = trained.model
        let measured = try Measurement(of: model, on: table, workers: shared.workers)
        var samples = [sample(named: ScoringModel.trainingRows, measured, scale, isDevelopment: true)]
        var validations: [FullMeasurement] = []
        var keeper = GateKeeper(recipe.gates, development: measured.evaluation)
        var crossValidation: CrossValidationRecord?
        switch recipe.gates?.basis {
        case .training:
            let full = try validated(
                model, measured, nil, ScoringModel.trainingRows, scale, isDevelopment: true)
            validations.append(full)
            keeper.judge(
                GateFigures(
                    measured.evaluation, on: ScoringModel.trainingRows, isDevelopment: true,
                    full: full.figures))
        case .crossValidation:
            let report = try crossValidated(recipe, table, journal, progress)
            let unseen = Measurement(
                logOdds: report.logOdds, defaulted: report.defaulted, weights: measured.weights)
            let full = try validated(model, unseen, nil, "cross-validation", scale)
            validations.append(full)
            keeper.judge(GateFigures(report, full: full.figures))
            crossValidation = CrossValidationRecord(folds: report.folds.map { PerformanceRecord($0) })
        case nil: break
        }
        if let holdout {
            let source = DataFile(holdout, written)
            let table = try source.read(
                schema: model.evaluationSchema, columns: model.evaluationColumns, workers: shared.workers,
                progress: progress)
            let measured = try source.locatingRows {
                try Measurement(of: model, on: table, workers: shared.workers)
            }
            samples.append(sample(named: "held out", measured, scale))
            // What unseen rows of the training's own time said is what later rows are to be held against.
            let auc = model.metrics[ScoringModel.unseenRows]?.auc ?? crossValidation?.mean.auc
            let development = DevelopmentFigures(
                auc: auc ?? samples[0].performance.auc, gradeCounts: samples[0].grades.map(\.rows))
            let full = try validated(model, measured, table, "held out", scale, against: development)
            validations.append(full)
            keeper.judge(GateFigures(measured.evaluation, on: "held out", full: full.figures))
        }
        if validations.isEmpty {
            validations.append(
                try validated(model, measured, nil, ScoringModel.trainingRows, scale, isDevelopment: true))
        }
        progress.begin("writing \(out)")
        let validation = ValidationRecord(
            model: model.name, samples: samples, crossValidation: crossValidation,
            gates: recipe.gates.map { _ in keeper.records },
            diagnostics: trained.report.remarks + validations.flatMap(\.validation.remarks),
            tests: validations.flatMap(\.tests), segments: [], stability: validations.flatMap(\.shifts),
            roc: validations.compactMap(\.curve))
        var contents = RunContents(writer)
        try contents.add(ModelArtifact.data(of: model), role: "model", named: RunFolder.modelFileName)
        try contents.add(Data(contentsOf: recipeFile), role: "recipe", named: "recipe.yaml")
        try contents.add(Data(scale.yaml.utf8), role: "master scale", named: MasterScaleFile.name)
        try contents.add(validation, role: "validation")
        let performance =
            samples.map { ModelCardRecord.Performance(sample: $0.name, performance: $0.performance) }
            + (crossValidation.map { [.init(sample: "cross-validation", performance: $0.mean)] } ?? [])
        try contents.add(
            ModelCardRecord(
                of: model, by: recipe, on: table, from: data, performance: performance,
                tests: validation.tests ?? []), role: "model card")
        try contents.add(
            EffectRecord.records(
                of: model, on: table.thinned(to: Self.rowsOfEffects), EffectOptions(),
                workers: shared.workers),
            role: "effects")
        let training = TrainingRecord(trained, columns: table.names)
        try contents.add(training, role: "training")
        if let regression = trained.report.regression {
            let (csv, markdown) = (Data(regression.csv.utf8), Data(regression.markdown.utf8))
            try contents.add(csv, role: "coefficients", named: RegressionRecord.tableFileName)
            try contents.add(markdown, role: "coefficients", named: RegressionRecord.textFileName)
        }
        if let scorecard = model.scorecard {
            try contents.add(Data(scorecard.csv.utf8), role: "scorecard", named: "scorecard.csv")
            try contents.add(Data(scorecard.markdown.utf8), role: "scorecard", named: "scorecard.md")
        }
        if let trees = model.additiveTrees {
            try contents.add(Data(trees.csv(model.scaling).utf8), role: "shapes", named: "shapes.csv")
            try contents.add(Data(trees.markdown(model.scaling).utf8), role: "shapes", named: "shapes.md")
            if let pairs = trees.pairsCSV(model.scaling) {
                try contents.add(Data(pairs.utf8), role: "shapes", named: "pairs.csv")
            }
        }
        if let search = trained.report.search {
            try contents.add(Data(search.csv.utf8), role: "trials", named: "trials.csv")
        }
        let inputs = try [
            FileRecord(role: "recipe", of: recipeFile), source.record(),
            holdout.flatMap { try DataFile($0).record() },
        ].compactMap(\.self)
        let run = try writer.finish(
            RunRecord(
                command: "train", arguments: invocation.arguments, engineVersion: EngineVersion.current,
                startedAt: invocation.startedAt, finishedAt: Date(), seed: recipe.runSeed,
                threads: shared.workers.threads, rows: table.rowCount, model: model.name, inputs: inputs,
                outputs: contents.records))
        journal?.finish()
        if let store { _ = try store.register(ModelEntry(ofRun: out), by: NSUserName()) }
        progress.end()
        try report(model, validation, training, trained.report.search, run, on: invocation.console)
        try keeper.refuse()
    }

    /// The most training rows that effect curves are drawn from.
    private static let rowsOfEffects = 10_000

    private func sample(
        named name: String, _ measured: Measurement, _ scale: MasterScale, isDevelopment: Bool = false
    ) -> ValidationRecord.Sample {
        ValidationRecord.Sample(
            name: name, performance: measured.performance, grades: measured.grades(on: scale),
            profile: RiskProfileRecord(measured.profile, isDevelopment: isDevelopment))
    }

    /// Every test of a validation, without what takes a bootstrap.
    private func validated(
        _ model: ScoringModel, _ measured: Measurement, _ table: Table?, _ name: String, _ scale: MasterScale,
        against development: DevelopmentFigures? = nil, isDevelopment: Bool = false
    ) throws -> FullMeasurement {
        try FullMeasurement(
            of: model, measured, on: table, named: name, scale: scale, development: development,
            isDevelopment: isDevelopment, options: ValidationOptions(replicates: 0), workers: shared.workers)
    }

    private func crossValidated(
        _ recipe: Recipe, _ table: Table, _ journal: SearchJournal?, _ progress: Progress
    ) throws -> CrossValidation.Report {
        progress.begin("cross-validating for the gates")
        return try CrossValidation(recipe, workers: shared.workers).run(table, journal: journal) { done in
            progress.update(done: done, of: recipe.folds.count)
        }
    }

    private func report(
        _ model: ScoringModel, _ validation: ValidationRecord, _ training: TrainingRecord,
        _ search: SearchReport?, _ run: RunFolder, on console: any Console
    ) throws {
        if results.json {
            try console.write(JSONText.of(validation))
            return
        }
        guard !shared.quiet else { return }
        var summary = Summary(for: console)
        summary.heading("\(model.name) (\(model.kind.rawValue))")
        summary.performance(validation.samples.map { ($0.name, $0.performance) })
        summary.heading("What it is made of")
        summary.parts(of: model, training.regression)
        if let calibration = model.calibration { summary.line("Calibration: \(calibration)") }
        if let search { summary.search(search) }
        for variable in training.variables where !variable.isUsed {
            summary.aside("left out \(variable.reason ?? variable.name)")
        }
        if let rounding = training.rounding { summary.rounding(rounding) }
        for remark in training.remarks { summary.remark(remark) }
        if let last = validation.samples.last {
            summary.heading("Obligors by grade, \(last.name)")
            summary.grades(last.grades)
        }
        summary.gates(validation.gates ?? [])
        summary.line("")
        let files = run.record.outputs.map(\.path) + [RunRecord.fileName]
        summary.line("Written to \(out): \(files.joined(separator: ", "))")
        try summary.print(on: console)
    }
}

extension Recipe {
    /// The seed that a training run draws from: the model's, else that of the folds which judge it; `nil` if neither
    /// draws.
    fileprivate var runSeed: UInt64? {
        trainingSeed ?? (gates?.basis == .crossValidation ? folds.seed : nil)
    }
}
