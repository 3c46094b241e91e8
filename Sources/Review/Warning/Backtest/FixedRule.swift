import Vocabulary

/// What early warning is held against: an alarm whenever a figure exceeds a threshold that is the same for everybody.
enum FixedRule: String, CaseIterable, Sendable {
    /// The oldest undisputed item is more than so many days past due.
    case daysPastDue = "days past due"
    /// That, or more than so much of the limit is used, both thresholds in the proportion of 30 days to 90 %.
    case daysPastDueOrUtilisation = "days past due or utilisation"

    private static let usualDays = 30.0
    private static let usualShare = 0.9

    /// The thresholds at a level, in words.
    func words(level: Double) -> String {
        func whole(_ value: Double) -> Int { Int(value.rounded(.down)) }
        return switch self {
        case .daysPastDue: "worst DPD > \(whole(level * Self.usualDays))"
        case .daysPastDueOrUtilisation:
            "worst DPD > \(whole(level * Self.usualDays)) or utilisation > \(whole(100 * level * Self.usualShare)) %"
        }
    }

    /// A day on which the figure rose.
    struct Rise: Sendable {
        let day: CalendarDay
        let from: Double
        let to: Double
    }

    /// The days on which the figure of an obligor rose, in thresholds of 30 days and 90 %; in default it is 0.
    func rises(_ series: ObligorSeries, within days: ClosedRange<CalendarDay>) -> [Rise] {
        guard let first = series.firstDay, first <= days.upperBound else { return [] }
        var cursor = SeriesCursor(series, after: first.adding(days: -1))
        var rises: [Rise] = []
        var before = 0.0
        var limit: Double?
        var day = first
        while day <= days.upperBound {
            let new = cursor.newItems(series, on: day)
            cursor.endDay(series, new: new, on: day)
            if day.parts.day == 1 || day == first { limit = series.limit(on: day) }
            var figure = 0.0
            if !series.isInDefault(on: day) {
                for index in cursor.open where series.items[index].disputed > day {
                    figure = max(figure, Double(day.days(since: series.items[index].due)) / Self.usualDays)
                }
                if self == .daysPastDueOrUtilisation, let limit {
                    figure = max(figure, cursor.exposure / limit / Self.usualShare)
                }
            }
            if figure > before, day >= days.lowerBound {
                rises.append(Rise(day: day, from: before, to: figure))
            }
            before = figure
            day = day.adding(days: 1)
        }
        return rises
    }

    /// The level at which rises cross a threshold as often as asked for, as nearly as can be.
    static func level(_ rises: [Rise], crossings: Int) -> Double {
        var (low, high) = (0.0, 100.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            let count = rises.count { $0.from <= middle && $0.to > middle }
            // Crossings fall with the level wherever levels are of interest.
            if count > crossings { low = middle } else { high = middle }
        }
        return high
    }
}
