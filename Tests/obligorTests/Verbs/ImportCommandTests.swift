import Foundation
import Statistics
import TestSupport
import Testing

@testable import obligor

@Suite("Import and check from the command line")
struct ImportCommandTests {
    private static let mapping = """
        base_currency: EUR
        sources:
          - file: rows.csv
            records:
              obligors:
                earliest: onboarded
                fields: {obligor: who, onboarded: day}
              invoices:
                fields: {invoice: id, obligor: who, issued: day, due: due, amount: amount}
        """

    private func folder(_ rows: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(at: folder.file("in"), withIntermediateDirectories: true)
        try folder.write("id,who,day,due,amount\n" + rows, to: "in/rows.csv")
        try folder.write(Self.mapping, to: "mapping.yaml")
        return folder
    }

    private func imported(_ folder: TemporaryFolder, _ more: String...) -> Run {
        Run(
            [
                "import", folder.path("in"), "--mapping", folder.path("mapping.yaml"), "--out",
                folder.path("out"),
            ]
                + more)
    }

    @Test("A sound import gives a ledger that check accepts")
    func sound() throws {
        let folder = try folder("1,a,2024-01-02,2024-02-01,10.5\n2,b,2024-01-03,2024-02-02,7\n")
        let run = imported(folder)
        #expect(run.status == .done, "\(run.error)")
        #expect(run.output.contains("Nothing is wrong."))
        let check = Run("check", folder.path("out"))
        #expect(check.status == .done, "\(check.error)")
        #expect(check.output == run.output)
        let again = imported(folder)
        #expect(again.status == .failed && again.error.contains("already exists"))
        #expect(imported(folder, "--replace", "--pack", "--quiet").output.isEmpty)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).sorted()
                == ["invoices.csv.gz", "ledger.json", "obligors.csv.gz"])
    }

    @Test("Rows that become no record are shown")
    func passedOver() throws {
        let folder = try folder("1,a,2024-01-02,2024-02-01,10.5\n2,a,2024-01-03,2024-02-02,-7\n")
        let positive = Self.mapping.replacing(
            "invoices:\n", with: "invoices:\n        where: {column: amount, sign: positive}\n")
        try folder.write(positive, to: "mapping.yaml")
        let run = imported(folder, "--json")
        #expect(run.status == .done, "\(run.error)")
        let report = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
        let passed = try #require(report?["passedOver"] as? [[String: Any]])
        #expect(passed.map { $0["count"] as? Int } == [1, 1])
        #expect(passed.map { $0["reason"] as? String } == ["earliest", "where"])
        let shown = imported(folder, "--replace").output
        #expect(
            shown.contains("invoices     rows.csv     1  where: 'amount' is not what the rule takes"),
            "\(shown)")
    }

    @Test("Errors give status 3, a report, and no ledger")
    func errors() throws {
        let folder = try folder("1,a,2024-01-02,2024-02-01,10.5\n1,a,2024-01-03,2024-01-02,-7\n")
        let run = imported(folder)
        #expect(run.status == .badData)
        #expect(run.output.contains("negative-amount"))
        #expect(run.error.contains("rows.csv, line 3"))
        #expect(try folder.names == ["in", "mapping.yaml"])
        try folder.write(
            Self.mapping + "\nchecks: {negative-amount: repair, duplicate: repair}\n", to: "mapping.yaml")
        let repaired = imported(folder)
        #expect(repaired.status == .done, "\(repaired.error)")
        let repairs = try String(contentsOf: folder.file("out/repairs.csv"), encoding: .utf8)
        #expect(repairs.contains("negative-amount,invoices,rows.csv,3,amount,the record is left out"))
    }

    @Test("Check prints JSON, takes severities, and notices a changed file")
    func check() throws {
        let folder = try folder("1,a,2024-01-02,2024-01-01,10.5\n")
        #expect(imported(folder).status == .done)
        let warned = Run("check", folder.path("out"), "--json")
        #expect(warned.status == .done)
        let report = try JSONSerialization.jsonObject(with: Data(warned.output.utf8)) as? [String: Any]
        let entries = try #require(report?["entries"] as? [[String: Any]])
        #expect(entries.first?["check"] as? String == "reversed-dates")
        #expect(Run("check", folder.path("out"), "--treat", "reversed-dates=error").status == .badData)
        #expect(Run("check", folder.path("out"), "--treat", "duplicate=warning").status == .usage)
        #expect(Run("check", folder.path("out"), "--treat", "nonsense").status == .usage)
        let file = folder.file("out/invoices.csv")
        try Data((try String(contentsOf: file, encoding: .utf8).replacing("10.5", with: "11.5")).utf8).write(
            to: file)
        let changed = Run("check", folder.path("out"))
        #expect(changed.status == .badData && changed.output.contains("altered-file"))
    }

    @Test("What is not there is said")
    func missing() throws {
        let folder = try folder("")
        #expect(Run("check", folder.path("in")).status == .badData)
        try folder.write(Self.mapping.replacing("rows.csv", with: "none.csv"), to: "mapping.yaml")
        #expect(imported(folder).status == .usage)
        try folder.write(Self.mapping.replacing("due: due", with: "dew: due"), to: "mapping.yaml")
        #expect(imported(folder).status == .usage)
    }

    /// A layout whose files and columns are those of a ledger.
    private static let plainFiles = [
        "obligors": "obligor,onboarded\na,2024-01-01\nb,2024-01-01\n",
        "invoices": """
        invoice,obligor,issued,due,amount,currency,contract
        i,a,2024-01-02,2024-02-01,100.5,EUR,
        j,b,2024-01-03,2024-02-02,50,EUR,

        """,
        "payments": "payment,obligor,paid,amount,known\np,a,2024-01-20,100.5,\nq,b,2024-01-21,20,\n",
        "allocations": "payment,invoice,allocated,amount\np,i,2024-01-20,100.5\n",
        "links": "supplier,buyer,from\na,b,2024-01-01\n",
        "contracts": "contract,obligor,signed\nc,a,2024-01-01\n",
    ]

    /// A folder with such files, a line more in one of them, and their mapping.
    private func plainFolder(
        _ name: String? = nil, _ line: String = "", checks: String = ""
    ) throws
        -> TemporaryFolder
    {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(at: folder.file("in"), withIntermediateDirectories: true)
        var mapping = "base_currency: EUR\n" + checks + "sources:\n"
        for (file, text) in Self.plainFiles.sorted(by: { $0.key < $1.key }) {
            try folder.write(file == name ? text + line + "\n" : text, to: "in/\(file).csv")
            let columns = text.split(separator: "\n")[0].split(separator: ",")
            mapping += "  - file: \(file).csv\n    records:\n      \(file):\n        fields:\n"
            for column in columns { mapping += "          \(column): \(column)\n" }
        }
        try folder.write(mapping, to: "mapping.yaml")
        return folder
    }

    private static let faults: [(check: String, file: String, line: String)] = [
        ("duplicate", "invoices", "i,a,2024-01-02,2024-02-01,5,EUR,"),
        ("missing-value", "invoices", "k,a,2024-01-02,,5,EUR,"),
        ("bad-value", "invoices", "k,a,2024-01-32,2024-02-01,5,EUR,"),
        ("orphan-obligor", "invoices", "k,z,2024-01-02,2024-02-01,5,EUR,"),
        ("orphan-reference", "invoices", "k,a,2024-01-02,2024-02-01,5,EUR,z"),
        ("reversed-dates", "invoices", "k,a,2024-01-02,2024-01-01,5,EUR,"),
        ("known-too-early", "payments", "r,a,2024-01-20,5,2024-01-01"),
        ("negative-amount", "payments", "r,a,2024-01-20,-5,"),
        ("zero-amount", "payments", "r,a,2024-01-20,0,"),
        ("unknown-currency", "invoices", "k,a,2024-01-02,2024-02-01,5,EUX,"),
        ("inexact-amount", "payments", "r,a,2024-01-20,5.001,"),
        ("over-allocation", "allocations", "p,i,2024-01-21,1"),
        ("mismatched-allocation", "allocations", "q,i,2024-01-21,1"),
        ("self-link", "links", "b,b,2024-01-01"),
        ("gap", "payments", "r,a,2024-05-20,5,"),
    ]

    @Test("Each fault that is an error stops the import: status 3, what and where, and nothing written")
    func everyFault() throws {
        for (check, file, line) in Self.faults {
            let folder = try plainFolder(file, line, checks: "checks: {\(check): error}\n")
            let run = imported(folder, "--json")
            #expect(run.status == .badData, "\(check): \(run.error)")
            let report = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
            let entries = try #require(report?["entries"] as? [[String: Any]])
            let entry = try #require(entries.first { $0["check"] as? String == check }, "\(check)")
            #expect(entry["severity"] as? String == "error" && entry["count"] as? Int == 1)
            #expect(entry["file"] as? String == "\(file).csv")
            let last = (Self.plainFiles[file] ?? "").split(separator: "\n").count + 1
            #expect(entry["lines"] as? [Int] == [last], "\(check)")
            #expect(run.error.contains("\(file).csv, line \(last)"), "\(check): \(run.error)")
            #expect(try folder.names == ["in", "mapping.yaml"])
        }
    }

    @Test("A ledger with such a fault is checked to the end, and nobody computes with it")
    func everyFaultInALedger() throws {
        for (check, file, line) in Self.faults {
            let folder = try plainFolder(file, line)
            try folder.write(#"{"formatVersion": 1, "baseCurrency": "EUR"}"#, to: "in/ledger.json")
            let strict = Run("check", folder.path("in"), "--json", "--treat", "\(check)=error")
            #expect(strict.status == .badData, "\(check): \(strict.error)")
            #expect(strict.output.contains("\"check\" : \"\(check)\""), "\(strict.output)")
            let usual = Run("check", folder.path("in"))
            #expect(usual.output.contains(check))
            let features = Run(
                "features", folder.path("in"), "--as-of", "2024-02-28", "--out", folder.path("panel.csv"))
            // All kinds of records are read for all features.
            #expect(features.status == usual.status, "\(check): \(features.error)")
            #expect(
                FileManager.default.fileExists(atPath: folder.path("panel.csv")) == (usual.status == .done))
        }
    }

    @Test("Damaged files give a ledger or a status that says why, and never half of one", arguments: 0..<6)
    func damaged(seed: Int) throws {
        var mutator = Mutator(
            SeededGenerator(seed: UInt64(seed)),
            splices: ["\"", ",", "\n", "2024-02-30", "-1", "1e308", "NaN", "a", "i", "EUX", "\0"])
        var refused = 0
        for round in 0..<20 {
            let folder = try plainFolder()
            let names = Self.plainFiles.keys.sorted()
            let file = folder.file("in/\(names[round % names.count]).csv")
            try Data(mutator.damaged(Array(try Data(contentsOf: file)))).write(to: file)
            let run = imported(folder)
            let left = try folder.names
            if run.status == .done {
                #expect(left == ["in", "mapping.yaml", "out"])
                // What warnings there are, the ledger that was written can be used.
                #expect(Run("check", folder.path("out")).status == .done)
            } else {
                refused += 1
                #expect([.badData, .usage].contains(run.status) && !run.error.isEmpty, "\(run.error)")
                #expect(left == ["in", "mapping.yaml"])
            }
        }
        #expect(refused > 3)
    }
}
