/// What a challenger makes of an obligor, beside the model that decides: a row of `shadow.csv`.
public struct ShadowRecord: DelimitedRecord, Encodable {
    /// The file in a run folder.
    public static let fileName = "shadow.csv"
    /// The columns in order.
    public static let columns = Column.allCases.map(\.rawValue)

    /// A column, by its name in the file.
    public enum Column: String, Sendable, CaseIterable {
        case id
        case asOf = "as_of"
        case model, pd, grade
        case championPD = "champion_pd"
        case championGrade = "champion_grade"
    }

    /// The obligor.
    public let id: String
    /// The date, ISO 8601.
    public let asOf: String
    /// The challenger's name, unique in the run.
    public let model: String
    /// Probability of default by the challenger, a fraction.
    public let pd: Double
    /// The grade of that PD on the challenger's scale.
    public let grade: String
    /// Probability of default by the champion, adapted as it was rated.
    public let championPD: Double
    /// The grade of that PD on the champion's scale, before rules and experts.
    public let championGrade: String

    /// What a challenger makes of an obligor.
    public init(
        id: String, asOf: String, model: String, pd: Double, grade: String, championPD: Double,
        championGrade: String
    ) {
        self.id = id
        self.asOf = asOf
        self.model = model
        self.pd = pd
        self.grade = grade
        self.championPD = championPD
        self.championGrade = championGrade
    }
}

extension ShadowRecord {
    /// The record in a row.
    public init(from row: inout RowReader) throws(RowFault) {
        id = row.text()
        asOf = row.text()
        model = row.text()
        pd = try row.number()
        grade = row.text()
        championPD = try row.number()
        championGrade = row.text()
    }

    /// Appends the fields of the record.
    public func write(to row: inout RowWriter) {
        row.append(id)
        row.append(asOf)
        row.append(model)
        row.append(pd)
        row.append(grade)
        row.append(championPD)
        row.append(championGrade)
    }
}
