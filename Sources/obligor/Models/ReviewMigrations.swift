import Ledger
import Migration
import Parallelism
import Results
import Review
import Vocabulary

/// Where grades are heading, as a part of a review: what `obligor migrate` learns from the grades of the ledger, from
/// where the review's own grades start.
struct ReviewMigrations {
    /// What was found; `nil` where the ledger has too few grades.
    let study: MigrationStudy?
    /// Why nothing was, or what it was learned from where that is not all.
    let remark: String?

    /// Months without renewal after which a grade counts as withdrawn.
    private static let staleAfter = 12
    private static let replicates = 200
    private static let seed: UInt64 = 1

    init(
        _ ledger: TradeLedger, grades portfolio: Portfolio, method: PredictionOptions.Method,
        learnerLimit: Int?, options: ReviewOptions, workers: Workers, progress: Progress
    ) throws {
        do {
            let grades = try GradeSource(
                ledger: ledger, definition: options.definition, end: options.asOf,
                staleAfter: Self.staleAfter, ofModelAlone: false,
                settingAside: Set(options.setAside.keys)
            ).starting(
                from: portfolio.obligors.compactMap { one in
                    one.grade.flatMap { Grade(rawValue: $0) }.map { (one.id, $0) }
                }, on: options.asOf)
            guard !grades.actions.isEmpty else {
                study = nil
                remark = "no migrations: the ledger has no grades by \(options.asOf)"
                return
            }
            var prediction = PredictionOptions(method: method)
            prediction.seed = Self.seed
            prediction.workers = workers
            study = try MigrationStudy(
                MigrationStudy.Input(
                    grades: grades, ledger: (ledger, options.definition), asOf: options.asOf, files: []),
                options: MigrationStudy.Options(
                    prediction: prediction, isReconciled: false, isTested: false,
                    replicates: Self.replicates, reviewCost: 0, isWorthLoss: false,
                    notches: SecondLook.Terms().notches, learnerLimit: learnerLimit,
                    seed: Self.seed, workers: workers), progress: progress)
            remark = study?.drawn
        } catch let error where CommandStatus(of: error) == .badData {
            study = nil
            remark = "no migrations: \(error)"
        }
    }
}
