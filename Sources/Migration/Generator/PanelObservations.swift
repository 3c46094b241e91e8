public import LinearAlgebra

/// States seen at two times with nothing known in between, grouped by the time between.
public struct PanelObservations: Sendable, Equatable {
    /// The states.
    public let scale: RatingScale
    /// The groups, by rising time between.
    public let groups: [Group]

    /// Pairs of states that lie equally far apart.
    public struct Group: Sendable, Equatable {
        /// Years between the two times, > 0.
        public let years: Double
        /// N, shape (K, K): pairs by the state first (row) and later (column) seen.
        public let counts: Matrix
        /// By state first seen, defaults exactly `years` later; the counts do not include them.
        public let datedDefaults: [Double]

        /// A group.
        public init(years: Double, counts: Matrix, datedDefaults: [Double]? = nil) {
            self.years = years
            self.counts = counts
            self.datedDefaults = datedDefaults ?? [Double](repeating: 0, count: counts.rows)
        }
    }

    /// Observations that were counted elsewhere.
    ///
    /// - Throws: ``MigrationError/shape(rows:columns:states:)``, ``MigrationError/time(_:expected:)``,
    ///   ``MigrationError/element(row:column:value:expected:)``, ``MigrationError/noObservations(what:)``.
    public init(_ groups: [Group], scale: RatingScale) throws(MigrationError) {
        let order = scale.count
        var total = 0.0
        for group in groups {
            guard group.years > 0, group.years.isFinite else { throw .time(group.years, expected: "> 0") }
            let defaults = group.datedDefaults
            guard group.counts.rows == order, group.counts.columns == order, defaults.count == order else {
                throw .shape(rows: group.counts.rows, columns: group.counts.columns, states: order)
            }
            for row in 0..<order {
                for (column, value) in (group.counts.row(row) + [defaults[row]]).enumerated() {
                    guard value >= 0, value.isFinite else {
                        throw .element(row: row, column: column, value: value, expected: "a number of pairs")
                    }
                    total += value
                }
            }
            if scale.defaultState == nil, defaults.contains(where: { $0 > 0 }) {
                throw .scale(reason: "it does not end in default, but defaults are dated")
            }
        }
        guard total > 0 else { throw .noObservations(what: "no pairs of states") }
        self.scale = scale
        self.groups = groups.sorted { $0.years < $1.years }
    }

    /// Cohort counts as pairs a year apart, or whatever time lay between the snapshots.
    public init(_ counts: MigrationCounts, years: Double = 1) throws(MigrationError) {
        try self.init([Group(years: years, counts: counts.moves)], scale: counts.scale)
    }

    /// Pairs of states at successive snapshots, a default being dated by the day on which it came.
    ///
    /// A pair needs both states: who was withdrawn at the later snapshot gives none, unless it had defaulted before.
    ///
    /// - Parameter snapshots: Times in years, rising, at least two.
    /// - Throws: ``MigrationError/time(_:expected:)``, ``MigrationError/noObservations(what:)``.
    public init(_ histories: RatingHistories, snapshots: [Double]) throws(MigrationError) {
        let (scale, order) = (histories.scale, histories.scale.count)
        for (earlier, later) in zip(snapshots, snapshots.dropFirst()) where !(later > earlier) {
            throw .time(later, expected: "later than the snapshot before, \(earlier)")
        }
        // By whole days, so that stretches of equal length make one group.
        var counts: [Int: Matrix] = [:]
        var defaults: [Int: [Double]] = [:]
        func days(_ years: Double) -> Int { max(1, Int((years * Self.daysOfYear).rounded())) }
        for obligor in 0..<histories.obligorCount {
            for (from, to) in zip(snapshots, snapshots.dropFirst()) {
                guard let before = histories.state(of: obligor, at: from), before != scale.defaultState,
                    let after = histories.state(of: obligor, at: to)
                else { continue }
                if after == scale.defaultState, let day = histories.defaultTime(of: obligor) {
                    defaults[days(day - from), default: [Double](repeating: 0, count: order)][before] += 1
                } else {
                    counts[days(to - from), default: Matrix(rows: order, columns: order)][before, after] += 1
                }
            }
        }
        try self.init(
            Set(counts.keys).union(defaults.keys).sorted().map { days in
                Group(
                    years: Double(days) / Self.daysOfYear,
                    counts: counts[days] ?? Matrix(rows: order, columns: order), datedDefaults: defaults[days]
                )
            }, scale: scale)
    }

    private static let daysOfYear = 365.25
}
