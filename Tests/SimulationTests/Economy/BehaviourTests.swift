import Ledger
import TestSupport
import Testing
import Vocabulary

@testable import Simulation

@Suite("What obligors do follows from their grade, and default shows in what they do")
struct BehaviourTests {
    static let population = Result { try Population(6) { $0.invoicesPerYear = 10 } }
    static let chapters = population.map(\.chapters)

    /// Days beyond terms of each invoice of those who name what they pay, by rank; up to default.
    private func delays() throws -> [[Double]] {
        var delays = [[Double]](repeating: [], count: CreditGenerator.defaulted)
        for chapter in try Self.chapters.get() where chapter.member.namesInvoices {
            for allocation in chapter.trade.allocations {
                let invoice = chapter.trade.invoices[allocation.invoice]
                let day = chapter.trade.payments[allocation.payment].day
                guard day < chapter.history.failed ?? .max else { continue }
                delays[chapter.history.behavingGrade(on: invoice.due)].append(Double(day - invoice.due))
            }
        }
        return delays
    }

    @Test func paymentsAreLaterTheWorseTheGrade() throws {
        let means = try delays().map { $0.reduce(0, +) / Double(max(1, $0.count)) }
        for grade in 3..<CreditGenerator.defaulted - 1 {
            #expect(means[grade] < means[grade + 1], "\(means)")
        }
        #expect(means[1] < means[5])
    }

    @Test func delaysAreLikeThoseOfKnownLedgers() throws {
        // Public receivables of a hundred customers: mean −3.6 days, standard deviation 12.3, 36 % late.
        let all = try delays().flatMap(\.self)
        let mean = all.reduce(0, +) / Double(all.count)
        let spread = (all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(all.count)).squareRoot()
        let late = Double(all.count { $0 > 0 }) / Double(all.count)
        expectClose(mean, -3.6, absolute: 3)
        expectClose(spread, 12.3, absolute: 3)
        expectClose(late, 0.36, absolute: 0.08)
    }

