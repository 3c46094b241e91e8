public import Foundation
public import Results
public import Vocabulary

/// The runs of a portfolio's jobs, and the ratings that they gave.
///
/// A run is saved batch by batch, so that one that was killed goes on where it stopped. Its ratings count from the
/// moment it is finished; before that nobody sees them.
public protocol RunKeeping: Sendable {
    /// Begins a run, or finds the one of the same digest, finished or not.
    func begin(_ plan: RunPlan) throws(StorageError) -> StoredRun

    /// Keeps a batch of an unfinished run; one that is there already stays as it is.
    ///
    /// - Throws: ``StorageError/noSuchRun(digest:)``, ``StorageError/runIsFinished(digest:)``.
    func save(_ batch: ReviewBatch, of run: String) throws(StorageError)

    /// The numbers of the batches of a run that are kept, rising.
    func batches(of run: String) throws(StorageError) -> [Int]

    /// A batch as it was saved, or `nil`.
    func batch(_ number: Int, of run: String) throws(StorageError) -> ReviewBatch?

    /// Finishes a run, whose ratings count from then on; a finished one stays as it is.
    ///
    /// - Parameter summary: What the run came to, for whoever lists runs.
    func finish(run: String, summary: String) throws(StorageError) -> StoredRun

    /// The run of a digest, or `nil`.
    func run(_ digest: String) throws(StorageError) -> StoredRun?

    /// All runs in the order in which they began.
    func runs() throws(StorageError) -> [StoredRun]

    /// The latest rating of every obligor as of days before one, by id: of ratings as of one day, that of the run that
    /// was finished last.
    func latestRatings(before day: CalendarDay) throws(StorageError) -> [ObligorID: StoredRating]

    /// All ratings of an obligor by finished runs, the latest first.
    func ratings(of obligor: ObligorID) throws(StorageError) -> [StoredRating]

    /// The steps from the model's grade to the final one of every rating that a run gave an obligor.
    func steps(of obligor: ObligorID, run: String) throws(StorageError) -> [RatingStepRecord]

    /// The features of a run's batches in the order of ``RunPlan/features``.
    func snapshots(of run: String) throws(StorageError) -> [FeatureSnapshot]

    /// What a job keeps from one run to the next, such as the state of its monitors; `nil` if nothing.
    func state(of job: String) throws(StorageError) -> Data?

    /// Keeps what a job needs in its next run, in place of what it kept before.
    func keep(_ state: Data, of job: String) throws(StorageError)
}

/// What a run is going to do; two plans of one digest come to the same.
public struct RunPlan: Sendable, Equatable {
    /// What the result depends on, such as portfolio, as-of date, model and policy, as one digest.
    public let digest: String
    /// The job, such as "review", "event" or "watch".
    public let job: String
    /// The date of the run.
    public let asOf: CalendarDay
    /// The SHA-256 of the model; `nil` if the job needs none.
    public let model: String?
    /// The names of the features of its snapshots.
    public let features: [String]
    /// Who runs it, such as a user or a scheduler.
    public let author: String

    /// A plan of a run.
    public init(
        digest: String, job: String, asOf: CalendarDay, model: String? = nil, features: [String] = [],
        author: String
    ) {
        self.digest = digest
        self.job = job
        self.asOf = asOf
        self.model = model
        self.features = features
        self.author = author
    }
}

/// A run that has begun.
public struct StoredRun: Sendable, Equatable {
    /// What it was to do.
    public let plan: RunPlan
    /// When it began.
    public let begun: Date
    /// When it was finished; `nil` while it is not.
    public let finished: Date?
    /// What it came to.
    public let summary: String?

    /// A run that has begun.
    public init(plan: RunPlan, begun: Date, finished: Date? = nil, summary: String? = nil) {
        self.plan = plan
        self.begun = begun
        self.finished = finished
        self.summary = summary
    }
}

