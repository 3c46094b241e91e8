import Parallelism
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite("Amounts come to the base currency at the rate known on the day")
struct ExchangeRatesTests {
    private func day(_ text: String) throws -> CalendarDay { try #require(CalendarDay(iso8601: text)) }
    private func currency(_ code: String) throws -> Currency { try #require(Currency(code: code)) }

    /// Rates from lines of "day,currency,base,rate,known".
    private func rates(_ lines: String..., base: String = "EUR", age: Int = 31) throws -> ExchangeRates {
        var options = CSVOptions()
        options.workers = .single
        options.schema = try RecordKind.rates.schema
        let text = "day,currency,base,rate,known\n" + lines.joined(separator: "\n") + "\n"
        let tables = [
            RecordKind.obligors: try Table(columns: [
                Column(name: "obligor", values: .text(["a"])),
                Column(name: "onboarded", values: .day([try day("2024-01-01")])),
            ]), .rates: try CSVReader(options).read(.text(text)),
        ]
        let source = TableLedgerSource(tables, baseCurrency: try currency(base))
        return try TradeLedger.read(from: source, workers: .single).ledger.exchangeRates(maximumAge: age)
    }

    private func rate(
        _ rates: ExchangeRates, _ code: String, on day: String, asOf: String? = nil
    ) throws -> Double {
        try rates.rate(of: currency(code), on: self.day(day), asOf: AsOf(self.day(asOf ?? day)))
    }

    @Test("A quote holds from its day until the next one")
    func latest() throws {
        let rates = try rates("2024-01-31,USD,EUR,0.9,", "2024-02-10,USD,EUR,0.8,")
        #expect(try rate(rates, "USD", on: "2024-01-31") == 0.9)
        #expect(try rate(rates, "USD", on: "2024-02-09") == 0.9)
        #expect(try rate(rates, "USD", on: "2024-02-10") == 0.8)
        #expect(try rate(rates, "EUR", on: "1999-01-01") == 1)
    }

    @Test("An old quote says nothing, and the error names currency and day", arguments: [31, 60])
    func age(days: Int) throws {
        let rates = try rates("2024-01-31,USD,EUR,0.9,", age: days)
        let last = try day("2024-01-31").adding(days: days)
        #expect(try rates.rate(of: currency("USD"), on: last, asOf: AsOf(last)) == 0.9)
        let late = last.adding(days: 1)
        let missing = LedgerError.missingRate(currency: try currency("USD"), base: .euro, day: late)
        #expect(throws: missing) { try rates.rate(of: currency("USD"), on: late, asOf: AsOf(late)) }
        #expect("\(missing)".contains("USD") && "\(missing)".contains("\(late)"))
        let early = try day("2024-01-30")
        #expect(throws: LedgerError.missingRate(currency: try currency("USD"), base: .euro, day: early)) {
            try rates.factor(of: currency("USD"), on: early, asOf: AsOf(early))
        }
    }

    @Test("What became known later does not exist: the quote before holds")
    func known() throws {
        let rates = try rates("2024-01-31,USD,EUR,0.9,", "2024-02-10,USD,EUR,0.8,2024-02-20")
        #expect(try rate(rates, "USD", on: "2024-02-12") == 0.9)
        #expect(try rate(rates, "USD", on: "2024-02-12", asOf: "2024-02-19") == 0.9)
        #expect(try rate(rates, "USD", on: "2024-02-12", asOf: "2024-02-20") == 0.8)
        #expect(try rate(rates, "USD", on: "2024-02-20") == 0.8)
    }

    @Test("The other way round, and through a third currency")
    func crosses() throws {
        let inverse = try rates("2024-01-31,EUR,USD,1.25,")
        #expect(try rate(inverse, "USD", on: "2024-02-01") == 0.8)
        let cross = try rates("2024-01-31,GBP,USD,1.2,", "2024-01-31,USD,EUR,0.9,")
        expectClose(try rate(cross, "GBP", on: "2024-02-01"), 1.08, relative: 1e-15)
        // A quote of its own is worth more than a way through others, in either direction.
        let own = try rates(
            "2024-01-31,GBP,USD,1.2,", "2024-01-31,USD,EUR,0.9,", "2024-01-31,EUR,GBP,0.8,")
        #expect(try rate(own, "GBP", on: "2024-02-01") == 1.25)
        // Of several thirds the first by code: CHF before USD.
        let several = try rates(
            "2024-01-31,GBP,USD,1.2,", "2024-01-31,USD,EUR,0.9,", "2024-01-31,GBP,CHF,1.1,",
            "2024-01-31,CHF,EUR,1,")
        expectClose(try rate(several, "GBP", on: "2024-02-01"), 1.1, relative: 1e-15)
    }

    @Test("A transaction is taken at the rate of its own day, in whole minor units")
    func transactions() throws {
        let rates = try rates(
            "2024-01-31,USD,EUR,0.5,", "2024-02-10,USD,EUR,0.25,", "2024-01-31,JPY,EUR,0.0061,",
            "2024-01-31,KWD,EUR,3,")
        func euros(_ units: Int64, _ code: String, _ on: String) throws -> Double {
            try rates.transaction(Amount(minorUnits: units, currency: currency(code)), on: day(on))
        }
        #expect(try euros(1_001, "USD", "2024-02-01") == 501)
        #expect(try euros(-1_001, "USD", "2024-02-01") == -501)
        #expect(try euros(1_000, "USD", "2024-02-10") == 250)
        // The yen has no decimals, the dinar three.
        #expect(try euros(1_000, "JPY", "2024-02-01") == 610)
        #expect(try euros(1_000, "KWD", "2024-02-01") == 300)
        #expect(try euros(77, "EUR", "1990-01-01") == 77)
        // Exposure is taken at the rate of the day that is looked from instead.
        let today = try day("2024-02-10")
        #expect(try rates.factor(of: currency("USD"), on: today, asOf: AsOf(today)) * 1_000 == 250)
    }
}
