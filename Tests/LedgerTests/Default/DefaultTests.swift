import Foundation
import StrictYAML
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite("Default has a start, a cause and an end")
struct DefaultTests {
    private func day(_ text: String) throws -> CalendarDay { try #require(CalendarDay(iso8601: text)) }

    /// The spells of one obligor as "start cause end", "…" for no end.
    private func spells(
        _ definition: DefaultDefinition, invoices: String = "", payments: String = "", events: String = "",
        rates: String = "", asOf: String = "2030-01-01", technical: Bool = false
    ) throws -> [String] {
        var tables: [RecordKind: Table] = [:]
        func read(_ kind: RecordKind, _ header: String, _ rows: String) throws {
            if rows.isEmpty { return }
            var options = CSVOptions()
            let names = header.split(separator: ",").map(String.init)
            options.schema = try Schema(kind.fields.map(\.schema)).selecting(names)
            tables[kind] = try CSVReader(options).read(.text(header + "\n" + rows + "\n"))
        }
        try read(.obligors, "obligor,onboarded", "a,2024-01-01")
        try read(
            .invoices, "invoice,obligor,issued,due,amount,currency,disputed_from,disputed_to", invoices)
        try read(.payments, "payment,obligor,paid,amount,currency", payments)
        try read(.events, "event,obligor,occurred,kind,known", events)
        try read(.rates, "day,currency,base,rate", rates)
        let ledger = try TradeLedger.read(from: TableLedgerSource(tables, baseCurrency: .euro)).ledger
        let point = AsOf(try day(asOf))
        let history = try ledger.defaultHistory(
            of: 0, by: definition, rates: ledger.exchangeRates(), asOf: point)
        let found = technical ? history.technicalSpells(asOf: point) : history.spells(asOf: point)
        return found.map { "\($0.start) \($0.cause) \($0.end?.description ?? "…")" }
    }

    @Test("More than 90 days past due: due on the 31st of January, in default from the 1st of May")
    func ninetyDays() throws {
        let invoice = "i,a,2024-01-01,2024-01-31,1000,EUR,,"
        // 2024-02-01 is the first day past due, 2024-04-30 the ninetieth.
        #expect(try spells(.tradeCredit, invoices: invoice) == ["2024-05-01 days_past_due …"])
        #expect(try spells(.eba, invoices: invoice) == ["2024-05-01 days_past_due …"])
        #expect(try spells(.eba, invoices: invoice, asOf: "2024-04-30") == [])
        #expect(try spells(.eba, invoices: invoice, payments: "p,a,2024-05-01,1000,EUR") == [])
        #expect(
            try spells(.eba, invoices: invoice, payments: "p,a,2024-05-02,1000,EUR")
                == ["2024-05-01 days_past_due 2024-08-02"])
        #expect(
            try spells(
                .eba, invoices: invoice, payments: "p,a,2024-05-02,1000,EUR", asOf: "2024-08-01")
                == ["2024-05-01 days_past_due …"])
    }

    @Test("Obligors are counted across items, items each from their own due day")
    func counting() throws {
        let invoices = """
            i,a,2024-01-01,2024-01-31,1000,EUR,,
            j,a,2024-02-01,2024-02-29,1000,EUR,,
            """
        let payments = "p,a,2024-03-15,1000,EUR\nq,a,2024-05-15,1000,EUR"
        #expect(
            try spells(.eba, invoices: invoices, payments: payments)
                == ["2024-05-01 days_past_due 2024-08-15"])
        #expect(try spells(.tradeCredit, invoices: invoices, payments: payments) == [])
    }

    @Test("Both thresholds must be exceeded")
    func materiality() throws {
        #expect(try spells(.eba, invoices: "i,a,2024-01-01,2024-01-31,500,EUR,,") == [])
        #expect(try spells(.eba, invoices: "i,a,2024-01-01,2024-01-31,500.01,EUR,,").count == 1)
        let withLarge = "i,a,2024-01-01,2024-01-31,600,EUR,,\nj,a,2024-01-01,2029-12-31,"
        #expect(try spells(.eba, invoices: withLarge + "59400,EUR,,", asOf: "2025-01-01") == [])
        #expect(try spells(.eba, invoices: withLarge + "59399,EUR,,", asOf: "2025-01-01").count == 1)
    }

    @Test("Disputed items are technical")
    func disputes() throws {
        let invoice = "i,a,2024-01-01,2024-01-31,1000,EUR,2024-02-10,"
        #expect(try spells(.eba, invoices: invoice) == [])
        #expect(
            try spells(.eba, invoices: invoice, technical: true) == ["2024-05-01 days_past_due …"])
        let settled = invoice + "2024-03-01"
        // Past due without a dispute from 2024-03-01 on.
        #expect(try spells(.eba, invoices: settled) == ["2024-05-30 days_past_due …"])
        // Until then it would have been in default with the days of the dispute, as was known on every one of them.
        #expect(
            try spells(.eba, invoices: settled, technical: true) == ["2024-05-01 days_past_due 2024-05-30"])
        #expect(
            try spells(.eba, invoices: settled, asOf: "2024-05-29", technical: true)
                == ["2024-05-01 days_past_due …"])
    }

    @Test("Events count from the day they are known; probation depends on the event")
    func events() throws {
        #expect(
            try spells(.eba, events: "e,a,2024-01-10,write_off,2024-02-10")
                == ["2024-02-10 write_off 2024-05-11"])
        #expect(
            try spells(.eba, events: "e,a,2024-01-10,distressed_restructuring,")
                == ["2024-01-10 distressed_restructuring 2025-01-11"])
        #expect(
            try spells(.tradeCredit, events: "e,a,2024-01-10,insolvency,") == ["2024-01-10 insolvency …"])
        #expect(try spells(.eba, events: "e,a,2024-01-10,lawsuit,") == [])
        #expect(
            try spells(
                .eba, events: "e,a,2024-01-10,write_off,\nf,a,2024-03-01,write_off,")
                == ["2024-01-10 write_off 2024-06-02"])
    }

    @Test("Foreign amounts at the rate of the day; a missing rate is an error that names currency and day")
    func currencies() throws {
        let invoice = "i,a,2024-01-01,2024-01-31,600,USD,,"
        let weak = "2024-01-15,USD,EUR,0.8\n2024-02-15,USD,EUR,0.8"
        #expect(try spells(.eba, invoices: invoice, rates: weak) == [])
        let strong = "2024-01-15,EUR,USD,1\n2024-02-15,EUR,USD,1"
        #expect(try spells(.eba, invoices: invoice, rates: strong).count == 1)
        let dollar = try #require(Currency(code: "USD"))
        #expect(
            throws: LedgerError.missingRate(
                currency: dollar, base: .euro, day: try day("2024-02-01"))
        ) {
            _ = try spells(.eba, invoices: invoice)
        }
    }

    @Test("What becomes known later changes nothing", arguments: 1...8)
    func causality(seed: Int) throws {
        let ledger = try RandomLedger(seed: UInt64(seed)).ledger()
        var definition = DefaultDefinition.eba
        definition.events = [.lawsuit]
        definition.daysPastDue = 30
        definition.probationMonths = 1
        var found = 0
        for offset in [60, 120, 200, 300, 390] {
            let asOf = AsOf(RandomLedger.firstDay.adding(days: offset))
            let early = ledger.cut(asOf)
            for obligor in 0..<ledger.obligorCount {
                for counting in DefaultDefinition.Counting.allCases {
                    definition.counting = counting
                    let full = try ledger.defaultHistory(
                        of: obligor, by: definition, rates: ledger.exchangeRates(),
                        asOf: AsOf(RandomLedger.firstDay.adding(days: 390)))
                    let cut = try early.defaultHistory(
                        of: obligor, by: definition, rates: early.exchangeRates(), asOf: asOf)
                    #expect(full.spells(asOf: asOf) == cut.spells(asOf: asOf))
                    #expect(full.technicalSpells(asOf: asOf) == cut.technicalSpells(asOf: asOf))
                    found += full.spells(asOf: asOf).count
                }
            }
        }
        #expect(found > 10)
    }

    @Test("A definition in YAML starts from a preset")
    func yaml() throws {
        let text = """
            preset: trade-credit
            name: ours
            days_past_due: 60
            counting: obligor
            materiality:
              absolute: 250
            events: [insolvency]
            probation_months: 6
            probation_after:
              write_off: 9
            permanent: []
            """
        let read = try DefaultDefinition(YAMLReader().read(text))
        var expected = DefaultDefinition.tradeCredit
        expected.name = "ours"
        expected.daysPastDue = 60
        expected.counting = .obligor
        expected.absoluteMateriality = 250
        expected.events = [.insolvency]
        expected.probationMonths = 6
        expected.probationAfter = [.writeOff: 9]
        expected.permanentEvents = []
        #expect(read == expected)
        #expect(throws: YAMLError.self) {
            _ = try DefaultDefinition(YAMLReader().read("preset: eba\ndays: 3"))
        }
        #expect(try DefaultDefinition.named("eba") == .eba)
        #expect(throws: LedgerError.self) { _ = try DefaultDefinition.named("no-such-file.yaml") }
    }

    @Test("The template of a definition is the preset that it says")
    func template() throws {
        let file = Golden.checkout.appending(path: "datasets/default-definition.yaml").path
        #expect(try DefaultDefinition.named(file) == .tradeCredit)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        for key in [
            "days_past_due", "counting", "absolute", "relative", "events", "probation_months",
            "probation_after",
            "permanent",
        ] { #expect(text.contains("\n\(key):") || text.contains("\n  \(key):"), "\(key)") }
    }
}
