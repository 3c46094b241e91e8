import Foundation
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
}
