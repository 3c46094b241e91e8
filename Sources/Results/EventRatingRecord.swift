/// What an event between reviews led to: a row of `event-ratings.csv`, or a line of an event log.
public struct EventRatingRecord: DelimitedRecord, Codable {
    /// The file in a run folder.
    public static let fileName = "event-ratings.csv"
    /// The columns in order.
    public static let columns = Column.allCases.map(\.rawValue)

    /// A column, by its name in the file.
    public enum Column: String, Sendable, CaseIterable {
        case id, kind, occurred, known, counterparty, amount, status, urgency
        case actBy = "act_by"
        case oldGrade = "old_grade"
        case newGrade = "new_grade"
        case oldPD = "old_pd"
        case newPD = "new_pd"
        case oldLimit = "old_limit"
        case newLimit = "new_limit"
        case oldTermsDays = "old_terms_days"
        case newTermsDays = "new_terms_days"
        case interim, reason
    }

    /// What was done.
    public enum Status: String, Sendable, CaseIterable, Codable {
        /// The obligor was rated anew.
        case rated
        /// The event was noted: by the policy nothing follows, or nothing before the next review.
        case noted
        /// Nothing changed. The event was reported before, and the rest is what it led to then; or the last review
        /// knew it, and the rest is how the obligor stands now.
        case repeated
        /// It cannot be used.
        case refused
    }

    /// The obligor.
    public let id: String
    /// The kind of event.
    public let kind: String
    /// When it happened, ISO 8601.
    public let occurred: String
    /// When it became known, ISO 8601.
    public let known: String
    /// Who else took part; of a statement or bureau report that a store tells of, which one it is.
    public let counterparty: String?
    /// How much is at stake, in major units of the ledger's base currency.
    public let amount: Double?
    /// What was done.
    public let status: Status
    /// By when a person has to look at it: now, today, week or none.
    public let urgency: String?
    /// The last day for that, ISO 8601.
    public let actBy: String?
    /// The grade before.
    public let oldGrade: String?
    /// The grade after.
    public let newGrade: String?
    /// The PD before.
    public let oldPD: Double?
    /// The PD after.
    public let newPD: Double?
    /// The limit before.
    public let oldLimit: Double?
    /// The limit after.
    public let newLimit: Double?
    /// The payment terms before.
    public let oldTermsDays: Int?
    /// The payment terms after.
    public let newTermsDays: Int?
    /// The interim rule that holds until a person decides; `nil` for none.
    public let interim: String?
    /// Why.
    public let reason: String

    /// What an event led to.
    public init(
        id: String, kind: String, occurred: String, known: String, counterparty: String? = nil,
        amount: Double? = nil, status: Status, urgency: String? = nil, actBy: String? = nil,
        oldGrade: String? = nil,
        newGrade: String? = nil, oldPD: Double? = nil, newPD: Double? = nil, oldLimit: Double? = nil,
        newLimit: Double? = nil, oldTermsDays: Int? = nil, newTermsDays: Int? = nil, interim: String? = nil,
        reason: String
    ) {
        self.id = id
        self.kind = kind
        self.occurred = occurred
        self.known = known
        self.counterparty = counterparty
        self.amount = amount
        self.status = status
        self.urgency = urgency
        self.actBy = actBy
        self.oldGrade = oldGrade
        self.newGrade = newGrade
        self.oldPD = oldPD
        self.newPD = newPD
        self.oldLimit = oldLimit
        self.newLimit = newLimit
        self.oldTermsDays = oldTermsDays
        self.newTermsDays = newTermsDays
        self.interim = interim
        self.reason = reason
    }
}

extension EventRatingRecord {
    /// The record in a row.
    public init(from row: inout RowReader) throws(RowFault) {
        id = row.text()
        kind = row.text()
        occurred = row.text()
        known = row.text()
        counterparty = row.optionalText()
        amount = try row.optionalNumber()
        status = try row.word(Status.self)
        urgency = row.optionalText()
        actBy = row.optionalText()
        oldGrade = row.optionalText()
        newGrade = row.optionalText()
        oldPD = try row.optionalNumber()
        newPD = try row.optionalNumber()
        oldLimit = try row.optionalNumber()
        newLimit = try row.optionalNumber()
        oldTermsDays = try row.optionalInteger()
        newTermsDays = try row.optionalInteger()
        interim = row.optionalText()
        reason = row.text()
    }

    /// Appends the fields of the record.
    public func write(to row: inout RowWriter) {
        row.append(id)
        row.append(kind)
        row.append(occurred)
        row.append(known)
        row.append(counterparty)
        row.append(amount)
        row.append(status.rawValue)
        row.append(urgency)
        row.append(actBy)
        row.append(oldGrade)
        row.append(newGrade)
        row.append(oldPD)
        row.append(newPD)
        row.append(oldLimit)
        row.append(newLimit)
        row.append(oldTermsDays)
        row.append(newTermsDays)
        row.append(interim)
        row.append(reason)
    }
}
