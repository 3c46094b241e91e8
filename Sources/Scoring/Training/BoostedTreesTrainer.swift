import Boosting
import Parallelism
import Tables

/// Trains boosted trees: reads the columns, grows forests, proves what they were held to.
struct BoostedTreesTrainer {
    let options: BoostedTreesRecipe
    let recipe: Recipe
    let workers: Workers

    func train(_ data: TrainingData) throws(TrainingError) -> TrainedParts {
        let design = try TreeDesign(
            data, recipe: recipe, directions: options.monotone, interactions: options.interactions)
        let grown = try grow(design, data)
        let asked = grown.forest.askedFeatures
        guard !asked.isEmpty else {
            throw .boosting(
                .nothingToLearn(
                    reason: "no split of any column is worth making; add columns that tell defaults apart"))
        }
        let model: BoostedTreesModel
        do throws(BoostingError) {
            model = try BoostedTreesModel(
                inputs: asked.map { design.inputs[$0] }, forest: grown.forest.settled(keeping: asked),
                directions: asked.map { design.directions[$0] })
        } catch { throw .boosting(error) }
        if options.reasons.count > 0 {
            // A model that promises reasons is able to give them.
            do throws(ScoringError) { _ = try model.treeExplainer() } catch { throw .scoring(error) }
        }
        let idle = design.inputs.indices.filter { !asked.contains($0) }.map {
            FeatureEncoding.DroppedColumn(
                column: design.inputs[$0].column, reason: "no tree asks about it")
        }
        return TrainedParts(
            form: .boostedTrees(model), scaling: options.scaling, reasons: options.reasons,
            report: TrainingReport(
                dropped: data.passedOver + design.dropped + idle, remarks: grown.remarks(model)))
    }

    private func grow(_ design: TreeDesign, _ data: TrainingData) throws(TrainingError) -> GrownForest {
        let settings: TreeSettings
        do throws(BoostingError) {
            settings = try TreeSettings(
                options, defaulted: data.defaulted, weights: data.weights, directions: design.directions,
                interactions: design.interactions, isCalibrated: recipe.isCalibratedByMethod)
        } catch { throw .boosting(error) }
        var folds: Folds?
        if let count = settings.folds {
            folds = try data.folds(FoldOptions(count: count, seed: options.seed), recipe: recipe)
        }
        do throws(BoostingError) {
            return try settings.grow(design.data, folds: folds, workers: workers)
        } catch {
            throw .boosting(error)
        }
    }
}
