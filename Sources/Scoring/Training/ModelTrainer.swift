public import Parallelism
public import Tables

/// Trains a model by a recipe.
public struct ModelTrainer: Sendable {
    /// What is to be modelled and how.
    public private(set) var recipe: Recipe
    /// Threads to use; the result does not depend on them.
    public let workers: Workers
    /// Whether the report holds errors, intervals and tests of the coefficients.
    let reportsInference: Bool

    /// A trainer for a recipe.
    public init(_ recipe: Recipe, workers: Workers = .allProcessors) {
        self.init(recipe, workers: workers, reportsInference: true)
    }

    /// A trainer that may leave out what only a reader of its report wants.
    init(_ recipe: Recipe, workers: Workers, reportsInference: Bool) {
        self.recipe = recipe
        self.workers = workers
        self.reportsInference = reportsInference
    }

    /// Trains on all rows of a table.
    ///
    /// - Returns: The model, with its figures on these rows, and a report of how it came about.
    /// - Throws: ``TrainingError``.
    public func train(_ table: Table) throws(TrainingError) -> TrainedModel {
        try train(try TrainingData(table, recipe: recipe))
    }

    /// Trains on data that was read by the same recipe.
    public func train(_ data: TrainingData) throws(TrainingError) -> TrainedModel {
        try train(data, watching: SearchWatch(), scope: "training")
    }

    /// Trains on all rows of a table, after the recipe's search.
    ///
    /// - Parameter watch: What is kept and told of the search.
    /// - Throws: ``TrainingError``.
    public func train(_ table: Table, watching watch: SearchWatch) throws(TrainingError) -> TrainedModel {
        try train(try TrainingData(table, recipe: recipe), watching: watch, scope: "training")
    }

    /// Trains on data after the recipe's search, whose trials are noted under the name of a scope.
    func train(
        _ data: TrainingData, watching watch: SearchWatch, scope: String
    ) throws(TrainingError) -> TrainedModel {
        guard let plan = recipe.search else { return try fitted(data) }
        let report = try SettingsSearch(
            plan: plan, recipe: recipe, workers: workers, journal: watch.journal, scope: scope,
            progress: watch.progress
        ).run(data)
        var chosen = self
        chosen.recipe.model = plan.trials[report.chosen].model
        var trained = try chosen.fitted(data)
        trained.report.search = report
        return trained
    }

    /// Trains with the settings of the recipe.
    private func fitted(_ data: TrainingData) throws(TrainingError) -> TrainedModel {
        if let calibration = recipe.calibration { return try train(data, calibration: calibration) }
        return try assembled(try parts(data), data, nil, nil, of: data)
    }

    /// Trains the model without its calibration.
    func parts(_ data: TrainingData) throws(TrainingError) -> TrainedParts {
        switch recipe.model {
        case .logistic(let options):
            try LogisticTrainer(
                options: options, recipe: recipe, workers: workers, reportsInference: reportsInference
            ).train(data)
        case .scorecard(let options):
            try ScorecardTrainer(
                options: options, recipe: recipe, workers: workers, reportsInference: reportsInference
            ).train(data)
        case .boostedTrees(let options):
            try BoostedTreesTrainer(options: options, recipe: recipe, workers: workers).train(data)
        case .additiveTrees(let options):
            try AdditiveTreesTrainer(options: options, recipe: recipe, workers: workers).train(data)
        }
    }

    /// Puts the model together and measures it on its training rows, and on those that its calibration was fitted on.
    ///
    /// - Parameters:
    ///   - data: The rows that it was trained on.
    ///   - all: These, and those that were held out for the calibration.
    func assembled(
        _ parts: TrainedParts, _ data: TrainingData, _ calibration: Calibration?, _ unseen: UnseenRows?,
        of all: TrainingData
    ) throws(TrainingError) -> TrainedModel {
        let scorer: Scorer
        let reasonScorer: Scorer
        do throws(ScorerError) {
            scorer = try parts.form.scorer()
            reasonScorer = try parts.form.reasonScorer(scaling: parts.scaling, calibration: calibration)
                .scorer
        } catch { throw .scorer(error) }
        let logOdds: [Double]
        let references: [Double]
        do throws(ScoringError) {
            let raw = try scorer.logOdds(of: data.table, workers: workers)
            logOdds = calibration.map { raw.map($0.logOdds) } ?? raw
            references = try self.references(
                parts.reasons.reference, reasonScorer, parts.form, data)
        } catch { throw .scoring(error) }
        var metrics = [
            ScoringModel.trainingRows: Evaluation(
                logOdds: logOdds, defaulted: data.defaulted, weights: data.weights)
        ]
        if let calibration, let unseen {
            metrics[ScoringModel.unseenRows] = Evaluation(
                logOdds: unseen.logOdds.map(calibration.logOdds), defaulted: unseen.defaulted,
                weights: unseen.weights)
        }
        let used = scorer.columns
        let schema = try recipe.inputSchema(of: data.table, columns: used)
        let fingerprint = TrainingFingerprint(
            engineVersion: EngineVersion.current, recipeDigest: recipe.digest,
            dataDigest: all.digest(of: used), seed: recipe.trainingSeed, rows: all.rowCount,
            defaults: all.defaulted.count { $0 })
        let model: ScoringModel
        do throws(ScorerError) {
            model = try ScoringModel(
                name: recipe.name, description: recipe.description, form: parts.form,
                schema: schema, roles: recipe.roles, file: recipe.file, calibration: calibration,
                scaling: parts.scaling, reasons: parts.reasons, references: references,
                masterScale: recipe.masterScale, fingerprint: fingerprint, metrics: metrics,
                gates: recipe.gates,
                development: DevelopmentProfile(
                    logOdds: logOdds, table: data.table,
                    // A scorecard's own bins say how its characteristics were distributed.
                    columns: parts.form.binsItsInputs ? [] : used))
        } catch { throw .scorer(error) }
        return TrainedModel(model: model, report: try report(parts, model, data))
    }

