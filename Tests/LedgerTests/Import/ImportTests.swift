import Foundation
import Parallelism
import Statistics
import StrictYAML
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Ledger

@Suite("Mappings turn foreign files into ledgers")
struct ImportTests {
    private static func mapping(_ yaml: String) throws(LedgerError) -> Mapping {
        do throws(YAMLError) {
            return try Mapping(YAMLReader().read(yaml), named: "mapping.yaml")
        } catch {
            throw .yaml(error)
        }
    }

    private func imported(_ files: [String: String], _ yaml: String) throws -> CheckedLedger {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.write(text, to: name) }
        let mapping = try Self.mapping(yaml)
        return try TradeLedger.read(
            from: MappedSource(folder.url, mapping: mapping), policy: mapping.policy)
    }

    private static let german = """
        base_currency: EUR
        checks:
          reversed-dates: error
        sources:
          - file: belege.csv
            dates: dayMonthYear
            decimal_mark: comma
            delimiter: semicolon
            missing: ["-"]
            records:
              obligors:
                earliest: onboarded
                fields: {obligor: {column: Kunde, prefix: "DE-", drop_suffix: ".0"}, onboarded: Datum}
              invoices:
                where: {column: Betrag, sign: positive}
                fields:
                  invoice: Beleg
                  obligor: {column: Kunde, prefix: "DE-", drop_suffix: ".0"}
                  issued: Datum
                  due: {column: Datum, plus_days: 30}
                  amount: {column: Betrag, times: 1000}
                  currency: {constant: EUR}
                  disputed_from: {column: Datum, when: {column: Status, is: [strittig]}}
              credit_notes:
                where: {column: Betrag, sign: negative}
                fields:
                  credit_note: Beleg
                  obligor: {column: Kunde, prefix: "DE-", drop_suffix: ".0"}
                  issued: Datum
                  amount: {column: Betrag, sign: inverted, }
              events:
                where: {column: Grund, present: true}
                fields:
                  event: Beleg
                  obligor: {column: Kunde, prefix: "DE-", drop_suffix: ".0"}
                  occurred: Datum
                  kind: {column: Grund, values: {INS: insolvency}, otherwise: other}
        """

    private static let rows = """
        Beleg;Kunde;Datum;Betrag;Status;Grund
        001;07.0;15.02.2024;1,2345;offen;-
        002;07.0;03.01.2024;-5,25;offen;INS
        003;08;31.01.2024;2;strittig;XYZ

        """

    @Test("Everything that the language has")
    func language() throws {
        let ledger = try imported(["belege.csv": Self.rows], Self.german).ledger
        #expect(ledger.obligors.map(\.id.text) == ["DE-07", "DE-08"])
        #expect(ledger.obligors.map(\.onboarded.description) == ["2024-01-03", "2024-01-31"])
        #expect((0..<2).map { ledger.id(ofInvoice: $0) } == ["001", "003"])
        #expect(ledger.invoices.records.map(\.amount.minorUnits) == [123_450, 200_000])
        #expect(ledger.invoices.records.map(\.due.description) == ["2024-03-16", "2024-03-01"])
        #expect(
            ledger.invoices.records.map {
                $0.firstDisputed(asOf: AsOf(CalendarDay(daysSince1970: 30_000)))?.description
            }
                == [nil, "2024-01-31"])
        #expect(ledger.creditNotes.records.map(\.amount.description) == ["5.25 EUR"])
        #expect(ledger.events.records.map(\.event) == [.insolvency, .other])
    }

    @Test("What a mapping passes over is counted")
    func passedOver() throws {
        let report = try imported(["belege.csv": Self.rows], Self.german).report
        let found = report.passedOver.map { "\($0.records) \($0.reason.rawValue) \($0.column) \($0.count)" }
        #expect(
            found == [
                "obligors earliest onboarded 1", "invoices where Betrag 1", "creditNotes where Betrag 2",
                "events where Grund 1",
            ])
        #expect(report.passedOver.allSatisfy { $0.file == "belege.csv" })
        // Every row is a record of each kind that the mapping makes of it, or is counted.
        for kind in [RecordKind.obligors, .invoices, .creditNotes, .events] {
            let passed = report.passedOver.filter { $0.records == kind }.map(\.count).reduce(0, +)
            #expect(report.recordCounts[kind.rawValue, default: 0] + passed == 3)
        }
    }

    @Test("Columns that no rule reads are named")
    func columnsLeftAlone() throws {
        let lines = Self.rows.split(separator: "\n").map(String.init)
        let rows = lines.enumerated().map { "\($1)\($0 == 0 ? ";Notiz" : ";x")" }.joined(separator: "\n")
        let report = try imported(["belege.csv": rows], Self.german).report
        #expect(
            report.entries.map { "\($0.check.rawValue) \($0.file) \($0.column ?? "")" } == [
                "unknown-column belege.csv Notiz"
            ])
        #expect(try imported(["belege.csv": Self.rows], Self.german).report.entries.isEmpty)
    }

    @Test("Rows are counted the same for any cut into blocks", arguments: [1, 3])
    func passedOverInManyBlocks(threads: Int) throws {
        let folder = try TemporaryFolder()
        var rows = "Beleg;Kunde;Datum;Betrag;Status;Grund\n"
        for number in 0..<40_000 {
            rows += "\(number);\(number % 700);15.02.2024;\(number % 4 == 0 ? "-" : "")5,25;offen;-\n"
        }
        try folder.write(rows, to: "belege.csv")
        let mapping = try Mapping(YAMLReader().read(Self.german), named: "mapping.yaml")
        let report = try TradeLedger.read(
            from: MappedSource(folder.url, mapping: mapping), policy: mapping.policy,
            workers: Workers(threads: threads)
        ).report
        #expect(report.passedOver.map(\.count) == [39_300, 10_000, 30_000, 40_000])
    }

    /// What an import is refused for: check, line and field of each entry.
    private func refusal(_ rows: String, _ yaml: String) throws -> [String] {
        let folder = try TemporaryFolder()
        try folder.write(rows, to: "belege.csv")
        let mapping = try Self.mapping(yaml)
        do throws(LedgerError) {
            let report = try TradeLedger.read(
                from: MappedSource(folder.url, mapping: mapping), policy: mapping.policy
            ).report
            return report.entries.map { "accepted \($0.check.rawValue)" }
        } catch {
            guard case .refused(let report) = error else { throw error }
            #expect(report.entries.allSatisfy { $0.file == "belege.csv" })
            return report.entries.filter { $0.severity == .error }.map {
                "\($0.check.rawValue) \($0.records?.rawValue ?? "") \($0.column ?? "") \($0.lines)"
            }
        }
    }

    @Test("Faults name the foreign file, their lines and what they were to be, all of them")
    func places() throws {
        var rows = Self.rows + "004;08;32.01.2024;2;offen;-\n005;09;31.02.2024;3;offen;-\n"
        let all = try refusal(rows, Self.german)
        #expect(
            all == [
                "bad-value obligors onboarded [5, 6]", "bad-value invoices issued [5, 6]",
                "bad-value invoices due [5, 6]",
                // Its obligor is among those that cannot be used.
                "orphan-obligor invoices obligor [6]",
            ])
        rows = Self.rows + "003;08;01.02.2024;2;offen;-\n"
        #expect(try refusal(rows, Self.german) == ["duplicate invoices invoice [5]"])
        let strict = Self.german.replacing(", otherwise: other", with: "")
        #expect(try refusal(Self.rows, strict) == ["bad-value events kind [4]"])
        // What decides whether a row is an invoice or a credit note cannot be read: it is neither, and no row gets
        // lost.
        rows = Self.rows + "004;08;05.01.2024;viel;offen;-\n"
        let undecided = try refusal(rows, Self.german)
        #expect(
            undecided == [
                "bad-value invoices  [5]", "bad-value invoices amount [5]", "bad-value credit_notes  [5]",
                "bad-value credit_notes amount [5]",
            ])
        // A value that a field has only in other rows is nobody's fault.
        let disputed = Self.german.replacing(
            "disputed_from: {column: Datum", with: "disputed_from: {column: Grund")
        #expect(try refusal(Self.rows.replacing("strittig;XYZ", with: "strittig;-"), disputed) == [])
        #expect(try refusal(Self.rows, disputed) == ["bad-value invoices disputed_from [4]"])
    }

    private static let scaled = """
        base_currency: EUR
        sources:
          - file: belege.csv
            delimiter: semicolon
            records:
              obligors:
                fields: {obligor: id, onboarded: since, employees: {column: staff, times: 10}}
              contracts:
                fields:
                  contract: id
                  obligor: id
                  signed: since
                  terms_days: {column: terms, times: 0.5}
                  credit_limit: {column: limit, times: 1000}
              payments:
                where: {column: limit, sign: positive}
                fields: {payment: id, obligor: id, paid: since, amount: limit}
        """

    @Test("Scaled numbers stay whole and within bounds, and decimal commas are one rule everywhere")
    func scaledNumbers() throws {
        let header = "id;since;staff;terms;limit\n"
        let ledger = try imported(
            ["belege.csv": header + "a;2024-01-01;5;60;1,5\nb;2024-01-01;;;2\n"], Self.scaled
        ).ledger
        #expect(ledger.obligors.map(\.employees) == [50, nil])
        #expect(ledger.contracts.records.map(\.termsDays) == [30, nil])
        #expect(ledger.contracts.records.map(\.creditLimit?.minorUnits) == [150_000, 200_000])
        #expect(ledger.payments.records.map(\.amount.minorUnits) == [150, 200])
        // Where commas separate fields they are no decimal marks.
        let commas = header.replacing(";", with: ",") + "a,2024-01-01,5,60,\"1,500\"\n"
        #expect(
            try refusal(commas, Self.scaled.replacing("semicolon", with: "comma")).contains(
                "bad-value payments amount [2]"))
        for (row, fault) in [
            // Beyond what a whole number holds, below zero, half a day, ten years and more.
            ("a;2024-01-01;922337203685477580;60;1", "bad-value obligors employees [2]"),
            ("a;2024-01-01;-5;60;1", "bad-value obligors employees [2]"),
            ("a;2024-01-01;5;61;1", "bad-value contracts terms_days [2]"),
            ("a;2024-01-01;5;-2;1", "bad-value contracts terms_days [2]"),
            ("a;2024-01-01;5;7302;1", "bad-value contracts terms_days [2]"),
            ("a;2024-01-01;5;60;1e308", "bad-value contracts credit_limit [2]"),
        ] {
            let faults = try refusal(header + row + "\n", Self.scaled)
            #expect(faults.contains(fault), "\(row): \(faults)")
        }
    }

    @Test("A mapping that cannot be used says why")
    func badMappings() throws {
        for (old, new) in [
            ("base_currency: EUR", "base_currency: XXX"), ("sign: positive", "sign: up"),
            ("earliest: onboarded", "earliest: name"), ("issued: Datum", "isued: Datum"),
            ("reversed-dates: error", "reversed-dates: never"), ("plus_days: 30", "plus_days: x"),
        ] {
            #expect(throws: YAMLError.self, "\(new)") {
                _ = try Mapping(YAMLReader().read(Self.german.replacing(old, with: new)), named: "m")
            }
        }
        #expect(throws: LedgerError.self) { _ = try imported([:], Self.german) }
        #expect {
            _ = try imported(["belege.csv": "Beleg;Kunde\n1;2\n"], Self.german)
        } throws: { error in
            guard case LedgerError.table(.missingColumn) = error else { return false }
            return true
        }
    }

    @Test("Damaged foreign files and mappings give a ledger or a typed error", arguments: 0..<20)
    func hostile(seed: Int) throws {
        var mutator = Mutator(
            SeededGenerator(seed: UInt64(seed)),
            splices: ["\"", ";", "\n", "32.01.2024", "-", "1e308", "NaN", ",", ": ", "{", "}", "- "])
        for round in 0..<40 {
            var rows = Array(Self.rows.utf8)
            var yaml = Array(Self.german.utf8)
            if round % 2 == 0 { rows = mutator.damaged(rows) } else { yaml = mutator.damaged(yaml) }
            let folder = try TemporaryFolder()
            try Data(rows).write(to: folder.file("belege.csv"))
            let mapping: Mapping
            do throws(YAMLError) {
                mapping = try Mapping(YAMLReader().read(yaml, named: "m"), named: "m")
            } catch {
                continue
            }
            do throws(LedgerError) {
                _ = try TradeLedger.read(
                    from: MappedSource(folder.url, mapping: mapping), policy: mapping.policy, workers: .single
                )
            } catch {
                #expect(!"\(error)".isEmpty)
            }
        }
    }

    private func shipped(_ name: String, _ folder: String) throws -> CheckedLedger {
        let mapping = try Mapping.read(Golden.checkout.appending(path: "datasets/mappings/\(name).yaml"))
        return try TradeLedger.read(
            from: MappedSource(SharedData.file("data/\(folder)"), mapping: mapping), policy: mapping.policy)
    }

    @Test("IBM's receivables", .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
    func ibm() throws {
        let checked = try shipped("invoices_ibm_ar", "invoices_ibm_ar")
        let ledger = checked.ledger
        #expect(checked.repairs.isEmpty)
        #expect(ledger.obligorCount == 100)
        #expect(ledger.count(of: .invoices) == 2466 && ledger.count(of: .payments) == 2466)
        let late = ledger.allocations.records.count { allocation in
            allocation.allocated > ledger.invoices.records[Int(allocation.invoice)].due
        }
        #expect(late == 877)
        let end = AsOf(CalendarDay(daysSince1970: 20_000))
        for obligor in 0..<100 {
            let history = ledger.allocationHistory(of: obligor)
            #expect(history.openItems(asOf: end).isEmpty && history.unallocated(asOf: end).isEmpty)
            #expect(history.all.allSatisfy { $0.isExplicit })
        }
        #expect(ledger.span?.upperBound.description == "2014-01-09")
    }

    @Test(
        "Open invoices in two currencies",
        .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
    func open() throws {
        let ledger = try shipped("invoices_b2b_open", "invoices_b2b_open").ledger
        #expect(ledger.count(of: .invoices) == 7020)
        #expect(ledger.obligorCount == 354)
        #expect(Set(ledger.invoices.records.map(\.amount.currency.code)) == ["USD", "CAD"])
        #expect(ledger.place(of: ObligorID("0200777735")) != nil)
    }
}
