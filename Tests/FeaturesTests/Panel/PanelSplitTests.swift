import Testing
import Vocabulary

@testable import Features

@Suite("A split of a panel")
struct PanelSplitTests {
    private static let cut = CalendarDay(daysSince1970: 19_000)
    private static let names = (0..<2000).map { "C\($0)" }

    private func day(_ offset: Int32) -> CalendarDay { CalendarDay(daysSince1970: 19_000 + offset) }

    @Test func refusesSharesThatAreNone() {
        #expect(PanelSplit(testShare: 0) == nil)
        #expect(PanelSplit(testShare: 1) == nil)
        #expect(PanelSplit(testShare: .nan) == nil)
        #expect(PanelSplit() == nil)
    }

    @Test func byObligorKeepsAnObligorTogether() throws {
        let split = try #require(PanelSplit(testShare: 0.3, seed: 1))
        var tested = 0
        for name in Self.names {
            let parts = Set(
                [-900, 0, 900].map { split.part(obligor: name, asOf: day($0), outcomeKnownOn: day($0 + 365)) }
            )
            #expect(parts.count == 1 && !parts.contains(.neither))
            if parts == [.test] { tested += 1 }
        }
        // Five standard deviations of a binomial.
        #expect(abs(Double(tested) - 600) < 5 * (2000 * 0.3 * 0.7).squareRoot())
    }

    @Test func anotherSeedPicksOthers() throws {
        let one = try #require(PanelSplit(testShare: 0.5, seed: 1))
        let other = try #require(PanelSplit(testShare: 0.5, seed: 2))
        let agree = Self.names.count {
            one.part(obligor: $0, asOf: day(0), outcomeKnownOn: day(1))
                == other.part(obligor: $0, asOf: day(0), outcomeKnownOn: day(1))
        }
        #expect(abs(agree - 1000) < 120)
    }

    @Test func byTimeTrainsOnWhatWasKnownBeforeTheCut() throws {
        let split = try #require(PanelSplit(cut: Self.cut))
        #expect(split.part(obligor: "C1", asOf: day(-400), outcomeKnownOn: day(-1)) == .train)
        #expect(split.part(obligor: "C1", asOf: day(-400), outcomeKnownOn: day(0)) == .neither)
        #expect(split.part(obligor: "C1", asOf: day(0), outcomeKnownOn: day(365)) == .test)
    }

    @Test func byBothTestsOtherObligorsLater() throws {
        let split = try #require(PanelSplit(testShare: 0.5, cut: Self.cut))
        for name in Self.names.prefix(50) {
            let early = split.part(obligor: name, asOf: day(-400), outcomeKnownOn: day(-1))
            let late = split.part(obligor: name, asOf: day(10), outcomeKnownOn: day(300))
            #expect((early == .train) == (late == .neither))
            #expect((early == .neither) == (late == .test))
        }
    }
}
