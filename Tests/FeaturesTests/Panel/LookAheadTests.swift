import Ledger
import Parallelism
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
        let definition = seed % 3 == 0 ? DefaultDefinition.eba : .tradeCredit
        let before = try features(of: plain, dates, definition).filter { !$0.key.hasSuffix(later) }
        let after = try features(of: changed, dates, definition).filter { !$0.key.hasSuffix(later) }
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
        // Everything that was known later is gone: records of every kind, exchange rates and obligors among them.
        var ended = plain.known(by: today)
        let known = Set(ended.obligors.map(\.id))
        let orphans = Set(plain.obligors.map(\.id)).subtracting(known)
        // Records of an obligor that is not known itself need it all the same.
        ended.obligors += plain.obligors.filter { orphans.contains($0.id) && ended.names($0.id) }
        #expect(try features(of: ended, dates) == whole)
        #expect(!whole.isEmpty)
    }

    /// The bits of every feature by observation; NaN is one value.
    private func features(
        of plain: PlainLedger, _ dates: [CalendarDay], _ definition: DefaultDefinition = .tradeCredit
    ) throws -> [String: [String: UInt64Box]] {
        let panel = try PanelReferenceTests.panel(of: try plain.tradeLedger(), dates, default: definition)
        return try PanelReferenceTests.values(panel).mapValues { row in
            row.mapValues { UInt64Box(bitPattern: $0.isNaN ? Double.nan.bitPattern : $0.bitPattern) }
        }
    }

    struct UInt64Box: Equatable {
        let bitPattern: UInt64
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func laterRecordsAreNothingToInvoicesBefore(seed: UInt64) throws {
        let plain = PlainLedger.random(seed: seed + 40, obligors: 5, isInOneCurrency: seed % 2 == 0)
        let today = PlainLedger.firstDay + 500 + Int(seed) * 90
        let before = try atInvoices(plain, until: today)
        let after = try atInvoices(plain.changed(after: today, seed: seed), until: today)
        #expect(before == after)
        #expect(before.count > 20)
    }

    /// The bits of every feature at the invoices known by a day, by invoice.
    private func atInvoices(_ plain: PlainLedger, until today: Int) throws -> [String: [UInt64]] {
        let window = try #require(PerformanceWindow(months: 12))
        let panel = try Panel(
            of: try plain.tradeLedger(), PanelOptions(.invoiceIssue, window: window), default: .tradeCredit,
            workers: .single)
        var found: [String: [UInt64]] = [:]
        for index in 0..<panel.tableCount {
            let table = try panel.table(index)
            guard case .text(let names) = try table.column(named: "invoice").values,
                case .day(let days) = try table.column(named: "as_of").values
            else { continue }
            for row in 0..<table.rowCount where days[row].daysSince1970 <= Int32(today) {
                found[names[row] ?? ""] = try panel.features.map { feature in
                    let value = (try table.column(named: feature.name).doubles ?? [])[row]
                    return value.isNaN ? Double.nan.bitPattern : value.bitPattern
                }
            }
        }
        return found
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
