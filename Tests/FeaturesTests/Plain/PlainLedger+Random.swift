import Statistics
import Vocabulary

extension PlainLedger {
    /// The first and the last day of random ledgers.
    static let firstDay = 18_262  // 2020-01-01
    static let lastDay = 19_722  // 2023-12-31

    /// A ledger at random: late and early payers, parts, overpayments, disputes, late news, gaps.
    ///
    /// - Parameter isInOneCurrency: Whether everything is in the base currency.
    static func random(seed: UInt64, obligors count: Int = 8, isInOneCurrency: Bool = false) -> PlainLedger {
        var dice = Dice(SeededGenerator(seed: seed), currencies: isInOneCurrency ? ["EUR"] : ["EUR", "USD"])
        var ledger = PlainLedger()
        for month in 0..<70 where !isInOneCurrency {
            let day = firstDay - 30 + 30 * month
            ledger.rates.append(
                Rate(day: day, currency: "USD", rate: Double(80 + dice.below(40)) / 100, known: day))
        }
        for index in 0..<count {
            let onboarded = firstDay + dice.below(dice.chance(0.3) ? 900 : 60)
            let id = "C\(index)"
            ledger.obligors.append(
                Obligor(
                    id: id, industry: dice.maybe(0.9, "I\(dice.below(2))"),
                    region: dice.maybe(0.9, "R\(dice.below(3))"),
                    group: dice.maybe(0.5, "G\(dice.below(2))"),
                    founded: dice.maybe(0.8, onboarded - dice.below(9000)),
                    capital: dice.maybe(0.7, dice.money(1_000_000)),
                    employees: dice.maybe(0.7, dice.below(500)),
                    onboarded: onboarded, known: onboarded + dice.lag()))
            ledger.addDealings(id, from: onboarded, &dice)
            ledger.addRecords(id, from: onboarded, &dice)
        }
        for _ in 0..<(2 * count) {
            let pair = [dice.below(count), dice.below(count)]
            guard pair[0] != pair[1] else { continue }
            let from = firstDay + dice.below(900)
            let buyer = "C\(pair[1])"
            if ledger.links.contains(where: { $0.buyer == buyer && $0.from == from }) { continue }
            ledger.links.append(
                Link(
                    supplier: "C\(pair[0])", buyer: buyer,
                    share: dice.maybe(0.9, Double(dice.below(100)) / 100),
                    exposure: dice.maybe(0.8, dice.below(1_000_000)), from: from,
                    to: dice.maybe(0.4, from + dice.below(900)), known: from + dice.lag()))
        }
        return ledger
    }

    private mutating func addDealings(_ id: String, from start: Int, _ dice: inout Dice) {
        let lateness = dice.below(45)
        let count = 10 + dice.below(50)
        for number in 0..<count {
            let issued = start + dice.below(Self.lastDay - start)
            let due = issued + [14, 30, 30, 60][dice.below(4)]
            let amount = dice.money(200_000)
            let name = "\(id)-\(number)"
            let disputed = dice.maybe(0.15, issued + dice.below(80))
            invoices.append(
                Invoice(
                    id: name, obligor: id, issued: issued, due: due, amount: amount, disputedFrom: disputed,
                    disputedTo: disputed.flatMap { dice.maybe(0.6, $0 + dice.below(120)) },
                    known: issued + dice.lag()))
            var left = amount.units
            while left > 0, dice.chance(0.93) {
                let part = dice.chance(0.8) ? left : 1 + dice.below(left)
                let paid = max(issued, due - 20 + dice.below(25 + 2 * lateness))
                let payment = "P\(payments.count)"
                let known = paid + dice.lag()
                let extra = dice.chance(0.05) ? dice.below(5_000) : 0
                payments.append(
                    Payment(
                        id: payment, obligor: id, paid: paid,
                        amount: Money(units: part + extra, currency: amount.currency), known: known))
                if dice.chance(0.6) {
                    let allocated = max(known, invoices[invoices.count - 1].known) + dice.below(4)
                    allocations.append(
                        Allocation(
                            payment: payment, invoice: name, allocated: allocated, units: part,
                            known: allocated + dice.lag()))
                }
                left -= part
            }
            if dice.chance(0.1) {
                let day = issued + dice.below(60)
                // The books never set more against an invoice than it is for.
                let isForInvoice = left > 0 && dice.chance(0.7)
                let units = 1 + dice.below(isForInvoice ? left : amount.units)
                creditNotes.append(
                    CreditNote(
                        id: "N\(creditNotes.count)", obligor: id, issued: day,
                        amount: Money(units: units, currency: amount.currency),
                        invoice: isForInvoice ? name : nil, known: day + dice.lag()))
            }
            if dice.chance(0.2) {
                let made = due + dice.below(30)
                let units = 1 + dice.below(amount.units)
                promises.append(
                    Promise(
                        id: "V\(promises.count)", obligor: id, invoice: dice.maybe(0.6, name), made: made,
                        payBy: made + dice.below(30),
                        amount: Money(units: units, currency: amount.currency), known: made + dice.lag()))
            }
            let ordered = start + dice.below(Self.lastDay - start)
            let order = "O\(orders.count)"
            orders.append(
                Order(
                    id: order, obligor: id, ordered: ordered, amount: dice.money(200_000),
                    cancelled: dice.maybe(0.1, ordered + dice.below(60)), known: ordered + dice.lag()))
            if dice.chance(0.8) {
                let delivered = ordered + dice.below(60)
                deliveries.append(
                    Delivery(
                        id: "D\(deliveries.count)", obligor: id, order: order, delivered: delivered,
                        known: delivered + dice.lag()))
            }
        }
    }

