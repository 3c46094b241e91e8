/// What one input adds to a model's log-odds where rows share an interval or a level: a row of `effects.csv`.
public struct EffectRecord: DelimitedRecord, Encodable {
    /// The file in a run folder.
    public static let fileName = "effects.csv"
    /// The columns in order.
    public static let columns = Column.allCases.map(\.rawValue)

    /// A column, by its name in the file.
    public enum Column: String, Sendable, CaseIterable {
        case feature, kind, level, lower, upper, rows
        case defaultRate = "default_rate"
        case woe, contribution, spread, accumulated
        case partialDependence = "partial_dependence"
    }

    /// What the rows of a part have in common.
    public enum Kind: String, Sendable, CaseIterable, Encodable {
        /// Numbers above `lower` up to `upper`; of a feature's first interval, `lower` belongs to it.
        case interval
        /// The number `lower`.
        case value
        /// The level of a category.
        case level
        /// No value.
        case missing
    }

    /// The input.
    public let feature: String
    /// What the rows share.
    public let kind: Kind
    /// The level of a category.
    public let level: String?
    /// The lower bound, or the number itself.
    public let lower: Double?
    /// The upper bound.
    public let upper: Double?
    /// Number of rows.
    public let rows: Int
    /// The share that defaulted, a fraction by weight.
    public let defaultRate: Double?
    /// ln(share of non-defaults ÷ share of defaults); higher is safer; absent without either.
    public let woe: Double?
    /// The mean of what the input adds to the log-odds of default; higher is riskier.
    public let contribution: Double
    /// The standard deviation of that over the rows.
    public let spread: Double
    /// The accumulated local effect in log-odds, mean 0 over the rows.
    public let accumulated: Double?
    /// The partial dependence in log-odds, less the mean.
    public let partialDependence: Double?

    /// What one input adds to a model's log-odds where rows share an interval or a level.
    public init(
        feature: String, kind: Kind, level: String? = nil, lower: Double? = nil, upper: Double? = nil,
        rows: Int, defaultRate: Double? = nil, woe: Double? = nil, contribution: Double, spread: Double,
        accumulated: Double? = nil, partialDependence: Double? = nil
    ) {
        self.feature = feature
        self.kind = kind
        self.level = level
        self.lower = lower
        self.upper = upper
        self.rows = rows
        self.defaultRate = defaultRate
        self.woe = woe
        self.contribution = contribution
        self.spread = spread
        self.accumulated = accumulated
        self.partialDependence = partialDependence
    }
}

extension EffectRecord {
    /// The record in a row.
    public init(from row: inout RowReader) throws(RowFault) {
        feature = row.text()
        kind = try row.word(Kind.self)
        level = row.optionalText()
        lower = try row.optionalNumber()
        upper = try row.optionalNumber()
        rows = try row.integer()
        defaultRate = try row.optionalNumber()
        woe = try row.optionalNumber()
        contribution = try row.number()
        spread = try row.number()
        accumulated = try row.optionalNumber()
        partialDependence = try row.optionalNumber()
    }

    /// Appends the fields of the record.
    public func write(to row: inout RowWriter) {
        row.append(feature)
        row.append(kind.rawValue)
        row.append(level)
        row.append(lower)
        row.append(upper)
        row.append(rows)
        row.append(defaultRate)
        row.append(woe)
        row.append(contribution)
        row.append(spread)
        row.append(accumulated)
        row.append(partialDependence)
    }
}
