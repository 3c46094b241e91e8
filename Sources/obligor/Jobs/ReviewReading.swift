import Foundation
import Ledger
import Parallelism
import Results
import Review
import Vocabulary

/// What a review looks at: the ledger with the events that were reported, and beside it the review before.
struct ReviewReading {
    /// The records that can be used, and whose cannot.
    let records: FaultyRecords
    /// Those with the events.
    let ledger: TradeLedger
    let earlier: EarlierReview?
    /// Kinds of records that have stopped coming before the date.
    let silences: [Silence]

    /// Reads both at a time.
    init(for review: ReviewJob) throws {
        let (previous, asOf, workers) = (review.command.previous, review.options.asOf, review.shared.workers)
        let mayKeep = review.options.due != .all
        (records, earlier) = try workers.both {
            try review.place.read(cache: review.command.cache(review.job.log), workers: workers)
        } beside: {
            try previous.map { path in
                try EarlierReview(
                    RunFolder(file(path)), basis: BasisFiles(BasisOptions.none(), beside: path).basis,
                    mayKeep: mayKeep)
            }
        }
        if let earlier, earlier.day >= asOf {
            throw CommandFailure.usage(
                "'--as-of \(asOf)': the review before is of \(earlier.day): give a later day")
        }
        if let earlier {
            let ledger = records.checked.ledger
            try review.command.requireSamePortfolio(earlier) { ledger.place(of: $0) != nil }
        }
        ledger = records.checked.ledger.adding(review.events.log)
        silences = ledger.silences(asOf: AsOf(asOf))
    }
}
