import Results

/// What the page of one obligor shows beyond the portfolio's columns, by obligor.
struct ObligorDetails: Encodable {
    struct Rating: Encodable {
        let grade: String
        let pd: Double
        let score: Double
        let reasons: [String]
    }
    struct Moment: Encodable {
        let asOf: String
        let grade: String?
        let pd: Double?
        let daysBeyondTerms: Double?
        let exposure: Double?
        let overdue: Double?
        let limit: Double?
    }
    struct Part: Encodable {
        let from: String
        let to: String
        let component: String
        let feature: String?
        let text: String?
        let logOdds: Double
    }
    struct Step: Encodable {
        let step: Int
        let stage: String
        let rule: String?
        let fromGrade: String?
        let toGrade: String
        let effect: String
        let reason: String?
        let author: String?
        let expires: String?
    }
    struct Outlook: Encodable {
        let horizonMonths: Int
        let probabilities: [Double]
    }
    struct SecondLook: Encodable {
        let similarCases: String?
        let reasons: [String]
    }

    let ratings: [String: Rating]
    let history: [String: [Moment]]
    let attribution: [String: [Part]]
    let path: [String: [Step]]
    let migrations: [String: [Outlook]]
    let migrationGrades = PageContext.grades
    let corrections: [String: SecondLook]

    init(_ content: RunContent) {
        ratings = Dictionary(
            (content.ratings ?? []).map {
                ($0.id, Rating(grade: $0.grade, pd: $0.pd, score: $0.score, reasons: $0.reasons))
            }, uniquingKeysWith: { _, last in last })
        history = Self.grouped(content.history, \.id) {
            Moment(
                asOf: $0.asOf, grade: $0.grade, pd: $0.pd, daysBeyondTerms: $0.daysBeyondTerms,
                exposure: $0.exposure, overdue: $0.overdue, limit: $0.limit)
        }
        attribution = Self.grouped(content.attribution, \.id) {
            Part(
                from: $0.from, to: $0.to, component: $0.component.rawValue, feature: $0.feature,
                text: $0.text,
                logOdds: $0.logOdds)
        }
        path = Self.grouped(content.path, \.id) {
            Step(
                step: $0.step, stage: $0.stage.rawValue, rule: $0.rule, fromGrade: $0.fromGrade,
                toGrade: $0.toGrade, effect: $0.effect.rawValue, reason: $0.reason, author: $0.author,
                expires: $0.expires)
        }
        migrations = Self.grouped(content.migrations, \.id) {
            Outlook(horizonMonths: $0.horizonMonths, probabilities: $0.probabilities)
        }
        corrections = Dictionary(
            (content.corrections ?? []).map {
                (
                    $0.id,
                    SecondLook(
                        similarCases: $0.similarCases,
                        reasons: [$0.reason1, $0.reason2, $0.reason3].compactMap(\.self))
                )
            }, uniquingKeysWith: { first, _ in first })
    }

    private static func grouped<Record, Entry>(
        _ records: [Record]?, _ id: (Record) -> String, _ entry: (Record) -> Entry
    ) -> [String: [Entry]] {
        Dictionary(grouping: records ?? [], by: id).mapValues { $0.map(entry) }
    }
}
