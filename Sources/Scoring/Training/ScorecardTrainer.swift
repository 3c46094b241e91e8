import LinearAlgebra
import Parallelism
import Tables

/// Trains a scorecard: bins, filters, chooses, fits.
struct ScorecardTrainer {
    let options: ScorecardRecipe
    let recipe: Recipe
    let workers: Workers

    func train(_ data: TrainingData) throws(TrainingError) -> TrainedParts {
        var log = SelectionLog()
        let binnings = try binned(data)
        let filter = VariableFilter(options: options.selection, weights: data.weights)
        let informative = filter.informative(binnings, &log)
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
        let (scorecard, remarks) = try fitted(positions, informative, woes, data, &log)
        let report = TrainingReport(
            dropped: data.passedOver, remarks: remarks, selection: log,
            informationValues: binnings.map { .init(variable: $0.name, value: $0.iv) },
            rounding: try roundingLoss(of: scorecard, data))
        return TrainedParts(
            form: .scorecard(scorecard), scaling: options.points.scaling, reasons: options.reasons,
            report: report)
    }

    private func binned(_ data: TrainingData) throws(TrainingError) -> [VariableBinning] {
        var overrides: [String: BinningOptions] = [:]
        for name in options.variables.keys.sorted() where data.table[name] == nil {
            throw .missingColumn(name: name, role: "binned variable", available: data.table.names)
        }
        var columns: [Column] = []
        for name in data.candidates {
            guard let column = data.table[name] else { continue }
            columns.append(column)
            overrides[name] = options.options(of: name, described: recipe.columns[name])
        }
        do throws(BinningError) {
            return try BinningProcess(options: options.binning, overrides: overrides).fit(
                columns, defaulted: data.defaulted, weights: data.weights, workers: workers
            ).variables
        } catch { throw .binning(error) }
    }

    /// The last regression; with a ridge a sign could still turn, and such a variable goes out.
    private func fitted(
        _ positions: [Int], _ binnings: [VariableBinning], _ woes: Matrix, _ data: TrainingData,
        _ log: inout SelectionLog
    ) throws(TrainingError) -> (Scorecard, remarks: [String]) {
        var positions = positions
        while true {
            guard !positions.isEmpty else { throw .noVariables }
            let fit: LogisticFit
            do throws(FitError) {
                fit = try LogisticRegression(
                    LogisticOptions(
                        penalty: options.ridge > 0 ? .ridge(options.ridge) : .none, workers: workers)
                ).fit(
                    woes.selectingColumns(positions), defaulted: data.defaulted, weights: data.weights,
                    names: positions.map { binnings[$0].name })
            } catch { throw .fit(error) }
            if options.selection.expectsSign,
                let wrong = positions.indices.first(where: { fit.coefficients[$0 + 1] >= 0 })
            {
                log.add(
                    binnings[positions[wrong]].name, .removed, .sign, value: fit.coefficients[wrong + 1])
                positions.remove(at: wrong)
                continue
            }
            do throws(ScorerError) {
                let scorecard = try Scorecard(
                    intercept: fit.intercept,
                    characteristics: positions.enumerated().map { place, position in
                        .init(
                            binning: binnings[position], coefficient: fit.coefficients[place + 1],
                            standardError: fit.standardErrors[place + 1])
                    }, points: options.points)
                return (scorecard, fit.diagnostics.map { "\($0)" })
            } catch { throw .scorer(error) }
        }
    }

    private func roundingLoss(
        of scorecard: Scorecard, _ data: TrainingData
    ) throws(TrainingError) -> RoundingLoss {
        let (scorer, pointsScorer): (AdditiveScorer, AdditiveScorer)
        do throws(ScorerError) {
            (scorer, pointsScorer) = (try scorecard.scorer(), try scorecard.pointsScorer())
        } catch { throw .scorer(error) }
        do throws(ScoringError) {
            return RoundingLoss(
                logOdds: try scorer.logOdds(of: data.table, workers: workers),
                points: try pointsScorer.logOdds(of: data.table, workers: workers),
                defaulted: data.defaulted, weights: data.weights, scaling: scorecard.points.scaling)
        } catch { throw .scoring(error) }
    }
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
