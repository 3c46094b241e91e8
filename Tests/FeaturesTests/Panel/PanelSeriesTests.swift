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

    @Test func observationsThatAreLeftOutChangeNoOther() throws {
        let folder = Golden.checkout.appending(path: "datasets/sample-ledger")
        let ledger = try TradeLedger.read(from: try LedgerFolder(folder)).ledger
        let days = ["2022-12-31", "2023-12-31"].compactMap { CalendarDay(iso8601: $0) }
        var options = PanelOptions(.days(days), window: try #require(PerformanceWindow(months: 1)))
        options.features = try PanelOptions.features(
            ["dbt_12m", "bureau_score", "group_default_share", "industry_dbt_12m"], for: options.occasion)
        func records(_ options: PanelOptions) throws -> [String] {
            let panel = try Panel(of: ledger, options, default: .tradeCredit)
            let tables = try (0..<panel.tableCount).map { try panel.table($0) }
            let text = CSVFormatter().records(of: try Table.concatenating(tables))
            return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
        }
        let all = try records(options)
        let last = days[1]
        options.includes = { obligor, day in day == last || obligor % 3 == 0 }
        let some = try records(options)
        let kept = Set((0..<ledger.obligorCount).filter { $0 % 3 == 0 }.map { ledger.id(ofObligor: $0).text })
        let expected = all.filter { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            return fields[1] == last.description || kept.contains(String(fields[0]))
        }
        #expect(some == expected && some.count < all.count && !some.isEmpty)
    }

    @Test(arguments: [["dbt_12m"], ["industry_dbt_12m"]])
    func whatObligorsInDefaultOweIsNoted(names: [String]) throws {
        let folder = Golden.checkout.appending(path: "datasets/sample-ledger")
        let ledger = try TradeLedger.read(from: try LedgerFolder(folder)).ledger
        let days = ["2022-12-31", "2023-12-31"].compactMap { CalendarDay(iso8601: $0) }
        var options = PanelOptions(.days(days), window: try #require(PerformanceWindow(months: 1)))
        options.features = try PanelOptions.features(names, for: options.occasion)
        options.observedUntil = days.last
        let series = try PanelSeries(of: ledger, options, default: .tradeCredit)
        _ = try series.panel(of: Array(0..<ledger.obligorCount))
        var count = 0
        for place in 0..<ledger.obligorCount {
            let spells = try #require(series.knownDefaults.spells(of: place))
            for day in days {
                let isKnown = ledger.view(of: place, asOf: AsOf(day)).obligor != nil
                let owed = series.knownDefaults.owed(of: place, on: day)
                #expect((owed != nil) == (isKnown && spells.contains { $0.contains(day) }))
                guard let owed else { continue }
                let expected = try ledger.allocationHistory(of: place).owed(
                    on: day, rates: ledger.exchangeRates())
                #expect(owed == expected)
                count += 1
            }
        }
        #expect(count > 20)
    }

    /// With features of others, whose rows are kept, and without, whose rows are computed when they are asked for.
    @Test(arguments: [["dbt_12m", "overdue_share"], ["dbt_12m", "industry_dbt_12m"]])
    func withoutOutcomesAllElseIsTheSame(names: [String]) throws {
        let folder = Golden.checkout.appending(path: "datasets/sample-ledger")
        let ledger = try TradeLedger.read(from: try LedgerFolder(folder)).ledger
        let window = try #require(PerformanceWindow(months: 1))
        var options = PanelOptions(
            .days(["2022-12-31", "2023-12-31"].compactMap { CalendarDay(iso8601: $0) }), window: window)
        options.features = try PanelOptions.features(names, for: options.occasion)
        let whole = try Panel(of: ledger, options, default: .tradeCredit)
        options.hasOutcomes = false
        let bare = try Panel(of: ledger, options, default: .tradeCredit)
        let series = try PanelSeries(of: ledger, options, default: .tradeCredit)
        let outcomes = OutcomeColumn.obligor.map(\.name)
        #expect(bare.columnNames + outcomes == whole.columnNames)
        let part = try series.panel(of: Array(0..<ledger.obligorCount))
        for index in 0..<whole.tableCount {
            let expected = try whole.table(index).selecting(bare.columnNames)
            let formatter = CSVFormatter()
            #expect(formatter.records(of: try bare.table(index)) == formatter.records(of: expected))
            #expect(formatter.records(of: try part.table(index)) == formatter.records(of: expected))
            #expect(try part.table(index).names == bare.columnNames)
        }
    }
}
