import Tables
import Vocabulary

/// Makes the columns of a stretch of records.
struct ColumnWriting<Record: AssembledRecord> {
    let records: ArraySlice<Record>
    let ledger: TradeLedger

    func days(_ name: String, _ day: (Record) -> CalendarDay) -> Column {
        Column(
            name: name,
            values: .day(
                records.map { record in
                    let value = day(record)
                    return value == .never ? Column.missingDay : value
                }))
    }

    /// When the records became known; empty where that is when they happened.
    func known(_ happened: (Record) -> CalendarDay) -> Column {
        days("known") { $0.known == happened($0) ? .never : $0.known }
    }

    func texts(_ name: String, _ text: (Record) -> String?) -> Column {
        Column(name: name, values: .text(records.map(text)))
    }

    /// The records' own ids.
    func identifiers(_ name: String, _ ids: PackedTexts) -> Column {
        Column(name: name, values: .text(records.indices.map { ids[$0] }))
    }

    /// The ids of other records by place; −1 is none.
    func references(_ name: String, _ ids: PackedTexts, _ place: (Record) -> Int32) -> Column {
        Column(
            name: name,
            values: .text(
                records.map { record in
                    let index = Int(place(record))
                    return index < 0 ? nil : ids[index]
                }))
    }

    func obligors(_ name: String, _ place: (Record) -> Int32) -> Column {
        Column(name: name, values: .text(records.map { ledger.obligors[Int(place($0))].id.text }))
    }

    func amounts(_ name: String, _ amount: (Record) -> Amount?) -> Column {
        Column(name: name, values: .double(records.map { amount($0)?.majorUnits ?? .nan }))
    }

    func currencies(_ name: String, _ currency: (Record) -> Currency) -> Column {
        var codes: [Currency: UInt32] = [:]
        var levels: [String] = []
        let values = records.map { record in
            let unit = currency(record)
            if let code = codes[unit] { return code }
            let code = UInt32(levels.count)
            codes[unit] = code
            levels.append(unit.code)
            return code
        }
        return Column(name: name, values: .category(codes: values, levels: levels))
    }

    func numbers(_ name: String, _ number: (Record) -> Double?) -> Column {
        Column(name: name, values: .double(records.map { number($0) ?? .nan }))
    }

    func wholes(_ name: String, _ number: (Record) -> Int?) -> Column {
        Column(
            name: name, values: .integer(records.map { number($0).map(Int64.init) ?? Column.missingInteger }))
    }

    func flags(_ name: String, _ flag: (Record) -> Bool?) -> Column {
        Column(
            name: name, values: .flag(records.map { flag($0).map { $0 ? 1 : 0 } ?? Column.missingFlag }))
    }
}

extension Invoice {
    static func columns(of records: ArraySlice<Invoice>, in ledger: TradeLedger) -> [Column] {
        let writing = ColumnWriting(records: records, ledger: ledger)
        return [
            writing.identifiers("invoice", ledger.invoices.ids), writing.obligors("obligor", \.obligor),
            writing.days("issued", \.issued), writing.days("due", \.due), writing.amounts("amount", \.amount),
            writing.currencies("currency", \.amount.currency),
            writing.references("contract", ledger.contracts.ids, \.contractPlace),
            writing.references("delivery", ledger.deliveries.ids, \.deliveryPlace),
            writing.days("disputed_from", \.disputedFrom), writing.days("disputed_to", \.disputedTo),
            writing.known(\.issued),
        ]
    }
}

extension Payment {
    static func columns(of records: ArraySlice<Payment>, in ledger: TradeLedger) -> [Column] {
        let writing = ColumnWriting(records: records, ledger: ledger)
        return [
            writing.identifiers("payment", ledger.payments.ids), writing.obligors("obligor", \.obligor),
            writing.days("paid", \.paid), writing.amounts("amount", \.amount),
            writing.currencies("currency", \.amount.currency), writing.known(\.paid),
        ]
    }
}

