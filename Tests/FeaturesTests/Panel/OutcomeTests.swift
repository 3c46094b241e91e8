import Ledger
import Parallelism
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Features

@Suite("Outcomes are what came after")
struct OutcomeTests {
    private static func table(_ panel: Panel) throws -> [(table: Table, row: Int)] {
        try (0..<panel.tableCount).flatMap { index in
            let table = try panel.table(index)
            return (0..<table.rowCount).map { (table, $0) }
        }
    }

    private static func text(_ table: Table, _ name: String, _ row: Int) throws -> String? {
        switch try table.column(named: name).values {
        case .text(let values): values[row]
        case .day(let days): days[row].description
        case .category(let codes, let levels):
            codes[row] == Column.missingCode ? nil : levels[Int(codes[row])]
        default: nil
        }
    }

    private static func number(_ table: Table, _ name: String, _ row: Int) throws -> Double {
        let column = try table.column(named: name)
        return (column.doubles ?? [])[row]
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func ofObligorsAsALoopFindsThem(seed: UInt64) throws {
        let plain = PlainLedger.random(seed: seed)
        let ledger = try plain.tradeLedger()
        let end = try #require(ledger.span?.upperBound)
        let window = try #require(PerformanceWindow(months: 6))
        let dates = [18_700, 19_000, 19_300, 19_650].map { CalendarDay(daysSince1970: $0) }
        var options = PanelOptions(.days(dates), window: window)
        options.features = try PanelOptions.features(["open_amount"], for: options.occasion)
        let panel = try Panel(of: ledger, options, default: .tradeCredit, workers: .single)
        #expect(panel.observedUntil == end)
        let last = Int(end.daysSince1970)
        let world = plain.known(by: last)
        let books = PlainBooks(world)
        let defaults = PlainDefaults(world, books, .tradeCredit)
        var statuses: Set<String> = []
        for (table, row) in try Self.table(panel) {
            let id = try #require(try Self.text(table, "obligor", row))
            let day = try #require(CalendarDay(iso8601: try Self.text(table, "as_of", row) ?? ""))
            let (start, stop) = (Int(day.daysSince1970), Int(day.adding(months: 6).daysSince1970))
            let seen = (start + 1)...min(stop, last)
            let isComplete = stop <= last
            let spells = defaults.spells(of: id, until: last)
            let entry = spells.map(\.start).filter(seen.contains).min()
            let status = try #require(try Self.text(table, "outcome", row))
            statuses.insert(status)
            #expect(status == (isComplete ? "complete" : "incomplete"))
            let defaulted = try Self.number(table, "defaulted", row)
            if entry != nil { #expect(defaulted == 1) }
            if entry == nil { #expect(isComplete ? defaulted == 0 : defaulted.isNaN) }
            expectClose(
                try Self.number(table, "days_to_default", row), entry.map { Double($0 - start) }.orNaN)
            #expect(try Self.number(table, "days_observed", row) == Double(seen.upperBound - start))
            let grades = world.ratings.filter { $0.obligor == id && seen.contains($0.date) }
            let graded = isComplete ? grades.max { $0.date < $1.date }?.grade.rawValue : nil
            #expect(try Self.text(table, "next_grade", row) == (entry != nil ? "D" : graded))
            let features = PlainFeatures(world, id, asOf: last, books: books, spells: [:])
            let due = features.invoices.filter { seen.contains($0.due) }
            let share = features.over(features.onTime(due), due.map(features.amount).reduce(0, +))
            let lateShare = try Self.number(table, "late_share", row)
            expectClose(lateShare, isComplete ? 1 - share : .nan, absolute: 1e-12)
            #expect(lateShare.isNaN || (0...1).contains(lateShare))
        }
        #expect(statuses.contains("complete"))
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func anInvoicesRowIsTheRowOfItsDay(seed: UInt64) throws {
        let plain = PlainLedger.random(seed: seed, obligors: 3)
        let ledger = try plain.tradeLedger()
        let window = try #require(PerformanceWindow(months: 12))
        let panel = try Panel(
            of: ledger, PanelOptions(.invoiceIssue, window: window), default: .tradeCredit, workers: .single)
        let rows = try Self.table(panel)
        #expect(rows.count == plain.invoices.count)
        var options = PanelOptions(
            .days(Set(plain.invoices.map(\.known)).sorted().map { CalendarDay(daysSince1970: Int32($0)) }),
            window: window)
        let names = FeatureCatalogue.atInvoice.filter { $0.group != .invoice }.map(\.name)
        options.features = try PanelOptions.features(names, for: options.occasion)
        let days = try Self.table(
            try Panel(of: ledger, options, default: .tradeCredit, workers: .single))
        var byKey: [String: (table: Table, row: Int)] = [:]
        for (table, row) in days {
            let key =
                "\(try Self.text(table, "obligor", row) ?? "") \(try Self.text(table, "as_of", row) ?? "")"
            byKey[key] = (table, row)
        }
        var compared = 0
        for (table, row) in rows {
            let id = try #require(try Self.text(table, "invoice", row))
            let invoice = try #require(plain.invoices.first { $0.id == id })
            let day = try Self.text(table, "as_of", row) ?? ""
            #expect(day == CalendarDay(daysSince1970: Int32(invoice.known)).description)
            #expect(try Self.number(table, "invoice_terms", row) == Double(invoice.due - invoice.issued))
            guard let other = byKey["\(invoice.obligor) \(day)"] else { continue }
            compared += 1
            for name in names {
                let (x, y) = (
                    try Self.number(table, name, row), try Self.number(other.table, name, other.row)
                )
                expectClose(x, y, relative: 1e-12, name)
            }
        }
        #expect(compared > 30)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func ofInvoicesAsALoopFindsThem(seed: UInt64) throws {
        let plain = PlainLedger.random(seed: seed, obligors: 4)
        let ledger = try plain.tradeLedger()
        let end = try #require(ledger.span?.upperBound)
        let window = try #require(PerformanceWindow(months: 3))
        let panel = try Panel(
            of: ledger, PanelOptions(.invoiceIssue, window: window), default: .tradeCredit, workers: .single)
        let world = plain.known(by: Int(end.daysSince1970))
        let books = PlainBooks(world)
        var late = 0
        for (table, row) in try Self.table(panel) {
            let id = try Self.text(table, "invoice", row) ?? ""
            let invoice = try #require(plain.invoices.first { $0.id == id })
            let movements = books.movements.filter { $0.invoice.id == id }
            let isSettled = movements.map(\.units).reduce(0, +) == invoice.amount.units
            let settled = movements.map(\.day).max() ?? 0
            let isComplete = isSettled || invoice.due < Int(end.daysSince1970)
            #expect(try Self.text(table, "outcome", row) == (isComplete ? "complete" : "incomplete"))
            let isLate = !isSettled || settled > invoice.due
            let expected = isComplete ? (isLate ? 1 : 0) : Double.nan
            expectClose(try Self.number(table, "paid_late", row), expected, "\(id)")
            expectClose(
                try Self.number(table, "days_late", row),
                isSettled ? Double(settled - invoice.due) : .nan, "\(id)")
            if expected == 1 { late += 1 }
        }
        #expect(late > 5)
    }

    /// One obligor that always pays ten days late, and one that stops paying in the summer of 2023; the ledger ends
    /// with that year.
    private static var twoObligors: PlainLedger {
        var plain = PlainLedger()
        let first = PlainLedger.firstDay + 730
        plain.obligors = ["A", "B"].map { .init(id: $0, onboarded: first, known: first) }
        for month in 0..<24 {
            for id in ["A", "B"] {
                let issued = first + 30 * month
                plain.invoices.append(
                    .init(
                        id: "\(id)\(month)", obligor: id, issued: issued, due: issued + 20,
                        amount: .init(units: 100_000), known: issued))
                let paid = issued + 30
                guard id == "A" || month < 18, paid <= PlainLedger.lastDay else { continue }
                plain.payments.append(
                    .init(
                        id: "P\(id)\(month)", obligor: id, paid: paid, amount: .init(units: 100_000),
                        known: paid))
            }
        }
        return plain
    }

    @Test func windowsThatTheLedgerCutsShortAreIncomplete() throws {
        let plain = Self.twoObligors
        let window = try #require(PerformanceWindow(months: 6))
        let end = CalendarDay(daysSince1970: Int32(PlainLedger.lastDay))
        // The first window ends in time, the second does not.
        let days = [end.adding(months: -6), end.adding(months: -3)]
        var options = PanelOptions(.days(days), window: window)
        options.features = try PanelOptions.features(["open_amount"], for: options.occasion)
        options.observedUntil = end
        let panel = try Panel(of: try plain.tradeLedger(), options, default: .tradeCredit, workers: .single)
        var found: [String: [String]] = [:]
        for (table, row) in try Self.table(panel) {
            let key =
                "\(try Self.text(table, "obligor", row) ?? "") \(try Self.text(table, "as_of", row) ?? "")"
            found[key] = [
                try Self.text(table, "outcome", row) ?? "",
                "\(try Self.number(table, "defaulted", row))",
                "\(try Self.number(table, "days_to_default", row))",
                "\(try Self.number(table, "days_observed", row))",
                "\(try Self.number(table, "late_share", row))",
            ]
        }
        // Invoice 18 of B is due on day 730 + 540 + 20 of the four years and in default after 90 days past due.
        let entry = PlainLedger.firstDay + 730 + 540 + 20 + 91
        func until(_ day: CalendarDay) -> String { "\(Double(entry - Int(day.daysSince1970)))" }
        let observed = days.map { "\(Double(min(end, $0.adding(months: 6)).days(since: $0)))" }
        // A paid late throughout: of what is censored, no share is told and no default is denied.
        #expect(found["A \(days[0])"] == ["complete", "0.0", "nan", observed[0], "1.0"])
        #expect(found["A \(days[1])"] == ["incomplete", "nan", "nan", observed[1], "nan"])
        // B's default is seen although the window is not complete.
        #expect(found["B \(days[0])"] == ["complete", "1.0", until(days[0]), observed[0], "1.0"])
        #expect(found["B \(days[1])"] == ["incomplete", "1.0", until(days[1]), observed[1], "nan"])
    }

    @Test func lateInvoicesAreKnownOnTheDayAfterTheyWereDue() throws {
        let plain = Self.twoObligors
        let window = try #require(PerformanceWindow(months: 3))
        var options = PanelOptions(.invoiceIssue, window: window)
        options.features = try PanelOptions.features(["invoice_amount"], for: .invoiceIssue)
        let panel = try Panel(of: try plain.tradeLedger(), options, default: .tradeCredit, workers: .single)
        // Every invoice is late. Whatever the cut, what was due before it trains, paid or not.
        for cut in [600, 615, 640] {
            let day = PlainLedger.firstDay + 730 + cut
            let split = try #require(PanelSplit(cut: CalendarDay(daysSince1970: Int32(day))))
            let rows = try (0..<panel.tableCount).flatMap { index in
                let table = try panel.table(index, part: (split, .train))
                return try (0..<table.rowCount).compactMap { try Self.text(table, "invoice", $0) }
            }
            #expect(Set(rows) == Set(plain.invoices.filter { $0.due + 1 < day }.map(\.id)))
        }
    }
}
