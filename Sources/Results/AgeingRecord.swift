/// What one obligor owes by how long it is overdue: a row of `ageing.csv`.
///
/// The parts add up to the open receivables.
public struct AgeingRecord: DelimitedRecord, Encodable {
    /// The file in a run folder.
    public static let fileName = "ageing.csv"
    /// The columns in order.
    public static let columns = ["id", "as_of"] + Band.allCases.map(\.rawValue)

    /// A band of days past due, by its column.
    public enum Band: String, Sendable, CaseIterable, Encodable {
        case notDue = "not_due"
        case days1To30 = "1_30"
        case days31To60 = "31_60"
        case days61To90 = "61_90"
        case days91To180 = "91_180"
        case over180 = "over_180"
    }

    /// The obligor.
    public let id: String
    /// The date, ISO 8601.
    public let asOf: String
    /// Open amounts, one for each of ``Band``, in the portfolio's currency.
    public let amounts: [Double]

    /// What one obligor owes by how long it is overdue.
    ///
    /// - Parameter amounts: One for each of ``Band``.
    public init(id: String, asOf: String, amounts: [Double]) {
        precondition(amounts.count == Band.allCases.count, "\(amounts.count) amounts")
        self.id = id
        self.asOf = asOf
        self.amounts = amounts
    }
}

extension AgeingRecord {
    /// The record in a row.
    public init(from row: inout RowReader) throws(RowFault) {
        id = row.text()
        asOf = row.text()
        var amounts: [Double] = []
        for _ in Band.allCases { amounts.append(try row.number()) }
        self.amounts = amounts
    }

    /// Appends the fields of the record.
    public func write(to row: inout RowWriter) {
        row.append(id)
        row.append(asOf)
        for amount in amounts { row.append(amount) }
    }
}
