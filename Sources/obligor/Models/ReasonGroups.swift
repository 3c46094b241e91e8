import Results
import Review
import Scoring
import Tables

/// Reasons of obligors: what makes them riskier than the model's neutral obligor, by group of columns.
struct ReasonGroups: Sendable {
    let model: ScoringModel
    let words = AnalystWords()
    /// The most reasons for one obligor.
    let count: Int

    /// The reasons of some rows.
    ///
    /// Contributions to log-odds are added up within a group; those that raise risk are reasons, the largest first. The
    /// text is that of the column that adds most. Points are −factor · log-odds: what the group costs.
    ///
    /// - Parameter ids: What each row is called.
    func records(of part: Table, ids: Column) throws -> [ReasonRecord] {
        let columns = model.scorer.columns
        let contributions = try model.scorer.contributions(of: part)
        let groups = columns.map(words.group)
        // A calibration that is a line stretches contributions; one that bends leaves them in the model's own log-odds.
        let slope = model.calibration?.line?.slope ?? 1
        var records: [ReasonRecord] = []
        for row in 0..<part.rowCount {
            var sums: [String: Double] = [:]
            for (place, group) in groups.enumerated() { sums[group, default: 0] += contributions[place][row] }
            let order = sums.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            for (rank, (group, sum)) in order.prefix(count).enumerated() {
                let members = groups.indices.filter { groups[$0] == group && contributions[$0][row] > 0 }
                    .sorted { (contributions[$1][row], $0) < (contributions[$0][row], $1) }
                guard let first = members.first else { continue }
                records.append(
                    ReasonRecord(
                        id: ids.text(at: row) ?? "", rank: rank + 1, group: group, logOdds: slope * sum,
                        points: -model.scaling.factor * slope * sum,
                        text: words.text(columns[first], part, row), features: members.map { columns[$0] }))
            }
        }
        return records
    }
}