extension Allocation {
    static func columns(of records: ArraySlice<Allocation>, in ledger: TradeLedger) -> [Column] {
        let writing = ColumnWriting(records: records, ledger: ledger)
        let payments = ledger.payments.records
        return [
            writing.references("payment", ledger.payments.ids, \.payment),
            writing.references("invoice", ledger.invoices.ids, \.invoice),
            writing.days("allocated", \.allocated),
            writing.amounts("amount") { allocation in
                let currency = payments[Int(allocation.payment)].amount.currency
                return Amount(minorUnits: allocation.minorUnits, currency: currency)
            },
            writing.known(\.allocated),
        ]
    }
}

extension Contract {
    static func columns(of records: ArraySlice<Contract>, in ledger: TradeLedger) -> [Column] {
        let writing = ColumnWriting(records: records, ledger: ledger)
        return [
            writing.identifiers("contract", ledger.contracts.ids), writing.obligors("obligor", \.obligor),
            writing.days("signed", \.signed), writing.wholes("terms_days", \.termsDays),
            writing.amounts("credit_limit", \.creditLimit), writing.currencies("currency", \.limit.currency),
            writing.days("valid_from") { $0.validFrom == $0.signed ? .never : $0.validFrom },
            writing.days("valid_to", \.validTo), writing.known(\.signed),
        ]
    }
}

extension Order {
    static func columns(of records: ArraySlice<Order>, in ledger: TradeLedger) -> [Column] {
        let writing = ColumnWriting(records: records, ledger: ledger)
        return [
            writing.identifiers("order", ledger.orders.ids), writing.obligors("obligor", \.obligor),
            writing.days("ordered", \.ordered), writing.amounts("amount", \.amount),
            writing.currencies("currency", \.amount.currency),
            writing.references("contract", ledger.contracts.ids, \.contractPlace),
            writing.days("cancelled", \.cancelledOn), writing.known(\.ordered),
        ]
    }
}

extension Delivery {
    static func columns(of records: ArraySlice<Delivery>, in ledger: TradeLedger) -> [Column] {
        let writing = ColumnWriting(records: records, ledger: ledger)
        return [
            writing.identifiers("delivery", ledger.deliveries.ids), writing.obligors("obligor", \.obligor),
            writing.references("order", ledger.orders.ids, \.orderPlace),
            writing.days("delivered", \.delivered), writing.known(\.delivered),
        ]
    }
}

extension CreditNote {
    static func columns(of records: ArraySlice<CreditNote>, in ledger: TradeLedger) -> [Column] {
        let writing = ColumnWriting(records: records, ledger: ledger)
        return [
            writing.identifiers("credit_note", ledger.creditNotes.ids),
            writing.obligors("obligor", \.obligor),
            writing.days("issued", \.issued), writing.amounts("amount", \.amount),
            writing.currencies("currency", \.amount.currency),
            writing.references("invoice", ledger.invoices.ids, \.invoicePlace), writing.known(\.issued),
        ]
    }
}

extension Promise {
    static func columns(of records: ArraySlice<Promise>, in ledger: TradeLedger) -> [Column] {
        let writing = ColumnWriting(records: records, ledger: ledger)
        return [
            writing.identifiers("promise", ledger.promises.ids), writing.obligors("obligor", \.obligor),
            writing.references("invoice", ledger.invoices.ids, \.invoicePlace),
            writing.days("made", \.made), writing.days("pay_by", \.payBy),
            writing.amounts("amount", \.amount), writing.currencies("currency", \.amount.currency),
            writing.known(\.made),
        ]
    }
}

extension Obligor {
    static func columns(of records: ArraySlice<Obligor>, in ledger: TradeLedger) -> [Column] {
        let writing = ColumnWriting(records: records, ledger: ledger)
        return [
            writing.texts("obligor", \.id.text), writing.texts("name", \.name),
            writing.texts("industry", \.industry), writing.texts("region", \.region),
            writing.days("founded") { $0.founded ?? .never },
            writing.amounts("registered_capital", \.registeredCapital),
            writing.currencies("currency", \.currency),
            writing.wholes("employees", \.employees), writing.texts("group", \.group),
            writing.days("onboarded", \.onboarded), writing.texts("salesperson", \.salesperson),
            writing.texts("tags") { Tags.written($0.tags) }, writing.known(\.onboarded),
        ]
    }
}

