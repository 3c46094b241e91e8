import Foundation
import Grading
import Ledger
import Results
import Store
import TestSupport
import Testing
import Vocabulary

@testable import Review

@Suite("Challengers rate in the shadow and change nothing")
struct ShadowRatingsTests {
    private static func challenger(_ fixture: ReviewFixture) -> Challenger {
        Challenger(name: "other", sha256: "ab", model: fixture.other, scale: .standard)
    }

    @Test func nothingElseChanges() throws {
        let fixture = try ReviewFixture.shared.get()
        let basis = try fixture.fullBasis()
        let alone = try fixture.review(basis)
        let watched = try fixture.review(basis, challengers: [Self.challenger(fixture)])
        #expect(alone.shadow.isEmpty)
        #expect(watched.portfolio.encoded() == alone.portfolio.encoded())
        #expect(watched.ratings == alone.ratings && watched.path == alone.path)
        #expect(watched.history == alone.history && watched.attribution == alone.attribution)
        #expect(FactFile.data(watched.facts) == FactFile.data(alone.facts))
        // The challenger's ratings are those that it would give if it decided, with nothing acting on its grades.
        let deciding = try fixture.review(RatingBasis(model: fixture.other, scale: .standard))
        #expect(watched.shadow.map(\.id) == deciding.ratings.map(\.id))
        for (shadow, rating) in zip(watched.shadow, deciding.ratings) {
            #expect(shadow.pd == rating.pd && shadow.grade == rating.grade, "\(shadow.id)")
        }
        for (shadow, rating) in zip(watched.shadow, alone.ratings) {
            #expect(shadow.id == rating.id && shadow.championPD == rating.pd)
        }
        let raw = alone.path.filter { $0.stage == .raw }
        #expect(watched.shadow.map(\.championGrade) == raw.map(\.toGrade))
    }

    @Test func theSummaryCountsWhatTheRowsSay() throws {
        let fixture = try ReviewFixture.shared.get()
        let challengers = [
            Self.challenger(fixture),
            Challenger(name: "itself", sha256: "cd", model: fixture.model, scale: .standard),
        ]
        let review = try fixture.review(challengers: challengers)
        let summary = ShadowSummaryRecord(
            review.shadow, of: challengers, champion: "review", asOf: "2023-12-31")
        let one = try #require(summary.challengers.first)
        let rows = review.shadow.filter { $0.model == "other" }
        #expect(one.obligors == rows.count && rows.count == review.ratings.count)
        #expect(one.sameGrade == rows.count { $0.grade == $0.championGrade })
        #expect(one.sameGrade + one.better + one.worse == rows.count && one.better > 0 && one.worse > 0)
        #expect(one.sameGrade <= one.withinOneNotch && one.withinOneNotch <= rows.count)
        for (from, counts) in zip(summary.grades, one.gradeMigration) {
            for (to, count) in zip(summary.grades, counts) {
                #expect(count == rows.count { $0.championGrade == from && $0.grade == to })
            }
        }
        let accepted = rows.count { $0.pd < one.breakEvenPD }
        func set(_ name: String) -> Int { one.swapSets.first { $0.acceptedBy == name }?.rows ?? -1 }
        #expect(set("both") + set("swapped in") == accepted)
        #expect(set("both") + set("swapped out") == rows.count { $0.championPD < one.breakEvenPD })
        #expect((one.psi ?? 0) > 0)
        // A model beside itself agrees with itself.
        let itself = try #require(summary.challengers.last)
        #expect(itself.sameGrade == rows.count && itself.psi == 0)
        #expect(abs((itself.rankCorrelation ?? 0) - 1) < 1e-12)
        #expect(itself.meanPD == itself.championMeanPD)
    }

    @Test func outcomesTellWhichModelRanksBetter() throws {
        let fixture = try ReviewFixture.shared.get()
        let day = fixture.options.asOf
        let challenger = Self.challenger(fixture)
        // The challenger knows who defaults, the champion gives everybody the PD of a stranger.
        let ids = (0..<40).map { "O\($0)" }
        let defaulted = ids.indices.map { $0 % 4 == 0 }
        let rows = ids.indices.map { row in
            ShadowRecord(
                id: ids[row], asOf: "\(day)", model: "other", pd: defaulted[row] ? 0.4 : 0.01, grade: "BB",
                championPD: 0.01 + Double((row * 7) % 40) / 400, championGrade: "B")
        }
        // One obligor was not rated by the champion's review, another not by the challenger.
        let cohort = MaturedCohort(
            day: day, obligors: ids.dropLast().map { ObligorID($0) }, pds: rows.dropLast().map(\.championPD),
            defaulted: Array(defaulted.dropLast()))
        let summary = ShadowSummaryRecord(
            [], of: [challenger], champion: "review", asOf: "2024-12-31",
            earlier: [day: Array(rows.dropFirst())], cohorts: [cohort])
        let matured = try #require(summary.challengers.first?.matured.first)
        #expect(matured.cohort == "\(day)" && matured.obligors == 38)
        #expect(matured.defaults == defaulted.dropLast().dropFirst().count { $0 })
        #expect(matured.auc == 1 && (matured.championAUC ?? 1) < 0.8 && (matured.lower ?? 0) > 0)
        #expect((matured.logLoss ?? 9) < (matured.championLogLoss ?? 0))
        // Nothing is said where no challenger rated the date.
        let silent = ShadowSummaryRecord(
            [], of: [challenger], champion: "review", asOf: "2024-12-31", cohorts: [cohort])
        #expect(silent.challengers.first?.matured.isEmpty == true)
    }

    @Test func aStoreKeepsThemWithTheRatings() throws {
        let fixture = try ReviewFixture.shared.get()
        let folder = try TemporaryFolder()
        let store = try SQLiteStore.create(folder.file("store.db"))
        let journal = try StoreJournal(
            RunPlan(digest: "d", job: "review", asOf: fixture.options.asOf, author: "test"), in: store)
        let review = try fixture.review(challengers: [Self.challenger(fixture)], journal: journal)
        try journal.keepRatings(of: review, currency: fixture.ledger.baseCurrency)
        try journal.complete(review)
        let kept = try #require(try store.ratings(of: "d"))
        #expect(kept.remainder == ShadowRecord.encoded(review.shadow))
        #expect(try ShadowRecord.decoded(kept.remainder, path: "shadow") == review.shadow)
        #expect(try store.run("d")?.summary?.contains("other agrees on") == true)
        #expect(try store.verifyAuditTrail() != nil)
    }
}
