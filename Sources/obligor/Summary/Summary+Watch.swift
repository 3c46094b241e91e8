import Foundation
import Review
import Scoring
import Tables
import Vocabulary

extension WatchBacktest {
    /// Prints how good alarms were.
    func summarise(on console: any Console) throws {
        var summary = Summary(for: console)
        summary.heading("Alarms from \(period.lowerBound) to \(period.upperBound)")
        var grid = TextGrid([
            .left("monitor"), .right("alarms"), .right("false per year"), .right("95 %"),
            .right("by obligors"), .right("chosen"), .right("precision"), .right("recall"),
            .right("median lead"),
        ])
        for score in scores + rules {
            grid.rows.append([
                score.name, Figures.count(score.alarms), Figures.fixed(score.falseAlarmRate),
                Self.text(score.falseAlarmInterval), Self.text(score.resampled),
                Figures.fixed(score.chosenRate), Figures.percent(score.precision, decimals: 1),
                Figures.percent(score.recall, decimals: 1),
                score.medianLead.map { Figures.fixed($0, decimals: 0) + " days" } ?? "–",
            ])
        }
        summary.table(grid)
        summary.aside(
            "False alarms per obligor-year while nothing is wrong, where the truth is known, with the interval of a "
                + "Poisson count and that of obligors drawn again. Precision: alarms followed by "
                + "default within twelve months. Recall: of \(Figures.count(scores.last?.defaults ?? 0)) defaults, "
                + "those with "
                + "an alarm in the twelve months before. Fixed thresholds raise as many alarms as all monitors "
                + "together."
        )
        try summary.print(on: console)
    }

    private static func text(_ interval: ClosedRange<Double>?) -> String {
        interval.map { "\(Figures.fixed($0.lowerBound)) – \(Figures.fixed($0.upperBound))" } ?? "–"
    }
}

/// A back-test as JSON.
struct WatchBacktestRecord: Encodable {
    struct Score: Encodable {
        let name: String
        let alarms: Int
        let chosenRate: Double?
        let falseAlarmRate: Double?
        let falseAlarmLower: Double?
        let falseAlarmUpper: Double?
        let falseAlarmResampledLower: Double?
        let falseAlarmResampledUpper: Double?
        let falseAlarms: Int?
        let yearsInControl: Double?
        let precision: Double?
        let recall: Double?
        let defaults: Int
        let medianLeadDays: Double?

        init(_ score: WatchBacktest.Score) {
            name = score.name
            alarms = score.alarms
            chosenRate = score.chosenRate
            falseAlarmRate = score.falseAlarmRate
            falseAlarmLower = score.falseAlarmInterval?.lowerBound
            falseAlarmUpper = score.falseAlarmInterval?.upperBound
            falseAlarmResampledLower = score.resampled?.lowerBound
            falseAlarmResampledUpper = score.resampled?.upperBound
            falseAlarms = score.inControl?.alarms
            yearsInControl = score.inControl?.years
            precision = score.precision
            recall = score.recall
            defaults = score.defaults
            medianLeadDays = score.medianLead
        }
    }

    let from: String
    let to: String
    let monitors: [Score]
    let fixedRules: [Score]

    init(_ test: WatchBacktest) {
        from = test.period.lowerBound.description
        to = test.period.upperBound.description
        monitors = test.scores.map(Score.init)
        fixedRules = test.rules.map(Score.init)
    }
}

extension WatchTruth {
    /// The truth in a folder that was named, or in that of a simulated ledger; `nil` where there is none.
    static func find(_ folder: String?, beside ledger: String) throws -> WatchTruth? {
        let place = folder.map(file) ?? file(ledger).appending(path: "truth")
        guard let transitions = try table("transitions", in: place),
            let defaults = try table("defaults", in: place)
        else {
            guard let folder else { return nil }
            throw CommandFailure.badData(
                "\(folder): no transitions.csv and defaults.csv of a simulated ledger")
        }
        let worsened = days(of: transitions) { row in
            guard let from = transitions["from"]?.text(at: row).flatMap(Grade.init(rawValue:)),
                let to = transitions["to"]?.text(at: row).flatMap(Grade.init(rawValue:))
            else { return false }
            return to.rank > from.rank
        }
        // Who stops buying changes how it behaves as well.
        let left = try table("obligors", in: place).map { days(of: $0, column: "left") { _ in true } } ?? [:]
        return WatchTruth(
            worsened: worsened.merging(left) { $0 + $1 }, defaulted: days(of: defaults) { _ in true })
    }

    private static func table(_ name: String, in folder: URL) throws -> Table? {
        for ending in ["csv", "csv.gz"] {
            let place = folder.appending(path: "\(name).\(ending)")
            if FileManager.default.fileExists(atPath: place.path) { return try CSVReader().read(place.path) }
        }
        return nil
    }

    private static func days(
        of table: Table, column: String = "day", _ keep: (Int) -> Bool
    ) -> [String: [CalendarDay]] {
        guard let ids = table["obligor"], let dates = table[column], case .day(let days) = dates.values else {
            return [:]
        }
        var found: [String: [CalendarDay]] = [:]
        for row in 0..<table.rowCount where !dates.isMissing(row) && keep(row) {
            guard let id = ids.text(at: row) else { continue }
            found[id, default: []].append(days[row])
        }
        return found
    }
}
