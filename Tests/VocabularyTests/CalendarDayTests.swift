import Foundation
import Testing
import Vocabulary

@Suite("Calendar days")
struct CalendarDayTests {
    @Test("from 1600 to 2400 follow each other and round-trip through parts and text")
    func everyDay() throws {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        // Julian day numbers: 1600-01-01 is 2 305 448, 1970-01-01 is 2 440 588.
        var expected: Int32 = 2_305_448 - 2_440_588
        var failures = 0
        for year in 1600...2400 {
            let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
            for month in 1...12 {
                let length = lengths[month - 1] + (month == 2 && isLeap ? 1 : 0)
                for day in 1...length {
                    // Counted rather than expected one by one: 292 558 expectations would take longer than all else.
                    let made = CalendarDay(year: year, month: month, day: day)
                    if made?.daysSince1970 != expected { failures += 1 }
                    let parts = CalendarDay(daysSince1970: expected).parts
                    if parts.year != year || parts.month != month || parts.day != day { failures += 1 }
                    expected += 1
                }
                if CalendarDay(year: year, month: month, day: length + 1) != nil { failures += 1 }
            }
        }
        #expect(failures == 0)
        #expect(CalendarDay(daysSince1970: expected).description == "2401-01-01")
    }

    @Test(
        "agree with Foundation's Gregorian calendar",
        arguments: ["1600-02-29", "1899-12-31", "1970-01-01", "2000-02-29", "2026-03-31", "2399-12-31"])
    func agreesWithFoundation(text: String) throws {
        let day = try #require(CalendarDay(iso8601: text))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        let date = Date(timeIntervalSince1970: 86_400 * Double(day.daysSince1970))
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        #expect(parts.year == day.parts.year && parts.month == day.parts.month && parts.day == day.parts.day)
    }

    @Test("print as ISO 8601 and read back, to both ends of four-digit years")
    func text() throws {
        for (year, month, day, text) in [
            (0, 1, 1, "0000-01-01"), (7, 12, 31, "0007-12-31"), (1970, 1, 1, "1970-01-01"),
            (2024, 2, 29, "2024-02-29"), (9999, 12, 31, "9999-12-31"),
        ] {
            let made = try #require(CalendarDay(year: year, month: month, day: day))
            #expect(made.description == text)
            #expect(CalendarDay(iso8601: text) == made)
            #expect(made.parts == (year, month, day))
        }
        #expect(CalendarDay(year: 1970, month: 1, day: 1)?.daysSince1970 == 0)
    }

    @Test(
        "refuse days that do not exist",
        arguments: [
            (2023, 2, 29), (1900, 2, 29), (2100, 2, 29), (2024, 2, 30), (2024, 4, 31), (2024, 13, 1),
            (2024, 0, 1), (2024, 1, 0), (2024, 1, 32), (2024, 1, -1), (-1, 1, 1), (10_000, 1, 1),
            (Int.max, 1, 1), (2024, Int.min, 1), (2024, 1, Int.max),
        ])
    func refusesImpossibleDays(year: Int, month: Int, day: Int) {
        #expect(CalendarDay(year: year, month: month, day: day) == nil)
    }

    @Test(
        "refuse other texts",
        arguments: [
            "", "2024", "2024-1-1", "2024-01-1", "24-01-01", "2024/01/01", "2024-01-01T00:00", " 2024-01-01",
            "2024-01-01 ", "+024-01-01", "-024-01-01", "2024-+1-01", "2024-01-0a", "２０２４-01-01", "2024-02-30",
            "2024_01-01", "20240101", "2024-01-01\0", "\u{661}\u{661}-01-01",
        ])
    func refusesOtherTexts(text: String) {
        #expect(CalendarDay(iso8601: text) == nil)
    }

    @Test("order by time and extend to the ends of their range")
    func order() throws {
        let days = [Int32.min, -1, 0, 1, Int32.max].map { CalendarDay(daysSince1970: $0) }
        #expect(days.shuffled().sorted() == days)
        #expect(CalendarDay(daysSince1970: -1).description == "1969-12-31")
        let (first, last) = (try #require(days.first), try #require(days.last))
        // The proleptic calendar repeats every 146 097 days, so distant years can be checked against near ones.
        for day in [first, last] {
            let cycles = day.daysSince1970 / 146_097
            let near = CalendarDay(daysSince1970: day.daysSince1970 - cycles * 146_097)
            #expect(near.parts.month == day.parts.month && near.parts.day == day.parts.day)
            #expect(near.parts.year + Int(cycles) * 400 == day.parts.year)
            #expect(!day.description.isEmpty)
        }
    }
}
