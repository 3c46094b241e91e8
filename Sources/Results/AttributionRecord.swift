/// One part of the change of an obligor's rating between two dates: a row of `attribution.csv`.
///
/// The parts of one obligor add up to the change of its log-odds.
public struct AttributionRecord: DelimitedRecord, Encodable {
    /// The file in a run folder.
    public static let fileName = "attribution.csv"
    /// The columns in order.
    public static let columns = Column.allCases.map(\.rawValue)

    /// A column, by its name in the file.
    public enum Column: String, Sendable, CaseIterable {
        case id, from, to, component, feature, text
        case logOdds = "log_odds"
        case notches
    }

    /// What a rating depends on.
    public enum Component: String, Sendable, CaseIterable, Encodable {
        case data, model, calibration, thresholds, rules, expert, `default`
    }

    /// The obligor.
    public let id: String
    /// The earlier date, ISO 8601.
    public let from: String
    /// The later date, ISO 8601.
    public let to: String
    /// What changed.
    public let component: Component
    /// The feature, where data changed.
    public let feature: String?
    /// The change in an analyst's words.
    public let text: String?
    /// The part in log-odds of default; positive is riskier.
    public let logOdds: Double
    /// The part in notches; positive is worse.
    public let notches: Double?

    /// One part of the change of an obligor's rating between two dates: a row of `attribution.csv`.
    ///
    /// The parts of one obligor add up to the change of its log-odds.
    public init(
        id: String, from: String, to: String, component: Component, feature: String? = nil,
        text: String? = nil, logOdds: Double, notches: Double? = nil
    ) {
        self.id = id
        self.from = from
        self.to = to
        self.component = component
        self.feature = feature
        self.text = text
        self.logOdds = logOdds
        self.notches = notches
    }
}

extension AttributionRecord {
    /// The record in a row.
    public init(from row: inout RowReader) throws(RowFault) {
        id = row.text()
        from = row.text()
        to = row.text()
        component = try row.word(Component.self)
        feature = row.optionalText()
        text = row.optionalText()
        logOdds = try row.number()
        notches = try row.optionalNumber()
    }

    /// Appends the fields of the record.
    public func write(to row: inout RowWriter) {
        row.append(id)
        row.append(from)
        row.append(to)
        row.append(component.rawValue)
        row.append(feature)
        row.append(text)
        row.append(logOdds)
        row.append(notches)
    }
}
