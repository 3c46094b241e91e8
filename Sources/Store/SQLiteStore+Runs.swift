public import Foundation
import GRDB
public import Results
public import Review
public import Vocabulary

extension SQLiteStore {
    /// Begins a run, or finds the one of the same digest.
    public func begin(_ plan: RunPlan) throws(StorageError) -> StoredRun {
        try changing { database, audit in
            let begun = audit.moment
            if let known = try Self.run(plan.digest, in: database) { return known.run }
            try database.execute(
                sql: """
                    INSERT INTO runs (digest, job, as_of, model, features, author, begun) VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    plan.digest, plan.job, plan.asOf.daysSince1970, plan.model,
                    try JSONForm.text(of: plan.features),
                    plan.author, begun,
                ])
            try audit.append(.began(plan))
            return StoredRun(plan: plan, begun: try date(begun))
        }
    }

    /// Keeps a batch of an unfinished run; one that is there already stays as it is.
    public func save(_ batch: ReviewBatch, of run: String) throws(StorageError) {
        try changing { database, audit in
            guard let (id, known) = try Self.run(run, in: database) else {
                throw StorageError.noSuchRun(digest: run)
            }
            let isKept = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM batches WHERE run = ? AND batch = ?)",
                arguments: [id, batch.number])
            if isKept == true { return }
            guard known.finished == nil else { throw StorageError.runIsFinished(digest: run) }
            try BatchTables(database, run: id, batch: batch.number).insert(batch)
            try audit.append(.saved(batch, of: known.plan))
        }
    }

    /// The numbers of the batches of a run that are kept, rising.
    public func batches(of run: String) throws(StorageError) -> [Int] {
        try reading { database in
            let numbers = try Int.fetchAll(
                database,
                sql: "SELECT batch FROM batches JOIN runs USING (run) WHERE digest = ? ORDER BY batch",
                arguments: [run])
            if let stray = numbers.first(where: { !(0..<Int.max).contains($0) }) {
                throw damaged("a run has a batch \(stray)")
            }
            return numbers
        }
    }

    /// A batch as it was saved, or `nil`.
    public func batch(_ number: Int, of run: String) throws(StorageError) -> ReviewBatch? {
        try reading { database in
            guard let (id, _) = try Self.run(run, in: database) else { return nil }
            return try BatchTables(database, run: id, batch: number).kept()
        }
    }

    /// Finishes a run, whose ratings count from then on; a finished one stays as it is.
    public func finish(run: String, summary: String) throws(StorageError) -> StoredRun {
        try changing { database, audit in
            let finished = audit.moment
            guard let (id, known) = try Self.run(run, in: database) else {
                throw StorageError.noSuchRun(digest: run)
            }
            if known.finished != nil { return known }
            try database.execute(
                sql: """
                    UPDATE runs SET finished = ?, summary = ?,
                        finish_order = (SELECT coalesce(max(finish_order), 0) + 1 FROM runs) WHERE run = ?
                    """,
                arguments: [finished, summary, id])
            let done = StoredRun(
                plan: known.plan, begun: known.begun, finished: try date(finished), summary: summary)
            try audit.append(.finished(done))
            return done
        }
    }

    /// The run of a digest, or `nil`.
    public func run(_ digest: String) throws(StorageError) -> StoredRun? {
        try reading { database in try Self.run(digest, in: database)?.run }
    }

    /// All runs in the order in which they began.
    public func runs() throws(StorageError) -> [StoredRun] {
        try reading { database in
            try Row.fetchAll(database, sql: "SELECT * FROM runs ORDER BY run").map(StoredRun.init(row:))
        }
    }

    /// The latest rating of every obligor as of days before one, by id.
    public func latestRatings(before day: CalendarDay) throws(StorageError) -> [ObligorID: StoredRating] {
        try reading { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT * FROM (
                        SELECT ratings.*, row_number() OVER (
                            PARTITION BY ratings.obligor
                            ORDER BY ratings.as_of DESC, runs.finish_order DESC, ratings.id DESC
                        ) AS place
                        FROM ratings JOIN runs USING (run)
                        WHERE runs.finish_order IS NOT NULL AND ratings.as_of < ?
                    ) WHERE place = 1
                    """,
                arguments: [day.daysSince1970])
            var latest: [ObligorID: StoredRating] = [:]
            while let row = try rows.next() {
                let rating = try StoredRating(row: row)
                latest[rating.obligor] = rating
            }
            return latest
        }
    }

