import Foundation
import Grading
import Parallelism
import Results
import Tables
import Vocabulary

/// One date's rows while they are graded and written.
struct GradedReview {
    let facts: GradingFacts
    /// The rows of the date.
    let rows: [Int]
    let day: CalendarDay
    /// η of these rows, adapted.
    let logOdds: [Double]
    /// Whether these rows are in default.
    let inDefault: [Bool]?
    let workers: Workers

    /// The rows' facts.
    private var table: Table { rows.count == facts.table.rowCount ? facts.table : facts.table.gathered(rows) }

    private var names: [String] { rows.map { facts.ids.text(at: $0) ?? "" } }

    /// Grades the rows.
    func graded(by grader: Grader) throws -> GradedPortfolio {
        try grader.grade(
            pds: logOdds.map(ProbabilityOfDefault.value(ofLogOdds:)), facts: table,
            ids: Column(name: "id", values: .text(names)), inDefault: inDefault, asOf: AsOf(day),
            workers: workers)
    }

    /// The rows of `ratings.csv`, with final grades.
    func ratings(_ graded: GradedPortfolio) -> [RatingRecord] {
        let names = names
        return rows.indices.map { place in
            RatingRecord(
                id: names[place], score: facts.scores[rows[place]], logOdds: logOdds[place],
                pd: ProbabilityOfDefault.value(ofLogOdds: logOdds[place]),
                grade: graded.finalGrade(place).rawValue, reasons: facts.reasons[rows[place]])
        }
    }

    /// The rows of `rating-path.csv`.
    func path(_ graded: GradedPortfolio) -> [RatingStepRecord] {
        let names = names
        var records: [RatingStepRecord] = []
        graded.forEachPath { place, steps in
            for (number, step) in steps.enumerated() {
                records.append(
                    RatingStepRecord(
                        id: names[place], step: number + 1, stage: .init(step.stage), rule: step.rule,
                        fromGrade: step.stage == .raw ? nil : step.from.rawValue, toGrade: step.to.rawValue,
                        effect: .init(step.effect), reason: step.reason, author: step.author,
                        expires: step.expires.map { "\($0)" }))
            }
        }
        return records
    }

    /// The rows of `portfolio.csv`, and those that the review before had and this one has not.
    func portfolio(_ graded: GradedPortfolio, earlier: Portfolio?, tags: [String]) -> Portfolio {
        let names = names
        let before = Dictionary(
            (earlier?.obligors ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let columns = tags.filter { facts.table[$0] != nil }
        let currency = graded.policy?.currency ?? .euro
        let overdue = facts.table["overdue_amount"]?.doubles
        let exposure = facts.table["exposure"]?.doubles
        let delay = facts.table["dbt_12m"]?.doubles
        func known(_ values: [Double]?, _ place: Int) -> Double? {
            values.map { $0[rows[place]] }.flatMap { $0.isNaN ? nil : $0 }
        }
        func major(_ units: Int64) -> Double { Amount(minorUnits: units, currency: currency).majorUnits }
        let granted = graded.policy == nil ? nil : graded.rows
        let texts = columns.map { facts.table[$0] }
        var obligors = rows.indices.map { place in
            let grade = graded.finalGrade(place)
            let last = before[names[place]]
            return PortfolioRecord(
                id: names[place], asOf: "\(day)", grade: grade.rawValue, previousGrade: last?.grade,
                score: facts.scores[rows[place]],
                pd: grade == .d ? 1 : ProbabilityOfDefault.value(ofLogOdds: logOdds[place]),
                previousPD: last?.pd,
                currency: currency.code,
                exposure: granted.map { major($0[place].exposure) } ?? known(exposure, place) ?? 0,
                overdue: known(overdue, place) ?? 0, daysBeyondTerms: known(delay, place),
                expectedLoss: granted.map { major($0[place].expectedLoss) },
                limit: granted.map { major($0[place].limit) },
                termsDays: granted.map { Int($0[place].termsDays) },
                reviewDue: graded.policy.map { "\(day.adding(months: $0[grade].reviewMonths))" },
                movement: Self.movement(from: last?.grade.flatMap(Grade.init(rawValue:)), to: grade),
                tags: texts.map { $0?.text(at: rows[place]) ?? "" })
        }
        let present = Set(names)
        for last in earlier?.obligors ?? [] where !present.contains(last.id) && last.grade != nil {
            obligors.append(
                PortfolioRecord(
                    id: last.id, name: last.name, asOf: "\(day)", grade: nil, previousGrade: last.grade,
                    previousPD: last.pd, currency: currency.code, exposure: 0, overdue: 0,
                    movement: .withdrawn, tags: columns.map { _ in "" }))
        }
        return Portfolio(tags: columns, obligors: obligors)
    }

    private static func movement(from: Grade?, to: Grade) -> PortfolioRecord.Movement {
        guard let from else { return .new }
        if to == from { return .unchanged }
        return to == .d ? .defaulted : to < from ? .up : .down
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
