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

@Suite("A review of a ledger that is read page by page is that of the whole ledger")
struct PackedReviewTests {
    /// The sample ledger, packed in pages of some size.
    private struct PackedSample: PackedLedgerSource {
        let folder: LedgerFolder
        let index: PackedIndex
        var records: [RecordKind: [Int: PackedRecords]] = [:]
        /// Pages from this one on cannot be read.
        var lost = Int.max

        init(pageSize: Int) throws {
            folder = try LedgerFolder(Golden.checkout.appending(path: "datasets/sample-ledger"))
            let checked = try TradeLedger.read(from: folder)
            index = PackedIndex(of: checked, pageSize: pageSize)
            for kind in PackedRecords.kinds {
                try checked.ledger.forEachPage(of: kind, index) { records[kind, default: [:]][$0] = $1 }
            }
        }

        var baseCurrency: Currency { folder.baseCurrency }

        func faults(_ policy: CheckPolicy) throws(LedgerError) -> [CheckReport.Entry] {
            try folder.faults(policy)
        }

        func forEachBlock<Output: Sendable>(
            of kind: RecordKind, in scope: LedgerScope, workers: Workers,
            _ transform: @Sendable (RecordBlock) -> Output,
            handOn: (Output) throws(LedgerError) -> Void
        ) throws(LedgerError) {
            try folder.forEachBlock(of: kind, in: scope, workers: workers, transform, handOn: handOn)
        }

        func packedIndex() -> PackedIndex? { index }

        func packedRecords(of kind: RecordKind, page: Int) throws(LedgerError) -> PackedRecords {
            guard page < lost, let found = records[kind]?[page] else {
                throw .missingRate(currency: .euro, base: .euro, day: .never)
            }
            return found
        }
    }

    /// The model of the fixture, or one for which everybody has to be looked at before anybody can be rated.
    private static func basis(_ fixture: ReviewFixture, ofOthers: Bool) throws -> RatingBasis {
        let full = try fixture.fullBasis()
        return RatingBasis(
            model: ofOthers ? fixture.ofOthers : fixture.model, scale: .standard, rules: full.rules,
            experts: full.experts, policy: full.policy, events: full.events)
    }

    private static func expectSame(_ one: PortfolioReview, _ other: PortfolioReview, of ledger: TradeLedger) {
        #expect(one.portfolio.encoded() == other.portfolio.encoded())
        #expect(one.ratings == other.ratings && one.path == other.path && one.history == other.history)
        #expect(one.attribution == other.attribution && one.shadow == other.shadow)
        #expect(RefreshRequestRecord.encoded(one.requests) == RefreshRequestRecord.encoded(other.requests))
        #expect(FactFile.data(one.facts) == FactFile.data(other.facts))
        #expect(one.refused.map(\.id) == other.refused.map(\.id))
        #expect(one.statementAges.map(\.obligors) == other.statementAges.map(\.obligors))
        #expect(one.missing.map(\.share) == other.missing.map(\.share))
        for place in 0..<ledger.obligorCount { #expect(one.spells(of: place) == other.spells(of: place)) }
    }

    /// From nothing, and the quarter after; with events that were reported, and a challenger.
    @Test(arguments: [7, 1_000], [7, 1_000, .max])
    func pagesAndBatchesChangeNothing(pageSize: Int, batchSize: Int) throws {
        let fixture = try ReviewFixture.shared.get()
        let packed = try #require(try TradeLedger.readPacked(from: PackedSample(pageSize: pageSize))).ledger
        let some = (0..<fixture.ledger.obligorCount).filter { $0 % 40 == 3 }
        let log = EventLog(
            some.map { place in
                ReportedEvent(
                    obligor: fixture.ledger.id(ofObligor: place).text, kind: .init(.judgment),
                    occurred: fixture.options.asOf.adding(days: -60))
            })
        let challenger = Challenger(name: "other", sha256: "ab", model: fixture.other, scale: .standard)
        for ofOthers in [false, true] {
            let basis = try Self.basis(fixture, ofOthers: ofOthers)
            var first = fixture.options
            first.asOf = fixture.options.asOf.adding(months: -3)
            first.earlier = [first.asOf.adding(months: -3)]
            first.handGradeMonths = 12
            var second = fixture.options
            second.earlier = [first.asOf]
            second.handGradeMonths = 12
            second.due = .byGrade
            var (one, two) = (first, second)
            one.batchSize = batchSize
            two.batchSize = batchSize
            let (whole, paged) = (fixture.ledger.adding(log), packed.adding(log))
            func reviews(
                _ ledger: TradeLedger, _ first: ReviewOptions, _ second: ReviewOptions
            ) throws -> [PortfolioReview] {
                let quarter = try fixture.review(
                    basis, first, log: log, challengers: [challenger], of: ledger)
                let earlier = try EarlierReview(quarter, on: first.asOf, basis: basis)
                return [quarter, try fixture.review(basis, second, since: earlier, log: log, of: ledger)]
            }
            for (one, other) in zip(try reviews(paged, one, two), try reviews(whole, first, second)) {
                Self.expectSame(one, other, of: whole)
            }
        }
    }

    /// Nothing comes of a review that has not seen all records, and no batch is kept for which some were missing.
    @Test(arguments: [false, true])
    func recordsThatCannotBeReadEndIt(ofOthers: Bool) throws {
        let fixture = try ReviewFixture.shared.get()
        var sample = try PackedSample(pageSize: 64)
        sample.lost = 3
        let ledger = try #require(try TradeLedger.readPacked(from: sample)).ledger
        let folder = try TemporaryFolder()
        let journal = try FolderJournal(folder.file("journal"), digest: "a")
        var options = fixture.options
        options.batchSize = 64
        #expect(throws: LedgerError.self) {
            try fixture.review(
                Self.basis(fixture, ofOthers: ofOthers), options, journal: journal, of: ledger)
        }
        // Three batches have all their records, but what others say of them has been read of nobody.
        #expect(journal.batchCount() <= (ofOthers ? 0 : 3))
    }
}
