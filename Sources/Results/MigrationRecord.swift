/// Where one obligor's grade is heading: a row of `migrations.csv`.
public struct MigrationRecord: DelimitedRecord, Encodable {
    /// The file in a run folder.
    public static let fileName = "migrations.csv"
    /// The grades in the order of the columns, best first; D is default.
    public static let grades = ["AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", "D"]
    /// The columns in order.
    public static let columns =
        ["id", "as_of", "grade", "horizon_months"] + grades.map { "p_\($0)" } + ["p_withdrawn"]

    /// The obligor.
    public let id: String
    /// The date of the prediction, ISO 8601.
    public let asOf: String
    /// The grade on that date.
    public let grade: String
    /// Months ahead.
    public let horizonMonths: Int
    /// Probability of each grade, in the order of ``grades``.
    public let probabilities: [Double]
    /// Probability of being withdrawn; `nil` where withdrawals are left out.
    ///
    /// All probabilities sum to 1.
    public let withdrawn: Double?

    /// Where one obligor's grade is heading.
    ///
    /// - Parameter probabilities: One for each of ``grades``.
    public init(
        id: String, asOf: String, grade: String, horizonMonths: Int, probabilities: [Double],
        withdrawn: Double? = nil
    ) {
        precondition(probabilities.count == Self.grades.count, "\(probabilities.count) probabilities")
        self.id = id
        self.asOf = asOf
        self.grade = grade
        self.horizonMonths = horizonMonths
        self.probabilities = probabilities
        self.withdrawn = withdrawn
    }
}

extension MigrationRecord {
    /// The record in a row.
    public init(from row: inout RowReader) throws(RowFault) {
        id = row.text()
        asOf = row.text()
        grade = row.text()
        horizonMonths = try row.integer()
        var probabilities: [Double] = []
        for _ in Self.grades { probabilities.append(try row.number()) }
        self.probabilities = probabilities
        withdrawn = try row.optionalNumber()
    }

    /// Appends the fields of the record.
    public func write(to row: inout RowWriter) {
        row.append(id)
        row.append(asOf)
        row.append(grade)
        row.append(horizonMonths)
        for probability in probabilities { row.append(probability) }
        row.append(withdrawn)
    }
}
