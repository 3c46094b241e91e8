public import Vocabulary

/// What really happened to the obligors of a simulated ledger: it alone knows when an alarm is a false one.
public struct WatchTruth: Sendable {
    private let worsened: [String: [CalendarDay]]
    private let defaulted: [String: [CalendarDay]]

    /// Days on which true states became worse or obligors left, and days of true defaults, by obligor.
    public init(worsened: [String: [CalendarDay]], defaulted: [String: [CalendarDay]]) {
        self.worsened = worsened
        self.defaulted = defaulted
    }

    /// Days after a change for the worse on which behaviour counts as changed.
    static let memory = 365
    /// Days before a default in which behaviour counts as changed.
    static let distress = 150

    /// Stretches of days on which an obligor was in control: its state has not become worse within a year, and no
    /// default comes within 150 days.
    func inControl(_ obligor: String, within days: ClosedRange<CalendarDay>) -> DayRanges {
        var ranges = DayRanges(days)
        for day in worsened[obligor] ?? [] { ranges.remove(day...day.adding(days: Self.memory)) }
        for day in defaulted[obligor] ?? [] {
            ranges.remove(day.adding(days: -Self.distress)...day.adding(days: Self.memory))
        }
        return ranges
    }
}

/// Days, as stretches that do not touch.
struct DayRanges: Sendable, Equatable {
    private(set) var ranges: [ClosedRange<CalendarDay>]

    init(_ days: ClosedRange<CalendarDay>) { ranges = [days] }

    mutating func remove(_ days: ClosedRange<CalendarDay>) {
        ranges = ranges.flatMap { range -> [ClosedRange<CalendarDay>] in
            guard range.overlaps(days) else { return [range] }
            var rest: [ClosedRange<CalendarDay>] = []
            if range.lowerBound < days.lowerBound {
                rest.append(range.lowerBound...days.lowerBound.adding(days: -1))
            }
            if range.upperBound > days.upperBound {
                rest.append(days.upperBound.adding(days: 1)...range.upperBound)
            }
            return rest
        }
    }

    func contains(_ day: CalendarDay) -> Bool { ranges.contains { $0.contains(day) } }

    /// How many days.
    var count: Int { ranges.reduce(0) { $0 + $1.upperBound.days(since: $1.lowerBound) + 1 } }
}
