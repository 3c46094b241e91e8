import Review
import Testing
import Vocabulary

@Suite("A review looks back at the ends of quarters")
struct ReviewOptionsTests {
    @Test(arguments: [
        ("2024-12-31", ["2023-12-31", "2024-03-31", "2024-06-30", "2024-09-30"]),
        ("2024-05-15", ["2023-05-31", "2023-08-31", "2023-11-30", "2024-02-29"]),
        ("2023-02-28", ["2022-02-28", "2022-05-31", "2022-08-31", "2022-11-30"]),
    ])
    func earlierDates(asOf: String, expected: [String]) throws {
        let day = try #require(CalendarDay(iso8601: asOf))
        #expect(ReviewOptions(asOf: day).earlier.map(\.description) == expected)
    }
}