    @Test func booksTie() throws {
        for chapter in try Self.chapters.get() {
            let trade = chapter.trade
            var open = trade.invoices.map(\.amount)
            for note in trade.creditNotes { open[note.invoice] -= note.amount }
            if chapter.member.namesInvoices {
                for allocation in trade.allocations { open[allocation.invoice] -= allocation.amount }
                var unallocated = trade.payments.map(\.amount)
                for allocation in trade.allocations { unallocated[allocation.payment] -= allocation.amount }
                #expect(unallocated.allSatisfy { $0 == 0 })
                #expect(open.allSatisfy { $0 >= 0 })
            }
            let balance =
                trade.invoices.map(\.amount).reduce(0, +) - trade.creditNotes.map(\.amount).reduce(0, +)
            let paid = trade.payments.map(\.amount).reduce(0, +)
            if chapter.member.namesInvoices { #expect(paid <= balance) }
            #expect(trade.invoices.allSatisfy { $0.amount > 0 && $0.issued <= $0.due })
            #expect(trade.payments.allSatisfy { $0.amount > 0 })
        }
    }

    @Test(.enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
    func delaysAreLikeThoseOfPublicReceivables() throws {
        let text = try SharedData.text("data/invoices_ibm_ar/accounts_receivable.csv")
        let lines = text.split(separator: "\n").map { line in
            line.filter { $0 != "\r" }.split(separator: ",", omittingEmptySubsequences: false).map(
                String.init)
        }
        let due = try #require(lines.first?.firstIndex(of: "DueDate"))
        let settled = try #require(lines.first?.firstIndex(of: "SettledDate"))
        func day(_ text: String) throws -> Double {
            let parts = text.split(separator: "/").compactMap { Int($0) }
            let day = try #require(CalendarDay(year: parts[2], month: parts[0], day: parts[1]))
            return Double(day.daysSince1970)
        }
        let published = try lines.dropFirst().map { try day($0[settled]) - day($0[due]) }
        let simulated = try delays().flatMap(\.self)
        #expect(published.count == 2_466)
        func quantile(_ values: [Double], _ share: Double) -> Double {
            values.sorted()[Int(share * Double(values.count - 1))]
        }
        // Within five days of one another from the earliest tenth to the latest, and the share that is late within 8 %.
        for share in [0.1, 0.25, 0.5, 0.75, 0.9] {
            expectClose(quantile(simulated, share), quantile(published, share), absolute: 5, "\(share)")
        }
        func late(_ values: [Double]) -> Double { Double(values.count { $0 > 0 }) / Double(values.count) }
        expectClose(late(simulated), late(published), absolute: 0.08)
    }

    @Test func onlyPaymentsOnAccountAreTooLarge() throws {
        var surpluses = 0
        for chapter in try Self.chapters.get() where !chapter.member.namesInvoices {
            // What was billed by a day is never less than what is paid by then, but for what is paid too much.
            let events =
                chapter.trade.invoices.map { (day: $0.issued, amount: $0.amount) }
                + chapter.trade.payments.map { (day: $0.day, amount: -$0.amount) }
            var balance: Int64 = 0
            var isAhead = false
            for (_, amount) in events.sorted(by: { ($0.day, -$0.amount) < ($1.day, -$1.amount) }) {
                balance += amount
                isAhead = isAhead || balance < 0
            }
            if isAhead { surpluses += 1 }
        }
        #expect(surpluses > 5)
    }

    @Test func curedObligorsPayAllAndComeBack() throws {
        let population = try Self.population.get()
        let end = population.economy.calendar.end
        let chapters = try Self.chapters.get()
        var (cured, returned, failedAgain) = (0, 0, 0)
        for (first, second) in zip(chapters, chapters.dropFirst()) {
            guard let cure = first.history.cure, let failed = first.history.failed, failed <= end else {
                continue
            }
            #expect(cure.paidUp > failed + EventProcess.longestDefaultLag && cure.returns > cure.paidUp + 92)
            let isOpen: Set<EventKind> = [.insolvency, .writeOff, .legalRecovery]
            #expect(!first.events.contains { isOpen.contains($0.kind) })
            guard cure.paidUp <= end else { continue }
            cured += 1
            let trade = first.trade
            let owed =
                trade.invoices.map(\.amount).reduce(0, +) - trade.creditNotes.map(\.amount).reduce(0, +)
            #expect(trade.payments.map(\.amount).reduce(0, +) == owed)
            guard second.history.isComeback else { continue }
            returned += 1
            #expect(second.member.number == first.member.number && second.history.firstDay == cure.returns)
            #expect(second.trade.orders.allSatisfy { $0.day >= cure.returns })
            #expect(second.history.cure == nil)
            if second.history.failed ?? .max <= end { failedAgain += 1 }
        }
        #expect(cured > 4 && returned > 2, "\(cured) \(returned)")
        #expect(failedAgain < returned)
    }

    @Test func ninetyDaysPastDueMeanDefault() throws {
        let end = try Self.population.get().economy.calendar.end
        var disputedForLong = 0
        for chapter in try Self.chapters.get() where chapter.member.namesInvoices {
            let trade = chapter.trade
            var settled = [Int32](repeating: .max, count: trade.invoices.count)
            var open = trade.invoices.map(\.amount)
            for note in trade.creditNotes {
                open[note.invoice] -= note.amount
                if open[note.invoice] == 0 { settled[note.invoice] = note.day }
            }
            for allocation in trade.allocations {
                open[allocation.invoice] -= allocation.amount
                let day = trade.payments[allocation.payment].day
                if open[allocation.invoice] == 0 { settled[allocation.invoice] = day }
            }
            for (invoice, day) in zip(trade.invoices, settled) {
                let late = min(day, end, chapter.history.failed ?? .max) - invoice.due
                guard late > Behaviour.longestDelay else { continue }
                #expect(invoice.disputedFrom != nil)
                #expect(invoice.disputedTo ?? .max >= min(day, end, chapter.history.failed ?? .max))
                disputedForLong += 1
            }
        }
        #expect(disputedForLong > 0)
    }

    @Test func defaultShowsWithinItsLag() throws {
        let end = try Self.population.get().economy.calendar.end
        var defaults = 0
        for chapter in try Self.chapters.get() {
            guard let failed = chapter.history.failed, failed <= end else {
                #expect(chapter.defaultVisible == nil)
                #expect(!chapter.events.contains { $0.kind.meansDefault })
                continue
            }
            defaults += 1
            let visible = try #require(chapter.defaultVisible)
            #expect(visible > failed)
            #expect(visible <= failed + EventProcess.longestDefaultLag)
            #expect(chapter.events.contains { $0.kind.meansDefault })
            #expect(chapter.trade.orders.allSatisfy { $0.day < failed })
            let silence = failed..<(chapter.history.cure?.paidUp ?? failed + 200)
            #expect(!chapter.trade.payments.contains { silence.contains($0.day) })
        }
        #expect(defaults > 20)
    }

    @Test func ordersSwingMoreTheWorseTheGrade() throws {
        let population = try Population(2)
        let calendar = population.economy.calendar
        var spread = [0.0, 0]
        var months = [0.0, 0]
        for (traits, history) in population.members {
            var trade = TradeRecords()
            var trading = TradingProcess(traits, history, population.economy, invoicesPerYear: 100)
            trading.run(into: &trade)
            for quarter in 0..<calendar.quarters {
                let first = calendar.quarterStarts[quarter]
                let last = calendar.quarterStarts[quarter + 1] - 1
                guard history.firstDay <= first, last <= min(traits.leaves ?? .max, history.failed ?? .max)
                else { continue }
                let place = history.grade(on: first) <= 4 ? 0 : 1
                let counts = (0..<3).map { month in
                    let days = first + Int32(30 * month)..<first + Int32(30 * month + 30)
                    return Double(trade.orders.count { days.contains($0.day) })
                }
                let mean = counts.reduce(0, +) / 3
                guard mean >= 2 else { continue }
                // What is left of the variance when that of a Poisson number is taken away.
                let variance = counts.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 2
                spread[place] += (variance - mean) / (mean * mean)
                months[place] += 1
            }
        }
        #expect(spread[1] / months[1] > 1.5 * spread[0] / months[0])
    }

    @Test func statementsBalanceAndFollowTheGrade() throws {
        var equity = [[Double]](repeating: [], count: CreditGenerator.grades)
        for chapter in try Self.chapters.get() {
            for statement in chapter.statements {
                #expect(statement.totalAssets == statement.equity + statement.totalLiabilities)
                #expect(
                    statement.currentAssets == statement.cash + statement.receivables + statement.inventory)
                #expect(statement.published > statement.periodEnd)
                #expect(statement.currentLiabilities <= statement.totalLiabilities)
                let grade = chapter.history.behavingGrade(on: statement.periodEnd)
                equity[grade].append(Double(statement.equity) / Double(statement.totalAssets))
            }
        }
        let means = equity.map { $0.reduce(0, +) / Double(max(1, $0.count)) }
        #expect(means[1] > means[3] && means[3] > means[5] && means[5] > means[7], "\(means)")
    }

    @Test func bureausDifferAndReportLate() throws {
        var scores: [BureauProcess.Source: [Double]] = [:]
        for chapter in try Self.chapters.get() {
            for report in chapter.reports {
                #expect(report.known > report.observed)
                scores[report.source, default: []].append(Double(report.score))
            }
        }
        let means = try BureauProcess.Source.allCases.map { source in
            let values = try #require(scores[source])
            return values.reduce(0, +) / Double(values.count)
        }
        #expect(means[1] > means[0] + 5)
    }

    @Test("Of some obligors the trade register finds less than they declare, and always the same")
    func registersDisagreeWithDeclarations() throws {
        var declared: [(capital: Double, employees: Double)] = []
        for chapter in try Self.chapters.get() where !chapter.history.isComeback {
            let found = chapter.reports.compactMap(\.registered)
            #expect(found.count == chapter.reports.count { $0.source == .tradeRegister })
            guard let first = found.first else { continue }
            #expect(found.allSatisfy { $0 == first })
            #expect(first.employees <= chapter.member.employees)
            let capital = chapter.member.declaredCapital * 100 / Double(first.capital)
            declared.append((capital, Double(chapter.member.employees) / Double(first.employees)))
        }
        let most = BureauProcess.Registered.factor.most
        // Thousands are whole, so that the factor is met to two in a hundred.
        #expect(declared.allSatisfy { $0.capital >= 1 && $0.capital <= most * 1.1 })
        for share in [declared.count { $0.capital > 1.4 }, declared.count { $0.employees > 1.4 }] {
            let expected = Double(declared.count) * BureauProcess.Registered.overstating
            #expect(
                abs(Double(share) - expected) < 4 * expected.squareRoot(), "\(share) of \(declared.count)")
        }
    }

    @Test func eventsAreHeardOfAfterTheyHappen() throws {
        let events = try Self.chapters.get().flatMap(\.events)
        #expect(events.allSatisfy { $0.known > $0.occurred })
        #expect(Set(events.map(\.kind)).count >= 10)
    }
}
