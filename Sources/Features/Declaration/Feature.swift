/// One point-in-time feature, declared once: what it is called, what it means and how it is computed.
public struct Feature: Sendable {
    /// The name of its column.
    public let name: String
    /// What part of an obligor it describes.
    public let group: FeatureGroup
    /// What it says, for a reader from a risk desk.
    public let meaning: String
    /// How it is computed from the quantities of an observation.
    public let formula: Formula
    /// What it is measured in.
    public let unit: FeatureUnit
    /// When it has no value.
    public let missing: MissingRule
    /// Which way risk is expected to move with it.
    public let sign: ExpectedSign

    init(
        _ name: String, _ group: FeatureGroup, _ meaning: String, _ formula: Formula, _ unit: FeatureUnit,
        missing: MissingRule, _ sign: ExpectedSign
    ) {
        self.name = name
        self.group = group
        self.meaning = meaning
        self.formula = formula
        self.unit = unit
        self.missing = missing
        self.sign = sign
    }

    /// The windows that its quantities reach over, shortest first.
    public var windows: [Window] {
        Set(formula.quantities.compactMap(\.window)).sorted { $0.rawValue < $1.rawValue }
    }
}

/// What part of an obligor a feature describes.
public enum FeatureGroup: String, CaseIterable, Sendable {
    case delay = "payment delay"
    case ageing = "ageing of open items"
    case exposure = "utilisation and exposure"
    case orders = "orders and billing"
    case disputes = "disputes and partial payments"
    case promises = "promises"
    case tenure = "tenure"
    case terms = "terms"
    case concentration = "concentration"
    case statements = "statements"
    case bureau = "bureau"
    case events = "events and defaults"
    case network = "group and links"
    case peers = "industry and region"
    case invoice = "the invoice"
}

/// What a feature is measured in.
public enum FeatureUnit: String, CaseIterable, Sendable {
    case days
    case months
    case years
    /// A part of a whole.
    case fraction
    /// One figure by another.
    case ratio
    /// Major units of the ledger's base currency.
    case amount = "base currency"
    case count
    /// Points of an index or a score.
    case points
    /// 0 or 1.
    case flag
}

/// When a feature has no value.
public enum MissingRule: Sendable, Hashable {
    /// It always has one.
    case never
    /// For a stated reason.
    case when(String)

    /// How the dictionary says it.
    public var description: String {
        switch self {
        case .never: "never"
        case .when(let reason): reason
        }
    }
}

/// Which way risk is expected to move with a feature.
public enum ExpectedSign: String, CaseIterable, Sendable {
    case riskRises = "rises"
    case riskFalls = "falls"
    /// It depends, or the relation bends.
    case open = "open"
}
