public import Parallelism
public import Tables

/// Trains on all folds but one and measures on the one left out, for every fold.
public struct CrossValidation: Sendable {
    /// What is to be modelled and how.
    public let recipe: Recipe
    /// Threads to use; the result does not depend on them.
    public let workers: Workers

    /// Cross-validation of a recipe.
    public init(_ recipe: Recipe, workers: Workers = .allProcessors) {
        self.recipe = recipe
        self.workers = workers
    }

    /// What came of it.
    public struct Report: Sendable, Equatable {
        /// Figures of each fold, on rows that its model had not seen.
        public let folds: [Evaluation]
        /// The fold of every row.
        public let foldOfRow: [Int]
        /// Every row's log-odds by the model that had not seen it.
        public let logOdds: [Double]
        /// Outcomes by row.
        public let defaulted: [Bool]
        /// What the search of every fold tried and took; empty where the recipe does not search.
        public let searches: [SearchReport]
    }

    /// Runs all folds, as many at a time as there are threads.
    ///
    /// Where the recipe searches, every fold searches anew on its own training rows, so that the figures are those of
    /// the search and the training together.
    ///
    /// - Parameters:
    ///   - table: All rows.
    ///   - foldNumbers: One number per row, each distinct one a fold. Absent: dealt as the recipe says, whole groups
    ///     where it names a group column.
    ///   - journal: Where finished trials of searches are noted.
    ///   - progress: Called as each fold ends, with the number of folds done so far; in no particular order.
    /// - Throws: ``TrainingError``.
    public func run(
        _ table: Table, foldNumbers: [Int]? = nil, journal: SearchJournal? = nil,
        progress: @Sendable (_ done: Int) -> Void = { _ in }
    ) throws(TrainingError) -> Report {
        let data = try TrainingData(table, recipe: recipe)
        let folds: Folds
        if let foldNumbers {
            do throws(FoldError) { folds = try Folds(foldNumbers, rows: table.rowCount) } catch {
                throw .folds(error)
            }
        } else {
            folds = try data.folds(recipe.folds, recipe: recipe)
        }
        let counter = Counter()
        let trainer = ModelTrainer(recipe, workers: .single, reportsInference: false)
        let parts = try workers.tryMap(folds.count) { fold throws(TrainingError) -> Part in
            let trained = try trainer.train(
                data.gathered(folds.trainingRows(fold)), watching: SearchWatch(journal: journal),
                scope: "fold \(fold)")
            let test = table.gathered(folds.testRows(fold))
            do throws(ScoringError) {
                let logOdds = try trained.model.logOdds(of: test)
                progress(counter.next())
                return Part(logOdds: logOdds, search: trained.report.search)
            } catch { throw .scoring(error) }
        }
        var logOdds = [Double](repeating: 0, count: table.rowCount)
        var evaluations: [Evaluation] = []
        for fold in 0..<folds.count {
            let rows = folds.testRows(fold)
            for (position, row) in rows.enumerated() { logOdds[row] = parts[fold].logOdds[position] }
            evaluations.append(
                Evaluation(
                    logOdds: parts[fold].logOdds, defaulted: rows.map { data.defaulted[$0] },
                    weights: data.weights.map { weights in rows.map { weights[$0] } }))
        }
        return Report(
            folds: evaluations, foldOfRow: folds.ofRow, logOdds: logOdds, defaulted: data.defaulted,
            searches: parts.compactMap(\.search))
    }

    /// What one fold came to.
    private struct Part: Sendable {
        let logOdds: [Double]
        let search: SearchReport?
    }
}

extension CrossValidation.Report {
    /// The plain mean over folds of a figure; `nil` if a fold lacks it.
    public func mean(of figure: (Evaluation) -> Double?) -> Double? {
        let values = folds.compactMap(figure)
        guard !values.isEmpty, values.count == folds.count else { return nil }
        return values.reduce(0, +) / Double(values.count)
    }
}
