import Features
import Ledger
import Migration
import Parallelism
import Tables
import Vocabulary

/// What a ledger says of obligors on some days, as columns of numbers by day.
///
/// Industry and region become a column for each of their levels. Learners are on all days, others on the last alone.
struct LedgerFeatures {
    /// The columns' names.
    private(set) var names: [String]
    /// By day and name.
    private var columns: [[[Double]]]
    /// By day, the row of an obligor's number.
    private var rows: [[Int: Int]]

    /// The circles that levels become columns of.
    private static let circles = ["industry", "region"]

    /// - Parameters:
    ///   - days: Rising.
    ///   - obligors: Names by number; several lives of an obligor have one name.
    /// - Throws: `FeatureError`, `TableError`, `LedgerError`.
    init(
        of ledger: TradeLedger, on days: [CalendarDay], obligors: [String], definition: DefaultDefinition,
        learners: Learners, workers: Workers, progress: Progress
    ) throws {
        guard let window = PerformanceWindow(months: 12), let last = days.last else {
            preconditionFailure("a year is a window, and a panel has days")
        }
        var wanted = PanelOptions(.days(days), window: window)
        wanted.hasOutcomes = false
        if !learners.isEverybody {
            let learns = (0..<ledger.obligorCount).map { learners.contains(ledger.id(ofObligor: $0).text) }
            wanted.includes = { obligor, day in day == last || learns[obligor] }
        }
        let panel = try Panel(of: ledger, wanted, default: definition, workers: workers) {
            done, total in progress.update(done: done, of: total)
        }
        names = panel.features.map(\.name)
        columns = days.map { [names] _ in names.map { _ in [] } }
        rows = days.map { _ in [:] }
        let places = Dictionary(uniqueKeysWithValues: days.enumerated().map { ($1, $0) })
        // Of several lives of an obligor the one that has begun by the day is meant; histories tell which is rated.
        var numbers: [String: [Int]] = [:]
        for (number, name) in obligors.enumerated() { numbers[name, default: []].append(number) }
        // By circle and day, the level of every row.
        var levels = Self.circles.map { _ in days.map { _ in [String?]() } }
        for index in 0..<panel.tableCount {
            let table = try panel.table(index)
            guard case .day(let asOf) = try table.column(named: "as_of").values else { continue }
            let ids = try table.column(named: "obligor")
            let texts = try Self.circles.map { try table.column(named: $0) }
            var placeOfRow: [Int?] = []
            for row in 0..<table.rowCount {
                guard let place = places[asOf[row]], let name = ids.text(at: row) else {
                    placeOfRow.append(nil)
                    continue
                }
                placeOfRow.append(place)
                for number in numbers[name] ?? [] { rows[place][number] = levels[0][place].count }
                for circle in texts.indices { levels[circle][place].append(texts[circle].text(at: row)) }
            }
            for (feature, name) in names.enumerated() {
                guard case .double(let values) = try table.column(named: name).values else {
                    preconditionFailure("feature \(name) is no column of numbers")
                }
                for (row, place) in placeOfRow.enumerated() {
                    if let place { columns[place][feature].append(values[row]) }
                }
            }
        }
        for (circle, levels) in zip(Self.circles, levels) {
            for level in Set(levels.joined().compactMap(\.self)).sorted() {
                names.append("\(circle)=\(level)")
                for place in days.indices { columns[place].append(levels[place].map { $0 == level ? 1 : 0 }) }
            }
        }
    }

    /// The features of a sample's rows on a day, NaN where the ledger has none.
    func columns(of sample: MigrationSample, on place: Int) -> [[Double]] {
        let own = sample.obligors.map { rows[place][$0] }
        return columns[place].map { column in own.map { row in row.map { column[$0] } ?? .nan } }
    }

    /// Lets go of a day that nobody asks for any more.
    mutating func forget(_ place: Int) {
        columns[place] = []
        rows[place] = [:]
    }
}
