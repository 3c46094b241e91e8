/// One reason of an obligor's rating in an analyst's words: a row of `reasons.csv`.
public struct ReasonRecord: DelimitedRecord, Encodable {
    /// The file in a run folder.
    public static let fileName = "reasons.csv"
    /// The columns in order.
    public static let columns = Column.allCases.map(\.rawValue)
    /// What separates the features within their column.
    public static let featureSeparator: Character = ";"

    /// A column, by its name in the file.
    public enum Column: String, Sendable, CaseIterable {
        case id, rank, group
        case logOdds = "log_odds"
        case points, text, features
    }

    /// The obligor.
    public let id: String
    /// 1 for the reason that costs most.
    public let rank: Int
    /// What the features of the reason have in common, such as "payment delay".
    public let group: String
    /// What the group adds to the log-odds of default; positive is riskier.
    public let logOdds: Double
    /// What the group costs in points; below zero.
    public let points: Double
    /// The feature that adds most, with its value and where it is heading.
    public let text: String
    /// The features of the group that raise the risk, the one that adds most first.
    public let features: [String]

    /// One reason of an obligor's rating in an analyst's words.
    public init(
        id: String, rank: Int, group: String, logOdds: Double, points: Double, text: String,
        features: [String]
    ) {
        self.id = id
        self.rank = rank
        self.group = group
        self.logOdds = logOdds
        self.points = points
        self.text = text
        self.features = features
    }
}

extension ReasonRecord {
    /// The record in a row.
    public init(from row: inout RowReader) throws(RowFault) {
        id = row.text()
        rank = try row.integer()
        group = row.text()
        logOdds = try row.number()
        points = try row.number()
        text = row.text()
        features = row.text().split(separator: Self.featureSeparator).map(String.init)
    }

    /// Appends the fields of a reason.
    public func write(to row: inout RowWriter) {
        row.append(id)
        row.append(rank)
        row.append(group)
        row.append(logOdds)
        row.append(points)
        row.append(text)
        row.append(features.joined(separator: String(Self.featureSeparator)))
    }
}
