import Foundation
import Ledger
import Parallelism
import Statistics
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Features

@Suite("Damaged ledgers give a panel or a typed error")
struct HostileLedgerTests {
    private static let files = [
        "obligors.csv": """
        obligor,industry,region,group,onboarded,currency,registered_capital,employees
        a,retail,north,G,2021-01-01,EUR,1000,5
        b,retail,south,G,2021-02-01,USD,2000.5,
        c,trade,,,2021-03-01,,,12

        """,
        "invoices.csv": """
        invoice,obligor,issued,due,amount,currency,disputed_from,disputed_to,known
        1,a,2021-01-10,2021-02-10,100.5,EUR,,,
        2,a,2021-03-10,2021-04-10,250,EUR,2021-03-20,2021-05-01,2021-03-12
        3,b,2021-02-10,2021-03-10,9000,USD,,,
        4,c,2021-04-10,2021-05-10,77,EUR,2021-05-01,,

        """,
        "payments.csv": """
        payment,obligor,paid,amount,currency,known
        p,a,2021-02-20,150,EUR,
        q,b,2021-03-01,9000,USD,2021-03-05

        """,
        "allocations.csv": """
        payment,invoice,allocated,amount
        p,1,2021-02-20,100.5
        q,3,2021-03-01,8000

        """,
        "credit_notes.csv": """
        credit_note,obligor,issued,amount,currency,invoice
        n,c,2021-04-20,7,EUR,4

        """,
        "rates.csv": """
        day,currency,base,rate
        2021-01-31,USD,EUR,0.9
        2021-02-28,USD,EUR,0.85
        2021-03-31,USD,EUR,0.8
        2021-04-30,USD,EUR,0.95
        2021-05-31,USD,EUR,0.9
        2021-06-30,USD,EUR,0.9

        """,
        "events.csv": """
        event,obligor,occurred,kind,known
        e,c,2021-05-01,lawsuit,2021-05-20

        """,
        "links.csv": """
        supplier,buyer,share_of_trade,exposure,from
        a,b,0.4,100,2021-02-01

        """,
    ]

    private func rows(of folder: TemporaryFolder, _ policy: CheckPolicy = .standard) throws -> Int {
        let ledger = try TradeLedger.read(
            from: LedgerFolder(folder.url), policy: policy, workers: .single
        ).ledger
        let window = try #require(PerformanceWindow(months: 3))
        let days = ["2021-04-30", "2021-06-30"].compactMap { CalendarDay(iso8601: $0) }
        var count = 0
        for occasion in [PanelOptions.Occasion.days(days), .invoiceIssue] {
            let panel = try Panel(
                of: ledger, PanelOptions(occasion, window: window), default: .eba, workers: .single)
            for index in 0..<panel.tableCount { count += try panel.table(index).rowCount }
        }
        return count
    }

    private func folder(_ files: [String: [UInt8]] = [:]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(#"{"formatVersion": 1, "baseCurrency": "EUR"}"#, to: "ledger.json")
        for (name, text) in Self.files {
            try Data(files[name] ?? Array(text.utf8)).write(to: folder.file(name))
        }
        return folder
    }

    @Test func soundOnesGiveRows() throws { #expect(try rows(of: folder()) == 10) }

    @Test(arguments: 0..<4)
    func mutations(seed: Int) throws {
        var mutator = Mutator(
            SeededGenerator(seed: UInt64(seed)),
            splices: [
                "\"", ",", "\n", "2021-02-30", "0001-01-01", "9999-12-31", "-", "1e15", "NaN", "JPY", "a",
                "b",
            ])
        var (good, refused) = (0, 0)
        for round in 0..<75 {
            let name = Self.files.keys.sorted()[(round + seed) % Self.files.count]
            let damaged = mutator.damaged(Array((Self.files[name] ?? "").utf8))
            do {
                _ = try rows(of: folder([name: damaged]))
                good += 1
            } catch is LedgerError {
                refused += 1
            } catch is FeatureError {
                refused += 1
            }
        }
        #expect(good > 0 && refused > 0)
    }

    @Test func tooMuchAllocatedIsAWarningIfTheUserSaysSo() throws {
        let text =
            "payment,invoice,allocated,amount\np,1,2021-02-20,100.5\np,2,2021-03-15,240\nq,3,2021-03-01,9000\n"
        let folder = try folder(["allocations.csv": Array(text.utf8)])
        #expect(throws: LedgerError.self) { try rows(of: folder) }
        let lenient = try #require(CheckPolicy.standard.setting(.overAllocation, to: .warning))
        #expect(try rows(of: folder, lenient) == 10)
    }
}
