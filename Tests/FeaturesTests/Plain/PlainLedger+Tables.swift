import Ledger
import Parallelism
import Tables
import Vocabulary

extension PlainLedger {
    /// The same as the engine's ledger.
    func tradeLedger() throws -> TradeLedger {
        let source = TableLedgerSource(try tables(), baseCurrency: .euro)
        return try TradeLedger.read(from: source, workers: .single).ledger
    }

    private func tables() throws -> [RecordKind: Table] {
        func text(_ name: String, _ values: [String?]) -> Column { Column(name: name, values: .text(values)) }
        func day(_ name: String, _ values: [Int?]) -> Column {
            Column(
                name: name,
                values: .day(
                    values.map { $0.map { CalendarDay(daysSince1970: Int32($0)) } ?? Column.missingDay }))
        }
        func amount(_ name: String, _ values: [Int?]) -> Column {
            Column(name: name, values: .double(values.map { $0.map { Double($0) / 100 } ?? .nan }))
        }
        func number(_ name: String, _ values: [Double?]) -> Column {
            Column(name: name, values: .double(values.map { $0 ?? .nan }))
        }
        func whole(_ name: String, _ values: [Int?]) -> Column {
            Column(name: name, values: .integer(values.map { $0.map(Int64.init) ?? Column.missingInteger }))
        }
        func flag(_ name: String, _ values: [Bool?]) -> Column {
            Column(name: name, values: .flag(values.map { $0.map { $0 ? 1 : 0 } ?? Column.missingFlag }))
        }
        var tables: [RecordKind: Table] = [:]
        tables[.obligors] = try Table(columns: [
            text("obligor", obligors.map(\.id)), text("industry", obligors.map(\.industry)),
            text("region", obligors.map(\.region)), text("group", obligors.map(\.group)),
            day("founded", obligors.map(\.founded)),
            amount("registered_capital", obligors.map(\.capital?.units)),
            text("currency", obligors.map(\.capital?.currency)),
            whole("employees", obligors.map(\.employees)),
            day("onboarded", obligors.map(\.onboarded)), day("known", obligors.map(\.known)),
        ])
        tables[.contracts] = try Table(columns: [
            text("contract", contracts.map(\.id)), text("obligor", contracts.map(\.obligor)),
            day("signed", contracts.map(\.signed)), whole("terms_days", contracts.map(\.terms)),
            amount("credit_limit", contracts.map(\.limit)), text("currency", contracts.map(\.currency)),
            day("valid_from", contracts.map(\.from)), day("valid_to", contracts.map(\.to)),
            day("known", contracts.map(\.known)),
        ])
        tables[.orders] = try Table(columns: [
            text("order", orders.map(\.id)), text("obligor", orders.map(\.obligor)),
            day("ordered", orders.map(\.ordered)), amount("amount", orders.map(\.amount.units)),
            text("currency", orders.map(\.amount.currency)), day("cancelled", orders.map(\.cancelled)),
            day("known", orders.map(\.known)),
        ])
        tables[.deliveries] = try Table(columns: [
            text("delivery", deliveries.map(\.id)), text("obligor", deliveries.map(\.obligor)),
            text("order", deliveries.map(\.order)), day("delivered", deliveries.map(\.delivered)),
            day("known", deliveries.map(\.known)),
        ])
        tables[.invoices] = try Table(columns: [
            text("invoice", invoices.map(\.id)), text("obligor", invoices.map(\.obligor)),
            day("issued", invoices.map(\.issued)), day("due", invoices.map(\.due)),
            amount("amount", invoices.map(\.amount.units)), text("currency", invoices.map(\.amount.currency)),
            day("disputed_from", invoices.map(\.disputedFrom)),
            day("disputed_to", invoices.map(\.disputedTo)),
            day("known", invoices.map(\.known)),
        ])
        tables[.payments] = try Table(columns: [
            text("payment", payments.map(\.id)), text("obligor", payments.map(\.obligor)),
            day("paid", payments.map(\.paid)), amount("amount", payments.map(\.amount.units)),
            text("currency", payments.map(\.amount.currency)), day("known", payments.map(\.known)),
        ])
        tables[.allocations] = try Table(columns: [
            text("payment", allocations.map(\.payment)), text("invoice", allocations.map(\.invoice)),
            day("allocated", allocations.map(\.allocated)), amount("amount", allocations.map(\.units)),
            day("known", allocations.map(\.known)),
        ])
        tables[.creditNotes] = try Table(columns: [
            text("credit_note", creditNotes.map(\.id)), text("obligor", creditNotes.map(\.obligor)),
            day("issued", creditNotes.map(\.issued)), amount("amount", creditNotes.map(\.amount.units)),
            text("currency", creditNotes.map(\.amount.currency)), text("invoice", creditNotes.map(\.invoice)),
            day("known", creditNotes.map(\.known)),
        ])
        tables[.promises] = try Table(columns: [
            text("promise", promises.map(\.id)), text("obligor", promises.map(\.obligor)),
            text("invoice", promises.map(\.invoice)), day("made", promises.map(\.made)),
            day("pay_by", promises.map(\.payBy)), amount("amount", promises.map(\.amount.units)),
            text("currency", promises.map(\.amount.currency)), day("known", promises.map(\.known)),
        ])
        tables[.statements] = try Table(
            columns: [
                text("statement", statements.map(\.id)), text("obligor", statements.map(\.obligor)),
                day("period_end", statements.map(\.periodEnd)), day("published", statements.map(\.published)),
                whole("months", statements.map(\.months)), text("currency", statements.map(\.currency)),
                flag("audited", statements.map(\.audited)), day("known", statements.map(\.known)),
            ] + Self.statementColumns.map { name in amount(name, statements.map { $0.items[name] }) })
        tables[.bureau] = try Table(columns: [
            text("obligor", bureau.map(\.obligor)), text("source", bureau.map(\.source)),
            day("observed", bureau.map(\.observed)), number("external_score", bureau.map(\.score)),
            whole("judgments", bureau.map(\.judgments)), amount("tax_arrears", bureau.map(\.arrears)),
            amount("guarantees_given", bureau.map(\.guarantees)),
            amount("registered_capital", bureau.map(\.capital)),
            whole("employees", bureau.map(\.employees)),
            flag("dishonest_debtor", bureau.map(\.dishonest)), day("known", bureau.map(\.known)),
        ])
        tables[.events] = try Table(columns: [
            text("event", events.map(\.id)), text("obligor", events.map(\.obligor)),
            day("occurred", events.map(\.occurred)), text("kind", events.map(\.kind)),
            day("known", events.map(\.known)),
        ])
        tables[.links] = try Table(columns: [
            text("supplier", links.map(\.supplier)), text("buyer", links.map(\.buyer)),
            number("share_of_trade", links.map(\.share)), amount("exposure", links.map(\.exposure)),
            day("from", links.map(\.from)), day("to", links.map(\.to)), day("known", links.map(\.known)),
        ])
        tables[.ratings] = try Table(columns: [
            text("obligor", ratings.map(\.obligor)), day("date", ratings.map(\.date)),
            text("grade", ratings.map(\.grade.rawValue)), text("origin", ratings.map { _ in "analyst" }),
            day("known", ratings.map(\.known)),
        ])
        tables[.rates] = try Table(columns: [
            day("day", rates.map(\.day)), text("currency", rates.map(\.currency)),
            text("base", rates.map { _ in "EUR" }), number("rate", rates.map(\.rate)),
            day("known", rates.map(\.known)),
        ])
        return tables
    }
}
