import Foundation
import Grading
import Ledger
import Results
import Store
import TestSupport
import Testing
import Vocabulary

@testable import Review

@Suite("A store keeps a review as a folder does")
struct StoreJournalTests {
    @Test func aReviewGoesOnFromAStoreAndItsRatingsCount() throws {
        let fixture = try ReviewFixture.shared.get()
        let basis = try fixture.fullBasis()
        var options = fixture.options
        options.batchSize = 400
        let folder = try TemporaryFolder()
        let store = try SQLiteStore.create(folder.file("store.db"))
        let plan = RunPlan(digest: "d", job: "review", asOf: options.asOf, author: "test")
        struct Stop: Error {}
        let first = try StoreJournal(plan, in: store)
        #expect(throws: Stop.self) {
            try PortfolioReview(of: fixture.ledger, by: basis, options, journal: first) { _, _ in throw Stop()
            }
        }
        #expect(try first.batchCount() == 1)
        let journal = try StoreJournal(plan, in: store)
        let review = try fixture.review(basis, options, journal: journal)
        #expect(review.portfolio.encoded() == (try fixture.review(basis, options)).portfolio.encoded())
        #expect(try store.latestRatings(before: options.asOf.adding(days: 1)).isEmpty)
        try journal.keepRatings(of: review, currency: fixture.ledger.baseCurrency)
        try journal.complete(review)
        try journal.keepRatings(of: review, currency: fixture.ledger.baseCurrency)
        try journal.complete(review)
        let latest = try store.latestRatings(before: options.asOf.adding(days: 1))
        #expect(latest.count == review.portfolio.obligors.count { $0.grade != nil })
        for record in review.portfolio.obligors.prefix(50) {
            let kept = try #require(latest[ObligorID(record.id)])
            #expect(kept.grade.rawValue == record.grade && kept.pd == record.pd && kept.limit == record.limit)
            #expect(
                try store.steps(of: kept.obligor, run: "d") == review.path.filter { $0.id == record.id })
        }
        #expect(try store.verifyAuditTrail() != nil)
    }
}