    private mutating func addRecords(_ id: String, from start: Int, _ dice: inout Dice) {
        for _ in 0..<(1 + dice.below(3)) {
            let signed = start + dice.below(700)
            let from = signed + dice.below(30)
            contracts.append(
                Contract(
                    id: "K\(contracts.count)", obligor: id, signed: signed, terms: dice.maybe(0.8, 30),
                    limit: dice.maybe(0.9, 10_000 + dice.below(900_000)), currency: dice.currency(),
                    from: from, to: dice.maybe(0.4, from + dice.below(800)), known: signed + dice.lag()))
        }
        for year in 0..<4 where dice.chance(0.8) {
            let end = Self.firstDay - 1 + 365 * year + dice.below(3)
            let published = end + 60 + dice.below(150)
            var items: [String: Int] = [:]
            for name in Self.statementColumns where dice.chance(0.95) {
                items[name] = dice.below(900_000) - (dice.chance(0.1) ? 500_000 : 0)
            }
            statements.append(
                Statement(
                    id: "S\(statements.count)", obligor: id, periodEnd: end, published: published,
                    months: dice.chance(0.9) ? 12 : 6, currency: dice.chance(0.8) ? "EUR" : dice.currency(),
                    items: items, audited: dice.maybe(0.8, dice.chance(0.5)), known: published + dice.lag()))
        }
        for number in 0..<dice.below(14) {
            let observed = start + dice.below(Self.lastDay - start)
            let isRepeated = bureau.contains {
                $0.obligor == id && $0.source == "B\(number % 2)" && $0.observed == observed
            }
            if isRepeated { continue }
            bureau.append(
                BureauRecord(
                    obligor: id, source: "B\(number % 2)", observed: observed,
                    score: dice.maybe(0.9, Double(100 + dice.below(500))),
                    judgments: dice.maybe(0.8, dice.below(4)), arrears: dice.maybe(0.7, dice.below(100_000)),
                    guarantees: dice.maybe(0.7, dice.below(100_000)),
                    // Without a draw, so that what follows stays as it was.
                    capital: number % 3 == 0 ? nil : observed * 7919 % 1_000_000,
                    employees: number % 4 == 0 ? nil : observed * 31 % 100,
                    dishonest: dice.maybe(0.7, dice.chance(0.2)),
                    known: observed + dice.lag()))
        }
        let kinds = [
            "merger", "restructuring", "distressed_restructuring", "business_change", "control_change",
            "lawsuit", "judgment", "auditor_change", "other", "write_off", "legal_recovery",
            "collection_handover", "insolvency",
        ]
        for _ in 0..<dice.below(8) {
            let occurred = start + dice.below(Self.lastDay - start)
            // What ends a relationship is rarer than the rest.
            let kind = kinds[dice.below(dice.chance(0.25) ? 13 : 9)]
            events.append(
                Event(
                    id: "E\(events.count)", obligor: id, occurred: occurred, kind: kind,
                    known: occurred + dice.lag()))
        }
        for _ in 0..<dice.below(5) {
            let date = start + dice.below(Self.lastDay - start)
            if ratings.contains(where: { $0.obligor == id && $0.date == date }) { continue }
            ratings.append(
                Rating(
                    obligor: id, date: date, grade: Grade.allCases[dice.below(10)], known: date + dice.lag()))
        }
    }

    /// The amounts of a statement.
    static let statementColumns = [
        "revenue", "cost_of_sales", "ebit", "interest_expense", "net_income", "total_assets",
        "current_assets",
        "cash", "receivables", "inventory", "total_liabilities", "current_liabilities", "payables",
        "retained_earnings", "equity", "operating_cash_flow",
    ]
}

/// Draws for random ledgers.
struct Dice {
    private var generator: SeededGenerator
    private let currencies: [String]

    init(_ generator: SeededGenerator, currencies: [String]) {
        self.generator = generator
        self.currencies = currencies
    }

    mutating func below(_ bound: Int) -> Int { generator.integer(below: bound) }
    mutating func chance(_ probability: Double) -> Bool { generator.bernoulli(probability) }
    mutating func maybe<Value>(_ probability: Double, _ value: Value) -> Value? {
        chance(probability) ? value : nil
    }
    mutating func currency() -> String { currencies[below(currencies.count)] }
    mutating func money(_ bound: Int) -> PlainLedger.Money {
        PlainLedger.Money(units: 1 + below(bound), currency: below(4) == 0 ? currency() : "EUR")
    }
    /// Days until something is known: mostly none.
    mutating func lag() -> Int { chance(0.25) ? below(40) : 0 }
}
