import LinearAlgebra

/// Obligors in a state at some time, what was known of them then, and what state they were in later.
public struct MigrationSample: Sendable {
    /// The state at the end of a horizon.
    public enum Outcome: Sendable, Hashable {
        /// Rated, or in default.
        case state(Int)
        /// No longer rated.
        case withdrawn
        /// The horizon ends after the end of observation.
        case open
    }

    /// The states.
    public let scale: RatingScale
    /// Number of the obligor of each row, length n.
    public let obligors: [Int]
    /// The as-of time of each row, in years.
    public let times: [Double]
    /// The state at that time, not default.
    public let origins: [Int]
    /// Names of the features.
    public let names: [String]
    /// The features, each of length n; NaN is missing.
    public let features: [[Double]]
    /// The state at the end of the horizon.
    public let outcomes: [Outcome]

    /// A sample of its parts.
    ///
    /// - Throws: ``MigrationError/state(_:states:)`` for a state that is not on the scale or, at the start, default;
    ///   ``MigrationError/noObservations(what:)`` where lengths differ.
    public init(
        scale: RatingScale, obligors: [Int], times: [Double], origins: [Int], names: [String],
        features: [[Double]], outcomes: [Outcome]
    ) throws(MigrationError) {
        let count = origins.count
        guard obligors.count == count, times.count == count, outcomes.count == count,
            features.count == names.count, features.allSatisfy({ $0.count == count })
        else { throw .noObservations(what: "columns of different lengths") }
        for origin in origins where !(0..<scale.count).contains(origin) || origin == scale.defaultState {
            throw .state(origin, states: scale.count)
        }
        for case .state(let state) in outcomes where !(0..<scale.count).contains(state) {
            throw .state(state, states: scale.count)
        }
        self.scale = scale
        self.obligors = obligors
        self.times = times
        self.origins = origins
        self.names = names
        self.features = features
        self.outcomes = outcomes
    }

    /// Number of rows.
    public var count: Int { origins.count }

    /// Some of the rows.
    public func selecting(_ rows: [Int]) -> MigrationSample {
        MigrationSample(
            unchecked: scale, obligors: rows.map { obligors[$0] }, times: rows.map { times[$0] },
            origins: rows.map { origins[$0] }, names: names,
            features: features.map { column in rows.map { column[$0] } },
            outcomes: rows.map { outcomes[$0] })
    }

    /// The same rows with other outcomes, as of another horizon.
    ///
    /// - Throws: ``MigrationError/noObservations(what:)`` unless there is one for each row;
    ///   ``MigrationError/state(_:states:)``.
    public func replacing(outcomes: [Outcome]) throws(MigrationError) -> MigrationSample {
        try MigrationSample(
            scale: scale, obligors: obligors, times: times, origins: origins, names: names,
            features: features,
            outcomes: outcomes)
    }

    /// The same rows with features beside their own.
    public func adding(
        names more: [String], features columns: [[Double]]
    ) throws(MigrationError) -> MigrationSample {
        try MigrationSample(
            scale: scale, obligors: obligors, times: times, origins: origins, names: names + more,
            features: features + columns, outcomes: outcomes)
    }

    private init(
        unchecked scale: RatingScale, obligors: [Int], times: [Double], origins: [Int], names: [String],
        features: [[Double]], outcomes: [Outcome]
    ) {
        self.scale = scale
        self.obligors = obligors
        self.times = times
        self.origins = origins
        self.names = names
        self.features = features
        self.outcomes = outcomes
    }

    /// Moves and withdrawals of the rows whose horizon is over.
    public var counts: MigrationCounts {
        var moves = Matrix(rows: scale.count, columns: scale.count)
        var withdrawn = [Double](repeating: 0, count: scale.count)
        for (origin, outcome) in zip(origins, outcomes) {
            switch outcome {
            case .state(let state): moves[origin, state] += 1
            case .withdrawn: withdrawn[origin] += 1
            case .open: break
            }
        }
        return MigrationCounts(unchecked: moves, withdrawn: withdrawn, scale: scale)
    }
}

extension MigrationSample {
    /// A row to learn from, after a rule has dealt with withdrawals.
    struct LearningRow {
        var row: Int
        var state: Int
        var weight: Double
    }

    /// The rows to learn the conditional distribution of the next state from.
    ///
    /// A model of constants fitted to these rows is the matrix that ``MigrationCounts/matrix(_:)`` gives under the
    /// rule.
    func learningRows(_ rule: WithdrawalRule) throws(MigrationError) -> [LearningRow] {
        if rule == .defaulted, scale.defaultState == nil {
            throw .scale(reason: "it does not end in default, to which withdrawals could be counted")
        }
        let counts = counts
        let movers = (0..<scale.count).map { row in
            counts.moves.row(row).reduce(0, +) - counts.moves[row, row]
        }
        var rows: [LearningRow] = []
        for row in origins.indices {
            let origin = origins[row]
            switch outcomes[row] {
            case .open: continue
            case .state(let state):
                // Withdrawn obligors moved like the others that moved: these count for them too.
                let extra =
                    rule == .proportional && state != origin && movers[origin] > 0
                    ? counts.withdrawn[origin] / movers[origin] : 0
                rows.append(LearningRow(row: row, state: state, weight: 1 + extra))
            case .withdrawn:
                switch rule {
                case .excluded, .state: continue
                case .keptInDenominator: rows.append(LearningRow(row: row, state: origin, weight: 1))
                case .defaulted:
                    rows.append(LearningRow(row: row, state: scale.defaultState ?? origin, weight: 1))
                case .proportional:
                    if movers[origin] == 0 { rows.append(LearningRow(row: row, state: origin, weight: 1)) }
                }
            }
        }
        return rows
    }
}
