import LinearAlgebra
import Parallelism
import Tables

/// Trains a logistic model: encodes the columns, fits the coefficients.
struct LogisticTrainer {
    let options: LogisticRecipe
    let recipe: Recipe
    let workers: Workers
    /// Whether the report holds errors, intervals and tests, which a fold of a cross-validation has no use for.
    let reportsInference: Bool

    func train(_ data: TrainingData) throws(TrainingError) -> TrainedParts {
        for name in options.encoding.references.keys.sorted() {
            try data.checkCandidate(name, role: "column with a reference level")
        }
        let encoding: FeatureEncoding
        do throws(EncodingError) {
            var encodingOptions = options.encoding
            for column in recipe.columns.columns where !column.specialCodes.isEmpty {
                encodingOptions.specialCodes[column.name] = column.specialCodes
            }
            encoding = try FeatureEncoding(
                learning: data.table, columns: data.candidates,
                categories: Set(recipe.columns.columns.filter { $0.type == .category }.map(\.name)),
                options: encodingOptions, weights: data.weights)
        } catch { throw .encoding(error) }
        let fit = try fitted(encoding, data)
        let names = encoding.featureNames
        let model = LogisticModel(
            encoding: encoding, intercept: fit.intercept,
            coefficients: names.indices.map { feature in
                .init(
                    name: names[feature], value: fit.slopes[feature],
                    standardError: fit.standardErrors?[feature + 1])
            }, offset: recipe.offset)
        return TrainedParts(
            form: .logistic(model), scaling: options.scaling, reasons: options.reasons,
            report: TrainingReport(
                dropped: data.passedOver + encoding.dropped, remarks: fit.remarks, regression: fit.report))
    }
}
