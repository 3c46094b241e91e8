/// An input that has to be brought up to date: a row of `refresh-requests.csv`.
public struct RefreshRequestRecord: DelimitedRecord {
    /// The file in a run folder.
    public static let fileName = "refresh-requests.csv"
    /// The columns in order.
    public static let columns = Column.allCases.map(\.rawValue)

    /// A column, by its name in the file.
    public enum Column: String, Sendable, CaseIterable {
        case id
        case asOf = "as_of"
        case input, state
        case lastDate = "last_date"
        case ageDays = "age_days"
        case expiresOn = "expires_on"
        case missing, effect
    }

    /// How the input stands.
    public enum State: String, Sendable, CaseIterable {
        /// It expires soon; nothing follows yet.
        case expiring
        /// It is too old.
        case stale
        /// It was never there.
        case missing
    }

    /// The obligor.
    public let id: String
    /// The date of the review, ISO 8601.
    public let asOf: String
    /// The input: statements, bureau, litigation.
    public let input: String
    /// How it stands.
    public let state: State
    /// The date that its age counts from, ISO 8601; `nil` if it was never there.
    public let lastDate: String?
    /// Its age in days.
    public let ageDays: Int?
    /// The last day on which it may be relied on, ISO 8601.
    public let expiresOn: String?
    /// What has to be brought.
    public let missing: String
    /// What follows until then, such as "cap BBB" or "block"; `nil` while it only expires soon.
    public let effect: String?

    /// An input that has to be brought up to date.
    public init(
        id: String, asOf: String, input: String, state: State, lastDate: String?, ageDays: Int?,
        expiresOn: String?, missing: String, effect: String?
    ) {
        self.id = id
        self.asOf = asOf
        self.input = input
        self.state = state
        self.lastDate = lastDate
        self.ageDays = ageDays
        self.expiresOn = expiresOn
        self.missing = missing
        self.effect = effect
    }
}

extension RefreshRequestRecord {
    /// The record in a row.
    public init(from row: inout RowReader) throws(RowFault) {
        id = row.text()
        asOf = row.text()
        input = row.text()
        state = try row.word(State.self)
        lastDate = row.optionalText()
        ageDays = try row.optionalInteger()
        expiresOn = row.optionalText()
        missing = row.text()
        effect = row.optionalText()
    }

    /// Appends the fields of the record.
    public func write(to row: inout RowWriter) {
        row.append(id)
        row.append(asOf)
        row.append(input)
        row.append(state.rawValue)
        row.append(lastDate)
        row.append(ageDays)
        row.append(expiresOn)
        row.append(missing)
        row.append(effect)
    }
}
