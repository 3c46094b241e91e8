import Features
import Foundation
import Grading
import Ledger
import Parallelism
import Results
import Scoring
import TestSupport
import Testing
import Vocabulary

@testable import Review

@Suite("A review rates everybody once, and explains every change")
struct PortfolioReviewTests {
    /// A small ledger with a model on three of its features, trained once for all tests.
    private static let fixture = Result { try ReviewFixture() }

    @Test func everybodyIsRatedOnce() throws {
        let fixture = try Self.fixture.get()
        let review = try fixture.review()
        let obligors = review.portfolio.obligors
        #expect(Set(obligors.map(\.id)).count == obligors.count)
        let rated = obligors.filter { $0.grade != nil && $0.grade != "D" }
        #expect(rated.map(\.id) == review.ratings.map(\.id))
        for (one, rating) in zip(rated, review.ratings) {
            #expect(one.pd == rating.pd && one.grade == rating.grade && one.score == rating.score)
        }
        #expect(obligors.allSatisfy { ($0.grade == "D") == ($0.pd == 1) })
    }

    @Test func gradesOfDefaultAreTheDefinitions() throws {
        let fixture = try Self.fixture.get()
        let rates = fixture.ledger.exchangeRates()
        let asOf = AsOf(fixture.options.asOf)
        let review = try fixture.review()
        let defaulted = Set(review.portfolio.obligors.filter { $0.grade == "D" }.map(\.id))
        #expect(!defaulted.isEmpty)
        for place in 0..<fixture.ledger.obligorCount {
            let history = try fixture.ledger.defaultHistory(
                of: place, by: fixture.options.definition, rates: rates, asOf: asOf)
            #expect(
                history.isInDefault(asOf: asOf)
                    == defaulted.contains(fixture.ledger.id(ofObligor: place).text))
        }
    }

    @Test func partsOfAChangeAddUpToIt() throws {
        let review = try Self.fixture.get().review()
        let before = Dictionary(
            review.history.filter { $0.asOf == "2023-09-30" }.map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first })
        let parts = Dictionary(grouping: review.attribution, by: \.id)
        #expect(!parts.isEmpty)
        for rating in review.ratings {
            guard let old = before[rating.id]?.pd, old < 1 else { continue }
            let change = rating.logOdds - log(old / (1 - old))
            let sum = (parts[rating.id] ?? []).reduce(0) { $0 + $1.logOdds }
            #expect(abs(sum - change) < 1e-9, "\(rating.id)")
        }
    }

    @Test(arguments: [2, 7]) func threadsChangeNothing(threads: Int) throws {
        let fixture = try Self.fixture.get()
        let one = try fixture.review(Workers(threads: 1))
        let many = try fixture.review(Workers(threads: threads))
        #expect(one.portfolio.encoded() == many.portfolio.encoded())
        #expect(HistoryRecord.encoded(one.history) == HistoryRecord.encoded(many.history))
        #expect(AttributionRecord.encoded(one.attribution) == AttributionRecord.encoded(many.attribution))
    }

    @Test func aDateBeforeTheLedgerRatesNobody() throws {
        let fixture = try Self.fixture.get()
        var options = fixture.options
        options.asOf = try #require(CalendarDay(iso8601: "1990-12-31"))
        options.earlier = [options.asOf.adding(days: -90)]
        let error = #expect(throws: FeatureError.self) {
            try PortfolioReview(of: fixture.ledger, by: fixture.model, scale: .standard, options)
        }
        #expect(error?.description.contains("1990-12-31") == true)
    }
}
