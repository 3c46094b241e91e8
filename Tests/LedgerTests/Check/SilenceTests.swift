import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite("Records that stop coming are missed")
struct SilenceTests {
    private static let start = CalendarDay(daysSince1970: 19_000)

    /// Days from the start on: five in a row, two without, with a pause somewhere.
    private func known(through last: Int, without pause: Range<Int> = 0..<0) -> [CalendarDay] {
        (0...last).filter { $0 % 7 < 5 && !pause.contains($0) }.map { Self.start.adding(days: $0) }
    }

    private func silence(_ known: [CalendarDay], after days: Int) -> Silence? {
        Silence(of: .invoices, known: known, asOf: AsOf(Self.start.adding(days: days)))
    }

    @Test func aPauseIsUnusualFromAWeekOnIfNoneWasLonger() throws {
        // The last day is the 700th.
        #expect(silence(known(through: 700), after: 700 + 6) == nil)
        let found = try #require(silence(known(through: 700), after: 700 + 7))
        #expect(found.days == 7 && found.longestBefore == 3 && found.last == Self.start.adding(days: 700))
        // Of a year with a longer pause, the same is nothing new.
        let holidays = known(through: 700, without: 402..<413)
        #expect(silence(holidays, after: 700 + 12) == nil)
        #expect(silence(holidays, after: 700 + 13)?.longestBefore == 12)
    }

    @Test func onlyWhatIsKnownOnTheDateCounts() {
        // A later record neither ends the silence nor is seen.
        let known = known(through: 700, without: 650..<700)
        #expect(silence(known, after: 690)?.days == 690 - 648)
        #expect(silence(known, after: 700) == nil)
    }

    @Test func withoutARhythmNothingIsMissed() {
        let rare = (0..<19).map { Self.start.adding(days: $0) }
        #expect(silence(rare, after: 100) == nil && silence([], after: 100) == nil)
        #expect(silence(rare + [Self.start.adding(days: 19)], after: 100)?.days == 81)
        // What has stopped does not come to be usual with the years.
        #expect(silence(known(through: 700), after: 700 + 1100)?.days == 1100)
    }

    @Test func theSampleLedgerIsSilentAfterItsEndAlone() throws {
        let folder = try LedgerFolder(Golden.checkout.appending(path: "datasets/sample-ledger"))
        let ledger = try TradeLedger.read(from: folder).ledger
        var day = try #require(CalendarDay(iso8601: "2021-03-31"))
        let end = try #require(CalendarDay(iso8601: "2024-12-31"))
        while day <= end {
            #expect(ledger.silences(asOf: AsOf(day)).isEmpty, "\(day)")
            day = day.adding(days: 1)
        }
        let silences = ledger.silences(asOf: AsOf(end.adding(days: 28)))
        #expect(silences.map(\.kind) == Silence.kinds && silences.allSatisfy { $0.days == 28 })
    }
}
