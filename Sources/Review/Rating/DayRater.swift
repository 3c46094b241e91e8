import Grading
import Ledger
import Parallelism
import Scoring
import Tables
import Vocabulary

/// Scores, calibrates and shifts obligors on a date, with the decisions of experts that hold on it.
struct DayRater: Sendable {
    let ledger: TradeLedger
    let basis: RatingBasis
    let hands: HandGrades
    let workers: Workers

    /// The obligors of a table of facts, all of a date and rated.
    func rate(
        _ facts: FactTable, on day: CalendarDay, withReasons: Bool
    ) throws -> (rated: RatedDay, basis: RatingBasis) {
        let table = facts.table
        let scored = try basis.model.score(table, withReasons: withReasons, workers: workers)
        let logOdds = scored.logOdds.indices.map { row in
            scored.logOdds[row]
                + (basis.adaptation?.shift(
                    industry: table["industry"]?.text(at: row), region: table["region"]?.text(at: row)) ?? 0)
        }
        let places = facts.ids.compactMap { ledger.place(of: ObligorID($0)) }
        let rated = RatedDay(
            ids: facts.ids, day: day, facts: table, logOdds: logOdds, scores: scored.points ?? scored.scores,
            reasons: facts.ids.indices.map { scored.reasons?.names(ofRow: $0) ?? [] })
        return (rated, basis.deciding(hands.decisions(on: places, asOf: day, beside: basis.experts)))
    }
}
