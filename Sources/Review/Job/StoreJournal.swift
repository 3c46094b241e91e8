import Foundation
import Results
public import Tables
public import Vocabulary

/// A journal in a store: batches of a run that has begun there, until it is finished.
public struct StoreJournal: ReviewJournal {
    private let runs: any RunKeeping
    private let digest: String

    /// Begins a run in a store, or goes on with the one of the same digest.
    ///
    /// - Parameter runs: The store.
    /// - Throws: ``StorageError``.
    public init(_ plan: RunPlan, in runs: any RunKeeping) throws(StorageError) {
        self.runs = runs
        digest = plan.digest
        _ = try runs.begin(plan)
    }

    /// How many batches are kept.
    public func batchCount() throws(StorageError) -> Int { try runs.batches(of: digest).count }

    /// What was kept of a batch; `nil` if nothing was.
    public func facts(ofBatch batch: Int, schema: Schema) throws -> Table? {
        guard let kept = try runs.batch(batch, of: digest) else { return nil }
        return try FactFile.read(
            .bytes(Array(kept.remainder), name: "batch \(batch) of run \(digest.prefix(12))"), schema: schema)
    }

    /// Keeps what was computed for a batch.
    public func keep(_ facts: Table, ofBatch batch: Int) throws {
        try runs.save(
            ReviewBatch(number: batch, ratings: [], remainder: FactFile.data(facts)), of: digest)
    }

    /// Keeps the ratings of a review that is done, behind its batches.
    ///
    /// Again changes nothing.
    ///
    /// - Throws: ``StorageError``.
    public func keepRatings(of review: PortfolioReview, currency: Currency) throws(StorageError) {
        guard try runs.run(digest)?.finished == nil, try runs.ratings(of: digest) == nil else { return }
        let next = try runs.batches(of: digest).last.map { $0 + 1 } ?? 0
        try runs.save(review.batch(next, currency: currency), of: digest)
    }

    /// Finishes the run: its ratings count from then on.
    ///
    /// Again changes nothing.
    ///
    /// - Throws: ``StorageError``.
    public func complete(_ review: PortfolioReview) throws(StorageError) {
        guard try runs.run(digest)?.finished == nil else { return }
        let obligors = review.portfolio.obligors.count { $0.grade != nil }
        let models = Dictionary(grouping: review.shadow, by: \.model).sorted { $0.key < $1.key }
        let shadows = models.map { name, rows in
            ", \(name) agrees on \(rows.count { $0.grade == $0.championGrade }) of \(rows.count)"
        }
        _ = try runs.finish(
            run: digest,
            summary: "\(obligors) obligors, \(review.refused.count) set aside" + shadows.joined())
    }

    /// Nothing: the batches are the features that the ratings rest on.
    public func close() {}
}

extension RunKeeping {
    /// The ratings of a run, which are its last batch; `nil` while it has none.
    ///
    /// What challengers made of the same obligors is the batch's remainder, as `shadow.csv`.
    public func ratings(of run: String) throws(StorageError) -> ReviewBatch? {
        guard let last = try batches(of: run).last, let batch = try batch(last, of: run),
            !batch.ratings.isEmpty
        else { return nil }
        return batch
    }
}

extension PortfolioReview {
    /// What a store keeps of the ratings: grade, limit, terms and every step of the path, and challengers' ratings.
    ///
    /// Ratings of obligors that were not due are not kept again.
    func batch(_ number: Int, currency: Currency) -> ReviewBatch {
        let scored = Dictionary(ratings.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        // The steps of an obligor follow each other.
        var steps: [String: Range<Int>] = [:]
        for (place, step) in path.enumerated() {
            steps[step.id] = (steps[step.id]?.lowerBound ?? place)..<place + 1
        }
        let latest = portfolio.obligors.map(\.asOf).max()
        let rated = portfolio.obligors.compactMap { record -> StoredRating? in
            guard record.asOf == latest, let day = CalendarDay(iso8601: record.asOf),
                let grade = record.grade.flatMap(Grade.init(rawValue:)), let pd = record.pd
            else { return nil }
            let own = path[steps[record.id] ?? 0..<0]
            let rating = scored[record.id]
            return StoredRating(
                obligor: ObligorID(record.id), asOf: day, grade: grade,
                modelGrade: own.first { $0.stage == .raw }.flatMap { Grade(rawValue: $0.toGrade) }, pd: pd,
                logOdds: rating?.logOdds, score: rating?.score, currency: currency,
                exposure: record.exposure, limit: record.limit, termsDays: record.termsDays,
                reviewDue: record.reviewDue.flatMap { CalendarDay(iso8601: $0) },
                isInterim: own.contains(where: \.isInterim),
                reasons: rating?.reasons ?? [])
        }
        let ids = rated.count == portfolio.obligors.count ? nil : Set(rated.map(\.obligor.text))
        return ReviewBatch(
            number: number, ratings: rated,
            steps: ids.map { ids in path.filter { ids.contains($0.id) } } ?? path,
            setAside: refused.map { SetAside(obligor: ObligorID($0.id), reason: $0.reason) },
            remainder: shadow.isEmpty ? Data() : ShadowRecord.encoded(shadow))
    }
}
