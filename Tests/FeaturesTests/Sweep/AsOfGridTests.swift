import Statistics
import Testing
import Vocabulary

@testable import Features

@Suite("The grid of as-of dates")
struct AsOfGridTests {
    /// Days at random, and the grid on them.
    private static func random(_ seed: UInt64) -> (grid: AsOfGrid, days: [CalendarDay]) {
        var generator = SeededGenerator(seed: seed)
        let numbers = Set(
            (0..<(1 + generator.integer(below: 20))).map { _ in generator.integer(below: 1500) })
        let days = numbers.sorted().map { CalendarDay(daysSince1970: Int32(18_000 + $0)) }
        return (AsOfGrid(days), days)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func aDayCountsWhereItsWindowSays(seed: UInt64) {
        let (grid, days) = Self.random(seed)
        var generator = SeededGenerator(seed: seed + 1000)
        for _ in 0..<200 {
            let day = Int32(16_500 + generator.integer(below: 3_500))
            let first = days.firstIndex { $0.daysSince1970 >= day } ?? days.count
            #expect(grid.first(onOrAfter: day) == first)
            for window in Window.allCases {
                let range = grid.first(onOrAfter: day)..<grid.expiry(of: day, window)
                for (index, asOf) in days.enumerated() {
                    let start = window.months.map { asOf.adding(months: -$0).daysSince1970 } ?? .min
                    let isInside = day <= asOf.daysSince1970 && day > start
                    #expect(isInside == (index >= range.lowerBound && index < range.upperBound))
                }
            }
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func sumsAreThoseOfALoop(seed: UInt64) {
        let (grid, days) = Self.random(seed)
        var generator = SeededGenerator(seed: seed + 2000)
        var sums = WindowSums<SIMD4<Double>>(windows: [.m3, .m12, .all], count: grid.count)
        var peaks = WindowPeaks(windows: [.m3, .m12, .all], count: grid.count)
        var records: [(day: Int32, known: Int32, value: Double)] = []
        for _ in 0..<100 {
            let day = Int32(17_500 + generator.integer(below: 2_000))
            let known = day + Int32(generator.integer(below: 100))
            records.append((day, known, Double(generator.integer(below: 1000))))
        }
        for record in records {
            let asOf = grid.first(onOrAfter: record.known)
            sums.add(SIMD4(record.value, 1, 0, 0), on: record.day, knownAt: asOf, grid)
            peaks.add(record.value, on: record.day, knownAt: asOf, grid)
        }
        sums.finish()
        for window in [Window.m3, .m12, .all] {
            for (index, asOf) in days.enumerated() {
                let start = window.months.map { asOf.adding(months: -$0).daysSince1970 } ?? .min
                let inside = records.filter {
                    $0.known <= asOf.daysSince1970 && $0.day <= asOf.daysSince1970 && $0.day > start
                }
                let sum = sums.sums(window, at: index)
                let values = inside.map(\.value)
                let total = values.reduce(0, +)
                let largest = values.max() ?? 0
                #expect(sum[0] == total)
                #expect(sum[1] == Double(inside.count))
                #expect(peaks.value(window, at: index) == largest)
            }
        }
    }

    @Test func monthsAreCompleteAtTheirEnds() throws {
        let end = try #require(CalendarDay(iso8601: "2024-02-29"))
        let middle = try #require(CalendarDay(iso8601: "2024-02-28"))
        let grid = AsOfGrid([middle, end])
        #expect(grid.lastCompleteMonths[1] == grid.lastCompleteMonths[0] + 1)
        #expect(grid.monthOffset(of: end.daysSince1970) == grid.lastCompleteMonths[1])
    }

    @Test func monthsBackEndWithTheMonth() throws {
        let day = try #require(CalendarDay(iso8601: "2024-03-31"))
        #expect(day.adding(months: -1).description == "2024-02-29")
        #expect(day.adding(months: -13).description == "2023-02-28")
        #expect(day.adding(months: 12).description == "2025-03-31")
    }
}
