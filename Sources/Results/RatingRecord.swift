/// One obligor's rating: a row of `ratings.csv` and of what `score` writes.
public struct RatingRecord: DelimitedRecord, Encodable {
    /// The file in a run folder.
    public static let fileName = "ratings.csv"
    /// The columns in order.
    public static let columns = standardColumns.map(\.rawValue)
    /// The columns of a rating unless others are asked for.
    public static let standardColumns: [Column] = [.id, .score, .logOdds, .pd, .grade, .reasons]
    /// What separates the reasons within their column.
    public static let reasonSeparator: Character = ";"

    /// A column, by its name in the file.
    public enum Column: String, Sendable, CaseIterable {
        case id, score
        case logOdds = "log_odds"
        case pd, grade, reasons
        /// What each reason cost against its reference, in points, as many as there are reasons and in their order;
        /// written where it is asked for.
        case pointsLost = "points_lost"
    }

    /// The obligor or observation.
    public let id: String
    /// Points; higher is safer.
    ///
    /// On a scorecard the sum of its points as printed, which may be rounded.
    public let score: Double
    /// ln(PD ÷ (1 − PD)); higher is riskier.
    public let logOdds: Double
    /// Probability of default, a fraction.
    public let pd: Double
    /// The grade, AAA to C.
    public let grade: String
    /// The characteristics that cost most, the costliest first.
    public let reasons: [String]

    /// One obligor's rating.
    public init(
        id: String, score: Double, logOdds: Double, pd: Double, grade: String, reasons: [String]
    ) {
        self.id = id
        self.score = score
        self.logOdds = logOdds
        self.pd = pd
        self.grade = grade
        self.reasons = reasons
    }
}

extension RatingRecord {
    /// A rating in its row.
    public init(from row: inout RowReader) throws(RowFault) {
        id = row.text()
        score = try row.number()
        logOdds = try row.number()
        pd = try row.number()
        grade = row.text()
        reasons = row.text().split(separator: Self.reasonSeparator).map(String.init)
    }

    /// Appends the fields of a rating.
    public func write(to row: inout RowWriter) {
        row.append(id)
        row.append(score)
        row.append(logOdds)
        row.append(pd)
        row.append(grade)
        row.append(reasons.joined(separator: String(Self.reasonSeparator)))
    }
}