extension Statement {
    static func columns(of records: ArraySlice<Statement>, in ledger: TradeLedger) -> [Column] {
        let writing = ColumnWriting(records: records, ledger: ledger)
        return [
            writing.identifiers("statement", ledger.statements.ids), writing.obligors("obligor", \.obligor),
            writing.days("period_end", \.periodEnd), writing.days("published", \.published),
            writing.wholes("months") { $0.months == 12 ? nil : $0.months },
            writing.currencies("currency", \.currency),
        ]
            + StatementItem.allCases.map { item in
                writing.amounts(item.rawValue) { statement in
                    statement[item].map { Amount(minorUnits: $0, currency: statement.currency) }
                }
            } + [writing.flags("audited", \.isAudited), writing.known(\.published)]
    }
}

extension BureauRecord {
    static func columns(of records: ArraySlice<BureauRecord>, in ledger: TradeLedger) -> [Column] {
        let writing = ColumnWriting(records: records, ledger: ledger)
        return [
            writing.obligors("obligor", \.obligor), writing.texts("source", \.source),
            writing.days("observed", \.observed), writing.numbers("external_score", \.externalScore),
            writing.wholes("judgments", \.judgments), writing.amounts("tax_arrears", \.taxArrears),
            writing.amounts("guarantees_given", \.guaranteesGiven),
            writing.amounts("registered_capital", \.registeredCapital),
            writing.currencies("currency", \.currency), writing.wholes("employees", \.employees),
            writing.flags("dishonest_debtor", \.isDishonestDebtor), writing.known(\.observed),
        ]
    }
}

extension Event {
    static func columns(of records: ArraySlice<Event>, in ledger: TradeLedger) -> [Column] {
        let writing = ColumnWriting(records: records, ledger: ledger)
        return [
            writing.identifiers("event", ledger.events.ids), writing.obligors("obligor", \.obligor),
            writing.days("occurred", \.occurred), writing.texts("kind", \.event.rawValue),
            writing.amounts("amount", \.amount), writing.currencies("currency", \.currency),
            writing.texts("counterparty", \.counterparty), writing.known(\.occurred),
        ]
    }
}

extension SupplyLink {
    static func columns(of records: ArraySlice<SupplyLink>, in ledger: TradeLedger) -> [Column] {
        let writing = ColumnWriting(records: records, ledger: ledger)
        return [
            writing.obligors("supplier", \.obligor), writing.obligors("buyer", \.buyer),
            writing.numbers("share_of_trade", \.shareOfTrade), writing.amounts("exposure", \.exposure),
            writing.currencies("currency", \.currency), writing.days("from", \.from),
            writing.days("to", \.to),
            writing.known(\.from),
        ]
    }
}

extension Rating {
    static func columns(of records: ArraySlice<Rating>, in ledger: TradeLedger) -> [Column] {
        let writing = ColumnWriting(records: records, ledger: ledger)
        return [
            writing.obligors("obligor", \.obligor), writing.days("date", \.date),
            writing.texts("grade", \.grade.rawValue), writing.texts("origin", \.origin.rawValue),
            writing.texts("author", \.author), writing.texts("model", \.model),
            writing.texts("reason", \.reason), writing.known(\.date),
        ]
    }
}

extension ExchangeRate {
    static func columns(of records: ArraySlice<ExchangeRate>, in ledger: TradeLedger) -> [Column] {
        let writing = ColumnWriting(records: records, ledger: ledger)
        return [
            writing.days("day", \.day), writing.currencies("currency", \.currency),
            writing.currencies("base", \.base), writing.numbers("rate", \.rate), writing.known(\.day),
        ]
    }
}