    /// All ratings of an obligor by finished runs, the latest first.
    public func ratings(of obligor: ObligorID) throws(StorageError) -> [StoredRating] {
        try reading { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT ratings.* FROM ratings JOIN runs USING (run)
                    WHERE obligor = ? AND finish_order IS NOT NULL
                    ORDER BY ratings.as_of DESC, finish_order DESC, ratings.id DESC
                    """,
                arguments: [obligor.text]
            ).map(StoredRating.init(row:))
        }
    }

    /// The steps of every rating that a run gave an obligor.
    public func steps(of obligor: ObligorID, run: String) throws(StorageError) -> [RatingStepRecord] {
        try reading { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT rating_steps.* FROM rating_steps JOIN runs USING (run)
                    WHERE obligor = ? AND digest = ? ORDER BY rating_steps.batch, rating_steps.id
                    """,
                arguments: [obligor.text, run]
            ).map(RatingStepRecord.init(row:))
        }
    }

    /// The features of a run's batches.
    public func snapshots(of run: String) throws(StorageError) -> [FeatureSnapshot] {
        try reading { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT snapshots.* FROM snapshots JOIN runs USING (run)
                    WHERE digest = ? ORDER BY snapshots.batch, snapshots.id
                    """,
                arguments: [run]
            ).map(FeatureSnapshot.init(row:))
        }
    }

    /// What a job keeps from one run to the next.
    public func state(of job: String) throws(StorageError) -> Data? {
        try reading { database in
            try Data.fetchOne(database, sql: "SELECT state FROM job_states WHERE job = ?", arguments: [job])
        }
    }

    /// Keeps what a job needs in its next run, in place of what it kept before.
    public func keep(_ state: Data, of job: String) throws(StorageError) {
        try changing { database, _ in
            try database.execute(
                sql: "INSERT OR REPLACE INTO job_states VALUES (?, ?)", arguments: [job, state])
        }
    }

    static func run(_ digest: String, in database: Database) throws -> (id: Int64, run: StoredRun)? {
        try Row.fetchOne(database, sql: "SELECT * FROM runs WHERE digest = ?", arguments: [digest])
            .map { ($0["run"], try StoredRun(row: $0)) }
    }
}

/// The rows of one batch.
struct BatchTables {
    private let database: Database
    private let run: Int64
    private let batch: Int

    init(_ database: Database, run: Int64, batch: Int) {
        self.database = database
        self.run = run
        self.batch = batch
    }

    func insert(_ batch: ReviewBatch) throws {
        try database.execute(
            sql: "INSERT INTO batches VALUES (?, ?, ?, ?)",
            arguments: [
                run, batch.number,
                try JSONForm.text(of: batch.setAside.map { [$0.obligor.text, $0.reason] }), batch.remainder,
            ])
        for ratings in Self.parts(of: batch.ratings) {
            try insert(RecordRows(ratings, run: run, batch: self.batch), into: "ratings")
        }
        for steps in Self.parts(of: batch.steps) {
            try insert(RecordRows(steps, run: run, batch: self.batch), into: "rating_steps")
        }
        let snapshots = try database.cachedStatement(
            sql: "INSERT INTO snapshots VALUES (NULL, ?, ?, ?, ?, ?)")
        for snapshot in batch.snapshots {
            try snapshots.execute(arguments: [
                run, batch.number, snapshot.obligor.text, snapshot.asOf.daysSince1970, snapshot.bytes,
            ])
        }
    }

    /// So many at a time that their texts are bounded.
    private static func parts<Record>(of records: [Record]) -> [ArraySlice<Record>] {
        stride(from: 0, to: records.count, by: 1 << 14).map {
            records[$0..<min(records.count, $0 + 1 << 14)]
        }
    }

    private func insert(_ rows: RecordRows, into table: String) throws {
        try RecordInsertion(database, table: table, columns: rows.names).insert(rows)
    }

    /// The batch, or `nil` if there is none.
    func kept() throws -> ReviewBatch? {
        guard
            let head = try Row.fetchOne(
                database, sql: "SELECT * FROM batches WHERE run = ? AND batch = ?", arguments: [run, batch])
        else { return nil }
        let setAside = try JSONForm.value([[String]].self, of: head.value("set_aside"))
        return ReviewBatch(
            number: batch, ratings: try rows("ratings").map(StoredRating.init(row:)),
            steps: try rows("rating_steps").map(RatingStepRecord.init(row:)),
            snapshots: try rows("snapshots").map(FeatureSnapshot.init(row:)),
            setAside: setAside.compactMap { parts in
                parts.count == 2 ? SetAside(obligor: ObligorID(parts[0]), reason: parts[1]) : nil
            }, remainder: try head.value("remainder"))
    }

    private func rows(_ table: String) throws -> [Row] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM \(table) WHERE run = ? AND batch = ? ORDER BY id",
            arguments: [run, batch])
    }
}
