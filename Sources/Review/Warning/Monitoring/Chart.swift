import Vocabulary

/// The state of one monitor of one obligor.
struct Chart: Sendable, Equatable, Codable {
    /// The statistic.
    private(set) var value = 0.0
    /// The last day on which the statistic was 0: since then something may be different.
    private(set) var since: Int32 = 0
    /// Observations so far; of counts, expected ones.
    private(set) var observations = 0.0
    /// The day of the first observation.
    private(set) var begun: Int32?
    /// What was usual when the statistic last was 0.
    var usual = 0.0
    /// How much the usual varied.
    var spread = 0.0
    /// The alert, while it is open.
    var alert: OpenAlert?

    /// An alert that is open.
    struct OpenAlert: Sendable, Equatable, Codable {
        let opened: Int32
        let since: Int32
        var severity: AlertSeverity
        /// The statistic without the ceiling.
        var evidence: Double
    }

    /// Counts observations.
    mutating func observe(_ count: Double, on day: CalendarDay) {
        if begun == nil { begun = day.daysSince1970 }
        observations += count
    }

    /// Observations in a year.
    func observationsPerYear(on day: CalendarDay) -> Double {
        guard let begun = begun.map(CalendarDay.init(daysSince1970:)) else { return Self.leastPerYear }
        let years = max(Self.leastYears, Double(day.days(since: begun) + 1) / 365.25)
        return max(Self.leastPerYear, observations / years)
    }

    private static let leastPerYear = 0.5
    private static let leastYears = 0.25

    /// Adds the part of an observation that speaks for a change.
    ///
    /// - Parameter ceiling: The height that the statistic is held at while an alert is open, so that the alert closes
    ///   within the time that one of its height takes.
    mutating func rise(by amount: Double, ceiling: Double) {
        value += amount
        alert?.evidence += amount
        if alert != nil { value = min(value, max(ceiling, 0)) }
    }

    /// Takes off the part of an observation that speaks against a change.
    ///
    /// - Returns: Whether the statistic is 0 now.
    mutating func fall(by amount: Double, on day: CalendarDay) -> Bool {
        value -= amount
        alert?.evidence -= amount
        guard value <= 0 else { return false }
        value = 0
        since = day.daysSince1970
        return true
    }

    /// Notes what is usual now.
    mutating func note(usual: Double, spread: Double) {
        self.usual = usual
        self.spread = spread
    }

    /// Begins again.
    mutating func reset(on day: CalendarDay) {
        value = 0
        since = day.daysSince1970
        alert = nil
    }
}
