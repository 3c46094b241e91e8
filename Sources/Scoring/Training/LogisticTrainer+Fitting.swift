import LinearAlgebra
import Parallelism

extension LogisticTrainer {
    /// What every way of fitting gives.
    struct Fitted {
        let intercept: Double
        let slopes: [Double]
        /// Intercept first; absent where the method gives none.
        let standardErrors: [Double]?
        let remarks: [String]
        /// Errors, intervals and tests, where they were asked for.
        let report: RegressionReport?
    }

    /// Fits the coefficients of the encoded features by the method that penalty and bounds call for.
    func fitted(_ encoding: FeatureEncoding, _ data: TrainingData) throws(TrainingError) -> Fitted {
        let features: Matrix
        do throws(EncodingError) { features = try encoding.matrix(of: data.table) } catch {
            throw .encoding(error)
        }
        let bounds = try coefficientBounds(encoding)
        if inferenceOptions.covariance == .clustered, recipe.group == nil {
            throw .clusteredWithoutGroups
        }
        switch options.penalty {
        case .elasticNet(let alpha, let strength):
            return try elasticNet(
                features, encoding, data, bounds: bounds, mixing: alpha, strength: strength)
        case .firth where !bounds.limits.isEmpty:
            throw .badOption(
                column: "penalty",
                reason: "Firth's correction knows no bounds or signs; use l2 or leave them out")
        case .none where !bounds.limits.isEmpty:
            return try bounded(features, encoding, data, bounds: bounds, ridge: 0)
        case .l2(let ridge) where !bounds.limits.isEmpty:
            return try bounded(features, encoding, data, bounds: bounds, ridge: ridge)
        case .none: return try likelihood(features, encoding, data, penalty: .none)
        case .l2(let ridge): return try likelihood(features, encoding, data, penalty: .ridge(ridge))
        case .firth: return try likelihood(features, encoding, data, penalty: .firth)
        }
    }

    /// The recipe's bounds and signs as limits of the features' coefficients; a sign narrows a bound.
    private func coefficientBounds(_ encoding: FeatureEncoding) throws(TrainingError) -> CoefficientBounds {
        var bounds = CoefficientBounds.none
        for (feature, given) in options.bounds {
            bounds.limits[feature] = .init(lower: given.lower ?? -.infinity, upper: given.upper ?? .infinity)
        }
        for (column, sign) in options.signs.sorted(by: { $0.key < $1.key }) {
            guard encoding.featureNames.contains(column) else {
                throw .badOption(
                    column: column,
                    reason:
                        "a sign needs a column of numbers in the model; bound the levels of a category instead"
                )
            }
            var limits = bounds.limits[column] ?? .free
            switch sign {
            case .riskRises: limits.lower = max(limits.lower, 0)
            case .riskFalls: limits.upper = min(limits.upper, 0)
            }
            bounds.limits[column] = limits
        }
        return bounds
    }

    private func likelihood(
        _ features: Matrix, _ encoding: FeatureEncoding, _ data: TrainingData,
        penalty: LogisticOptions.Penalty
    ) throws(TrainingError) -> Fitted {
        do throws(FitError) {
            let inference = try LogisticInference(
                fitting: features, defaulted: data.defaulted, weights: data.weights,
                offset: data.offset, names: encoding.featureNames,
                options: LogisticOptions(penalty: penalty, workers: workers))
            let fit = inference.fit
            return Fitted(
                intercept: fit.intercept, slopes: Array(fit.slopes), standardErrors: fit.standardErrors,
                remarks: fit.diagnostics.map { "\($0)" },
                report: reportsInference
                    ? RegressionReport(
                        inference, columns: encoding.columnFeatures, options: inferenceOptions,
                        clusters: data.groups(recipe.group)) : nil)
        } catch { throw .fit(error) }
    }

