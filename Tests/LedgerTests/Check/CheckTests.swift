import Foundation
import Parallelism
import Statistics
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite("Each check fires, and says where")
struct CheckTests {
    /// A small sound ledger by file; a case replaces or adds lines.
    private static let sound: [RecordKind: [String]] = [
        .obligors: [
            "obligor,name,currency,registered_capital,onboarded,known,founded", "a,A,EUR,10,2024-01-01,,",
            "b,B,,,2024-01-01,,2001-05-06",
        ],
        .orders: ["order,obligor,ordered,amount,currency,known", "o,b,2024-01-05,50,EUR,"],
        .deliveries: ["delivery,obligor,order,delivered,known", "d,b,o,2024-01-06,"],
        .events: ["event,obligor,occurred,kind,known", "e,a,2024-01-05,lawsuit,"],
        .statements: [
            "statement,obligor,period_end,published,audited,known", "s,a,2022-12-31,2023-03-01,yes,",
        ],
        .invoices: [
            "invoice,obligor,issued,due,amount,currency,contract,disputed_from,disputed_to,known",
            "i,a,2024-01-02,2024-02-01,100.5,EUR,,,,", "j,b,2024-01-03,2024-02-02,50,EUR,,,,",
        ],
        .payments: [
            "payment,obligor,paid,amount,currency,known", "p,a,2024-01-20,100.5,EUR,",
            "q,b,2024-01-21,20,EUR,",
        ],
        .allocations: ["payment,invoice,allocated,amount,known", "p,i,2024-01-20,100.5,"],
        .creditNotes: [
            "credit_note,obligor,issued,amount,currency,invoice,known", "n,b,2024-01-25,10,EUR,j,",
        ],
        .links: ["supplier,buyer,share_of_trade,exposure,currency,from,to,known", "a,b,0.5,,,2024-01-01,,"],
        .rates: ["day,currency,base,rate,known", "2024-01-01,USD,EUR,0.9,"],
    ]

