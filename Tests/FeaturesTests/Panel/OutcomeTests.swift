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
        var statuses: Set<String> = []
        for (table, row) in try Self.table(panel) {
            let id = try #require(try Self.text(table, "obligor", row))
            let day = try #require(CalendarDay(iso8601: try Self.text(table, "as_of", row) ?? ""))
            let (start, stop) = (Int(day.daysSince1970), Int(day.adding(months: 6).daysSince1970))
            let seen = (start + 1)...min(stop, last)
            let isComplete = stop <= last
            let place = try #require(ledger.place(of: ObligorID(id)))
            let spells = try ledger.defaultHistory(
                of: place, by: .tradeCredit, rates: ledger.exchangeRates(), asOf: AsOf(end)
            ).spells(asOf: AsOf(end))
            let entry = spells.map { Int($0.start.daysSince1970) }.filter(seen.contains).min()
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
            #expect(
                try Self.text(table, "next_grade", row) == grades.max { $0.date < $1.date }?.grade.rawValue)
            let features = PlainFeatures(world, id, asOf: last, books: books, spells: [:])
            let due = features.invoices.filter { seen.contains($0.due) }
            let paid = features.parts.filter {
                seen.contains($0.invoice.due) && $0.day <= $0.invoice.due
            }
            let share = features.over(
                paid.map(features.weight).reduce(0, +), due.map(features.amount).reduce(0, +))
            expectClose(
                try Self.number(table, "late_share", row), isComplete ? 1 - share : .nan, absolute: 1e-12)
        }
        #expect(statuses.contains("complete") && statuses.isSubset(of: ["complete", "incomplete"]))
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
            let limit = CalendarDay(daysSince1970: Int32(invoice.due)).adding(months: 3)
            let isComplete = isSettled || limit <= end
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
}
