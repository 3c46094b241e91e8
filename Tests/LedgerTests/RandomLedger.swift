import Ledger
import Parallelism
import Statistics
import Tables
import Vocabulary

/// A small ledger at random, with every kind of record and nothing wrong.
struct RandomLedger {
    var tables: [RecordKind: Table] = [:]

    /// Rows of text by column, which become a table of a kind.
    private struct Rows {
        let kind: RecordKind
        var values: [String: [String?]] = [:]
        var count = 0

        mutating func add(_ row: [String: String?]) {
            for field in kind.fields { values[field.name, default: []].append(row[field.name] ?? nil) }
            count += 1
        }

        func table() throws -> Table { try RandomLedger.table(kind, values, count: count) }
    }

    /// A table of a kind from texts.
    static func table(_ kind: RecordKind, _ values: [String: [String?]], count: Int) throws -> Table {
        try Table(
            columns: kind.fields.compactMap { field in
                let texts = values[field.name] ?? [String?](repeating: nil, count: count)
                switch field.schema.type {
                case .day:
                    return Column(
                        name: field.name,
                        values: .day(
                            texts.map { text in
                                text.flatMap { CalendarDay(iso8601: $0) } ?? Column.missingDay
                            }))
                case .double:
                    return Column(
                        name: field.name, values: .double(texts.map { $0.flatMap(Double.init) ?? .nan }))
                case .integer:
                    return Column(
                        name: field.name,
                        values: .integer(texts.map { $0.flatMap(Int64.init) ?? Column.missingInteger }))
                case .flag:
                    return Column(
                        name: field.name,
                        values: .flag(texts.map { $0 == nil ? Column.missingFlag : $0 == "1" ? 1 : 0 }))
                default: return Column(name: field.name, values: .text(texts))
                }
            })
    }

    static let firstDay = CalendarDay(daysSince1970: 18_000)

