import Ledger
import Parallelism
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Features

@Suite("The sweep computes what the plain formulas say")
struct PanelReferenceTests {
    /// As-of dates of all kinds: ends of months, days inside, neighbours.
    static let dates = [18_500, 18_779, 18_992, 18_993, 19_200, 19_357, 19_538, 19_700].map {
        CalendarDay(daysSince1970: Int32($0))
    }

    static func panel(
        of ledger: TradeLedger, _ dates: [CalendarDay] = dates,
        default definition: DefaultDefinition = .tradeCredit,
        workers: Workers = .single
    ) throws -> Panel {
        let window = try #require(PerformanceWindow(months: 12))
        return try Panel(
            of: ledger, PanelOptions(.days(dates), window: window), default: definition, workers: workers)
    }

    /// Values by obligor, day and feature.
    static func values(_ panel: Panel) throws -> [String: [String: Double]] {
        var found: [String: [String: Double]] = [:]
        for index in 0..<panel.tableCount {
            let table = try panel.table(index)
            guard case .text(let names) = try table.column(named: "obligor").values,
                case .day(let days) = try table.column(named: "as_of").values
            else { continue }
            for feature in panel.features {
                guard case .double(let column) = try table.column(named: feature.name).values else {
                    continue
                }
                for row in 0..<table.rowCount {
                    found["\(names[row] ?? "") \(days[row])", default: [:]][feature.name] = column[row]
                }
            }
        }
        return found
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func everyFeatureOfEveryObservation(seed: UInt64) throws {
        let plain = PlainLedger.random(seed: seed, isInOneCurrency: seed % 3 == 0)
        let definition = seed % 2 == 0 ? DefaultDefinition.eba : .tradeCredit
        let found = try Self.values(try Self.panel(of: try plain.tradeLedger(), default: definition))
        var expectedRows = 0
        for date in Self.dates {
            let today = Int(date.daysSince1970)
            let world = plain.known(by: today)
            let books = PlainBooks(world)
            let defaults = PlainDefaults(world, books, definition)
            // Records may be known before their obligor is.
            let spells = Dictionary(
                uniqueKeysWithValues: plain.obligors.map { ($0.id, defaults.spells(of: $0.id, until: today)) }
            )
            for obligor in world.obligors {
                let features = PlainFeatures(world, obligor.id, asOf: today, books: books, spells: spells)
                if features.isInDefault { continue }
                expectedRows += 1
                let row = try #require(found["\(obligor.id) \(date)"])
                let expected = features.all
                for feature in FeatureCatalogue.all {
                    let actual = try #require(row[feature.name])
                    let value = try #require(expected[feature.name], "\(feature.name) has no plain formula")
                    // Sums of whole numbers agree exactly; quotients and moments to rounding.
                    expectClose(
                        actual, value, absolute: 1e-9, relative: 1e-9,
                        "\(feature.name) of \(obligor.id) on \(date)")
                    if feature.missing == .never { #expect(!actual.isNaN, "\(feature.name)") }
                    if feature.name.hasPrefix("on_time_share") {
                        #expect(actual.isNaN || (0...1).contains(actual), "\(feature.name) is \(actual)")
                    }
                }
            }
        }
        #expect(found.count == expectedRows)
        #expect(expectedRows > 20)
    }

    @Test func everyFeatureHasAValueSomewhere() throws {
        var seen: Set<String> = []
        for seed in 1...10 as ClosedRange<UInt64> {
            let ledger = try PlainLedger.random(seed: seed).tradeLedger()
            for row in try Self.values(try Self.panel(of: ledger)).values {
                seen.formUnion(row.filter { !$0.value.isNaN && $0.value != 0 }.keys)
            }
        }
        // After an insolvency an obligor is in default for good and has no more rows.
        let never: Set = ["insolvencies_all", "months_since_insolvency"]
        for feature in FeatureCatalogue.all where !never.contains(feature.name) {
            #expect(seen.contains(feature.name), "\(feature.name)")
        }
    }

    @Test(arguments: [1, 2] as [UInt64])
    func threadsChangeNothing(seed: UInt64) throws {
        let ledger = try PlainLedger.random(seed: seed, obligors: 70).tradeLedger()
        let one = try Self.panel(of: ledger)
        let three = try Self.panel(of: ledger, workers: Workers(threads: 3))
        #expect(one.tableCount == three.tableCount && one.tableCount > 2)
        for index in 0..<one.tableCount {
            let (left, right) = (try one.table(index), try three.table(index))
            #expect(CSVFormatter().records(of: left) == CSVFormatter().records(of: right))
        }
    }

    @Test func oneDateAloneGivesTheSame() throws {
        let ledger = try PlainLedger.random(seed: 9).tradeLedger()
        let together = try Self.values(try Self.panel(of: ledger))
        for date in Self.dates {
            for (key, row) in try Self.values(try Self.panel(of: ledger, [date])) {
                let other = try #require(together[key])
                for (name, value) in row {
                    expectClose(value, try #require(other[name]), relative: 1e-12, "\(name) of \(key)")
                }
            }
        }
    }
}
