import Review
import Scoring
import Tables

/// Reasons of obligors: what makes them riskier than the model's neutral obligor, by group of columns.
struct ReasonGroups: Sendable {
    let model: ScoringModel
    let words = AnalystWords()
    /// The most reasons for one obligor.
    let count: Int

    /// The columns of the file.
    static let columns = ["id", "rank", "group", "log_odds", "points", "text", "features"]

    /// The reasons of some rows.
    ///
    /// Contributions to log-odds are added up within a group; those that raise risk are reasons, the largest first. The
    /// text is that of the column that adds most. Points are −factor · log-odds: what the group costs.
    func table(of part: Table, ids: Column) throws -> Table {
        let columns = model.scorer.columns
        let contributions = try model.scorer.contributions(of: part)
        let groups = columns.map(words.group)
        // A calibration that is a line stretches contributions; one that bends leaves them in the model's own log-odds.
        let slope = model.calibration?.line?.slope ?? 1
        var (names, ranks, kinds, logOdds, points, texts, features) = (
            [String?](), [Int64](), [String?](), [Double](), [Double](), [String?](), [String?]()
        )
        for row in 0..<part.rowCount {
            var sums: [String: Double] = [:]
            for (place, group) in groups.enumerated() { sums[group, default: 0] += contributions[place][row] }
            let order = sums.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            for (rank, (group, sum)) in order.prefix(count).enumerated() {
                let members = groups.indices.filter { groups[$0] == group && contributions[$0][row] > 0 }
                    .sorted { (contributions[$1][row], $0) < (contributions[$0][row], $1) }
                guard let first = members.first else { continue }
                names.append(ids.text(at: row))
                ranks.append(Int64(rank + 1))
                kinds.append(group)
                logOdds.append(slope * sum)
                points.append(-model.scaling.factor * slope * sum)
                texts.append(words.text(columns[first], part, row))
                features.append(members.map { columns[$0] }.joined(separator: ";"))
            }
        }
        return try Table(columns: [
            Column(name: Self.columns[0], values: .text(names)),
            Column(name: Self.columns[1], values: .integer(ranks)),
            Column(name: Self.columns[2], values: .text(kinds)),
            Column(name: Self.columns[3], values: .double(logOdds)),
            Column(name: Self.columns[4], values: .double(points)),
            Column(name: Self.columns[5], values: .text(texts)),
            Column(name: Self.columns[6], values: .text(features)),
        ])
    }
}
