import Features
import Scoring
import Tables

/// The columns of a model as an analyst speaks of them: by group, with the value and where it is heading.
struct AnalystWords: Sendable {
    private let features: [String: Feature]

    init() {
        let all = FeatureCatalogue.all + FeatureCatalogue.atInvoice
        features = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// What a column belongs to: the group of its feature, or itself where it is not from the catalogue.
    func group(_ column: String) -> String { features[column]?.group.rawValue ?? column }

    /// The value of a column in a row.
    func text(_ column: String, _ table: Table, _ row: Int) -> String {
        guard let feature = features[column], let values = table[column]?.doubles else {
            return "\(column): \(table[column]?.text(at: row) ?? "not known")"
        }
        return feature.statement(values[row], earlier: longer(column).flatMap { table[$0]?.doubles?[row] })
    }

    /// The change of a column between two rows, of one table or of two.
    func change(
        _ column: String, _ earlier: (table: Table, row: Int), _ later: (table: Table, row: Int)
    ) -> String {
        guard let feature = features[column], let before = earlier.table[column]?.doubles,
            let now = later.table[column]?.doubles
        else {
            let texts = [earlier, later].map { $0.table[column]?.text(at: $0.row) ?? "not known" }
            return texts[0] == texts[1]
                ? "\(column): \(texts[1])" : "\(column): \(texts[1]) (\(texts[0]) before)"
        }
        return feature.statement(now[later.row], earlier: before[earlier.row])
    }

    /// The same feature over the next longer window, which says what was usual.
    private func longer(_ column: String) -> String? {
        let symbols = Window.allCases.map(\.symbol)
        guard let place = symbols.lastIndex(where: { column.hasSuffix("_\($0)") }) else { return nil }
        let stem = column.dropLast(symbols[place].count)
        return symbols[(place + 1)...].map { stem + $0 }.first { features[$0] != nil }
    }
}

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
