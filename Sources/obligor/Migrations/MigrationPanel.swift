import Foundation
import Ledger
import Migration
import Parallelism
import Vocabulary

/// Samples of obligors at successive as-of days with their histories and, from a ledger, their features.
struct MigrationPanel {
    let source: GradeSource
    let histories: RatingHistories
    /// The as-of days, rising; the last is the day of the predictions.
    let days: [CalendarDay]
    /// By day, the learners rated on it with their features; on the last all obligors, who start from the source's
    /// `starts`.
    private let samples: [MigrationSample]
    /// What the evidence says of the same obligors, and samples by day that start from it; nothing without a ledger.
    private let evidence: RatingHistories?
    private let evidenceSamples: [MigrationSample]

    /// A panel without features beyond the histories.
    init(_ source: GradeSource, histories: RatingHistories, days: [CalendarDay]) throws {
        self.source = source
        self.histories = histories
        self.days = days
        let starting = try Self.starting(source, histories)
        samples = try days.enumerated().map { place, day in
            try Self.plain(day, place == days.count - 1 ? starting : histories)
        }
        evidence = nil
        evidenceSamples = []
    }

    /// The histories that predictions on the last day start from.
    private static func starting(
        _ source: GradeSource, _ histories: RatingHistories
    ) throws -> RatingHistories {
        guard !source.starts.isEmpty else { return histories }
        return try RatingHistories(source.actions + source.starts, scale: source.scale, end: histories.end)
    }

    private static func plain(_ day: CalendarDay, _ histories: RatingHistories) throws -> MigrationSample {
        try histories.sample(
            at: GradeSource.years(day), horizon: GradeSource.years(day.adding(months: 12)))
    }

    /// A panel with the features of a ledger.
    ///
    /// Earlier days have the learners' rows alone, the last day has everybody's.
    ///
    /// Of the grades given by hand the panel adds to the ledger's features by how many notches the obligor's last
    /// override and its overrides on average moved the model's grade, how many there were, and by how many notches its
    /// last author moves grades; all of it as known on the day.
    init(
        _ source: GradeSource, histories: RatingHistories, days: [CalendarDay], ledger: TradeLedger,
        definition: DefaultDefinition, learners: Learners, workers: Workers, progress: Progress
    ) throws {
        self.source = source
        self.histories = histories
        self.days = days
        var features = try LedgerFeatures(
            of: ledger, on: days, obligors: source.names, definition: definition, learners: learners,
            workers: workers, progress: progress)
        let starting = try Self.starting(source, histories)
        let evidence = try RatingHistories(source.evidence, scale: source.scale, end: histories.end)
        precondition(
            evidence.obligorCount == histories.obligorCount,
            "\(evidence.obligorCount) obligors with evidence, \(histories.obligorCount) with grades")
        let overrides = source.overrides
        let last = days.count - 1
        var (samples, evidenceSamples): ([MigrationSample], [MigrationSample]) = ([], [])
        for (place, day) in days.enumerated() {
            func seen(_ histories: RatingHistories) throws -> MigrationSample {
                let plain = try Self.plain(day, histories)
                if place == last || learners.isEverybody { return plain }
                return plain.selecting(
                    plain.obligors.indices.filter { learners.contains(source.names[plain.obligors[$0]]) })
            }
            let given = OverrideFeatures(source, overrides: overrides, until: day)
            let inForce = try seen(place == last ? starting : histories)
            let known = features.columns(of: inForce, on: place)
            samples.append(
                try inForce.adding(
                    names: features.names + OverrideFeatures.names,
                    features: known + given.columns(of: inForce)))
            let shown = try seen(evidence)
            // Mostly the same obligors, whose columns are then held once.
            let shownKnown =
                shown.obligors == inForce.obligors ? known : features.columns(of: shown, on: place)
            let time = GradeSource.years(day)
            // The state in force is seen from the model's, which is where these rows start.
            let notches = zip(shown.obligors, shown.origins).map { obligor, origin in
                histories.state(of: obligor, at: time).map { Double($0 - origin) } ?? .nan
            }
            evidenceSamples.append(
                try shown.adding(
                    names: features.names + ["given_notches"] + OverrideFeatures.names.dropFirst(),
                    features: shownKnown + [notches] + given.columns(of: shown).dropFirst()))
            features.forget(place)
        }
        self.samples = samples
        self.evidence = evidence
        self.evidenceSamples = evidenceSamples
    }

