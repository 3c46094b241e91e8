import Foundation
import Ledger
import Review
import Store
import TestSupport
import Testing

@testable import obligor

@Suite("Stores from the command line")
struct StoreCommandTests {
    private let folder: TemporaryFolder
    private var store: String { folder.path("store.db") }
    private static let sample = Golden.checkout.appending(path: "datasets/sample-ledger").path

    init() throws { folder = try TemporaryFolder() }

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

    /// A small ledger by way of a mapping, in the store.
    @discardableResult
    private func imported(
        _ rows: String = "1,a,2024-01-02,2024-02-01,10.5\n", _ more: String...
    ) throws -> Run {
        try FileManager.default.createDirectory(at: folder.file("in"), withIntermediateDirectories: true)
        try folder.write("id,who,day,due,amount\n" + rows, to: "in/rows.csv")
        try folder.write(Self.mapping, to: "mapping.yaml")
        return Run(
            ["import", folder.path("in"), "--mapping", folder.path("mapping.yaml"), "--store", store] + more)
    }

    @Test func aLedgerGoesIntoAStoreOnce() throws {
        let run = Run("import", Self.sample, "--store", store, "--by", "me")
        #expect(run.status == .done, "\(run.error)")
        #expect(run.output.contains("Nothing is wrong.") || run.output.contains("warning"))
        #expect(run.output.contains("records; new: "))
        let again = Run("import", Self.sample, "--store", store)
        #expect(again.status == .done && again.output.contains("holds this ledger already"), "\(again.error)")
        #expect(Run("import", Self.sample, "--store", store, "--quiet").output.isEmpty)
        let list = Run("audit", "list", store, "--json")
        let records = try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]]
        #expect(records?.count == 1 && records?.first?["author"] as? String == "me")
    }

    @Test func foreignFilesGoIntoAStoreDirectly() throws {
        let run = try imported()
        #expect(run.status == .done, "\(run.error)")
        #expect(try folder.names == ["in", "mapping.yaml", "store.db"])
        let ledger = try TradeLedger.read(from: SQLiteStore(folder.file("store.db")).ledger()).ledger
        #expect(ledger.count(of: .invoices) == 1)
        let both = try imported(
            "1,a,2024-01-02,2024-02-01,10.5\n2,b,2024-01-02,2024-02-01,7\n", "--out", folder.path("ledger"))
        #expect(both.status == .done, "\(both.error)")
        #expect(Run("import", folder.path("ledger"), "--store", store).output.contains("already"))
        let refused = try imported("1,a,2024-01-02,2024-02-01,-1\n")
        #expect(refused.status == .badData && refused.output.contains("negative-amount"))
        #expect(
            try TradeLedger.read(from: SQLiteStore(folder.file("store.db")).ledger()).ledger.count(
                of: .invoices) == 2)
        #expect(try folder.names.filter { $0.hasPrefix(".") }.isEmpty)
    }

    @Test func whatCannotBeDoneIsSaid() throws {
        #expect(Run("import", Self.sample).status == .usage)
        #expect(Run("import", Self.sample, "--out", folder.path("x")).status == .usage)
        #expect(Run("import", Self.sample, "--store", store, "--wait", "-1").status == .usage)
        #expect(Run("audit", "verify", store).status == .badData)
        #expect(Run("audit", "list", store, "--expect", "1:x").status == .usage)
        #expect(Run("audit", "verify", store, "--expect", "1:x").status == .usage)
        try folder.write("text", to: "store.db")
        #expect(Run("audit", "verify", store).status == .badData)
        #expect(Run("import", Self.sample, "--store", store).status == .badData)
        #expect(Run("backup", store, "--out", folder.path("b.db")).status == .badData)
        #expect(Run("approve", store, "1").status == .usage)
        #expect(Run("approve", store, "1", "--roll-back", "--by", "x", "--because", "y").status == .usage)
    }

    @Test func aStoreIsBackedUpVerifiedAndRestored() throws {
        try imported()
        let backup = Run("backup", store, "--out", folder.path("b.db"), "--by", "me")
        #expect(backup.status == .done, "\(backup.error)")
        let head = try #require(backup.output.firstMatch(of: /record is (\d+:[0-9a-f]{64})/)?.output.1)
        #expect(Run("backup", store, "--out", folder.path("b.db")).status == .failed)
        #expect(Run("backup", store, "--out", store, "--replace").status == .usage)
        let verified = Run("audit", "verify", store, "--expect", String(head))
        #expect(
            verified.status == .done && verified.output.contains("The last record is 2:"), "\(verified.error)"
        )
        let other = String(repeating: "0", count: 64)
        #expect(Run("audit", "verify", store, "--expect", "1:\(other)").status == .badData)
        #expect(Run("audit", "verify", store, "--expect", "99:\(other)").status == .badData)
        #expect(Run("restore", folder.path("b.db"), "--store", store).status == .failed)
        let restored = Run("restore", folder.path("b.db"), "--store", store, "--replace", "--by", "me")
        #expect(restored.status == .done, "\(restored.error)")
        #expect(Run("audit", "list", store, "--last", "1").output.contains("store restored"))
        #expect(Run("audit", "verify", store, "--expect", String(head)).status == .done)
    }

    @Test func modelsAreRegisteredAndApproved() throws {
        let bench = try Workbench()
        let gated = "gates: {minimumAUC: 0.55}\nfolds:"
        let recipe = try bench.recipe("folds:", gated)
        let data = bench.path("past.csv")
        let trained = Run(
            "train", recipe, "--data", data, "--out", bench.path("run"), "--register", store)
        #expect(trained.status == .done, "\(trained.error)")
        let list = Run("approve", store)
        #expect(list.status == .done && list.output.contains("candidate"), "\(list.error)")
        #expect(Run("approve", store, "1").status == .usage)
        let who = ["--by", "A. Analyst", "--because", "validated"]
        #expect(Run(["approve", store, "2"] + who).status == .usage)
        let approved = Run(["approve", store, "1"] + who)
        #expect(approved.status == .done && approved.output.contains("is champion now"), "\(approved.error)")
        let ungated = try bench.train("ungated")
        #expect(ungated.status == .done)
        #expect(Run("approve", store, "--register", bench.path("ungated")).status == .done)
        let refused = Run(["approve", store, "2"] + who)
        #expect(refused.status == .gateRefused && refused.error.contains("no gates"), "\(refused.error)")
        #expect(Run(["approve", store, "--roll-back"] + who).status == .usage)
        // Other data make another model.
        _ = Run(
            "train", try bench.recipe("folds:", gated), "--data", bench.path("new.csv"), "--out",
            bench.path("run2"), "--register", store)
        #expect(Run(["approve", store, "3", "--as", "challenger"] + who).status == .done)
        #expect(Run(["approve", store, "3"] + who).status == .done)
        let back = Run(["approve", store, "--roll-back", "--json"] + who)
        #expect(back.status == .done, "\(back.error)")
        let model = try JSONSerialization.jsonObject(with: Data(back.output.utf8)) as? [String: Any]
        #expect(model?["model"] as? Int == 1 && model?["standing"] as? String == "champion")
        #expect(Run("audit", "verify", store).status == .done)
        // The champion's file is what the run wrote.
        let kept = try SQLiteStore(folder.file("store.db")).entry(ofModel: 1)
        #expect(try kept.model == Data(contentsOf: bench.folder.file("run/model.json")))
        #expect(kept.gates.count == 1 && kept.masterScale != nil)
    }
}
