import Ledger
import Parallelism
import TestSupport
import Testing
import Vocabulary

@testable import Features

@Suite("The panel's balances are those of the raw records")
struct BalanceTests {
    /// Rows of two features by obligor and day.
    private func values(
        _ ledger: TradeLedger, _ days: [CalendarDay], _ names: [String]
    ) throws -> [String: [String: Double]] {
        let window = try #require(PerformanceWindow(months: 12))
        var options = PanelOptions(.days(days), window: window)
        options.features = try PanelOptions.features(names, for: options.occasion)
        // With an event that never comes nobody is in default, so that every day has its row.
        var definition = DefaultDefinition.tradeCredit
        definition.daysPastDue = 3650
        definition.events = []
        return try PanelReferenceTests.values(
            try Panel(of: ledger, options, default: definition, workers: .single))
    }

    @Test("Σ open − unallocated = Σ invoices − Σ payments − Σ credit notes, on every day", arguments: 1...5)
    func balance(seed: Int) throws {
        let plain = PlainLedger.random(seed: UInt64(seed), obligors: 4, isInOneCurrency: true)
        let days = (PlainLedger.firstDay + 100..<PlainLedger.firstDay + 1_300).map { $0 }
        let found = try values(
            try plain.tradeLedger(), days.map { CalendarDay(daysSince1970: Int32($0)) },
            ["open_amount", "unallocated_credit"])
        var compared = 0
        for day in days {
            for obligor in plain.obligors {
                let date = CalendarDay(daysSince1970: Int32(day))
                guard let row = found["\(obligor.id) \(date)"] else { continue }
                func total(_ amounts: [(obligor: String, known: Int, units: Int)]) -> Int {
                    amounts.filter { $0.obligor == obligor.id && $0.known <= day }.map(\.units).reduce(0, +)
                }
                let billed = total(plain.invoices.map { ($0.obligor, $0.known, $0.amount.units) })
                let paid = total(plain.payments.map { ($0.obligor, $0.known, $0.amount.units) })
                let credited = total(plain.creditNotes.map { ($0.obligor, $0.known, $0.amount.units) })
                let open = try #require(row["open_amount"])
                let unallocated = try #require(row["unallocated_credit"])
                expectClose(open - unallocated, Double(billed - paid - credited) / 100, absolute: 1e-6)
                #expect(open >= 0 && unallocated >= 0)
                compared += 1
            }
        }
        #expect(compared > 2_000)
    }

    @Test("Exposure is taken at the as-of rate, history at the rate of the transaction")
    func rates() throws {
        var plain = PlainLedger()
        plain.obligors = [.init(id: "A", onboarded: 18_300, known: 18_300)]
        plain.invoices = [
            .init(
                id: "I", obligor: "A", issued: 18_400, due: 18_430,
                amount: .init(units: 10_000, currency: "USD"),
                known: 18_400),
            .init(
                id: "J", obligor: "A", issued: 18_410, due: 18_440,
                amount: .init(units: 5_000, currency: "USD"),
                known: 18_410),
        ]
        plain.payments = [
            .init(
                id: "P", obligor: "A", paid: 18_425, amount: .init(units: 5_000, currency: "USD"),
                known: 18_425)
        ]
        plain.allocations = [
            .init(payment: "P", invoice: "J", allocated: 18_425, units: 5_000, known: 18_425)
        ]
        plain.rates = [(18_395, 0.5), (18_409, 0.6), (18_420, 0.7), (18_440, 0.8)].map {
            .init(day: $0.0, currency: "USD", rate: $0.1, known: $0.0)
        }
        let days = [18_450, 18_470].map { CalendarDay(daysSince1970: $0) }
        let names = ["open_amount", "billed_12m", "dbt_12m"]
        let row = try #require(try values(plain.tradeLedger(), days, names)["A \(days[0])"])
        #expect(row["open_amount"] == 80)
        #expect(row["billed_12m"] == 80)
        #expect(row["dbt_12m"] == -15)
        // The last quote holds 31 days: on the 32nd there is none, and what is open cannot be told.
        let late = [CalendarDay(daysSince1970: 18_472)]
        #expect(
            throws: FeatureError.missingRate(
                currency: try #require(Currency(code: "USD")), base: .euro, day: late[0])
        ) {
            _ = try values(plain.tradeLedger(), late, names)
        }
        // A transaction before the first quote.
        plain.rates.removeFirst()
        let issued = CalendarDay(daysSince1970: 18_400)
        #expect(
            throws: FeatureError.missingRate(
                currency: try #require(Currency(code: "USD")), base: .euro, day: issued)
        ) {
            _ = try values(plain.tradeLedger(), days, names)
        }
    }
}
