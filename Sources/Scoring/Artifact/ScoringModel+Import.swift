public import Boosting
public import Foundation
import Tables

extension ScoringModel {
    /// A scoring model around a forest that another tool has trained.
    ///
    /// The recipe, of kind `boosted-trees`, says what the forest does not: what the outcome is called, which column
    /// names a row, the levels of categories in the order of their codes where the forest has no names for them, the
    /// scaling, and the directions of risk, which are proved of the forest as of one that was trained here. Columns
    /// that no tree asks about are left out.
    ///
    /// - Parameters:
    ///   - forest: For a binary objective; its features are the columns.
    ///   - recipe: What the forest does not say.
    ///   - content: The bytes it was read from, whose digest stands for the unknown data.
    /// - Throws: ``TrainingError``, ``TrainingError/notImportable(reason:)`` where it lies with the forest.
    public init(importing forest: Forest, recipe: Recipe, content: Data) throws(TrainingError) {
        guard case .boostedTrees(let options) = recipe.model else {
            throw .badOption(column: "kind", reason: "only boosted-trees can be imported")
        }
        guard options.reasons.reference == .neutral else {
            throw .badOption(
                column: "reasons",
                reason: "the contributions of the training rows are not known; use the reference neutral")
        }
        guard recipe.calibration == nil else {
            throw .badOption(
                column: "calibration",
                reason: "there are no rows to calibrate an imported forest on; leave it out")
        }
        guard forest.objective == .binary else {
            throw .notImportable(
                reason:
                    "its objective is \(forest.objective): train it with a binary one, for a probability of default"
            )
        }
        let names = forest.features.map(\.name)
        for name in options.monotone.stated.keys.sorted() where !names.contains(name) {
            throw .badOption(
                column: name,
                reason: "monotone, but no column of the model" + suggestion(for: name, among: names))
        }
        let asked = forest.askedFeatures
        guard !asked.isEmpty else {
            throw .notImportable(reason: "no tree asks about any column: train it with more rounds")
        }
        var settled = forest.settled(keeping: asked)
        var inputs: [TreeInput] = []
        for feature in settled.features {
            inputs.append(
                try recipe.input(for: feature, direction: options.monotone.ofNumbers(in: feature.name)))
        }
        settled.features = inputs.map(\.feature)
        let model: BoostedTreesModel
        do throws(BoostingError) {
            model = try BoostedTreesModel(
                inputs: inputs, forest: settled,
                directions: inputs.map { input in
                    input.levels == nil ? options.monotone.ofNumbers(in: input.column)?.sign ?? 0 : 0
                })
        } catch { throw Self.importError(error) }
        if options.reasons.count > 0 {
            do throws(ScoringError) { _ = try model.treeExplainer() } catch { throw .scoring(error) }
        }
        let described = inputs.map { input in
            recipe.columns[input.column]
                ?? ColumnSchema(name: input.column, type: input.levels == nil ? .double : .category)
        }
        let schema = try Schema.ofInputs(described)
        do throws(ScorerError) {
            try self.init(
                name: recipe.name, description: recipe.description, form: .boostedTrees(model),
                schema: schema, roles: recipe.roles, scaling: options.scaling,
                reasons: options.reasons, references: inputs.map { _ in 0 }, masterScale: recipe.masterScale,
                fingerprint: TrainingFingerprint(
                    engineVersion: EngineVersion.current, recipeDigest: recipe.digest,
                    dataDigest: Digest.of(content), seed: options.seed, rows: 0, defaults: 0),
                metrics: [:], gates: recipe.gates)
        } catch { throw .scorer(error) }
    }
}

extension ScoringModel {
    /// What trees and their proof refuse, told to whoever has the file and the recipe.
    private static func importError(_ error: BoostingError) -> TrainingError {
        switch error {
        case .malformedTree, .malformedForest:
            .notImportable(reason: "\(error): save the model anew with its own tool")
        case .notMonotone: .notImportable(reason: "\(error)")
        default: .boosting(error)
        }
    }
}

extension Recipe {
    /// The input that a feature of an imported forest reads.
    fileprivate func input(
        for feature: Forest.Feature, direction: Directions.Direction?
    ) throws(TrainingError) -> TreeInput {
        let described = columns[feature.name]
        switch feature.kind {
        case .number:
            guard described?.type != .category else {
                throw .badOption(
                    column: feature.name, reason: "the trees compare it as a number, so it is no category")
            }
            return TreeInput(
                column: feature.name, levels: nil,
                missingCodes: direction == nil ? [] : described?.specialCodes ?? [])
        case .category(let count):
            guard described?.type ?? .category == .category else {
                throw .badOption(
                    column: feature.name, reason: "the trees take it as a category: give it that type")
            }
            if !feature.levelNames.isEmpty {
                // Whoever lists levels for another reason does so in an order of his own.
                let strangers =
                    described?.levels.map { Set(feature.levelNames).subtracting($0).sorted() } ?? []
                guard let stranger = strangers.first else {
                    return TreeInput(column: feature.name, levels: feature.levelNames, missingCodes: [])
                }
                throw .badOption(
                    column: feature.name,
                    reason:
                        "the model has a level '\(stranger)' that the recipe does not list: add it under columns"
                )
            }
            guard let levels = described?.levels, levels.count >= count else {
                throw .badOption(
                    column: feature.name,
                    reason: "the model knows its \(count) levels by codes alone: list them under columns, "
                        + "in the order of the codes")
            }
            return TreeInput(column: feature.name, levels: levels, missingCodes: [])
        }
    }
}
