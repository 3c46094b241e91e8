import Foundation
import Ledger
import Parallelism
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Features

@Suite("A series of panels gives the rows of the whole panel")
struct PanelSeriesTests {
    @Test func someObligorsAtATimeAreTheSameAsAllAtOnce() throws {
        let folder = Golden.checkout.appending(path: "datasets/sample-ledger")
        let ledger = try TradeLedger.read(from: try LedgerFolder(folder)).ledger
        let days = ["2022-12-31", "2023-12-31"].compactMap { CalendarDay(iso8601: $0) }
        let window = try #require(PerformanceWindow(months: 1))
        var options = PanelOptions(.days(days), window: window)
        options.observedUntil = days.last
        // Some of the obligor itself, some that need the others.
        options.features = try PanelOptions.features(
            ["dbt_12m", "overdue_share", "bureau_score", "group_default_share", "industry_dbt_12m"],
            for: options.occasion)
        let panel = try Panel(of: ledger, options, default: .tradeCredit)
        let whole = try Table.concatenating((0..<panel.tableCount).map { try panel.table($0) })
        let series = try PanelSeries(of: ledger, options, default: .tradeCredit, workers: Workers(threads: 2))
        let places = Array(0..<ledger.obligorCount)
        var parts: [Table] = []
        for start in stride(from: 0, to: places.count, by: 137) {
            let part = try series.panel(of: Array(places[start..<min(start + 137, places.count)]))
            for index in 0..<part.tableCount { parts.append(try part.table(index)) }
        }
        let joined = try Table.concatenating(parts)
        let formatter = CSVFormatter()
        #expect(joined.rowCount == whole.rowCount && whole.rowCount > 1000)
        #expect(formatter.records(of: joined) == formatter.records(of: whole))
        #expect(options.features?.contains { $0.reachesBeyondTheObligor } == true)
    }
}
