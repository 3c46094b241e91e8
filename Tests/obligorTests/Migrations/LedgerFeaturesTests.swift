import Foundation
import Ledger
import Migration
import Parallelism
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import obligor

@Suite("What migrations know of obligors")
struct LedgerFeaturesTests {
    /// The value of a feature that `obligor features` has under a name or, of a level of a circle, as a text.
    private func expected(_ name: String, _ table: Table, _ row: Int) throws -> Double {
        let parts = name.split(separator: "=", maxSplits: 1)
        if parts.count == 2 {
            return try table.column(named: String(parts[0])).text(at: row) == String(parts[1]) ? 1 : 0
        }
        return try #require(try table.column(named: name).doubles)[row]
    }

    @Test(
        "is what 'obligor features' says, column by column, whatever number an obligor has and on every day")
    func columns() throws {
        let desk = try ReviewDesk()
        let days = [(2022, 6, 30), (2023, 6, 30)].compactMap {
            CalendarDay(year: $0.0, month: $0.1, day: $0.2)
        }
        try #require(days.count == 2)
        let run = Run(
            "features", desk.folder.path("ledger"), "--as-of", days.map(\.description).joined(separator: ","),
            "--out", desk.folder.path("features.csv"))
        #expect(run.status == .done, "\(run.error)")
        var options = CSVOptions()
        options.workers = .single
        let table = try CSVReader(options).read(desk.folder.path("features.csv"))
        let (ids, dates) = (try table.column(named: "obligor"), try table.column(named: "as_of"))
        var rows: [String: Int] = [:]
        for row in 0..<table.rowCount {
            rows["\(ids.text(at: row) ?? "") \(dates.text(at: row) ?? "")"] = row
        }
        let ledger = try TradeLedger.read(
            from: LedgerFolder(desk.folder.file("ledger")), workers: .single
        ).ledger
        // Numbers of a grade source are not those of the ledger, and some of its obligors are in no ledger.
        let names = ["stranger"] + (0..<ledger.obligorCount).reversed().map { ledger.id(ofObligor: $0).text }
        let features = try LedgerFeatures(
            of: ledger, on: days, obligors: names, definition: .tradeCredit,
            learners: Learners(names, limit: nil, seed: 1), workers: Workers(threads: 2),
            progress: Progress(on: RecordingConsole(), isQuiet: true))
        let start = GradeSource.years(days[0].adding(months: -1))
        let histories = try RatingHistories(
            names.indices.map { RatingAction(obligor: $0, time: start, state: $0 % 5) }, scale: .grades,
            end: GradeSource.years(days[1]) + 2)
        var seen = 0
        for (place, day) in days.enumerated() {
            let time = GradeSource.years(day)
            let sample = try histories.sample(at: time, horizon: time + 1)
            let columns = features.columns(of: sample, on: place)
            #expect(columns.count == features.names.count)
            for (position, number) in sample.obligors.enumerated() {
                guard let row = rows["\(names[number]) \(day)"] else {
                    #expect(columns.allSatisfy { $0[position].isNaN }, "\(names[number]) on \(day)")
                    continue
                }
                seen += 1
                for (name, column) in zip(features.names, columns) {
                    let (found, wanted) = (column[position], try expected(name, table, row))
                    #expect(
                        found == wanted || found.isNaN && wanted.isNaN,
                        "\(name) of \(names[number]) on \(day)")
                }
            }
        }
        #expect(seen > 200 && features.names.contains { $0.hasPrefix("industry=") })
    }
}
