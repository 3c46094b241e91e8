public import Grading
public import Parallelism
public import Results
public import Tables
public import Vocabulary

/// The obligors of one date while they are graded and written: who, what the model makes of them, and the facts that
/// rules and policy ask for.
public struct RatedDay: Sendable {
    /// The obligors, one per row.
    public let ids: [String]
    /// The date.
    public let day: CalendarDay
    /// The facts by row.
    public let facts: Table
    /// η by row, calibrated and adapted.
    public let logOdds: [Double]
    /// Points by row.
    public let scores: [Double]
    /// The characteristics that cost most, by row.
    public let reasons: [[String]]
    /// Whether rows are in default; `nil` for none.
    public let inDefault: [Bool]?

    /// The obligors of a date; all lists have a value per row of the facts.
    public init(
        ids: [String], day: CalendarDay, facts: Table, logOdds: [Double], scores: [Double],
        reasons: [[String]], inDefault: [Bool]? = nil
    ) {
        self.ids = ids
        self.day = day
        self.facts = facts
        self.logOdds = logOdds
        self.scores = scores
        self.reasons = reasons
        self.inDefault = inDefault
    }

    /// Number of obligors.
    public var count: Int { ids.count }

    /// PDs by row.
    public var pds: [Double] { logOdds.map(ProbabilityOfDefault.value(ofLogOdds:)) }

    /// Grades the obligors.
    ///
    /// - Throws: ``GradingError``.
    public func graded(
        by grader: Grader, workers: Workers = .single
    ) throws(GradingError) -> GradedPortfolio {
        try grader.grade(
            pds: pds, facts: facts, ids: Column(name: "id", values: .text(ids)), inDefault: inDefault,
            asOf: AsOf(day), workers: workers)
    }
}

extension RatedDay {
    /// The rows of `ratings.csv`, with final grades; whoever is in default has the PD of default.
    public func ratings(_ graded: GradedPortfolio) -> [RatingRecord] {
        ids.indices.map { row in
            let grade = graded.finalGrade(row)
            let logOdds = grade == .d ? RatingEnd.inDefault.logOdds : logOdds[row]
            return RatingRecord(
                id: ids[row], score: scores[row], logOdds: logOdds,
                pd: grade == .d ? 1 : ProbabilityOfDefault.value(ofLogOdds: logOdds), grade: grade.rawValue,
                reasons: reasons[row])
        }
    }

    /// The rows of `rating-path.csv`.
    public func path(_ graded: GradedPortfolio) -> [RatingStepRecord] {
        var records: [RatingStepRecord] = []
        graded.forEachPath { row, steps in
            for (number, step) in steps.enumerated() {
                records.append(
                    RatingStepRecord(
                        id: ids[row], step: number + 1, stage: .init(step.stage), rule: step.rule,
                        fromGrade: step.stage == .raw ? nil : step.from.rawValue, toGrade: step.to.rawValue,
                        effect: .init(step.effect), reason: step.reason, author: step.author,
                        expires: step.expires.map { "\($0)" }))
            }
        }
        return records
    }

    /// The rows of `portfolio.csv`: with a policy, limit, terms and the next review are its own.
    ///
    /// - Parameters:
    ///   - figures: What else is known of each row.
    ///   - before: What each obligor was in the review before.
    ///   - currency: The currency of the figures; a policy's amounts are in its own.
    public func portfolio(
        _ graded: GradedPortfolio, figures: [ObligorFigures], before: [String: EarlierRating],
        currency: Currency
    ) -> [PortfolioRecord] {
        let granted = graded.policy.map { (policy: $0, rows: graded.rows) }
        let currency = granted?.policy.currency ?? currency
        func major(_ units: Int64) -> Double { Amount(minorUnits: units, currency: currency).majorUnits }
        let conditions = Self.conditions(of: graded)
        return ids.indices.map { row in
            let grade = graded.finalGrade(row)
            let own = figures[row]
            let pd = grade == .d ? 1 : ProbabilityOfDefault.value(ofLogOdds: logOdds[row])
            let exposure = own.exposure ?? granted.map { major($0.rows[row].exposure) } ?? 0
            let loss = granted.map { $0.policy[grade].lossGivenDefault } ?? own.lossGivenDefault
            let ofPolicy = own.exposure == nil ? granted.map { major($0.rows[row].expectedLoss) } : nil
            let last = before[ids[row]]
            let limit = granted.map { major($0.rows[row].limit) } ?? own.limit
            return PortfolioRecord(
                id: ids[row], name: own.name, asOf: "\(day)", grade: grade.rawValue,
                previousGrade: last?.grade.rawValue, score: scores[row], pd: pd, previousPD: last?.pd,
                currency: currency.code, exposure: exposure, overdue: own.overdue,
                daysBeyondTerms: own.daysBeyondTerms,
                expectedLoss: ofPolicy ?? loss.map { pd * $0 * exposure },
                limit: limit, available: limit.map { currency.available(of: $0, after: exposure) },
                termsDays: granted.map { Int($0.rows[row].termsDays) } ?? own.termsDays,
                security: granted.map { $0.policy[grade].security.rawValue },
                conditions: conditions[row] ?? [],
                reviewDue: granted.map { "\(day.adding(months: $0.policy[grade].reviewMonths))" },
                movement: .init(from: last?.grade, to: grade), tags: own.tags)
        }
    }
}