    private static func folder(
        _ change: (RecordKind, String)? = nil, header: String? = nil
    ) throws
        -> TemporaryFolder
    {
        let folder = try TemporaryFolder()
        try folder.write(#"{"formatVersion": 1, "baseCurrency": "EUR"}"#, to: "ledger.json")
        for (kind, lines) in sound {
            var lines = lines
            if let (changed, line) = change, changed == kind {
                if let header { lines[0] = header } else { lines.append(line) }
            }
            try folder.write(lines.joined(separator: "\n") + "\n", to: "\(kind.fileName).csv")
        }
        return folder
    }

    private func report(_ folder: TemporaryFolder, _ policy: CheckPolicy = .standard) throws -> CheckReport {
        do throws(LedgerError) {
            return try TradeLedger.read(from: LedgerFolder(folder.url), policy: policy).report
        } catch {
            guard case .refused(let report) = error else { throw error }
            return report
        }
    }

    @Test("A sound ledger has nothing wrong")
    func nothing() throws {
        #expect(try report(Self.folder()).entries == [])
    }

    private static let cases: [(CheckKind, RecordKind, String, String?)] = [
        (.duplicate, .invoices, "i,a,2024-01-02,2024-02-01,100.5,EUR,,,,", "invoice"),
        (.duplicate, .obligors, "a,again,,,2024-01-01,,", "obligor"),
        (.duplicate, .rates, "2024-01-01,USD,EUR,0.8,", nil),
        (.duplicate, .links, "a,b,0.5,,,2024-01-01,,", nil),
        (.duplicate, .allocations, "p,i,2024-01-20,100.5,", nil),
        (.missingValue, .invoices, "k,a,2024-01-02,,100.5,EUR,,,,", "due"),
        (.missingValue, .invoices, ",a,2024-01-02,2024-02-01,100.5,EUR,,,,", "invoice"),
        (.orphanObligor, .invoices, "k,c,2024-01-02,2024-02-01,100.5,EUR,,,,", "obligor"),
        (.orphanReference, .invoices, "k,a,2024-01-02,2024-02-01,100.5,EUR,none,,,", "contract"),
        (.orphanReference, .allocations, "p,none,2024-01-20,1,", "invoice"),
        (.reversedDates, .invoices, "k,a,2024-01-02,2024-01-01,100.5,EUR,,,,", "due"),
        (.reversedDates, .invoices, "k,a,2024-01-02,2024-02-01,9,EUR,,2024-03-01,2024-02-01,", "disputed_to"),
        (.knownTooEarly, .payments, "r,a,2024-01-20,1,EUR,2024-01-19", "known"),
        (.negativeAmount, .invoices, "k,a,2024-01-02,2024-02-01,-1,EUR,,,,", "amount"),
        (.zeroAmount, .payments, "r,a,2024-01-20,0,EUR,", "amount"),
        (.unknownCurrency, .payments, "r,a,2024-01-20,1,EUX,", "currency"),
        (.inexactAmount, .payments, "r,a,2024-01-20,1.005,EUR,", "amount"),
        (.inexactAmount, .payments, "r,a,2024-01-20,1.5,JPY,", "amount"),
        (.inexactAmount, .payments, "r,a,2024-01-20,1e15,EUR,", "amount"),
        (.overAllocation, .allocations, "p,i,2024-01-20,0.01,", "payment"),
        (.overAllocation, .creditNotes, "m,b,2024-01-25,41,EUR,j,", "amount"),
        (.mismatchedAllocation, .allocations, "q,i,2024-01-20,1,", "invoice"),
        (.mismatchedAllocation, .creditNotes, "m,a,2024-01-25,1,EUR,j,", "invoice"),
        (.selfLink, .links, "a,a,0.5,,,2024-01-01,,", "buyer"),
        (.gap, .payments, "r,a,2024-04-20,1,EUR,", "paid"),
        (.gap, .rates, "2024-03-01,USD,EUR,0.9,", "day"),
        (.reversedDates, .obligors, "c,C,,,2024-01-01,,2024-01-02", "onboarded"),
        (.reversedDates, .allocations, "q,j,2024-01-20,5,", "allocated"),
        (.reversedDates, .creditNotes, "m,b,2024-01-02,1,EUR,j,", "issued"),
        (.reversedDates, .deliveries, "e,b,o,2024-01-04,", "delivered"),
        (.badValue, .invoices, "k,a,2024-13-45,2024-02-01,100.5,EUR,,,,", "issued"),
        (.badValue, .invoices, "k,a,2024-01-02,2024-02-01,ten,EUR,,,,", "amount"),
        (.badValue, .obligors, "c,C,EUR,abc,2024-01-01,,", "registered_capital"),
        (.badValue, .links, "b,a,1.5,,,2024-02-01,,", "share_of_trade"),
        (.badValue, .events, "f,a,2024-01-05,party,", "kind"),
        (.badValue, .statements, "t,a,2023-12-31,2024-02-01,maybe,", "audited"),
    ]

    @Test(arguments: 0..<cases.count)
    func fires(index: Int) throws {
        let (check, kind, line, column) = Self.cases[index]
        let found = try report(Self.folder((kind, line))).entries
        let entry = try #require(found.first { $0.check == check }, "\(found.map(\.summary))")
        #expect(entry.severity == check.standard)
        #expect(entry.records == kind && entry.file == "\(kind.fileName).csv" && entry.column == column)
        #expect(entry.count == 1)
        #expect(entry.lines == [(Self.sound[kind]?.count ?? 0) + 1])
        #expect(found.filter { $0.severity == .error && $0.check != check } == [])
    }

    @Test("Repairs are made and recorded", arguments: 0..<cases.count)
    func repairs(index: Int) throws {
        let (check, kind, line, _) = Self.cases[index]
        guard let policy = CheckPolicy.standard.setting(check, to: .repair) else { return }
        let damaged = try Self.folder((kind, line))
        let checked = try TradeLedger.read(from: LedgerFolder(damaged.url), policy: policy)
        #expect(checked.repairs.contains { $0.check == check && $0.records == kind })
        #expect(!checked.report.hasErrors)
        #expect(checked.repairs.allSatisfy { $0.file == "\($0.records.fileName).csv" && $0.line > 1 })
        // What was repaired is sound: written and read again nothing is left of it.
        let folder = try TemporaryFolder()
        let writer = try LedgerFolderWriter(folder.file("l"), baseCurrency: .euro)
        try checked.ledger.write(to: writer)
        try writer.write(checked.repairs)
        try writer.finish(origin: [:])
        let again = try TradeLedger.read(from: LedgerFolder(folder.file("l"), verifyingDigests: true))
        #expect(again.report.entries.filter { $0.check == check } == [])
    }

    @Test("A repair leaves what the check says it leaves")
    func repairedValues() throws {
        func repaired(_ check: CheckKind, _ kind: RecordKind, _ line: String) throws -> TradeLedger {
            let policy = try #require(CheckPolicy.standard.setting(check, to: .repair))
            let folder = try Self.folder((kind, line))
            return try TradeLedger.read(from: LedgerFolder(folder.url), policy: policy).ledger
        }
        /// Whether exactly the sound records are left.
        func isLeftOut(_ check: CheckKind, _ kind: RecordKind, _ line: String) throws -> Bool {
            try repaired(check, kind, line).count(of: kind) == (Self.sound[kind]?.count ?? 0) - 1
        }
        let duplicate = try repaired(.duplicate, .invoices, "i,a,2024-01-02,2024-02-01,7,EUR,,,,")
        #expect(duplicate.invoices.of(0).map(\.amount.minorUnits) == [10_050])
        #expect(try isLeftOut(.missingValue, .invoices, "k,a,2024-01-02,,100.5,EUR,,,,"))
        #expect(try isLeftOut(.orphanObligor, .invoices, "k,c,2024-01-02,2024-02-01,100.5,EUR,,,,"))
        #expect(try isLeftOut(.negativeAmount, .invoices, "k,a,2024-01-02,2024-02-01,-1,EUR,,,,"))
        #expect(try isLeftOut(.zeroAmount, .payments, "r,a,2024-01-20,0,EUR,"))
        #expect(try isLeftOut(.unknownCurrency, .payments, "r,a,2024-01-20,1,EUX,"))
        #expect(try isLeftOut(.mismatchedAllocation, .allocations, "q,i,2024-01-21,1,"))
        #expect(try isLeftOut(.selfLink, .links, "a,a,0.5,,,2024-01-01,,"))
        #expect(try isLeftOut(.orphanReference, .allocations, "p,none,2024-01-20,1,"))
        #expect(try isLeftOut(.badValue, .invoices, "k,a,2024-13-45,2024-02-01,100.5,EUR,,,,"))
        // Known when it happened, or disputed until further notice: emptied, these would say more than was recorded.
        #expect(try isLeftOut(.badValue, .events, "f,a,2024-01-05,lawsuit,2024-13-45"))
        #expect(
            try isLeftOut(.badValue, .invoices, "k,a,2024-01-02,2024-02-01,9,EUR,,2024-01-09,2024-13-45,"))
        #expect(try isLeftOut(.mismatchedAllocation, .deliveries, "e,a,o,2024-01-06,"))
        let reference = try repaired(
            .orphanReference, .invoices, "k,a,2024-01-02,2024-02-01,100.5,EUR,none,,,")
        #expect(reference.invoices.of(0).last?.contract == nil && reference.count(of: .invoices) == 3)
        let reversed = try repaired(.reversedDates, .invoices, "k,a,2024-01-02,2024-01-01,9,EUR,,,,")
        #expect(reversed.invoices.of(0).last?.due.description == "2024-01-02")
        let allocated = try repaired(.reversedDates, .allocations, "q,j,2024-01-20,5,")
        #expect(allocated.allocations.of(1).map(\.allocated.description) == ["2024-01-21"])
        let early = try repaired(.knownTooEarly, .payments, "r,a,2024-01-25,1,EUR,2024-01-19")
        #expect(early.payments.of(0).map(\.known.description) == ["2024-01-20", "2024-01-25"])
        let exact = try repaired(.inexactAmount, .payments, "r,a,2024-01-25,1.236,EUR,")
        #expect(exact.payments.of(0).last?.amount.minorUnits == 124)
        #expect(try isLeftOut(.inexactAmount, .payments, "r,a,2024-01-20,1e15,EUR,"))
        #expect(try isLeftOut(.overAllocation, .allocations, "p,i,2024-01-20,0.01,"))
        let note = try repaired(.overAllocation, .creditNotes, "m,b,2024-01-25,41,EUR,j,")
        #expect(note.creditNotes.of(1).map(\.amount.minorUnits) == [1_000, 4_000])
        let value = try repaired(.badValue, .obligors, "c,C,EUR,abc,2024-01-01,,")
        #expect(value.obligorCount == 3 && value.obligors[2].registeredCapital == nil)
    }

