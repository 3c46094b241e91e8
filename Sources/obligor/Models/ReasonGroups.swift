import Parallelism
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
    func records(of part: Table, ids: Column, workers: Workers = .single) throws -> [ReasonRecord] {
        let columns = model.scorer.columns
        let contributions = try model.scorer.contributions(of: part, workers: workers)
        let groups = columns.map(words.group)
        // Groups by number, in the order of their names, which settles what sums leave open.
        let names = Set(groups).sorted()
        let members = names.map { name in groups.indices.filter { groups[$0] == name } }
        // A calibration that is a line stretches contributions; one that bends leaves them in the model's own log-odds.
        let slope = model.calibration?.line?.slope ?? 1
        let size = Self.blockSize
        return workers.map((part.rowCount + size - 1) / size) { block in
            (block * size..<min(part.rowCount, (block + 1) * size)).flatMap { row -> [ReasonRecord] in
                // Added up in the order of columns.
                let sums = members.map { $0.reduce(0.0) { $0 + contributions[$1][row] } }
                let order = sums.indices.filter { sums[$0] > 0 }.sorted {
                    (sums[$1], $0) < (sums[$0], $1)
                }
                return order.prefix(count).enumerated().compactMap { rank, group in
                    let raising = members[group].filter { contributions[$0][row] > 0 }
                        .sorted { (contributions[$1][row], $0) < (contributions[$0][row], $1) }
                    guard let first = raising.first else { return nil }
                    return ReasonRecord(
                        id: ids.text(at: row) ?? "", rank: rank + 1, group: names[group],
                        logOdds: slope * sums[group], points: -model.scaling.factor * slope * sums[group],
                        text: words.text(columns[first], part, row), features: raising.map { columns[$0] })
                }
            }
        }.flatMap(\.self)
    }

    /// Rows that one thread looks at at a time.
    private static let blockSize = 256
}
