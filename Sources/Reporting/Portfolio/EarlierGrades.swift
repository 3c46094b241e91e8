import Results

/// What an earlier run says of each obligor, so that a portfolio can be held against it instead of the review before.
struct EarlierGrades {
    private let grades: [String: (grade: String, pd: Double?)]
    private let portfolio: Portfolio?

    /// The grades of a run: of its portfolio, else of its ratings; `nil` if it has neither.
    init?(_ run: RunContent) {
        portfolio = run.portfolio
        let known: [(String, (grade: String, pd: Double?))]
        if let portfolio {
            known = portfolio.obligors.compactMap { one in one.grade.map { (one.id, ($0, one.pd)) } }
        } else if let ratings = run.ratings {
            known = ratings.map { ($0.id, ($0.grade, $0.pd)) }
        } else {
            return nil
        }
        grades = Dictionary(known, uniquingKeysWith: { first, _ in first })
    }

    /// An obligor's grade then; `nil` if it had none.
    func grade(of id: String) -> String? { grades[id]?.grade }

    /// A portfolio whose grades, PDs and movements before are those of the earlier run.
    ///
    /// Whom that run graded and this one does not know has left.
    func compared(_ now: Portfolio) -> Portfolio {
        let present = Set(now.obligors.map(\.id))
        let gone = (portfolio?.obligors ?? []).filter { $0.grade != nil && !present.contains($0.id) }
        // The tags of the earlier run by those of this one; empty where it had no such tag.
        let places = now.tags.map { portfolio?.tags.firstIndex(of: $0) }
        let (day, currency) = (now.asOf, now.obligors.first?.currency)
        return Portfolio(
            tags: now.tags,
            obligors: now.obligors.map(compared)
                + gone.map { one in
                    PortfolioRecord(
                        id: one.id, name: one.name, asOf: day ?? one.asOf, grade: nil,
                        previousGrade: one.grade, previousPD: one.pd, currency: currency ?? one.currency,
                        exposure: 0, overdue: 0, movement: .withdrawn,
                        tags: places.map { place in place.map { one.tags[$0] } ?? "" })
                })
    }

    private func compared(_ now: PortfolioRecord) -> PortfolioRecord {
        let before = grades[now.id]
        return PortfolioRecord(
            id: now.id, name: now.name, asOf: now.asOf, grade: now.grade, previousGrade: before?.grade,
            score: now.score, pd: now.pd, previousPD: before?.pd, currency: now.currency,
            exposure: now.exposure, overdue: now.overdue, daysBeyondTerms: now.daysBeyondTerms,
            expectedLoss: now.expectedLoss, limit: now.limit, termsDays: now.termsDays,
            reviewDue: now.reviewDue, movement: Self.movement(from: before?.grade, to: now.grade),
            tags: now.tags)
    }

    /// What became of an obligor, as a review says it.
    private static func movement(from before: String?, to now: String?) -> PortfolioRecord.Movement {
        guard let now else { return .withdrawn }
        guard let before else { return .new }
        if now == before { return .unchanged }
        if now == PageContext.defaulted { return .defaulted }
        guard let first = PageContext.grades.firstIndex(of: before),
            let second = PageContext.grades.firstIndex(of: now)
        else { return .unchanged }
        return second < first ? .up : .down
    }
}
