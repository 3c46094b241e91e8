import LinearAlgebra
import Parallelism
import Tables

/// Trains a scorecard: bins, filters, chooses, fits.
struct ScorecardTrainer {
    let options: ScorecardRecipe
    let recipe: Recipe
    let workers: Workers
    /// Whether the report holds errors, intervals and tests, which a fold of a cross-validation has no use for.
    let reportsInference: Bool

    func train(_ data: TrainingData) throws(TrainingError) -> TrainedParts {
        if options.inference?.covariance == .clustered, recipe.group == nil { throw .clusteredWithoutGroups }
        var log = SelectionLog()
        let binnings = try binned(data)
        let filter = VariableFilter(options: options.selection, weights: data.weights)
        let informative = try filter.informative(binnings, &log)
        guard !informative.isEmpty else { throw .noVariables }
        let woes: Matrix
        do throws(BinningError) {
            woes = try BinningSet(informative).woes(of: data.table, workers: workers)
        } catch { throw .binning(error) }
        let distinct = filter.distinct(woes, informative, &log)
        var selection = StepwiseSelection(
            woes: woes.selectingColumns(distinct), names: distinct.map { informative[$0].name },
            defaulted: data.defaulted, weights: data.weights, options: options.selection, workers: workers,
            log: log)
        do throws(FitError) { try selection.run() } catch { throw .fit(error) }
        log = selection.log
        // Characteristics stand in the order of the data, whatever the order in which they came in.
        let positions = selection.chosen.map { distinct[$0] }.sorted()
        guard !positions.isEmpty else { throw .noVariables }
        let (scorecard, parts) = try fitted(positions, informative, woes, data, &log)
        let report = TrainingReport(
            dropped: data.passedOver, remarks: remarks(on: binnings) + selection.remarks + parts.remarks,
            selection: log,
            informationValues: binnings.map { .init(variable: $0.name, value: $0.iv) },
            regression: regression(of: parts, data))
        return TrainedParts(
            form: .scorecard(scorecard), scaling: options.points.scaling, reasons: options.reasons,
            report: report)
    }

