import Ledger
import Statistics
import Tables
import Testing
import Vocabulary

@testable import Features

@Suite("No feature knows what became known later")
struct LookAheadTests {
    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func laterRecordsMayGoOrChange(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed + 500)
        let plain = PlainLedger.random(seed: seed, isInOneCurrency: seed % 2 == 0)
        let today = PlainLedger.firstDay + 200 + generator.integer(below: 1_250)
        // A later date in the same sweep must not let anything slip into the earlier ones.
        let dates = [today - 100, today, today + 150].map { CalendarDay(daysSince1970: Int32($0)) }
        let changed = plain.changed(after: today, seed: seed)
        let later = " \(dates[2])"
        let before = try features(of: plain, dates).filter { !$0.key.hasSuffix(later) }
        let after = try features(of: changed, dates).filter { !$0.key.hasSuffix(later) }
        #expect(!before.isEmpty && before.keys.sorted() == after.keys.sorted())
        for (key, row) in before {
            let other = try #require(after[key])
            for (name, value) in row {
                #expect(value.bitPattern == other[name]?.bitPattern, "\(name) of \(key)")
            }
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func theLedgerMayEndOnTheDay(seed: UInt64) throws {
        let plain = PlainLedger.random(seed: seed)
        let today = PlainLedger.firstDay + 900 + Int(seed)
        let dates = [CalendarDay(daysSince1970: Int32(today))]
        let whole = try features(of: plain, dates)
        var ended = plain.known(by: today)
        ended.rates = plain.rates
        ended.obligors = plain.obligors
        #expect(try features(of: ended, dates) == whole)
        #expect(!whole.isEmpty)
    }

    /// The bits of every feature by observation; NaN is one value.
    private func features(
        of plain: PlainLedger, _ dates: [CalendarDay]
    ) throws -> [String: [String: UInt64Box]] {
        let panel = try PanelReferenceTests.panel(of: try plain.tradeLedger(), dates)
        return try PanelReferenceTests.values(panel).mapValues { row in
            row.mapValues { UInt64Box(bitPattern: $0.isNaN ? Double.nan.bitPattern : $0.bitPattern) }
        }
    }

    struct UInt64Box: Equatable {
        let bitPattern: UInt64
    }

    @Test func changesReachTheDaysAfter() throws {
        // The law would hold for features that read nothing at all.
        let plain = PlainLedger.random(seed: 3)
        let today = PlainLedger.firstDay + 700
        let later = [CalendarDay(daysSince1970: Int32(today + 300))]
        let before = try features(of: plain, later)
        let after = try features(of: plain.changed(after: today, seed: 3), later)
        #expect(before != after)
    }
}