    /// The sample of one day that starts from what the evidence says, with what it says at a horizon; without a ledger
    /// there is none but the grades.
    func evidence(_ place: Int, months: Int) throws -> MigrationSample {
        guard let evidence else { return try sample(place, months: months) }
        let end = GradeSource.years(days[place].adding(months: months))
        let sample = evidenceSamples[place]
        return try sample.replacing(outcomes: sample.obligors.map { evidence.outcome(of: $0, at: end) })
    }

    /// The sample of one day with the outcomes at a horizon.
    func sample(_ place: Int, months: Int) throws -> MigrationSample {
        let end = GradeSource.years(days[place].adding(months: months))
        let sample = samples[place]
        return try sample.replacing(
            outcomes: sample.obligors.map {
                // Who only starts on the last day has no history yet.
                $0 < histories.obligorCount ? histories.outcome(of: $0, at: end) : .open
            })
    }

    /// A feature on a day by obligor number; NaN where it is not known.
    func values(of name: String, on place: Int, obligors: [Int]) -> [Double] {
        let sample = samples[place]
        guard let feature = sample.names.firstIndex(of: name) else { return obligors.map { _ in .nan } }
        let rows = Dictionary(uniqueKeysWithValues: sample.obligors.enumerated().map { ($1, $0) })
        return obligors.map { obligor in rows[obligor].map { sample.features[feature][$0] } ?? .nan }
    }
}

/// What grades given by hand by a day say about the next ones.
struct OverrideFeatures {
    static let names = ["model_state", "override_last", "override_mean", "overrides", "author_override_mean"]

    private var modelState: [Int: Double] = [:]
    private var own: [Int: (last: Double, sum: Double, count: Double)] = [:]
    private var author: [Int: String] = [:]
    private var byAuthor: [String: (sum: Double, count: Double)] = [:]

    init(_ source: GradeSource, overrides: [GradeSource.Override], until day: CalendarDay) {
        for override in overrides where override.day <= day {
            var entry = own[override.obligor] ?? (0, 0, 0)
            entry = (override.notches, entry.sum + override.notches, entry.count + 1)
            own[override.obligor] = entry
            if let name = override.author {
                author[override.obligor] = name
                let sums = byAuthor[name] ?? (0, 0)
                byAuthor[name] = (sums.sum + override.notches, sums.count + 1)
            }
        }
        let limit = GradeSource.years(day)
        for action in source.modelActions where action.time <= limit {
            modelState[action.obligor] = action.state.map { Double($0) }
        }
    }

    func columns(of sample: MigrationSample) -> [[Double]] {
        var columns = [[Double]](repeating: [], count: Self.names.count)
        for (row, obligor) in sample.obligors.enumerated() {
            let entry = own[obligor]
            let writer = author[obligor].flatMap { byAuthor[$0] }
            columns[0].append(modelState[obligor].map { $0 - Double(sample.origins[row]) } ?? .nan)
            columns[1].append(entry?.last ?? .nan)
            columns[2].append(entry.map { $0.sum / $0.count } ?? .nan)
            columns[3].append(entry?.count ?? 0)
            columns[4].append(writer.map { $0.sum / $0.count } ?? .nan)
        }
        return columns
    }
}

extension GradeSource {
    /// A grade given by hand beside the model's grade that it changed.
    struct Override {
        let obligor: Int
        let day: CalendarDay
        let author: String?
        /// The model's state before.
        let before: Int
        /// The state given.
        let given: Int
        /// Given less before; > 0 is harsher.
        var notches: Double { Double(given - before) }
    }

    /// The overrides in order of time, then obligor.
    var overrides: [Override] {
        var byObligor: [Int: [RatingAction]] = [:]
        for action in modelActions { byObligor[action.obligor, default: []].append(action) }
        var found: [Override] = []
        for grade in handGrades {
            let limit = Self.years(grade.day)
            guard let before = byObligor[grade.obligor]?.last(where: { $0.time <= limit })?.state else {
                continue
            }
            found.append(
                Override(
                    obligor: grade.obligor, day: grade.day, author: grade.author, before: before,
                    given: grade.state))
        }
        return found.sorted { ($0.day, $0.obligor) < ($1.day, $1.obligor) }
    }
}
