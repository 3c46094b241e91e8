import Foundation
import Ledger
import Parallelism
import TestSupport
import Testing
import Vocabulary

@testable import Simulation

@Suite("The engine finds the defaults that the simulator drew")
struct DefaultRecoveryTests {
    /// A simulated ledger, and the chapters that it was written from, by obligor.
    private struct Recovery: Sendable {
        let ledger: TradeLedger
        let chapters: [[ObligorChapter]]
        let calendar: EconomyCalendar

        init() throws {
            var options = EconomyOptions()
            options.obligors = 8 * Community.size
            options.invoicesPerYear = 12
            let simulator = try EconomySimulator(options)
            calendar = simulator.calendar
            let folder = try TemporaryFolder()
            let writer = try LedgerFolderWriter(folder.file("ledger"), baseCurrency: .euro)
            _ = try simulator.write(to: writer, packed: false, workers: .allProcessors)
            ledger = try TradeLedger.read(from: LedgerFolder(folder.file("ledger"))).ledger
            var chapters: [[ObligorChapter]] = []
            for number in 0..<8 {
                let community = Community(number: number, economy: simulator.economy)
                for chapter in simulator.chapters(of: community) {
                    if chapter.history.isComeback {
                        chapters[chapters.count - 1].append(chapter)
                    } else {
                        chapters.append([chapter])
                    }
                }
            }
            self.chapters = chapters
        }

        /// The times in default of each obligor, as known when the ledger ends.
        func spells(by definition: DefaultDefinition) throws -> [[DefaultSpell]] {
            let rates = ledger.exchangeRates()
            let end = AsOf(calendar.lastDay)
            return try (0..<ledger.obligorCount).map { place in
                try ledger.defaultHistory(of: place, by: definition, rates: rates, asOf: end).spells(
                    asOf: end)
            }
        }
    }

    private static let recovery = Result { try Recovery() }
    private static let spells = recovery.flatMap { recovery in
        Result { try recovery.spells(by: .tradeCredit) }
    }

    @Test func itsSpellsAreTheTrueOnes() throws {
        let recovery = try Self.recovery.get()
        let end = recovery.calendar.end
        var (defaults, exact, cured, curedOnTheDay) = (0, 0, 0, 0)
        for (chapters, spells) in zip(recovery.chapters, try Self.spells.get()) {
            var left = spells
            for chapter in chapters {
                guard let failed = chapter.history.failed, let visible = chapter.defaultVisible,
                    visible <= end
                else {
                    continue
                }
                let returns = chapter.history.cure?.returns ?? .max
                let own = left.filter { $0.start.daysSince1970 < returns }
                left.removeFirst(own.count)
                defaults += 1
                let first = try #require(own.first, "a default of \(chapter.member.number) is not found")
                let start = first.start.daysSince1970
                #expect(start > failed && start <= failed + EventProcess.longestDefaultLag)
                if start == visible { exact += 1 }
                let last = try #require(own.last)
                guard let cure = chapter.history.cure, cure.paidUp <= end else {
                    // What is too little to count ends with the probation after the events.
                    if chapter.trade.openAtDefault.pastDue != nil { #expect(last.end == nil) }
                    continue
                }
                let sound = CalendarDay(daysSince1970: cure.paidUp).adding(months: Cure.probationMonths)
                guard sound <= recovery.calendar.lastDay else { continue }
                cured += 1
                #expect(try #require(last.end) <= sound)
                #expect(last.end?.daysSince1970 ?? .max < cure.returns)
                if last.end == sound { curedOnTheDay += 1 }
            }
            #expect(left.isEmpty, "\(chapters[0].member.number) is in default by the engine alone")
        }
        #expect(defaults > 60 && cured > 5, "\(defaults) \(cured)")
        // The simulator takes foreign amounts at the level of their rate, and knows what payments on account were for;
        // then the day may be another, and the default is the same.
        #expect(exact * 100 >= defaults * 90, "\(exact) of \(defaults)")
        #expect(curedOnTheDay * 100 >= cured * 80, "\(curedOnTheDay) of \(cured)")
    }

    @Test func ratesArePlausibleAndOrderedByGrade() throws {
        let recovery = try Self.recovery.get()
        let calendar = recovery.calendar
        // AAA to BBB, BB and B, CCC and worse.
        let classes = [0, 0, 0, 0, 1, 1, 2, 2, 2]
        var there = [Double](repeating: 0, count: 3)
        var defaulted = there
        for (chapters, spells) in zip(recovery.chapters, try Self.spells.get()) {
            for year in 0..<calendar.quarters / 4 {
                let day = calendar.quarterStarts[4 * year]
                let end = calendar.quarterStarts[4 * year + 4] - 1
                let chapter = chapters.last { $0.history.firstDay <= day }
                guard let chapter, chapter.history.failed ?? .max > day, chapter.member.leaves ?? .max >= day,
                    !spells.contains(where: { $0.contains(CalendarDay(daysSince1970: day)) })
                else { continue }
                let place = classes[chapter.history.grade(on: day)]
                there[place] += 1
                if spells.contains(where: { (day...end).contains($0.start.daysSince1970) }) {
                    defaulted[place] += 1
                }
            }
        }
        let rate = defaulted.reduce(0, +) / there.reduce(0, +)
        #expect(rate > 0.01 && rate < 0.04, "\(rate)")
        let rates = zip(defaulted, there).map { $0 / $1 }
        for (better, worse) in zip(rates, rates.dropFirst()) { #expect(better < worse, "\(rates)") }
    }

    @Test func overpaymentsAreSeenAndUsedUp() throws {
        let recovery = try Self.recovery.get()
        let calendar = recovery.calendar
        var (seen, used) = (0, 0)
        for place in 0..<recovery.ledger.obligorCount {
            let history = recovery.ledger.allocationHistory(of: place)
            var wasAhead = false
            for quarter in 0..<calendar.quarters {
                let credit = history.unallocated(asOf: AsOf(calendar.quarterEnd(quarter)))
                if !credit.isEmpty {
                    seen += 1
                    #expect(history.openItems(asOf: AsOf(calendar.quarterEnd(quarter))).isEmpty)
                } else if wasAhead {
                    used += 1
                }
                wasAhead = !credit.isEmpty
            }
        }
        #expect(seen > 10 && used > 3, "\(seen) \(used)")
    }
}
