import Foundation
import Ledger
import Parallelism
import Simulation
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Review

@Suite("False alarms come at the chosen rate, and alarms are early and right")
struct WatchBacktestTests {
    /// A simulated ledger with its truth.
    private struct Economy {
        let ledger: TradeLedger
        let truth: WatchTruth

        init(obligors: Int, years: Int, seed: UInt64) throws {
            let folder = try TemporaryFolder()
            var options = EconomyOptions()
            options.obligors = obligors
            options.years = years
            options.seed = seed
            let simulator = try EconomySimulator(options)
            let writer = try LedgerFolderWriter(
                folder.file("ledger"), baseCurrency: .euro, replacing: false, packing: false)
            _ = try simulator.write(to: writer, packed: false, workers: .allProcessors)
            ledger = try TradeLedger.read(from: LedgerFolder(folder.file("ledger")), scope: WatchEngine.scope)
                .ledger
            func days(_ name: String, _ keep: (Table, Int) -> Bool) throws -> [String: [CalendarDay]] {
                let table = try CSVReader().read(folder.file("ledger/truth/\(name).csv").path)
                guard case .day(let days)? = table["day"]?.values else { return [:] }
                var found: [String: [CalendarDay]] = [:]
                for row in 0..<table.rowCount where keep(table, row) {
                    found[table["obligor"]?.text(at: row) ?? "", default: []].append(days[row])
                }
                return found
            }
            func rank(_ table: Table, _ column: String, _ row: Int) -> Int {
                table[column]?.text(at: row).flatMap(Grade.init(rawValue:))?.rank ?? 0
            }
            truth = WatchTruth(
                worsened: try days("transitions") { rank($0, "to", $1) > rank($0, "from", $1) },
                defaulted: try days("defaults") { _, _ in true })
        }
    }

    private static let economy = Result { try Economy(obligors: 700, years: 4, seed: 11) }

    private static func backtest(_ rate: Double) throws -> WatchBacktest {
        let economy = try economy.get()
        return try WatchBacktest(
            of: economy.ledger, WatchOptions(begins: WatchFixture.day("2022-10-01"), falseAlarmRate: rate),
            through: WatchFixture.day("2023-12-31"), truth: economy.truth)
    }

    @Test func falseAlarmsComeAsChosen() throws {
        let test = try Self.backtest(0.3)
        let score = try #require(test.scores.last)
        // So few are half-way to default that alarms so frequent must come sooner.
        #expect(try #require(test.calibration?.unpaidFrom) < 45)
        let interval = try #require(score.falseAlarmInterval)
        let control = try #require(score.inControl)
        #expect(control.alarms > 60 && control.years > 300)
        // Drawing obligors again allows for no less than the count does, or little less.
        let resampled = try #require(score.resampled)
        #expect(try resampled.contains(#require(score.falseAlarmRate)))
        let (width, exact) = (
            resampled.upperBound - resampled.lowerBound, interval.upperBound - interval.lowerBound
        )
        #expect(width > 0.7 * exact && width < 2 * exact, "\(resampled) beside \(interval)")
        // A fifth either way, allowing for the error of so few alarms.
        #expect(interval.lowerBound < 1.2 * 0.3 && interval.upperBound > 0.8 * 0.3, "\(interval)")
    }

    @Test func unpaidInvoicesWarnEarlierAndOfMoreDefaultsThanFixedThresholds() throws {
        let test = try Self.backtest(0.02)
        let ours = try #require(test.scores.first { $0.name == Monitor.unpaid.rawValue })
        #expect(ours.alarms > 25 && ours.defaults > 20)
        #expect(try #require(test.calibration?.unpaidFrom) > 0)
        // The rule raises as many alarms as all monitors together, which is more.
        let rule = try #require(test.rules.first)
        #expect(rule.alarms >= ours.alarms)
        #expect(try #require(ours.medianLead) > (try #require(rule.medianLead)))
        #expect(try #require(ours.recall) > (try #require(rule.recall)))
    }

    @Test func daysAreTakenOutOfStretches() {
        func day(_ text: String) -> CalendarDay { WatchFixture.day(text) }
        var ranges = DayRanges(day("2024-01-01")...day("2024-12-31"))
        #expect(ranges.count == 366)
        ranges.remove(day("2024-03-01")...day("2024-03-10"))
        ranges.remove(day("2023-12-01")...day("2024-01-01"))
        ranges.remove(day("2025-01-01")...day("2025-02-01"))
        #expect(ranges.count == 366 - 10 - 1)
        #expect(!ranges.contains(day("2024-03-05")) && ranges.contains(day("2024-03-11")))
        ranges.remove(day("2020-01-01")...day("2030-01-01"))
        #expect(ranges.ranges.isEmpty && ranges.count == 0)
    }
}
