import Foundation
import Grading
import Parallelism
import Results
import Review
import Scoring
import Tables
import Vocabulary

/// The rows that are to be graded: who, as of when, with which PD, and the facts that rules and policy ask for.
struct GradingFacts {
    /// All columns.
    let table: Table
    /// η by row, as the model or the data give it.
    let logOdds: [Double]
    /// Points by row.
    let scores: [Double]
    /// The characteristics that cost most, by row.
    let reasons: [[String]]
    /// The obligors.
    let ids: Column
    /// The date of each row; `nil` where the data has none.
    let days: [CalendarDay?]?

    /// Reads the rows, and scores them where a model is given.
    init(_ source: DataFile, model: ScoringModel?, id: String?, workers: Workers, progress: Progress) throws {
        let idColumn = id ?? model?.roles.id
        var schema = model?.schema ?? Schema.none
        if let idColumn, schema[idColumn] == nil {
            schema = schema.overridden(by: try Schema([ColumnSchema(name: idColumn, type: .text)]))
        }
        let table = try source.read(schema: schema, columns: nil, workers: workers, progress: progress)
        self.table = table
        guard let name = idColumn ?? ["id", "obligor"].first(where: { table[$0] != nil }) else {
            throw CommandFailure.badData(
                "\(source.path): which column names the obligors? Give --id COLUMN")
        }
        ids = try table.column(named: name)
        if let model {
            let scored = try model.score(table, withReasons: true, workers: workers)
            logOdds = scored.logOdds
            scores = scored.points ?? scored.scores
            reasons = (0..<scored.count).map { scored.reasons?.names(ofRow: $0) ?? [] }
        } else {
            logOdds = try Self.logOdds(of: table, in: source)
            scores = table["score"]?.doubles ?? logOdds.map(ScoreScaling.standard.score)
            reasons = (0..<table.rowCount).map { row in
                table["reasons"]?.text(at: row)?.split(separator: RatingRecord.reasonSeparator).map(
                    String.init)
                    ?? []
            }
        }
        days = try table[ChangeExplanation.dayColumn].map { column in
            guard case .day(let days) = column.values else {
                throw CommandFailure.badData(
                    "\(source.path): column 'as_of' holds no days such as 2024-03-31")
            }
            return days.map { $0 == Column.missingDay ? nil : $0 }
        }
    }

    /// Log-odds from the columns that `score` writes.
    private static func logOdds(of table: Table, in source: DataFile) throws -> [Double] {
        if let values = table["log_odds"]?.doubles {
            if let row = values.firstIndex(where: \.isNaN) {
                throw CommandFailure.badData("\(source.path): row \(row + 1) has no log_odds")
            }
            return values
        }
        guard let values = table["pd"]?.doubles else {
            throw CommandFailure.badData(
                "\(source.path): no column 'log_odds' or 'pd': grade what 'obligor score' writes, or give --model"
            )
        }
        return try values.enumerated().map { row, value in
            guard let pd = ProbabilityOfDefault(value) else {
                throw CommandFailure.badData(
                    "\(source.path): the pd of row \(row + 1) is no fraction from 0 to 1")
            }
            return pd.logOdds
        }
    }

    /// The rows of one date: the given one, or the last there is; all rows of data without dates.
    func rows(asOf: CalendarDay?) throws -> (rows: [Int], day: CalendarDay) {
        guard let days else {
            guard let asOf else {
                throw CommandFailure.usage("the data has no column 'as_of': give --as-of DAY")
            }
            return (Array(0..<table.rowCount), asOf)
        }
        guard let day = asOf ?? days.compactMap(\.self).max() else {
            throw CommandFailure.badData("no row has an as_of date")
        }
        let rows = days.indices.filter { days[$0] == day }
        guard !rows.isEmpty else { throw CommandFailure.badData("no row is as of \(day)") }
        return (rows, day)
    }

    /// Outcomes by row; `nil` where not known.
    func outcomes(_ name: String?, model: ScoringModel?) throws -> [Bool?] {
        // The model knows which values of its own target are defaults.
        if let target = model?.roles.target, name == nil || name == target.column {
            return try target.knownOutcomes(of: table)
        }
        guard let name else {
            throw CommandFailure.usage("fitting needs outcomes: give --outcome COLUMN")
        }
        return try Self.flags(table.column(named: name))
    }

    /// What a column says yes or no to, by row; `nil` where it is empty.
    static func flags(_ column: Column) throws -> [Bool?] {
        if let values = column.doubles { return values.map { $0.isNaN ? nil : $0 != 0 } }
        return try (0..<column.count).map { row in
            switch column.text(at: row) {
            case nil: return nil
            case "true", "yes": return true
            case "false", "no": return false
            case let text?:
                throw CommandFailure.badData(
                    "column '\(column.name)', row \(row + 1): '\(text)' is no outcome: use true or false")
            }
        }
    }

    /// The rows of a date as they are graded.
    ///
    /// - Parameters:
    ///   - logOdds: η by row of all data, adapted.
    ///   - defaulted: Whether rows of all data are in default.
    func rated(_ rows: [Int], on day: CalendarDay, logOdds: [Double], defaulted: [Bool?]?) -> RatedDay {
        RatedDay(
            ids: rows.map { ids.text(at: $0) ?? "" }, day: day,
            facts: rows.count == table.rowCount ? table : table.gathered(rows),
            logOdds: rows.map { logOdds[$0] }, scores: rows.map { scores[$0] },
            reasons: rows.map { reasons[$0] },
            inDefault: defaulted.map { flags in rows.map { flags[$0] ?? false } })
    }

    /// A column of texts by row.
    func texts(_ name: String) throws -> [String?] {
        let column = try table.column(named: name)
        return (0..<column.count).map { column.text(at: $0) }
    }
}