/// Some obligors of a run, done.
public struct ReviewBatch: Sendable, Equatable {
    /// Which batch of its run it is, from 0.
    public let number: Int
    /// The ratings.
    public let ratings: [StoredRating]
    /// How the final grades came about.
    public let steps: [RatingStepRecord]
    /// What was known of the obligors.
    public let snapshots: [FeatureSnapshot]
    /// Obligors that could not be rated.
    public let setAside: [SetAside]
    /// Whatever else the job wants back of the batch, in its own form.
    public let remainder: Data

    /// Some obligors of a run, done.
    public init(
        number: Int, ratings: [StoredRating], steps: [RatingStepRecord] = [],
        snapshots: [FeatureSnapshot] = [],
        setAside: [SetAside] = [], remainder: Data = Data()
    ) {
        self.number = number
        self.ratings = ratings
        self.steps = steps
        self.snapshots = snapshots
        self.setAside = setAside
        self.remainder = remainder
    }
}

/// What a run found an obligor to be.
public struct StoredRating: Sendable, Equatable {
    /// The obligor.
    public let obligor: ObligorID
    /// The date of the rating.
    public let asOf: CalendarDay
    /// The final grade.
    public let grade: Grade
    /// The grade by the model alone; `nil` where it was not asked.
    public let modelGrade: Grade?
    /// Probability of default, a fraction.
    public let pd: Double
    /// ln(PD ÷ (1 − PD)) by the model; `nil` where it was not asked.
    public let logOdds: Double?
    /// Points; higher is safer.
    public let score: Double?
    /// The currency of the amounts.
    public let currency: Currency
    /// Open receivables in major units.
    public let exposure: Double
    /// The credit limit in major units; `nil` if none was set.
    public let limit: Double?
    /// The payment terms in days; `nil` if none were set.
    public let termsDays: Int?
    /// When the next review is due; `nil` if the policy does not say.
    public let reviewDue: CalendarDay?
    /// Whether it holds only until a person decides, as after an event.
    public let isInterim: Bool
    /// The characteristics that cost most, the costliest first.
    public let reasons: [String]

    /// What a run found an obligor to be.
    public init(
        obligor: ObligorID, asOf: CalendarDay, grade: Grade, modelGrade: Grade? = nil, pd: Double,
        logOdds: Double? = nil, score: Double? = nil, currency: Currency, exposure: Double = 0,
        limit: Double? = nil, termsDays: Int? = nil, reviewDue: CalendarDay? = nil, isInterim: Bool = false,
        reasons: [String] = []
    ) {
        self.obligor = obligor
        self.asOf = asOf
        self.grade = grade
        self.modelGrade = modelGrade
        self.pd = pd
        self.logOdds = logOdds
        self.score = score
        self.currency = currency
        self.exposure = exposure
        self.limit = limit
        self.termsDays = termsDays
        self.reviewDue = reviewDue
        self.isInterim = isInterim
        self.reasons = reasons
    }
}

/// What was known of an obligor on a date.
public struct FeatureSnapshot: Sendable {
    /// The obligor.
    public let obligor: ObligorID
    /// The date.
    public let asOf: CalendarDay
    /// The values in the order of ``RunPlan/features``; NaN is missing.
    public let values: [Double]

    /// What was known of an obligor on a date.
    public init(obligor: ObligorID, asOf: CalendarDay, values: [Double]) {
        self.obligor = obligor
        self.asOf = asOf
        self.values = values
    }
}

extension FeatureSnapshot {
    /// The bits of the values, least significant byte first.
    package var bytes: Data {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 * values.count)
        for value in values {
            for place in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> (8 * place))) }
        }
        return Data(bytes)
    }
}

extension FeatureSnapshot: Equatable {
    /// Whether two snapshots hold the same bits; a missing value equals a missing value.
    public static func == (one: Self, other: Self) -> Bool {
        one.obligor == other.obligor && one.asOf == other.asOf
            && one.values.map(\.bitPattern) == other.values.map(\.bitPattern)
    }
}

/// An obligor that a run could not rate.
public struct SetAside: Sendable, Hashable {
    /// The obligor.
    public let obligor: ObligorID
    /// Why.
    public let reason: String

    /// An obligor that a run could not rate.
    public init(obligor: ObligorID, reason: String) {
        self.obligor = obligor
        self.reason = reason
    }
}
