public import Ledger
public import Vocabulary

/// What a review of a portfolio looks at.
public struct ReviewOptions: Sendable {
    /// The date of the review.
    public var asOf: CalendarDay
    /// Earlier dates, rising, for the history of every obligor; the last of them is the review before.
    public var earlier: [CalendarDay]
    /// What counts as default.
    public var definition: DefaultDefinition
    /// Loss given default, a fraction of the exposure, for the expected loss where no policy says it.
    public var lossGivenDefault: Double
    /// Months for which a grade that the ledger says was given by hand overrules the model; 0 for never.
    public var handGradeMonths = 0
    /// Who is looked at.
    public var due = DueRule.all
    /// Obligors that are looked at whenever they were the last time.
    public var watchList: Set<String> = []
    /// Obligors that are set aside from the start, and why.
    public var setAside: [String: String] = [:]
    /// The largest share of obligors that may be set aside because their records cannot be used.
    public var maximumRefused = 0.01
    /// Obligors that are kept in the journal at a time.
    public var batchSize = 1024

    /// - Parameters:
    ///   - quarters: How many quarters to look back; the dates before are the ends of quarters.
    ///   - lossGivenDefault: A fraction in [0, 1]; 0.45 is the supervisory value for unsecured claims on corporates.
    ///
    /// Source: Basel Committee (2006), *International Convergence of Capital Measurement*, §287.
    public init(
        asOf: CalendarDay, quarters: Int = 4, definition: DefaultDefinition = .tradeCredit,
        lossGivenDefault: Double = 0.45
    ) {
        self.asOf = asOf
        self.definition = definition
        self.lossGivenDefault = lossGivenDefault
        earlier = (1...max(1, quarters)).reversed().map { quarter in
            // The last day of the month that lies three months back, whatever the length of the months.
            let (year, month, _) = asOf.parts
            let months = year * 12 + month - 3 * quarter
            let next = CalendarDay(year: months / 12, month: months % 12 + 1, day: 1)
            return next.map { $0.adding(days: -1) } ?? asOf
        }
    }

    /// All dates, rising.
    var dates: [CalendarDay] { earlier + [asOf] }
}

/// Who is looked at in a review: those whose last review is so long ago, and whoever there is a reason for.
public enum DueRule: String, Sendable, Hashable, CaseIterable {
    /// Everybody.
    case all
    /// Three months after the last review.
    case quarter
    /// Six months after it.
    case halfYear = "half-year"
    /// As often as the policy says for the grade.
    case byGrade = "by-grade"
}