    private func binned(_ data: TrainingData) throws(TrainingError) -> [VariableBinning] {
        let saved = Dictionary(
            (options.replayed ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        try checkNames(data, saved)
        var overrides: [String: BinningOptions] = [:]
        var columns: [Column] = []
        for name in data.candidates {
            guard let column = data.table[name], saved[name] == nil else { continue }
            columns.append(column)
            overrides[name] = options.options(of: name, described: recipe.columns[name])
        }
        do throws(BinningError) {
            let fitted = try BinningProcess(options: options.binning, overrides: overrides).fit(
                columns, defaulted: data.defaulted, weights: data.weights, workers: workers
            ).variables
            let replayed = try workers.tryMap(data.candidates.count) {
                place throws(BinningError) -> VariableBinning? in
                let name = data.candidates[place]
                guard let binning = saved[name], let column = data.table[name] else { return nil }
                return try binning.recounted(on: column, defaulted: data.defaulted, weights: data.weights)
                    .joining(options.variables[name]?.joins ?? [])
            }
            // Variables stand in the order of the candidates, however their bins were had.
            var rest = fitted[...]
            return replayed.compactMap { $0 ?? rest.popFirst() }
        } catch { throw .binning(error) }
    }

    /// Refuses options of variables that the model may not use, or whose bins are saved.
    private func checkNames(
        _ data: TrainingData, _ saved: [String: VariableBinning]
    ) throws(TrainingError) {
        for name in options.selection.forced { try data.checkCandidate(name, role: "forced variable") }
        for name in options.variables.keys.sorted() {
            try data.checkCandidate(name, role: "binned variable")
            guard saved[name] != nil, var own = options.variables[name] else { continue }
            own.joins = nil
            guard own == options.binning else {
                throw .badOption(
                    column: name,
                    reason: "its bins are those that 'from' names, so join is the only option it can have")
            }
        }
    }

    /// What deserves a second look about bins that were saved or joined by hand.
    private func remarks(on binnings: [VariableBinning]) -> [String] {
        let names = Set(binnings.map(\.name))
        let unused = (options.replayed ?? []).map(\.name).filter { !names.contains($0) }
        let joins = binnings.flatMap { binning in
            binning.diagnostics.compactMap { diagnostic -> String? in
                guard case .notJoined(let value) = diagnostic else { return nil }
                return "nothing to join in '\(binning.name)': '\(value)' does not occur"
            }
        }
        return unused.map { "the saved bins of '\($0)' have no column that the model may use" } + joins
    }

    /// The last regression; a sign can still turn in it, and such a variable goes out.
    private func fitted(
        _ positions: [Int], _ binnings: [VariableBinning], _ woes: Matrix, _ data: TrainingData,
        _ log: inout SelectionLog
    ) throws(TrainingError) -> (Scorecard, ScorecardParts) {
        var positions = positions
        while true {
            guard !positions.isEmpty else { throw .noVariables }
            let chosen = positions.map { binnings[$0] }
            let parts: ScorecardParts
            switch options.attributes.form {
            case .woe: parts = try classical(chosen, woes.selectingColumns(positions), data)
            case .adapted: parts = try adapted(chosen, data)
            }
            if options.selection.expectsSign,
                let wrong = parts.characteristics.firstIndex(where: { $0.coefficient >= 0 })
            {
                log.add(
                    chosen[wrong].name, .removed, .sign, value: parts.characteristics[wrong].coefficient)
                positions.remove(at: wrong)
                continue
            }
            do throws(ScorerError) {
                let scorecard = try Scorecard(
                    intercept: parts.intercept, characteristics: parts.characteristics,
                    points: options.points)
                return (scorecard, parts)
            } catch { throw .scorer(error) }
        }
    }

    /// One coefficient per characteristic.
    private func classical(
        _ binnings: [VariableBinning], _ woes: Matrix, _ data: TrainingData
    ) throws(TrainingError) -> ScorecardParts {
        let inference: LogisticInference
        do throws(FitError) {
            inference = try LogisticInference(
                fitting: woes, defaulted: data.defaulted, weights: data.weights, names: binnings.map(\.name),
                options: LogisticOptions(
                    penalty: options.ridge > 0 ? .ridge(options.ridge) : .none, workers: workers))
        } catch { throw .fit(error) }
        let fit = inference.fit
        return ScorecardParts(
            intercept: fit.intercept,
            characteristics: binnings.enumerated().map { place, binning in
                .init(
                    binning: binning, coefficient: fit.coefficients[place + 1],
                    standardError: fit.standardErrors[place + 1])
            }, remarks: fit.diagnostics.map { "\($0)" }, inference: inference)
    }

    /// Errors, intervals and tests of a classical scorecard's coefficients.
    private func regression(of parts: ScorecardParts, _ data: TrainingData) -> RegressionReport? {
        guard reportsInference, let inference = parts.inference else { return nil }
        return RegressionReport(
            inference,
            columns: parts.characteristics.enumerated().map { place, characteristic in
                .init(column: characteristic.name, features: place..<place + 1)
            },
            options: options.inference ?? InferenceOptions(), clusters: data.groups(recipe.group))
    }

    /// One coefficient per attribute, held close to a line through the WOE.
    private func adapted(
        _ binnings: [VariableBinning], _ data: TrainingData
    ) throws(TrainingError) -> ScorecardParts {
        let bins: [[UInt16]]
        do throws(BinningError) {
            bins = try workers.tryMap(binnings.count) { place throws(BinningError) in
                let name = binnings[place].name
                guard let column = data.table[name] else {
                    throw BinningError.missingVariable(name: name, available: data.table.names)
                }
                return try binnings[place].binIndices(of: column)
            }
        } catch { throw .binning(error) }
        let design = AttributeDesign(
            woes: binnings.map { $0.bins.map(\.woe) }, bins: bins, defaulted: data.defaulted,
            weights: data.weights, workers: workers)
        let pairs = zip(binnings, design.characteristics).flatMap { binning, range in
            options.attributes.order.pairs(of: binning, firstAttribute: range.lowerBound)
        }
        let fit: AttributeRegression.Fit
        do throws(FitError) {
            fit = try AttributeRegression(
                design: design,
                options: .init(ridge: options.ridge, shrinkage: options.attributes.shrinkage, pairs: pairs)
            ).fit()
        } catch { throw .fit(error) }
        return ScorecardParts(
            intercept: fit.intercept,
            characteristics: binnings.enumerated().map { place, binning in
                .init(
                    binning: binning, coefficient: fit.slopes[place],
                    standardError: fit.standardErrors[place],
                    contributions: Array(fit.contributions[design.characteristics[place]]))
            }, remarks: fit.remarks)
    }
}

/// What a regression on bins gives.
private struct ScorecardParts {
    let intercept: Double
    let characteristics: [Scorecard.Characteristic]
    let remarks: [String]
    /// The fit with its data, where there is one coefficient per characteristic.
    var inference: LogisticInference?
}

extension ScorecardRecipe {
    /// The binning options of a variable: its own or the common ones, with what the recipe says of the column.
    func options(of name: String, described: ColumnSchema?) -> BinningOptions {
        var options = variables[name] ?? binning
        guard let described else { return options }
        if options.kind == nil, described.type == .category { options.kind = .categorical }
        if options.specialCodes.isEmpty {
            options.specialCodes = described.specialCodes.map {
                SpecialCode(name: plain($0), numbers: [$0])
            }
        }
        return options
    }
}
