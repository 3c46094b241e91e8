/// A grade given by hand that deserves a second look: a row of `corrections.csv`.
public struct CorrectionRecord: DelimitedRecord, Encodable {
    /// The file in a run folder.
    public static let fileName = "corrections.csv"
    /// The columns in order.
    public static let columns = Column.allCases.map(\.rawValue)

    /// A column, by its name in the file.
    public enum Column: String, Sendable, CaseIterable {
        case id
        case asOf = "as_of"
        case givenGrade = "given_grade"
        case author
        case supportedGrade = "supported_grade"
        case probabilityOfChange = "probability_of_change"
        case direction
        case expectedValue = "expected_value"
        case reason1, reason2, reason3, features
        case similarCases = "similar_cases"
        case rank
    }

    /// Where a grade is expected to go.
    public enum Direction: String, Sendable, CaseIterable, Encodable {
        case up, down, none
    }

    /// The obligor.
    public let id: String
    /// The date of the suggestion, ISO 8601.
    public let asOf: String
    /// The grade that was given.
    public let givenGrade: String
    /// Who gave it.
    public let author: String?
    /// The grade that the evidence supports.
    public let supportedGrade: String
    /// Probability that the given grade has to be changed within a year.
    public let probabilityOfChange: Double
    /// Where it is expected to go; `up` is towards AAA.
    public let direction: Direction
    /// Expected value of a second look: in notches, or in the portfolio's currency where losses were weighed.
    public let expectedValue: Double?
    /// The strongest reason.
    public let reason1: String?
    /// The second reason.
    public let reason2: String?
    /// The third reason.
    public let reason3: String?
    /// The feature that each reason speaks of, in their order; empty for a reason that speaks of none.
    public let features: [String]
    /// The most similar past cases and what became of them.
    public let similarCases: String?
    /// Place in the queue, from 1.
    public let rank: Int

    /// A grade given by hand that deserves a second look: a row of `corrections.csv`.
    public init(
        id: String, asOf: String, givenGrade: String, author: String? = nil, supportedGrade: String,
        probabilityOfChange: Double, direction: Direction, expectedValue: Double? = nil,
        reason1: String? = nil, reason2: String? = nil, reason3: String? = nil, features: [String] = [],
        similarCases: String? = nil, rank: Int
    ) {
        self.id = id
        self.asOf = asOf
        self.givenGrade = givenGrade
        self.author = author
        self.supportedGrade = supportedGrade
        self.probabilityOfChange = probabilityOfChange
        self.direction = direction
        self.expectedValue = expectedValue
        self.reason1 = reason1
        self.reason2 = reason2
        self.reason3 = reason3
        self.features = features
        self.similarCases = similarCases
        self.rank = rank
    }
}

extension CorrectionRecord {
    /// The record in a row.
    public init(from row: inout RowReader) throws(RowFault) {
        id = row.text()
        asOf = row.text()
        givenGrade = row.text()
        author = row.optionalText()
        supportedGrade = row.text()
        probabilityOfChange = try row.number()
        direction = try row.word(Direction.self)
        expectedValue = try row.optionalNumber()
        reason1 = row.optionalText()
        reason2 = row.optionalText()
        reason3 = row.optionalText()
        features =
            row.optionalText()?.split(
                separator: ReasonRecord.featureSeparator, omittingEmptySubsequences: false
            ).map(String.init) ?? []
        similarCases = row.optionalText()
        rank = try row.integer()
    }

    /// Appends the fields of the record.
    public func write(to row: inout RowWriter) {
        row.append(id)
        row.append(asOf)
        row.append(givenGrade)
        row.append(author)
        row.append(supportedGrade)
        row.append(probabilityOfChange)
        row.append(direction.rawValue)
        row.append(expectedValue)
        row.append(reason1)
        row.append(reason2)
        row.append(reason3)
        row.append(features.joined(separator: String(ReasonRecord.featureSeparator)))
        row.append(similarCases)
        row.append(rank)
    }
}