    @Test("Every fault of a long ledger is counted, whatever the number of threads", arguments: [1, 3])
    func manyFaults(threads: Int) throws {
        let folder = try Self.folder()
        // Blocks are of a quarter of a megabyte: there are several.
        var invoices = [Self.sound[.invoices]?[0] ?? ""]
        var (bad, reversed) = ([Int](), [Int]())
        for number in 0..<30_000 {
            var (issued, due) = ("2024-01-0\(number % 9 + 1)", "2024-02-01")
            if number % 1_201 == 7 {
                due = "2024-02-31"
                bad.append(number + 2)
            } else if number % 997 == 5 {
                (issued, due) = (due, issued)
                reversed.append(number + 2)
            }
            invoices.append("n\(number),\(number % 2 == 0 ? "a" : "b"),\(issued),\(due),9.5,EUR,,,,")
        }
        try folder.write(invoices.joined(separator: "\n") + "\n", to: "invoices.csv")
        var payments = [Self.sound[.payments]?[0] ?? ""]
        payments += (0..<12).map { "p\($0),a,2024-01-20,\($0 < 11 ? "x" : "5"),EUR," }
        try folder.write(payments.joined(separator: "\n") + "\n", to: "payments.csv")
        for kind in [RecordKind.allocations, .creditNotes] {
            try folder.write((Self.sound[kind]?[0] ?? "") + "\n", to: "\(kind.fileName).csv")
        }
        var found: CheckReport?
        do throws(LedgerError) {
            _ = try TradeLedger.read(from: LedgerFolder(folder.url), workers: Workers(threads: threads))
        } catch {
            guard case .refused(let report) = error else { throw error }
            found = report
        }
        let report = try #require(found)
        #expect(
            report.entries.map { "\($0.check.rawValue) \($0.file) \($0.column ?? "") \($0.count)" } == [
                "bad-value invoices.csv due \(bad.count)", "bad-value payments.csv amount 11",
                "reversed-dates invoices.csv due \(reversed.count)",
            ])
        #expect(bad.count == 25 && reversed.count > 25)
        #expect(report.entries[0].lines == Array(bad.prefix(CheckReport.linesShown)))
        #expect(report.entries[1].lines == Array(2...11))
        #expect(report.entries[2].lines == Array(reversed.prefix(CheckReport.linesShown)))
        #expect(report.count(.error) == 36 && report.count(.warning) == reversed.count)
    }

    @Test("More is allocated than there is: each thread finds what its obligors have", arguments: [1, 3])
    func overAllocationAcrossBlocks(threads: Int) throws {
        let folder = try TemporaryFolder()
        try folder.write(#"{"formatVersion": 1, "baseCurrency": "EUR"}"#, to: "ledger.json")
        var files = [
            "obligors": "obligor,onboarded\n", "invoices": "invoice,obligor,issued,due,amount\n",
            "payments": "payment,obligor,paid,amount\n",
            "allocations": "payment,invoice,allocated,amount\n",
        ]
        var lines: [Int] = []
        for number in 0..<1_500 {
            let id = "0000\(number)".suffix(5)
            files["obligors"]? += "\(id),2024-01-01\n"
            files["invoices"]? += "i\(id),\(id),2024-01-02,2024-02-01,10\n"
            files["payments"]? += "p\(id),\(id),2024-01-20,10\n"
            let isTooMuch = number % 300 == 299
            if isTooMuch { lines.append(number + 2) }
            files["allocations"]? += "p\(id),i\(id),2024-01-20,\(isTooMuch ? 11 : 10)\n"
        }
        for (name, text) in files { try folder.write(text, to: "\(name).csv") }
        let policy = try #require(CheckPolicy.standard.setting(.overAllocation, to: .repair))
        let checked = try TradeLedger.read(
            from: LedgerFolder(folder.url), policy: policy, workers: Workers(threads: threads))
        #expect(checked.repairs.map(\.line) == lines && lines.count == 5)
        #expect(checked.ledger.allocations.records.count == 1_500)
        #expect(checked.ledger.allocations.records.allSatisfy { $0.minorUnits == 1_000 })
    }

    @Test("All kinds of checks are among the cases, apart from those of files")
    func complete() {
        let covered = Set(Self.cases.map(\.0)).union([.unknownColumn, .alteredFile, .unlistedFile])
        #expect(covered == Set(CheckKind.allCases))
    }

    @Test("A column that nobody reads is named")
    func unknownColumn() throws {
        let found = try report(
            Self.folder((.payments, ""), header: "payment,obligor,paid,amount,currency,colour")
        ).entries
        #expect(found.map(\.check) == [.unknownColumn] && found.first?.column == "colour")
    }

    @Test("Line numbers count lines, not records")
    func lines() throws {
        let folder = try Self.folder()
        try folder.write(
            "obligor,name,onboarded\na,\"two\nlines\",2024-01-01\n\nb,B,2024-01-01\n,C,2024-01-01\n",
            to: "obligors.csv")
        let entry = try #require(try report(folder).entries.first)
        #expect(entry.check == .missingValue && entry.lines == [6])
    }

    @Test("Only what is allowed can be set")
    func policy() {
        #expect(CheckPolicy.standard.setting(.duplicate, to: .warning) == nil)
        #expect(CheckPolicy.standard.setting(.gap, to: .error)?[.gap] == .error)
        for check in CheckKind.allCases {
            #expect(check.allowed.contains(check.standard))
            #expect(check.allowed.contains(.repair) == (check.repair != nil))
        }
    }

    @Test("Damaged ledger files give a ledger or a typed error", arguments: 0..<40)
    func hostile(seed: Int) throws {
        let folder = try Self.folder()
        var mutator = Mutator(
            SeededGenerator(seed: UInt64(seed)),
            splices: [
                "\"", ",", "\n", "\r\n", "2024-13-45", "0000-01-01", "9999-12-31", "-1", "1e308", "NaN",
                "9007199254740993", "EUR", "KWD", "a", "i", "{", "}", "2147483648", "known",
            ])
        var refused = 0
        for round in 0..<32 {
            let names = Self.sound.keys.map { "\($0.fileName).csv" }.sorted() + ["ledger.json"]
            let name = names[round % names.count]
            let original = try Data(contentsOf: folder.file(name))
            try Data(mutator.damaged(Array(original))).write(to: folder.file(name))
            do throws(LedgerError) {
                let ledger = try TradeLedger.read(from: LedgerFolder(folder.url), workers: .single).ledger
                for obligor in 0..<ledger.obligorCount {
                    _ = ledger.allocationHistory(of: obligor).openItems(asOf: AsOf(.never))
                    _ = try? ledger.defaultHistory(
                        of: obligor, by: .eba, rates: ledger.exchangeRates(), asOf: AsOf(.never))
                }
            } catch {
                refused += 1
                #expect(!"\(error)".isEmpty)
            }
            try original.write(to: folder.file(name))
        }
        #expect(refused > 8)
    }
}
