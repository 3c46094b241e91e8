import Parallelism
import Tables

/// Rows that some model has not seen, with what it said of them.
struct UnseenRows {
    /// Log-odds before calibration.
    let logOdds: [Double]
    let defaulted: [Bool]
    let weights: [Double]?

    /// The rows as calibrations are fitted on them.
    func sample() throws(CalibrationError) -> CalibrationSample {
        try CalibrationSample(logOdds: logOdds, defaulted: defaulted, weights: weights)
    }
}

extension ModelTrainer {
    /// Trains by a recipe whose PDs are to be calibrated.
    func train(
        _ data: TrainingData, calibration options: CalibrationRecipe
    ) throws(TrainingError) -> TrainedModel {
        let parts: TrainedParts
        let unseen: UnseenRows
        let seen: TrainingData
        switch options.fittedOn {
        case .crossFitted:
            unseen = try crossFitted(data, options.folds ?? recipe.folds)
            seen = data
            parts = try self.parts(seen)
        case .heldOut:
            let count = Int((1 / options.share).rounded())
            let seed = (options.folds ?? recipe.folds).seed
            let folds = try data.folds(FoldOptions(count: max(2, count), seed: seed), recipe: recipe)
            seen = data.gathered(folds.trainingRows(0))
            parts = try self.parts(seen)
            unseen = try scored(data.gathered(folds.testRows(0)), by: parts.form)
        }
        let calibration: Calibration
        do throws(CalibrationError) {
            calibration = try CalibrationFitter(options: options).fit(try unseen.sample())
        } catch { throw .calibration(error) }
        return try assembled(try parts.calibrated(by: calibration), seen, calibration, unseen, of: data)
    }

    /// Scores every row by a model that was trained on the other folds.
    private func crossFitted(
        _ data: TrainingData, _ options: FoldOptions
    ) throws(TrainingError) -> UnseenRows {
        let folds = try data.folds(options, recipe: recipe)
        let trainer = ModelTrainer(recipe, workers: .single, reportsInference: false)
        let ofFolds = try workers.tryMap(folds.count) { fold throws(TrainingError) -> [Double] in
            let parts = try trainer.parts(data.gathered(folds.trainingRows(fold)))
            return try trainer.scored(data.gathered(folds.testRows(fold)), by: parts.form).logOdds
        }
        var logOdds = [Double](repeating: 0, count: data.rowCount)
        for fold in 0..<folds.count {
            for (place, row) in folds.testRows(fold).enumerated() { logOdds[row] = ofFolds[fold][place] }
        }
        return UnseenRows(logOdds: logOdds, defaulted: data.defaulted, weights: data.weights)
    }

    private func scored(
        _ data: TrainingData, by form: ScoringModel.Form
    ) throws(TrainingError) -> UnseenRows {
        let scorer: Scorer
        do throws(ScorerError) { scorer = try form.scorer() } catch { throw .scorer(error) }
        do throws(ScoringError) {
            return UnseenRows(
                logOdds: try scorer.logOdds(of: data.table, workers: workers), defaulted: data.defaulted,
                weights: data.weights)
        } catch { throw .scoring(error) }
    }
}

extension TrainedParts {
    /// The parts with a calibration: where it is a line, the points of a scorecard take it up.
    fileprivate func calibrated(by calibration: Calibration) throws(TrainingError) -> TrainedParts {
        var report = report
        guard case .scorecard(let scorecard) = form else { return self }
        guard let line = calibration.line else {
            report.remarks.append(
                "the calibration is no line in log-odds: scores are those of the calibrated PDs, and the points of the "
                    + "table, which rank as they do, do not add up to them")
            return TrainedParts(form: form, scaling: scaling, reasons: reasons, report: report)
        }
        var points = scorecard.points
        do throws(ScoreScalingError) { points.scaling = try scaling.folding(line) } catch {
            throw .calibration(.scaling(error))
        }
        do throws(ScorerError) {
            let rescaled = try Scorecard(
                intercept: scorecard.intercept, characteristics: scorecard.characteristics, points: points)
            return TrainedParts(
                form: .scorecard(rescaled), scaling: scaling, reasons: reasons, report: report)
        } catch { throw .scorer(error) }
    }
}
