import Grading
import Parallelism
public import Results
import Scoring
import Statistics
public import Vocabulary

/// What challengers make of the obligors that a review rated on its date, beside the champion.
///
/// Both are given the same facts. Grades are those of the models' PDs, before rules and experts, which would make the
/// grades of both alike; the champion's PDs are adapted to industry and region, as they were rated.
enum ShadowRatings {
    /// The rows of `shadow.csv`, challenger by challenger.
    ///
    /// - Parameters:
    ///   - facts: The obligors that are rated, with the columns of all models.
    ///   - champion: What the champion made of them, row by row.
    ///   - scale: The champion's scale.
    static func records(
        by challengers: [Challenger], of facts: FactTable, beside champion: RatedDay, on scale: MasterScale,
        workers: Workers
    ) throws -> [ShadowRecord] {
        let pds = champion.pds
        let grades = pds.map { scale.grade(ofPD: $0).rawValue }
        return try challengers.flatMap { challenger in
            let scored = try challenger.model.score(facts.table, withReasons: false, workers: workers)
            return facts.ids.indices.map { row in
                let pd = scored.pd(ofRow: row)
                return ShadowRecord(
                    id: facts.ids[row], asOf: "\(champion.day)", model: challenger.name, pd: pd,
                    grade: challenger.scale.grade(ofPD: pd).rawValue, championPD: pds[row],
                    championGrade: grades[row])
            }
        }
    }

    /// Log-odds of a PD, which calibrated models keep off 0 and 1.
    static func logOdds(_ pd: Double) -> Double {
        ProbabilityOfDefault(min(max(pd, .leastNormalMagnitude), 1 - 1e-16))?.logOdds ?? 0
    }
}

extension ShadowSummaryRecord {
    /// How challengers compare with the champion.
    ///
    /// - Parameters:
    ///   - records: The rows of `shadow.csv`.
    ///   - champion: The name of the champion.
    ///   - earlier: What challengers made of obligors in earlier reviews by the same champion, by date.
    ///   - cohorts: What became of obligors that were rated on those dates.
    public init(
        _ records: [ShadowRecord], of challengers: [Review.Challenger], champion: String, asOf day: String,
        earlier: [CalendarDay: [ShadowRecord]] = [:], cohorts: [MaturedCohort] = []
    ) {
        let byModel = Dictionary(grouping: records, by: \.model)
        self.init(
            asOf: day, champion: champion, grades: Grade.performing.map(\.rawValue),
            challengers: challengers.map { challenger in
                .init(
                    challenger, byModel[challenger.name] ?? [],
                    cohorts.compactMap { cohort in
                        Matured(cohort, (earlier[cohort.day] ?? []).filter { $0.model == challenger.name })
                    })
            })
    }
}

extension ShadowSummaryRecord.Matured {
    /// Both models on the obligors of a cohort that both rated; `nil` without any.
    fileprivate init?(_ cohort: MaturedCohort, _ rows: [ShadowRecord]) {
        let outcomes = Dictionary(
            zip(cohort.obligors, cohort.defaulted).map { ($0.text, $1) },
            uniquingKeysWith: { first, _ in first })
        let known = rows.compactMap { row in outcomes[row.id].map { (row: row, defaulted: $0) } }
        guard !known.isEmpty else { return nil }
        let comparison = ModelComparison(
            champion: known.map { ShadowRatings.logOdds($0.row.championPD) },
            challenger: known.map { ShadowRatings.logOdds($0.row.pd) }, defaulted: known.map(\.defaulted))
        let auc = comparison.auc
        self.init(
            cohort: "\(cohort.day)", obligors: known.count, defaults: known.count { $0.defaulted },
            championAUC: auc?.champion, auc: auc?.challenger, lower: auc?.interval.lowerBound,
            upper: auc?.interval.upperBound, championLogLoss: comparison.logLoss?.champion,
            logLoss: comparison.logLoss?.challenger)
    }
}

extension ShadowSummaryRecord.Challenger {
    fileprivate init(
        _ challenger: Review.Challenger, _ rows: [ShadowRecord], _ matured: [ShadowSummaryRecord.Matured]
    ) {
        let grades = rows.map { row in
            (
                champion: Grade(rawValue: row.championGrade) ?? .c,
                challenger: Grade(rawValue: row.grade) ?? .c
            )
        }
        let notches = grades.map { $0.challenger.rank - $0.champion.rank }
        let economics = ModelComparison.Economics()
        // Nobody's outcome is known yet; what needs none is asked of the comparison.
        let comparison = ModelComparison(
            champion: rows.map { ShadowRatings.logOdds($0.championPD) },
            challenger: rows.map { ShadowRatings.logOdds($0.pd) },
            defaulted: rows.map { _ in false }, economics: economics,
            grades: (grades.map(\.champion), grades.map(\.challenger)))
        let swaps = comparison.swaps
        func mean(_ values: [Double]) -> Double? {
            values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
        self.init(
            name: challenger.name, sha256: challenger.sha256, obligors: rows.count,
            championMeanPD: mean(rows.map(\.championPD)), meanPD: mean(rows.map(\.pd)),
            sameGrade: notches.count { $0 == 0 }, withinOneNotch: notches.count { abs($0) <= 1 },
            better: notches.count { $0 < 0 }, worse: notches.count { $0 > 0 },
            rankCorrelation: comparison.rankCorrelation,
            psi: comparison.shift.flatMap { $0.index.isFinite ? $0.index : nil },
            breakEvenPD: economics.breakEvenPD,
            swapSets: [
                .init(acceptedBy: "both", rows: swaps.both.rows, defaults: 0),
                .init(acceptedBy: "swapped in", rows: swaps.swappedIn.rows, defaults: 0),
                .init(acceptedBy: "swapped out", rows: swaps.swappedOut.rows, defaults: 0),
                .init(acceptedBy: "neither", rows: swaps.neither.rows, defaults: 0),
            ], gradeMigration: comparison.migration, matured: matured)
    }
}
