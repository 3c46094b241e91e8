import Vocabulary

/// The as-of dates of a sweep, and tables that say where a record of a day begins and ceases to count.
///
/// A record of day d that counts over (t − months, t] counts for a run of consecutive as-of dates: from the first t on
/// or after d to the last whose window starts before d. Adding it at the one end and taking it off behind the other
/// costs the same however many dates lie between.
struct AsOfGrid: Sendable {
    /// Days since 1970, ascending, each once.
    let days: [Int32]
    /// For each window, the day that is the first no longer inside, by as-of date.
    private let starts: [[Int32]]
    /// The day that the tables begin with.
    private let origin: Int32
    /// By day: the first as-of date on or after it.
    private let firsts: [Int32]
    /// By window and day: the first as-of date whose window starts on or after it; a table behind the other.
    private let expiries: [Int32]
    /// By day: its calendar month, as year · 12 + month − 1.
    private let months: [Int32]
    /// By as-of date: the last calendar month that is complete, counted as in ``monthOffset(of:)``.
    let lastCompleteMonths: [Int]
    /// The earliest month that a series of months is kept for; earlier ones are pooled in it.
    private let firstMonth: Int

    /// Months before the first as-of date that tables reach back.
    private static let reach = 27

    /// A grid of days.
    ///
    /// - Parameter days: Ascending, each once, at least one.
    init(_ days: [CalendarDay]) {
        let numbers = days.map(\.daysSince1970)
        precondition(
            !numbers.isEmpty && zip(numbers, numbers.dropFirst()).allSatisfy(<), "days not ascending")
        self.days = numbers
        let starts = Window.allCases.map { window in
            days.map { day in
                window.months.map { day.adding(months: -$0).daysSince1970 } ?? Int32.min
            }
        }
        self.starts = starts
        let origin = days[0].adding(months: -Self.reach).daysSince1970
        self.origin = origin
        let count = Int(numbers[numbers.count - 1] - origin) + 1
        func table(_ bounds: [Int32]) -> [Int32] {
            var index = 0
            return (0..<count).map { offset in
                let day = origin + Int32(offset)
                while index < bounds.count, bounds[index] < day { index += 1 }
                return Int32(index)
            }
        }
        firsts = table(numbers)
        expiries = starts.flatMap(table)
        months = (0..<count).map { Int32(Self.month(of: CalendarDay(daysSince1970: origin + Int32($0)))) }
        let firstMonth = Self.month(of: days[0]) - Self.reach
        self.firstMonth = firstMonth
        lastCompleteMonths = days.map { day in
            Self.month(of: CalendarDay(daysSince1970: day.daysSince1970 + 1)) - 1 - firstMonth
        }
    }

    /// Number of as-of dates.
    var count: Int { days.count }

    /// The first as-of date on or after a day; ``count`` if there is none.
    @inline(__always)
    func first(onOrAfter day: Int32) -> Int {
        if day <= origin { return 0 }
        let offset = Int(day) - Int(origin)
        return offset < firsts.count ? Int(firsts[offset]) : count
    }

    /// The first as-of date for which a day no longer lies behind the start of a window.
    @inline(__always)
    func expiry(of day: Int32, _ window: Window) -> Int {
        if day <= origin || window == .all { return window == .all ? count : 0 }
        let offset = Int(day) - Int(origin)
        return offset < firsts.count ? Int(expiries[window.rawValue * firsts.count + offset]) : count
    }

    /// The day a window starts with, which is itself no longer inside.
    func start(of window: Window, at asOf: Int) -> Int32 { starts[window.rawValue][asOf] }

    /// The calendar month of a day, counted from ``firstMonth``, at least 0.
    @inline(__always)
    func monthOffset(of day: Int32) -> Int {
        if day <= origin { return 0 }
        let offset = Int(day) - Int(origin)
        let month =
            offset < months.count
            ? Int(months[offset]) : Self.month(of: CalendarDay(daysSince1970: day))
        return max(0, month - firstMonth)
    }

    private static func month(of day: CalendarDay) -> Int {
        let (year, month, _) = day.parts
        return year * 12 + month - 1
    }
}
