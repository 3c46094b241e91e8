import Grading
import Parallelism
import Results
import Scoring
import Tables

/// A model measured on observations with known outcomes.
struct Measurement {
    /// η by row.
    let logOdds: [Double]
    /// Outcomes by row.
    let defaulted: [Bool]
    /// Weights by row; `nil` for all 1.
    let weights: [Double]?
    /// The figures.
    let evaluation: Evaluation
    /// Gains and reliability.
    let profile: RiskProfile

    /// Scores a table and holds the scores against its outcomes.
    init(of model: ScoringModel, on table: Table, workers: Workers) throws {
        self.init(
            logOdds: try model.logOdds(of: table, workers: workers),
            defaulted: try model.roles.target.outcomes(of: table),
            weights: model.roles.weight.flatMap { table[$0]?.doubles })
    }

    /// Holds log-odds against outcomes.
    init(logOdds: [Double], defaulted: [Bool], weights: [Double]?) {
        self.logOdds = logOdds
        self.defaulted = defaulted
        self.weights = weights
        evaluation = Evaluation(logOdds: logOdds, defaulted: defaulted, weights: weights)
        profile = RiskProfile(logOdds: logOdds, defaulted: defaulted, weights: weights)
    }

    /// The same observations with their log-odds moved by industry and region.
    ///
    /// - Parameter cells: The names of the columns; `nil` as the adaptation is.
    func shifted(
        by adaptation: CellAdaptation?, on table: Table, _ cells: (industry: String, region: String)?
    ) throws -> Measurement {
        guard let adaptation, let cells else { return self }
        let industries = try table.column(named: cells.industry)
        let regions = try table.column(named: cells.region)
        return Measurement(
            logOdds: logOdds.indices.map { row in
                logOdds[row]
                    + adaptation.shift(industry: industries.text(at: row), region: regions.text(at: row))
            }, defaulted: defaulted, weights: weights)
    }

    /// The figures as they are written.
    var performance: PerformanceRecord { PerformanceRecord(evaluation) }

    /// Observations and defaults by grade.
    func grades(on scale: MasterScale) -> [ValidationRecord.GradeRecord] {
        GradeCounts(logOdds, defaulted: defaulted, on: scale).records
    }
}
