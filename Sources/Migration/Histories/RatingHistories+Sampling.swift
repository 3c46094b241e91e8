extension RatingHistories {
    /// The state of an obligor just after a time; `nil` if it was not rated then.
    ///
    /// After the end of observation nothing is known but default, which is never left.
    public func state(of obligor: Int, at time: Double) -> Int? {
        guard let index = index(of: obligor, at: time), states[index] != Self.unrated else { return nil }
        let state = Int(states[index])
        return time <= end || state == scale.defaultState ? state : nil
    }

    /// When an obligor defaulted; `nil` if it did not.
    func defaultTime(of obligor: Int) -> Double? {
        let last = offsets[obligor + 1] - 1
        return Int(states[last]) == scale.defaultState ? times[last] : nil
    }

    /// The action in force at a time.
    private func index(of obligor: Int, at time: Double) -> Int? {
        let range = offsets[obligor]..<offsets[obligor + 1]
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low > range.lowerBound ? low - 1 : nil
    }

    /// What became of an obligor by the end of a horizon.
    ///
    /// Default is known as soon as it is seen; any other state only once the whole horizon has been observed.
    public func outcome(of obligor: Int, at time: Double) -> MigrationSample.Outcome {
        guard let index = index(of: obligor, at: min(time, end)) else { return .open }
        if states[index] != Self.unrated, Int(states[index]) == scale.defaultState {
            return .state(Int(states[index]))
        }
        guard time <= end else { return .open }
        return states[index] == Self.unrated ? .withdrawn : .state(Int(states[index]))
    }

    /// What the history of an obligor says about its next move, as features.
    ///
    /// Names in ``historyNames``; `nil` if the obligor is not rated at the time or in default.
    public func historyFeatures(of obligor: Int, at time: Double) -> (state: Int, features: [Double])? {
        guard let index = index(of: obligor, at: time), states[index] != Self.unrated, time <= end else {
            return nil
        }
        let state = Int(states[index])
        guard state != scale.defaultState else { return nil }
        let first = offsets[obligor]
        let before = index > first && states[index - 1] != Self.unrated ? Int(states[index - 1]) : nil
        func moves(within years: Double) -> (down: Double, up: Double) {
            var (down, up) = (0.0, 0.0)
            var place = index
            while place > first, times[place] > time - years {
                if states[place] != Self.unrated, states[place - 1] != Self.unrated {
                    let notches = Double(states[place]) - Double(states[place - 1])
                    down += max(0, notches)
                    up += max(0, -notches)
                }
                place -= 1
            }
            return (down, up)
        }
        func mean(over years: Double) -> Double {
            var (sum, total, until) = (0.0, 0.0, time)
            var place = index
            while place >= first, until > time - years {
                let from = max(times[place], time - years)
                if states[place] != Self.unrated {
                    sum += (until - from) * Double(states[place])
                    total += until - from
                }
                until = from
                place -= 1
            }
            return total > 0 ? sum / total : Double(state)
        }
        let (year, two) = (moves(within: 1), moves(within: 2))
        return (
            state,
            [
                before.map { Double(state - $0) } ?? .nan, time - times[index], time - times[first],
                year.down, year.up, two.down, two.up, mean(over: 0.5) - Double(state),
                mean(over: 1) - Double(state),
                mean(over: 2) - Double(state),
            ]
        )
    }

    /// Names of the features that ``historyFeatures(of:at:)`` gives.
    ///
    /// The last move in notches (> 0 down), years in the state and since the first rating, notches moved down and up
    /// within one and two years, and how much worse than now the obligor was on average over half a year, one year
    /// and two.
    public static let historyNames = [
        "last_move", "years_in_state", "years_rated", "notches_down_1y", "notches_up_1y", "notches_down_2y",
        "notches_up_2y", "mean_state_6m", "mean_state_1y", "mean_state_2y",
    ]

    /// The rated obligors at a time, with what their history says and what became of them.
    ///
    /// - Parameters:
    ///   - time: The as-of time, in years.
    ///   - horizon: When the outcome is looked at, in years; later than `time`.
    /// - Throws: ``MigrationError/time(_:expected:)``.
    public func sample(at time: Double, horizon: Double) throws(MigrationError) -> MigrationSample {
        guard horizon > time else { throw .time(horizon, expected: "later than the as-of time, \(time)") }
        var obligors: [Int] = []
        var origins: [Int] = []
        var outcomes: [MigrationSample.Outcome] = []
        var features = [[Double]](repeating: [], count: Self.historyNames.count)
        for obligor in 0..<obligorCount {
            guard let found = historyFeatures(of: obligor, at: time) else { continue }
            obligors.append(obligor)
            origins.append(found.state)
            outcomes.append(outcome(of: obligor, at: horizon))
            for (place, value) in found.features.enumerated() { features[place].append(value) }
        }
        return try MigrationSample(
            scale: scale, obligors: obligors, times: obligors.map { _ in time }, origins: origins,
            names: Self.historyNames, features: features, outcomes: outcomes)
    }
}

extension MigrationSample {
    /// The rows of several samples with the same states and features, one after the other.
    ///
    /// - Throws: ``MigrationError/noObservations(what:)`` if there are none or they differ in features or states.
    public static func concatenating(_ samples: [MigrationSample]) throws(MigrationError) -> MigrationSample {
        guard let first = samples.first else { throw .noObservations(what: "no samples") }
        guard samples.allSatisfy({ $0.names == first.names && $0.scale == first.scale }) else {
            throw .noObservations(what: "samples with different features or states")
        }
        return try MigrationSample(
            scale: first.scale, obligors: samples.flatMap(\.obligors), times: samples.flatMap(\.times),
            origins: samples.flatMap(\.origins), names: first.names,
            features: first.names.indices.map { feature in samples.flatMap { $0.features[feature] } },
            outcomes: samples.flatMap(\.outcomes))
    }
}
