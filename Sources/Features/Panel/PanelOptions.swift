public import Ledger
public import Vocabulary

/// What a panel holds.
public struct PanelOptions: Sendable {
    /// When obligors are looked at.
    public enum Occasion: Sendable, Hashable {
        /// On days, ascending and each once: a row for every obligor known by then and not in default.
        case days([CalendarDay])
        /// On the day that each invoice became known: a row for every invoice, those to an obligor in default included:
        /// the outcome is whether the invoice is paid late, which is open as long as it is.
        case invoiceIssue
    }

    /// When obligors are looked at.
    public var occasion: Occasion
    /// How long after an as-of date outcomes are looked for.
    public var window: PerformanceWindow
    /// The features, in the order of their columns; `nil` for all of the occasion.
    public var features: [Feature]?
    /// Whether rows say what came after; without, a panel has no columns of outcomes and no parts to learn from.
    public var hasOutcomes = true
    /// Which observations a panel of days has, by the obligor's place in the ledger and the day; `nil` for all.
    ///
    /// Features of those that it has are the same whatever it leaves out. A panel of invoices has all of them.
    public var includes: (@Sendable (_ obligor: Int, _ day: CalendarDay) -> Bool)?
    /// The last day that the ledger covers; `nil` for the last day on which an invoice was issued or a
    /// payment arrived.
    public var observedUntil: CalendarDay?

    /// How many days an exchange rate holds.
    public var rateAge = ExchangeRates.standardAge

    /// A panel with all features of its occasion.
    public init(_ occasion: Occasion, window: PerformanceWindow) {
        self.occasion = occasion
        self.window = window
    }

    /// The records that the features and outcomes are made of.
    public var scope: LedgerScope {
        let features = features ?? Self.catalogue(for: occasion)
        return LedgerScope(
            features.reduce(into: Self.alwaysRead) { kinds, feature in
                for quantity in feature.formula.quantities { kinds.formUnion(quantity.records) }
            })
    }

    /// What default, outcomes and who is there are read from.
    private static let alwaysRead: Set<RecordKind> = [
        .invoices, .payments, .allocations, .creditNotes, .events, .ratings, .rates,
    ]

    /// The features that there are on an occasion.
    public static func catalogue(for occasion: Occasion) -> [Feature] {
        switch occasion {
        case .days: FeatureCatalogue.all
        case .invoiceIssue: FeatureCatalogue.atInvoice
        }
    }

    /// The features of an occasion that are asked for by name.
    ///
    /// - Throws: ``FeatureError/unknownFeature(_:)``, ``FeatureError/repeatedFeature(_:)``.
    public static func features(_ names: [String], for occasion: Occasion) throws(FeatureError) -> [Feature] {
        let available = catalogue(for: occasion)
        var found: [Feature] = []
        for name in names {
            guard let feature = available.first(where: { $0.name == name }) else {
                throw .unknownFeature(name)
            }
            guard !found.contains(where: { $0.name == name }) else { throw .repeatedFeature(name) }
            found.append(feature)
        }
        return found
    }
}
