import Grading
import Parallelism
public import Results
import Scoring
import Statistics
import Vocabulary

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
}

extension ShadowSummaryRecord {
    /// How challengers compare with the champion.
    ///
    /// - Parameters:
    ///   - records: The rows of `shadow.csv`.
    ///   - champion: The name of the champion.
    public init(
        _ records: [ShadowRecord], of challengers: [Review.Challenger], champion: String, asOf day: String
    ) {
        let byModel = Dictionary(grouping: records, by: \.model)
        self.init(
            asOf: day, champion: champion, grades: Grade.performing.map(\.rawValue),
            challengers: challengers.map { .init($0, byModel[$0.name] ?? []) })
    }
}

extension ShadowSummaryRecord.Challenger {
    fileprivate init(_ challenger: Review.Challenger, _ rows: [ShadowRecord]) {
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
            champion: rows.map { Self.logOdds($0.championPD) }, challenger: rows.map { Self.logOdds($0.pd) },
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
            ], gradeMigration: comparison.migration)
    }

    /// Log-odds of a PD, which calibrated models keep off 0 and 1.
    private static func logOdds(_ pd: Double) -> Double {
        ProbabilityOfDefault(min(max(pd, .leastNormalMagnitude), 1 - 1e-16))?.logOdds ?? 0
    }
}
