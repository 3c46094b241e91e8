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
    /// What is spoken of: the meaning up to its first explanation.
    let subject: String

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
        let cut = meaning.utf8.firstIndex { ",;:".utf8.contains($0) } ?? meaning.endIndex
        subject = String(meaning[..<cut])
    }

    /// Whether other obligors' records are needed for it.
    public var reachesBeyondTheObligor: Bool { formula.quantities.contains(where: \.reachesBeyondTheObligor) }

    /// The windows that its quantities reach over, shortest first.
    public var windows: [Window] {
        Set(formula.quantities.compactMap(\.reach)).sorted { $0.rawValue < $1.rawValue }
    }
}

/// What part of an obligor a feature describes.
public enum FeatureGroup: String, CaseIterable, Sendable {
    /// How late payments are.
    case delay = "payment delay"
    /// How old what is open is.
    case ageing = "ageing of open items"
    /// What is open, and how much of the limit it takes.
    case exposure = "utilisation and exposure"
    /// What is ordered and billed.
    case orders = "orders and billing"
    /// Disputes, parts and credit notes.
    case disputes = "disputes and partial payments"
    /// Promises to pay.
    case promises = "promises"
    /// How long it is known.
    case tenure = "tenure"
    /// Terms agreed against terms taken.
    case terms = "terms"
    /// How much hangs on few.
    case concentration = "concentration"
    /// Financial statements.
    case statements = "statements"
    /// What bureaus say.
    case bureau = "bureau"
    /// What happened, earlier defaults and grades.
    case events = "events and defaults"
    /// Groups and supply links.
    case network = "group and links"
    /// Others of its industry and region.
    case peers = "industry and region"
    /// The invoice that is observed.
    case invoice = "the invoice"
}

/// What a feature is measured in.
public enum FeatureUnit: String, CaseIterable, Sendable {
    /// Calendar days.
    case days
    /// Months of 30.4375 days.
    case months
    /// Years of 365.25 days.
    case years
    /// A part of a whole.
    case fraction
    /// One figure by another.
    case ratio
    /// Major units of the ledger's base currency.
    case amount = "base currency"
    /// How many.
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
    /// The higher, the riskier.
    case riskRises = "rises"
    /// The higher, the safer.
    case riskFalls = "falls"
    /// It depends, or the relation bends.
    case open = "open"
}
