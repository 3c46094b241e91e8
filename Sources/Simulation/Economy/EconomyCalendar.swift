public import Vocabulary

/// The days of a simulated economy: whole calendar years, cut into quarters.
public struct EconomyCalendar: Sendable {
    /// Quarters with records.
    public let quarters: Int
    /// First day of every quarter, and of the five after the last.
    let quarterStarts: [Int32]

    /// Quarters beyond the records for which the economy is drawn, so that the last true PD has its year.
    static let quartersAhead = 4

    init(firstYear: Int, years: Int) {
        quarters = 4 * years
        quarterStarts = (0...quarters + Self.quartersAhead).map { quarter in
            Self.day(firstYear + quarter / 4, 3 * (quarter % 4) + 1, 1)
        }
    }

    /// The first day of the records.
    public var firstDay: CalendarDay { CalendarDay(daysSince1970: start) }
    /// The last day of the records; nothing known later is written.
    public var lastDay: CalendarDay { CalendarDay(daysSince1970: end) }
    /// The last day of a quarter, counted from 0.
    public func quarterEnd(_ quarter: Int) -> CalendarDay {
        CalendarDay(daysSince1970: quarterStarts[quarter + 1] - 1)
    }

    var start: Int32 { quarterStarts[0] }
    var end: Int32 { quarterStarts[quarters] - 1 }

    /// Days of a quarter.
    func days(in quarter: Int) -> Int32 { quarterStarts[quarter + 1] - quarterStarts[quarter] }

    /// The quarter of a day; the first for days before it, the last one drawn for days after.
    func quarter(of day: Int32) -> Int {
        // Quarters have 90 to 92 days, so the quotient is the quarter or one beside it.
        var guess = min(quarterStarts.count - 2, max(0, Int(day - start) / 91))
        while guess > 0, day < quarterStarts[guess] { guess -= 1 }
        while guess + 2 < quarterStarts.count, day >= quarterStarts[guess + 1] { guess += 1 }
        return guess
    }

    /// A day by its parts, which must be of the calendar.
    static func day(_ year: Int, _ month: Int, _ day: Int) -> Int32 {
        guard let found = CalendarDay(year: year, month: month, day: day) else {
            preconditionFailure("no day \(year)-\(month)-\(day)")
        }
        return found.daysSince1970
    }
}
