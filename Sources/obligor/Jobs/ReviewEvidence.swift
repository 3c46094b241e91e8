import Foundation
import Parallelism
import Results
import Review
import Scoring
import Tables
import Vocabulary

/// What a review shows of obligors beside their ratings: reasons in words, what they owe by age, and how far the
/// portfolio has moved from that of development.
struct ReviewEvidence {
    /// The reasons of all ratings.
    let reasons: [ReasonRecord]
    /// What obligors that are rated owe.
    let ageing: [AgeingRecord]
    /// How score and inputs have moved; `nil` where the model does not know its development, or nobody was rated.
    let report: StabilityReport?
    /// How many obligors were rated on the date.
    let ratedCount: Int
    /// PSI and CSI, date by date; `nil` where the model does not know its development.
    let stability: StabilityHistoryRecord?

    /// The most reasons of one obligor.
    private static let reasonCount = 4

    /// - Parameters:
    ///   - day: The date of the review.
    ///   - previous: The review before, whose dates come first.
    ///   - significance: How often chance alone is to exceed the critical values.
    init(
        of review: PortfolioReview, by model: ScoringModel, on day: CalendarDay, previous: RunFolder?,
        significance: Double, workers: Workers
    ) throws {
        let facts = try FactRows(review.facts)
        let rated = facts.rows { $1 == .rated }
        let table = review.facts.gathered(rated)
        reasons = try ReasonGroups(model: model, count: Self.reasonCount).records(
            of: table, ids: Column(name: "id", values: .text(rated.map { facts.ids[$0] })), workers: workers)
        let open = table["open_amount"]?.doubles
        let shares = AgeingRecord.Band.allCases.map { table["aged_share_\($0.rawValue)"]?.doubles }
        ageing = rated.indices.compactMap { row in
            guard let open, open[row] > 0 else { return nil }
            let amounts = shares.map { share in (share.map { $0[row].isNaN ? 0 : $0[row] } ?? 0) * open[row] }
            return AgeingRecord(
                id: facts.ids[rated[row]], asOf: "\(facts.days[rated[row]])", amounts: amounts)
        }
        // Who keeps the rating of an earlier date says nothing about this one.
        let today = review.facts.gathered(facts.rows { $0 == day && $1 == .rated })
        ratedCount = today.rowCount
        report =
            today.rowCount == 0
            ? nil
            : try StabilityReport(
                of: model, on: today, logOdds: model.logOdds(of: today), significance: significance)
        stability = try report.map { report in
            let before = try previous?.stabilityHistory()
            let earlier = before?.model == model.name ? before?.entries ?? [] : []
            return StabilityHistoryRecord(
                model: model.name,
                entries: earlier.filter { $0.to < "\(day)" }
                    + StabilityRecord.records(of: report, on: "\(day)"))
        }
    }
}

extension ReviewEvidence {
    /// The files that show it.
    var files: [RunFile] {
        [RunFile(reasons, role: "reasons"), RunFile(ageing, role: "ageing")]
            + (stability.map { [RunFile($0, role: "stability")] } ?? [])
    }
}
