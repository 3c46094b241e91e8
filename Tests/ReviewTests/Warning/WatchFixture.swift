import Foundation
import Ledger
import Parallelism
import Simulation
import Tables
import TestSupport
import Vocabulary

@testable import Review

/// Ledgers to watch.
enum WatchFixture {
    /// The sample ledger.
    static func sample() throws -> LedgerFolder {
        try LedgerFolder(Golden.checkout.appending(path: "datasets/sample-ledger"))
    }

    /// A ledger of records given as lines of JSON.
    static func ledger(_ lines: [String]) throws -> TradeLedger {
        var journal = RecordJournal()
        for (number, line) in lines.enumerated() {
            _ = try journal.take(line, number: number + 1, watched: nil)
        }
        return try TradeLedger.read(
            from: JournaledLedger(journal, baseCurrency: .euro), scope: WatchEngine.scope
        ).ledger
    }

    /// An obligor as a line.
    static func obligor(_ id: String) -> String {
        #"{"record": "obligors", "obligor": "\#(id)", "industry": "retail", "onboarded": "2020-01-01"}"#
    }

    /// A weekly invoice for 100 EUR with 30 days to pay, and its payment so many days after the due day.
    ///
    /// - Parameter delay: By number of the invoice; `nil` is never paid.
    static func weekly(
        _ id: String, weeks: Int, from first: String = "2020-01-06", amount: String = "100.00",
        currency: String = "EUR", delay: (Int) -> Int?
    ) -> [String] {
        guard let start = CalendarDay(iso8601: first) else { return [] }
        return (0..<weeks).flatMap { week -> [String] in
            let issued = start.adding(days: 7 * week)
            let due = issued.adding(days: 30)
            var lines = [
                #"{"record": "invoices", "invoice": "\#(id)-\#(week)", "obligor": "\#(id)", "issued": "\#(issued)", "#
                    + #""due": "\#(due)", "amount": "\#(amount)", "currency": "\#(currency)"}"#
            ]
            if let delay = delay(week) {
                let paid = due.adding(days: delay)
                lines.append(
                    #"{"record": "payments", "payment": "\#(id)-P\#(week)", "obligor": "\#(id)", "paid": "\#(paid)", "#
                        + #""amount": "\#(amount)", "currency": "\#(currency)"}"#)
                lines.append(
                    #"{"record": "allocations", "payment": "\#(id)-P\#(week)", "invoice": "\#(id)-\#(week)", "#
                        + #""allocated": "\#(paid)", "amount": "\#(amount)"}"#)
            }
            return lines
        }
    }

    static func day(_ text: String) -> CalendarDay { CalendarDay(iso8601: text) ?? .never }
}

/// What was known of a ledger by the end of a day, and no more.
struct EarlierLedger: LedgerSource {
    let base: LedgerFolder
    let day: CalendarDay

    var baseCurrency: Currency { base.baseCurrency }

    func faults(_ policy: CheckPolicy) -> [CheckReport.Entry] { [] }

    func forEachBlock<Output: Sendable>(
        of kind: RecordKind, in scope: LedgerScope, workers: Workers,
        _ transform: @Sendable (RecordBlock) -> Output, handOn: (Output) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        try base.forEachBlock(of: kind, in: scope, workers: workers) { block in
            transform(
                RecordBlock(table: known(block.table, kind), file: block.file, lines: .regular(from: 2)))
        } handOn: { (output) throws(LedgerError) in
            try handOn(output)
        }
    }

    private func known(_ table: Table, _ kind: RecordKind) -> Table {
        let other = kind.fields.compactMap { field -> String? in
            if case .known(let other) = field.content { return other }
            return nil
        }.first
        func days(_ name: String?) -> [CalendarDay]? {
            guard let name, case .day(let days)? = table[name]?.values else { return nil }
            return days
        }
        let (stated, happened) = (days("known"), days(other))
        let kept = (0..<table.rowCount).filter { row in
            let said = stated.map { $0[row] } ?? Column.missingDay
            let known = said == Column.missingDay ? happened?[row] ?? said : said
            return known <= day
        }
        let rest = table.gathered(kept)
        // Ends and disputes become known on days of their own.
        let later: Set = ["disputed_from", "disputed_to", "cancelled", "valid_to", "to"]
        let columns = rest.columns.map { column -> Column in
            guard later.contains(column.name), case .day(let days) = column.values else { return column }
            return Column(
                name: column.name, values: .day(days.map { $0 > day ? Column.missingDay : $0 }))
        }
        return (try? Table(columns: columns)) ?? rest
    }
}
