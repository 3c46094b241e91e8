import Features
import Ledger
import Parallelism
import Results
import Scoring
import Tables
import Vocabulary

/// Features of all obligors on all dates of a review, scored by the model.
struct RatedPanel: Sendable {
    /// Names of the model's inputs, in the order of the contributions.
    let inputs: [String]
    /// By obligor and date.
    private(set) var observations: [String: [CalendarDay: Observation]] = [:]
    /// Missing values of the inputs on all dates.
    let missing: [DataQualityRecord.Missing]

    init(
        of ledger: TradeLedger, by model: ScoringModel, _ options: ReviewOptions, workers: Workers
    ) throws {
        // Outcomes are not asked for; the shortest window looks least far.
        guard let window = PerformanceWindow(months: 1) else { preconditionFailure("one month is a window") }
        var panelOptions = PanelOptions(.days(options.dates), window: window)
        panelOptions.observedUntil = options.asOf
        panelOptions.features = try PortfolioReview.features(for: model)
        let panel = try Panel(of: ledger, panelOptions, default: options.definition, workers: workers)
        inputs = model.scorer.columns
        let parts = try workers.tryMap(panel.tableCount) { index in
            try Self.rated(panel.table(index), by: model)
        }
        var missing = [Int](repeating: 0, count: inputs.count)
        var rows = 0
        for part in parts {
            for (id, day, observation) in part.rows { observations[id, default: [:]][day] = observation }
            for position in missing.indices { missing[position] += part.missing[position] }
            rows += part.rows.count
        }
        self.missing = zip(inputs, missing).map { name, count in
            DataQualityRecord.Missing(column: name, share: rows > 0 ? Double(count) / Double(rows) : 0)
        }
    }

    private struct Part: Sendable {
        var rows: [(id: String, day: CalendarDay, observation: Observation)] = []
        var missing: [Int]
    }

    private static func rated(_ table: Table, by model: ScoringModel) throws -> Part {
        let scored = try model.score(table, withReasons: true)
        let contributions = try model.scorer.contributions(of: table)
        let columns = model.scorer.columns.map { table[$0] }
        var part = Part(
            missing: columns.map { column in
                guard let column else { return 0 }
                return (0..<table.rowCount).count { column.isMissing($0) }
            })
        let figures = PortfolioReview.shownFeatures.compactMap { name -> (String, [Double])? in
            guard case .double(let values)? = table[name]?.values else { return nil }
            return (name, values)
        }
        guard case .text(let ids)? = table["obligor"]?.values, case .day(let days)? = table["as_of"]?.values
        else { return part }
        for row in 0..<table.rowCount {
            guard let id = ids[row] else { continue }
            let day = days[row]
            part.rows.append(
                (
                    id, day,
                    Observation(
                        logOdds: scored.logOdds[row], score: scored.points?[row] ?? scored.scores[row],
                        reasons: scored.reasons?.names(ofRow: row) ?? [],
                        contributions: contributions.map { $0[row] },
                        figures: Dictionary(uniqueKeysWithValues: figures.map { ($0.0, $0.1[row]) }),
                        industry: table["industry"]?.text(at: row), region: table["region"]?.text(at: row))
                ))
        }
        return part
    }

    private static let daysInHalfYear = 365.25 / 2

    /// How old the latest statements are on a date, in half-years.
    func statementAges(on day: CalendarDay) -> [DataQualityRecord.StatementAge] {
        var counts: [Int: Int] = [:]
        var without = 0
        for dates in observations.values {
            guard let observation = dates[day] else { continue }
            if let days = observation.figure("statement_age") {
                counts[Int(days / Self.daysInHalfYear) * 6, default: 0] += 1
            } else {
                without += 1
            }
        }
        return counts.sorted { $0.key < $1.key }.map { .init(months: $0.key, obligors: $0.value) }
            + (without > 0 ? [.init(obligors: without)] : [])
    }
}
