/// What is known of one obligor on one date: a row of `history.csv`.
public struct HistoryRecord: DelimitedRecord, Encodable {
    /// The file in a run folder.
    public static let fileName = "history.csv"
    /// The columns in order.
    public static let columns = Column.allCases.map(\.rawValue)

    /// A column, by its name in the file.
    public enum Column: String, Sendable, CaseIterable {
        case id
        case asOf = "as_of"
        case grade, pd
        case daysBeyondTerms = "days_beyond_terms"
        case exposure, overdue, limit
    }

    /// The obligor.
    public let id: String
    /// The date, ISO 8601.
    public let asOf: String
    /// The grade, AAA to D; `nil` if it was not rated.
    public let grade: String?
    /// Probability of default, a fraction.
    public let pd: Double?
    /// Amount-weighted days paid after the due date; negative is early.
    public let daysBeyondTerms: Double?
    /// Open receivables in the portfolio's currency.
    public let exposure: Double?
    /// The part of the exposure that is past due.
    public let overdue: Double?
    /// The credit limit in the portfolio's currency.
    public let limit: Double?

    /// What is known of one obligor on one date: a row of `history.csv`.
    public init(
        id: String, asOf: String, grade: String? = nil, pd: Double? = nil, daysBeyondTerms: Double? = nil,
        exposure: Double? = nil, overdue: Double? = nil, limit: Double? = nil
    ) {
        self.id = id
        self.asOf = asOf
        self.grade = grade
        self.pd = pd
        self.daysBeyondTerms = daysBeyondTerms
        self.exposure = exposure
        self.overdue = overdue
        self.limit = limit
    }
}

extension HistoryRecord {
    /// The record in a row.
    public init(from row: inout RowReader) throws(RowFault) {
        id = row.text()
        asOf = row.text()
        grade = row.optionalText()
        pd = try row.optionalNumber()
        daysBeyondTerms = try row.optionalNumber()
        exposure = try row.optionalNumber()
        overdue = try row.optionalNumber()
        limit = try row.optionalNumber()
    }

    /// Appends the fields of the record.
    public func write(to row: inout RowWriter) {
        row.append(id)
        row.append(asOf)
        row.append(grade)
        row.append(pd)
        row.append(daysBeyondTerms)
        row.append(exposure)
        row.append(overdue)
        row.append(limit)
    }
}