    private func bounded(
        _ features: Matrix, _ encoding: FeatureEncoding, _ data: TrainingData, bounds: CoefficientBounds,
        ridge: Double
    ) throws(TrainingError) -> Fitted {
        do throws(BoundedLogisticError) {
            let options = BoundedLogisticOptions(bounds: bounds, ridge: ridge, workers: workers)
            let fit = try BoundedLogisticRegression(options).fit(
                features, defaulted: data.defaulted, weights: data.weights, offset: data.offset,
                names: encoding.featureNames)
            let held = fit.boundColumns
            return Fitted(
                intercept: fit.coefficients[0], slopes: Array(fit.coefficients.dropFirst()),
                standardErrors: fit.standardErrors,
                remarks: held.isEmpty ? [] : ["held at a bound: \(held.joined(separator: ", "))"],
                report: reportsInference
                    ? RegressionReport(
                        fit, features: features, weights: data.weights, observations: data.observationCount,
                        options: inferenceOptions, workers: workers) : nil)
        } catch { throw .bounded(error) }
    }

    private func elasticNet(
        _ features: Matrix, _ encoding: FeatureEncoding, _ data: TrainingData, bounds: CoefficientBounds,
        mixing: Double, strength: LogisticRecipe.Strength
    ) throws(TrainingError) -> Fitted {
        var netOptions = ElasticNetOptions(mixing: mixing, bounds: bounds, workers: workers)
        let names = encoding.featureNames
        switch strength {
        case .fixed(let penalty):
            netOptions.grid = .values([penalty])
            let path = try attempt { () throws(ElasticNetError) in
                try ElasticNet(netOptions).path(
                    features, defaulted: data.defaulted, weights: data.weights, offset: data.offset,
                    names: names)
            }
            guard let point = path.points.first else {
                throw .elasticNet(.badPenalty(index: 0, value: penalty))
            }
            return fitted(point, of: path, features, data, remarks: [])
        case .crossValidated(let choice):
            netOptions.grid = .automatic(count: choice.count, ratio: choice.ratio)
            let folds = try data.folds(FoldOptions(count: choice.folds, seed: choice.seed), recipe: recipe)
            let validation = try attempt { () throws(ElasticNetError) in
                try ElasticNet(netOptions).crossValidated(
                    features, defaulted: data.defaulted, weights: data.weights, offset: data.offset,
                    names: names,
                    folds: folds.ofRow)
            }
            let point = validation.chosen(choice.choice == .minimum ? .minimum : .oneStandardError)
            return fitted(
                point, of: validation.path, features, data,
                remarks: [
                    "penalty \(point.penalty) chosen from \(validation.scores.count) by \(folds.count) folds; "
                        + "\(point.nonzeroCount) of \(names.count) features are in the model"
                ])
        }
    }

    private func fitted(
        _ point: ElasticNetPath.Point, of path: ElasticNetPath, _ features: Matrix, _ data: TrainingData,
        remarks: [String]
    ) -> Fitted {
        Fitted(
            intercept: point.coefficients[0], slopes: Array(point.coefficients.dropFirst()),
            standardErrors: nil, remarks: remarks,
            report: reportsInference
                ? RegressionReport(
                    point, of: path, features: features, weights: data.weights,
                    observations: data.observationCount, options: inferenceOptions, workers: workers) : nil)
    }

    private var inferenceOptions: InferenceOptions { options.inference ?? InferenceOptions() }

    private func attempt<Value>(
        _ work: () throws(ElasticNetError) -> Value
    ) throws(TrainingError) -> Value {
        do throws(ElasticNetError) { return try work() } catch { throw .elasticNet(error) }
    }
}

extension FeatureEncoding {
    /// The columns with the places of their features.
    var columnFeatures: [RegressionReport.ColumnFeatures] {
        var start = 0
        return variables.map { variable in
            let end = start + variable.featureNames.count
            defer { start = end }
            return .init(column: variable.column, features: start..<end)
        }
    }
}

extension TrainingData {
    /// Rows with a positive weight.
    var observationCount: Int { weights.map { $0.count { $0 > 0 } } ?? rowCount }
}
