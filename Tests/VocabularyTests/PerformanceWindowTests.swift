import Testing
import Vocabulary

@Suite("A performance window opens the day after")
struct PerformanceWindowTests {
    private func day(_ text: String) throws -> CalendarDay { try #require(CalendarDay(iso8601: text)) }

    @Test(arguments: [
        (PerformanceWindow(months: 12), "2024-02-29", "2025-02-28", "12 months"),
        (PerformanceWindow(months: 1), "2024-01-31", "2024-02-29", "1 month"),
        (PerformanceWindow(days: 90), "2024-01-31", "2024-04-30", "90 days"),
        (PerformanceWindow(days: 1), "2024-12-31", "2025-01-01", "1 day"),
    ])
    func endsWithItsLastDay(window: PerformanceWindow?, from: String, last: String, text: String) throws {
        let window = try #require(window)
        let (asOf, end) = (AsOf(try day(from)), try day(last))
        #expect(window.lastDay(after: asOf) == end && window.description == text)
        #expect(!window.contains(asOf.day, after: asOf) && window.contains(end, after: asOf))
        #expect(window.contains(asOf.day.adding(days: 1), after: asOf))
        #expect(!window.contains(end.adding(days: 1), after: asOf))
    }

    @Test func hasALength() {
        for number in [0, -1, .min, .max] {
            #expect(PerformanceWindow(months: number) == nil && PerformanceWindow(days: number) == nil)
        }
    }
}