    /// A ledger whose records depend on the seed alone.
    ///
    /// - Parameter explicit: The share of payments with allocations of their own.
    init(seed: UInt64, obligors: Int = 6, days: Int = 400, explicit: Double = 0.5) throws {
        var random = SeededGenerator(seed: seed)
        var rows: [RecordKind: Rows] = [:]
        for kind in RecordKind.allCases { rows[kind] = Rows(kind: kind) }
        func day(_ offset: Int) -> String { Self.firstDay.adding(days: offset).description }
        let currencies = ["EUR", "USD", "JPY"]
        for offset in stride(from: -30, to: days + 60, by: 7) {
            for currency in ["USD", "JPY"] {
                rows[.rates]?.add([
                    "day": day(offset), "currency": currency, "base": "EUR",
                    "rate": "\(Double(1 + random.integer(below: 200)) / 128)",
                    "known": random.integer(below: 9) == 0 ? day(offset + 1) : nil,
                ])
            }
        }
        var count = 0
        func id(_ prefix: String) -> String {
            count += 1
            return "\(prefix)00\(count)"
        }
        for number in 0..<obligors {
            let obligor = "0\(97 * (number + 1) % 100)-ä,\(number)"
            let buyer = "0\(97 * ((number + 1) % obligors + 1) % 100)-ä,\((number + 1) % obligors)"
            rows[.obligors]?.add([
                "obligor": obligor, "name": random.integer(below: 3) == 0 ? nil : "NA",
                "industry": "retail", "region": "north", "founded": day(-3000),
                "registered_capital": "100000.5", "currency": "EUR", "employees": "12",
                "group": number % 2 == 0 ? "G" : nil, "onboarded": day(-20), "salesperson": "sé",
                "tags": "tier=1;x\\;y=a\\=b", "known": number % 2 == 0 ? day(-19) : nil,
            ])
            rows[.contracts]?.add([
                "contract": "c\(number)", "obligor": obligor, "signed": day(-10), "terms_days": "30",
                "credit_limit": "5000", "currency": "EUR", "valid_from": number % 3 == 0 ? day(-5) : nil,
                "valid_to": number % 2 == 0 ? day(300) : nil, "known": number % 3 == 1 ? day(-9) : nil,
            ])
            rows[.links]?.add([
                "supplier": obligor, "buyer": buyer, "share_of_trade": "0.25", "exposure": "12.5",
                "currency": "EUR", "from": day(number), "to": number % 2 == 0 ? day(200) : nil,
                "known": number % 3 == 0 ? day(number + 1) : nil,
            ])
            rows[.ratings]?.add([
                "obligor": obligor, "date": day(10), "grade": "BB", "origin": "analyst", "author": "x",
                "reason": "said \"so\",\nthen not", "known": day(12),
            ])
            rows[.ratings]?.add([
                "obligor": obligor, "date": day(11), "grade": "CCC", "origin": "model", "model": "m 2",
            ])
            for year in 0..<2 {
                var statement: [String: String?] = [
                    "statement": id("s"), "obligor": obligor, "period_end": day(365 * year - 200),
                    "published": day(365 * year - 50), "currency": "EUR", "months": year == 0 ? "6" : nil,
                    "audited": "1", "known": year == 0 ? day(-40) : nil,
                ]
                for item in StatementItem.allCases where random.integer(below: 5) > 0 {
                    statement[item.rawValue] = "\(Double(random.integer(below: 90_000) - 9_000) / 100)"
                }
                rows[.statements]?.add(statement)
                rows[.bureau]?.add([
                    "obligor": obligor, "source": "b", "observed": day(365 * year), "external_score": "312.5",
                    "judgments": "1", "tax_arrears": "10.1", "guarantees_given": "77.5", "currency": "EUR",
                    "registered_capital": year == 0 ? "25000.5" : nil, "employees": year == 0 ? nil : "12",
                    "dishonest_debtor": "0",
                    "known": day(365 * year + 3),
                ])
            }
            rows[.events]?.add([
                "event": id("e"), "obligor": obligor, "occurred": day(number * 20), "kind": "lawsuit",
                "amount": "99.99", "currency": "USD", "counterparty": "them",
                "known": day(number * 20 + 11),
            ])
            /// Open minor amounts of this obligor's invoices by currency, as texts are made.
            var open: [(id: String, currency: String, issued: Int, units: Int)] = []
            for _ in 0..<(8 + random.integer(below: 20)) {
                let currency = currencies[random.integer(below: 10) < 7 ? 0 : random.integer(below: 3)]
                let issued = random.integer(below: days)
                let order = id("o")
                let delivery = id("d")
                let invoice = id("i")
                let units = 1 + random.integer(below: 90_000)
                let text = currency == "JPY" ? "\(units)" : "\(Double(units) / 100)"
                let isDisputed = random.integer(below: 6) == 0
                rows[.orders]?.add([
                    "order": order, "obligor": obligor, "ordered": day(issued - 5), "amount": text,
                    "currency": currency, "contract": "c\(number)",
                    "cancelled": random.integer(below: 9) == 0 ? day(issued) : nil,
                    "known": random.integer(below: 9) == 0 ? day(issued - 4) : nil,
                ])
                rows[.deliveries]?.add([
                    "delivery": delivery, "obligor": obligor, "order": order, "delivered": day(issued - 1),
                    "known": random.integer(below: 9) == 0 ? day(issued) : nil,
                ])
                rows[.invoices]?.add([
                    "invoice": invoice, "obligor": obligor, "issued": day(issued),
                    "due": day(issued + 10 + random.integer(below: 40)), "amount": text, "currency": currency,
                    "contract": "c\(number)", "delivery": delivery,
                    "disputed_from": isDisputed ? day(issued + 12) : nil,
                    "disputed_to": isDisputed && random.integer(below: 2) == 0 ? day(issued + 70) : nil,
                    "known": random.integer(below: 5) == 0 ? day(issued + 1 + random.integer(below: 4)) : nil,
                ])
                open.append((invoice, currency, issued, units))
                if random.integer(below: 4) == 0 {
                    rows[.promises]?.add([
                        "promise": id("m"), "obligor": obligor, "invoice": invoice, "made": day(issued + 40),
                        "pay_by": day(issued + 50), "amount": text, "currency": currency,
                        "known": random.integer(below: 2) == 0 ? day(issued + 41) : nil,
                    ])
                }
            }
            func text(_ units: Int, _ currency: String) -> String {
                currency == "JPY" ? "\(units)" : "\(Double(units) / 100)"
            }
            for index in open.indices {
                let target = open[index]
                switch random.integer(below: 10) {
                case 0:
                    let units = 1 + random.integer(below: target.units)
                    rows[.creditNotes]?.add([
                        "credit_note": id("n"), "obligor": obligor, "issued": day(target.issued + 6),
                        "amount": text(units, target.currency), "currency": target.currency,
                        "invoice": random.integer(below: 2) == 0 ? target.id : nil,
                        "known": random.integer(below: 2) == 0 ? day(target.issued + 8) : nil,
                    ])
                case 1: continue
                default:
                    let payment = id("p")
                    let units =
                        random.integer(below: 3) == 0 ? 1 + random.integer(below: 120_000) : target.units
                    let paid = target.issued + random.integer(below: 150)
                    rows[.payments]?.add([
                        "payment": payment, "obligor": obligor, "paid": day(paid),
                        "amount": text(units, target.currency), "currency": target.currency,
                        "known": random.integer(below: 4) == 0
                            ? day(paid + 1 + random.integer(below: 8)) : nil,
                    ])
                    guard random.uniform() < explicit else { continue }
                    rows[.allocations]?.add([
                        "payment": payment, "invoice": target.id, "allocated": day(paid),
                        "amount": text(min(units, target.units), target.currency),
                        "known": random.integer(below: 3) == 0
                            ? day(paid + 1 + random.integer(below: 29)) : nil,
                    ])
                }
            }
        }
        for (kind, rows) in rows { tables[kind] = try rows.table() }
    }

    /// A source of these tables.
    var source: TableLedgerSource { TableLedgerSource(tables, baseCurrency: .euro) }

    /// The ledger.
    func ledger(_ policy: CheckPolicy = .standard) throws -> TradeLedger {
        try TradeLedger.read(from: source, policy: policy, workers: .single).ledger
    }
}