extension RatedDay {
    /// What rules make new deliveries wait for, by row.
    private static func conditions(of graded: GradedPortfolio) -> [Int: [PortfolioRecord.Condition]] {
        var conditions: [Int: [PortfolioRecord.Condition]] = [:]
        for (kind, condition) in [
            (RuleEffect.Kind.block, PortfolioRecord.Condition.blocked), (.documents, .documents),
        ] {
            for row in graded.rows(under: kind) { conditions[row, default: []].append(condition) }
        }
        return conditions
    }
}

extension Currency {
    /// What an exposure leaves of a limit, in major units to the minor one; 0 where it exceeds it.
    func available(of limit: Double, after exposure: Double) -> Double {
        let perMajor = Double(minorUnitsPerMajor)
        return max(0, ((limit - exposure) * perMajor).rounded() / perMajor)
    }
}

/// What a portfolio shows of an obligor besides its rating, in major units of the portfolio's currency.
public struct ObligorFigures: Sendable, Equatable {
    /// Its name.
    public var name: String?
    /// Open receivables; `nil` to take what the policy reads as exposure.
    public var exposure: Double?
    /// The part of them that is past due.
    public var overdue: Double
    /// Amount-weighted days paid after the due date.
    public var daysBeyondTerms: Double?
    /// The limit that it has, where no policy sets one.
    public var limit: Double?
    /// The payment terms that it has, where no policy sets them.
    public var termsDays: Int?
    /// What is lost of the exposure in default, where no policy says.
    public var lossGivenDefault: Double?
    /// Values of the portfolio's tags.
    public var tags: [String]

    /// What a portfolio shows of an obligor.
    public init(
        name: String? = nil, exposure: Double? = nil, overdue: Double, daysBeyondTerms: Double? = nil,
        limit: Double? = nil, termsDays: Int? = nil, lossGivenDefault: Double? = nil, tags: [String] = []
    ) {
        self.name = name
        self.exposure = exposure
        self.overdue = overdue
        self.daysBeyondTerms = daysBeyondTerms
        self.limit = limit
        self.termsDays = termsDays
        self.lossGivenDefault = lossGivenDefault
        self.tags = tags
    }
}

/// What an obligor was in the review before.
public struct EarlierRating: Sendable, Equatable {
    /// Its final grade.
    public let grade: Grade
    /// Its PD; `nil` if it is not known.
    public let pd: Double?

    /// A rating of the past.
    public init(grade: Grade, pd: Double?) {
        self.grade = grade
        self.pd = pd
    }
}

extension PortfolioRecord {
    /// The obligor after it has left the portfolio.
    ///
    /// - Parameter tags: How many tags the portfolio has.
    public func withdrawn(asOf day: CalendarDay, currency: String, tags: Int) -> PortfolioRecord {
        PortfolioRecord(
            id: id, name: name, asOf: "\(day)", grade: nil, previousGrade: grade, previousPD: pd,
            currency: currency, exposure: 0, overdue: 0, movement: .withdrawn,
            tags: [String](repeating: "", count: tags))
    }
}

extension PortfolioRecord.Movement {
    /// What became of an obligor.
    init(from: Grade?, to: Grade) {
        guard let from else {
            self = .new
            return
        }
        self = to == from ? .unchanged : to == .d ? .defaulted : to < from ? .up : .down
    }
}

extension RatingStepRecord.Stage {
    init(_ stage: RatingStep.Stage) {
        self =
            switch stage {
            case .raw: .raw
            case .rule: .rule
            case .expert: .expert
            case .final: .final
            }
    }
}

extension RatingStepRecord.Effect {
    init(_ effect: RuleEffect.Kind) {
        self =
            switch effect {
            case .none: .none
            case .cap: .cap
            case .notch: .notch
            case .block: .block
            case .documents: .documents
            }
    }
}
