import Foundation
import Ledger
import Parallelism
import Testing
import Vocabulary

@testable import Features

@Suite("Features are missing where their rule says so, and nowhere else")
struct MissingRuleTests {
    /// The formula's value, `nil` where it says that there is none: computed from optional values, one at a time, where
    /// the engine has columns with NaN.
    private static func value(_ formula: Formula, _ quantities: [Quantity: Double]) -> Double? {
        func both(_ x: Formula, _ y: Formula, _ join: (Double, Double) -> Double?) -> Double? {
            guard let x = value(x, quantities), let y = value(y, quantities) else { return nil }
            return join(x, y)
        }
        switch formula {
        case .quantity(let quantity): return quantities[quantity]
        case .number(let number): return number
        case .sum(let x, let y): return both(x, y, +)
        case .difference(let x, let y): return both(x, y, -)
        case .product(let x, let y): return both(x, y, *)
        case .quotient(let x, let y): return both(x, y) { $1 > 0 ? $0 / $1 : nil }
        case .root(let x): return value(x, quantities).map { max(0, $0).squareRoot() }
        case .logarithm(let x): return value(x, quantities).flatMap { $0 > 0 ? log($0) : nil }
        case .largest(let x, let y):
            return [value(x, quantities), value(y, quantities)].compactMap(\.self).max()
        case .exceeds(let x, let limit): return value(x, quantities).map { $0 > limit ? 1 : 0 }
        case .orElse(let x, let other): return value(x, quantities) ?? other
        case .major(let x): return value(x, quantities).map { $0 / 100 }
        }
    }

    @Test("By formula: a quantity that is missing, or a divisor that is not positive")
    func asTheFormulaSays() throws {
        let features = FeatureCatalogue.all
        var seen: Set<Quantity> = []
        let quantities = features.flatMap(\.formula.quantities).filter { seen.insert($0).inserted }
        let helpers = quantities.enumerated().map {
            Feature("q\($0)", .delay, "", .quantity($1), .count, missing: .never, .open)
        }
        var (missing, present): (Set<String>, Set<String>) = ([], [])
        let window = try #require(PerformanceWindow(months: 12))
        for seed in 1...8 as ClosedRange<UInt64> {
            let ledger = try PlainLedger.random(seed: seed, obligors: 10).tradeLedger()
            var options = PanelOptions(.days(PanelReferenceTests.dates), window: window)
            options.features = features + helpers
            let panel = try Panel(of: ledger, options, default: .eba, workers: .single)
            for row in try PanelReferenceTests.values(panel).values {
                let found = quantities.enumerated().compactMap { number, quantity in
                    row["q\(number)"].flatMap { $0.isNaN ? nil : (quantity, $0) }
                }
                let values = Dictionary(uniqueKeysWithValues: found)
                for feature in features {
                    let isMissing = try #require(row[feature.name]).isNaN
                    #expect(isMissing == (Self.value(feature.formula, values) == nil), "\(feature.name)")
                    if isMissing { missing.insert(feature.name) } else { present.insert(feature.name) }
                }
            }
        }
        // Somebody always has something open here.
        for feature in features where feature.name != "portfolio_share" {
            #expect(missing.contains(feature.name) == (feature.missing != .never), "\(feature.name)")
            #expect(present.contains(feature.name), "\(feature.name)")
        }
    }

    /// What a stated reason is about: the stems of the quantities that may be missing or that divide.
    private static let subjects: [(reason: String, stems: [String])] = [
        ("nothing was paid", ["paid_amount", "paid_count"]), ("no days were given", ["paid_given"]),
        ("nothing fell due", ["due_amount"]), ("nothing is open", ["open_amount", "open_count"]),
        ("nothing was invoiced", ["billed_amount", "billed_count"]),
        ("nothing was ever invoiced", ["billed_count"]),
        ("the invoices of 12 months come to nothing", ["billed_amount", "billed_count"]),
        ("nothing was ordered", ["ordered_amount", "ordered_count"]),
        ("no contract with a limit is in force", ["standing_limit"]),
        ("none was 12 months before", ["standing_limit_year_before"]),
        ("no contract with terms is in force", ["standing_terms_days"]),
        ("no contract is in force", ["standing_since_contract"]),
        ("no promise came due", ["promised_count", "promised_amount"]),
        ("no dispute ended", ["disputed_ended_count"]),
        ("the first invoice is less than", ["billing_months_", "balance_months_"]),
        ("the first order is less than", ["order_months_"]),
        ("or nothing was open", ["balance_months_"]),
        ("there was none in th", ["billing_months_", "order_months_"]),
        ("nobody has anything open", ["place_open"]),
        ("statement", ["latest_", "prior_", "statement_"]),
        ("it does not say", ["statement_audited"]),
        ("no source gives a score", ["bureau_score", "bureau_lowest", "bureau_highest", "place_score_rank"]),
        ("paid in 12 months", ["place_index_rank"]), ("no source has a score that old", ["bureau_change"]),
        ("bureau record", ["bureau_"]), ("such event", ["since_"]),
        ("no default has ended", ["defaults_since_end"]),
        ("there is no grade", ["grade_"]),
        ("group", ["group_"]), ("industry", ["industry_"]), ("region", ["region_"]),
        ("the others", ["_paid", "_open"]), ("buyers", ["buyers_"]), ("suppliers", ["suppliers_"]),
        ("there was no dispute", ["standing_since_dispute"]),
        ("no promise was broken", ["standing_since_broken_promise"]),
        ("there is no invoice", ["standing_since_first_invoice", "standing_since_last_invoice"]),
        ("there is no payment", ["standing_since_last_payment"]),
        ("there is no order", ["standing_since_last_order"]),
        ("is not given", ["standing_since_founded", "standing_employees", "standing_capital"]),
    ]

    /// The quantities that decide whether a formula has a value: divisors, and what may be missing by itself.
    private static func deciding(_ formula: Formula, isDivisor: Bool = false) -> Set<String> {
        switch formula {
        case .quantity(let quantity):
            let isAlwaysThere: Bool
            switch quantity {
            case .paid, .due, .billed, .disputed, .credited, .ordered, .promised, .events, .open,
                .peak(.invoice, _), .standing(.openOrders):
                isAlwaysThere = true
            default: isAlwaysThere = false
            }
            return isDivisor || !isAlwaysThere ? [quantity.stem] : []
        case .number, .orElse: return []
        case .sum(let x, let y), .difference(let x, let y), .product(let x, let y), .largest(let x, let y):
            return deciding(x, isDivisor: isDivisor).union(deciding(y, isDivisor: isDivisor))
        case .quotient(let x, let y):
            return deciding(x, isDivisor: isDivisor).union(deciding(y, isDivisor: true))
        case .root(let x), .exceeds(let x, _), .major(let x): return deciding(x, isDivisor: isDivisor)
        case .logarithm(let x): return deciding(x, isDivisor: true)
        }
    }

    @Test("By word: the reason is about the very quantities that decide")
    func asTheReasonSays() {
        for feature in FeatureCatalogue.all {
            guard case .when(let reason) = feature.missing else { continue }
            let stems = Self.subjects.filter { reason.contains($0.reason) }.flatMap(\.stems)
            #expect(!stems.isEmpty, "\(feature.name): \(reason)")
            for quantity in Self.deciding(feature.formula) {
                #expect(stems.contains { quantity.contains($0) }, "\(feature.name): \(quantity); \(reason)")
            }
        }
    }
}