    /// The report, with what rounding costs where the model's points add up to its scores.
    private func report(
        _ parts: TrainedParts, _ model: ScoringModel, _ data: TrainingData
    ) throws(TrainingError) -> TrainingReport {
        var report = parts.report
        guard model.scorecard != nil else { return report }
        do throws(ScoringError) {
            let scored = try model.score(data.table, withReasons: false, workers: workers)
            report.rounding = scored.points.map { points in
                RoundingLoss(
                    logOdds: scored.logOdds, points: points, defaulted: data.defaulted, weights: data.weights,
                    scaling: model.scaling)
            }
        } catch { throw .scoring(error) }
        return report
    }

    /// What each term's contribution is compared with for reasons.
    private func references(
        _ reference: ReasonReference, _ scorer: Scorer, _ form: ScoringModel.Form,
        _ data: TrainingData
    ) throws(ScoringError) -> [Double] {
        if reference == .neutral {
            switch form {
            case .scorecard(let scorecard):
                return scorecard.characteristics.map {
                    scorecard.points(of: $0, bin: $0.binning.neutralIndex)
                }
            case .boostedTrees(let model): return model.inputs.map { _ in 0 }
            case .additiveTrees(let model): return model.inputs.map { _ in 0 }
            case .logistic: break
            }
        }
        let contributions = try scorer.contributions(of: data.table, workers: workers)
        if reference == .maximum {
            // Most points: the largest on a scorecard, the least log-odds otherwise.
            if case .scorecard = form { return contributions.map { $0.max() ?? 0 } }
            return contributions.map { $0.min() ?? 0 }
        }
        return contributions.map { ofRows in
            var sum = 0.0
            var total = 0.0
            for (row, contribution) in ofRows.enumerated() {
                let weight = data.weights?[row] ?? 1
                sum += weight * contribution
                total += weight
            }
            return total > 0 ? sum / total : 0
        }
    }
}

/// A trained model and how it came about.
public struct TrainedModel: Sendable, Equatable {
    /// The model.
    public let model: ScoringModel
    /// How it came about.
    public internal(set) var report: TrainingReport
}

/// How a model came about: what an analyst reads before trusting it.
public struct TrainingReport: Sendable, Equatable {
    /// Columns that were not used, with the reason.
    public var dropped: [FeatureEncoding.DroppedColumn]
    /// What worked but deserves a second look.
    public var remarks: [String]
    /// Every admission and rejection of a variable; a scorecard only.
    public var selection: SelectionLog?
    /// The information value of every variable that was binned; a scorecard only.
    public var informationValues: [InformationValue]?
    /// What rounding the points costs on the training rows; a scorecard only.
    public var rounding: RoundingLoss?
    /// Coefficients with their errors, intervals and tests; logistic models and classical scorecards only.
    public var regression: RegressionReport?
    /// What the search tried and took; only where the recipe searches.
    public var search: SearchReport?

    /// How much a variable says.
    public struct InformationValue: Sendable, Equatable {
        /// The variable.
        public let variable: String
        /// Its information value.
        public let value: Double
    }
}

/// What a trainer of one kind of model hands over.
struct TrainedParts {
    let form: ScoringModel.Form
    let scaling: ScoreScaling
    let reasons: ReasonOptions
    let report: TrainingReport
}

extension Recipe {
    /// The seed that training draws from: that of boosted or additive trees, of the folds that choose an elastic net,
    /// of those that keep rows for a calibration, or of a search; `nil` where nothing is drawn.
    public var trainingSeed: UInt64? {
        let ofCalibration = calibration.map { ($0.folds ?? folds).seed }
        return switch model {
        case .boostedTrees(let options): options.seed
        case .additiveTrees(let options): options.seed
        case .logistic(let options):
            if case .elasticNet(_, .crossValidated(let path)) = options.penalty {
                path.seed
            } else {
                ofCalibration ?? search?.seed
            }
        case .scorecard: ofCalibration ?? search?.seed
        }
    }

    /// The columns of training data that are no inputs.
    var roles: ScoringModel.Roles {
        ScoringModel.Roles(
            target: target, id: id, weight: weight,
            schema: columns.selecting([target.column] + [id, weight].compactMap { $0 }))
    }

    /// The input columns as the model reads them.
    ///
    /// The recipe's own descriptions, and the training data's types and levels where it has none; whole numbers are
    /// read as numbers, since a later file may have fractions. A level that training did not know is no error.
    ///
    /// - Throws: ``TrainingError/badOption(column:reason:)`` for a description that the data contradicts.
    func inputSchema(of table: Table, columns used: [String]) throws(TrainingError) -> Schema {
        let observed = table.schema
        let described = used.compactMap { name -> ColumnSchema? in
            guard var column = columns[name] ?? observed[name] else { return nil }
            if columns[name] == nil, column.type == .integer || column.type == .float {
                column.type = .double
            }
            if column.type == .category {
                column.levels = column.levels ?? observed[name]?.levels
                if columns[name]?.levels == nil { column.unseenLevels = .append }
            }
            return column
        }
        return try .ofInputs(described)
    }
}

extension Schema {
    /// The schema of a model's inputs.
    ///
    /// - Throws: ``TrainingError/badOption(column:reason:)`` for a description that contradicts itself.
    static func ofInputs(_ columns: [ColumnSchema]) throws(TrainingError) -> Schema {
        do throws(TableError) { return try Schema(columns) } catch {
            throw .badOption(column: columns.map(\.name).joined(separator: ", "), reason: "\(error)")
        }
    }
}
