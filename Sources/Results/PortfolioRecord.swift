/// One obligor of the portfolio as reports show it: a row of `portfolio.csv`.
public struct PortfolioRecord: Sendable, Equatable, Encodable {
    /// A column, by its name in the file; one column `tag:NAME` for each tag follows.
    public enum Column: String, Sendable, CaseIterable {
        case id, name
        case asOf = "as_of"
        case grade
        case previousGrade = "previous_grade"
        case score, pd
        case previousPD = "previous_pd"
        case currency, exposure, overdue
        case daysBeyondTerms = "days_beyond_terms"
        case expectedLoss = "expected_loss"
        case limit, available
        case termsDays = "terms_days"
        case security, conditions
        case reviewDue = "review_due"
        case movement
    }

    /// What new deliveries on credit wait for.
    public enum Condition: String, Sendable, CaseIterable, Encodable {
        /// No new credit.
        case blocked
        /// Documents are asked for.
        case documents

        /// What separates conditions within their column.
        static let separator: Character = ";"
    }

    /// What became of an obligor since the review before.
    public enum Movement: String, Sendable, CaseIterable, Encodable {
        case new, up, down, unchanged, defaulted, withdrawn
    }

    /// The obligor.
    public let id: String
    /// Its name; `nil` where ids alone are kept.
    public let name: String?
    /// The date of the rating, ISO 8601.
    public let asOf: String
    /// The final grade, AAA to D; `nil` if the obligor has left the portfolio.
    public let grade: String?
    /// The final grade of the review before; `nil` for a new obligor.
    public let previousGrade: String?
    /// Points; higher is safer.
    public let score: Double?
    /// Probability of default, a fraction.
    public let pd: Double?
    /// The PD of the review before.
    public let previousPD: Double?
    /// The currency of all amounts, the same for the whole portfolio.
    public let currency: String
    /// Open receivables.
    public let exposure: Double
    /// The part of the exposure that is past due.
    public let overdue: Double
    /// Amount-weighted days paid after the due date; negative is early.
    public let daysBeyondTerms: Double?
    /// PD × LGD × exposure.
    public let expectedLoss: Double?
    /// The credit limit; `nil` if none was set.
    public let limit: Double?
    /// What of the limit the exposure leaves, 0 where it exceeds it; `nil` without a limit.
    public let available: Double?
    /// The payment terms in days.
    public let termsDays: Int?
    /// What the policy asks for as security, such as `guarantee`; `nil` without a policy.
    public let security: String?
    /// What new deliveries on credit wait for.
    public let conditions: [Condition]
    /// When the next review is due, ISO 8601.
    public let reviewDue: String?
    /// What became of the obligor since the review before.
    public let movement: Movement
    /// The values of the portfolio's tags, in the order of ``Portfolio/tags``; empty where unknown.
    public let tags: [String]

    /// One obligor of the portfolio.
    public init(
        id: String, name: String? = nil, asOf: String, grade: String?, previousGrade: String? = nil,
        score: Double? = nil, pd: Double? = nil, previousPD: Double? = nil, currency: String,
        exposure: Double, overdue: Double, daysBeyondTerms: Double? = nil, expectedLoss: Double? = nil,
        limit: Double? = nil, available: Double? = nil, termsDays: Int? = nil, security: String? = nil,
        conditions: [Condition] = [], reviewDue: String? = nil, movement: Movement, tags: [String] = []
    ) {
        self.id = id
        self.name = name
        self.asOf = asOf
        self.grade = grade
        self.previousGrade = previousGrade
        self.score = score
        self.pd = pd
        self.previousPD = previousPD
        self.currency = currency
        self.exposure = exposure
        self.overdue = overdue
        self.daysBeyondTerms = daysBeyondTerms
        self.expectedLoss = expectedLoss
        self.limit = limit
        self.available = available
        self.termsDays = termsDays
        self.security = security
        self.conditions = conditions
        self.reviewDue = reviewDue
        self.movement = movement
        self.tags = tags
    }
}

extension PortfolioRecord {
    init(from row: inout RowReader, tagCount: Int) throws(RowFault) {
        id = row.text()
        name = row.optionalText()
        asOf = row.text()
        grade = row.optionalText()
        previousGrade = row.optionalText()
        score = try row.optionalNumber()
        pd = try row.optionalNumber()
        previousPD = try row.optionalNumber()
        currency = row.text()
        exposure = try row.number()
        overdue = try row.number()
        daysBeyondTerms = try row.optionalNumber()
        expectedLoss = try row.optionalNumber()
        limit = try row.optionalNumber()
        available = try row.optionalNumber()
        termsDays = try row.optionalInteger()
        security = row.optionalText()
        conditions = try row.words(Condition.self, separator: Condition.separator)
        reviewDue = row.optionalText()
        movement = try row.word(Movement.self)
        tags = (0..<tagCount).map { _ in row.text() }
    }

    func write(to row: inout RowWriter) {
        row.append(id)
        row.append(name)
        row.append(asOf)
        row.append(grade)
        row.append(previousGrade)
        row.append(score)
        row.append(pd)
        row.append(previousPD)
        row.append(currency)
        row.append(exposure)
        row.append(overdue)
        row.append(daysBeyondTerms)
        row.append(expectedLoss)
        row.append(limit)
        row.append(available)
        row.append(termsDays)
        row.append(security)
        row.append(conditions.map(\.rawValue).joined(separator: String(Condition.separator)))
        row.append(reviewDue)
        row.append(movement.rawValue)
        for tag in tags { row.append(tag) }
    }
}
