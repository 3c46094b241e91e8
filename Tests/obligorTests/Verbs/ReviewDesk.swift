import Foundation
import Results
import TestSupport

@testable import obligor

/// A small simulated ledger with a model on it, in a folder of its own.
struct ReviewDesk {
    let folder: TemporaryFolder

    /// The files of all desks, simulated and trained once.
    private static let master = Result { try made() }

    private static func made() throws -> [String: Data] {
        let folder = try TemporaryFolder()
        let ledger = folder.path("ledger")
        _ = try folder.write(
            """
            recipe: 1
            name: review
            target: {column: defaulted, default: true}
            id: obligor
            features: {include: [dbt_12m, overdue_share, bureau_score]}
            model: {kind: logistic, penalty: {l2: 1}}
            """, to: "recipe.yaml")
        for arguments in [
            [
                "simulate", "--obligors", "160", "--years", "4", "--invoices-per-year", "12", "--seed", "4",
                "--plain", "--out", ledger,
            ],
            [
                "features", ledger, "--as-of", "2021-12-31,2022-12-31,2023-06-30", "--out",
                folder.path("panel.csv"),
            ],
            [
                "train", folder.path("recipe.yaml"), "--data", folder.path("panel.csv"), "--out",
                folder.path("model"),
            ],
            ["import", ledger, "--store", folder.path("portfolio.db"), "--quiet"],
        ] {
            let run = Run(arguments)
            guard run.status == .done else { throw CommandFailure.badData(run.error) }
        }
        var files: [String: Data] = [:]
        let names = FileManager.default.enumerator(atPath: folder.url.path)
        while let name = names?.nextObject() as? String {
            if let data = try? Data(contentsOf: folder.file(name)) { files[name] = data }
        }
        return files
    }

    init() throws {
        folder = try TemporaryFolder()
        for (name, data) in try Self.master.get() {
            let file = folder.file(name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try data.write(to: file)
        }
    }

    static func policy(_ name: String) -> String {
        Golden.checkout.appending(path: "models/policies/\(name).yaml").path
    }

    /// The arguments of a first review of the folder.
    func first(_ out: String, _ more: String...) -> [String] { first(out, of: "ledger", more) }

    /// The arguments of a first review of the folder or the store.
    func first(_ out: String, of ledger: String, _ more: [String]) -> [String] {
        [
            "review", folder.path(ledger), "--model", folder.path("model"), "--as-of", "2024-09-30",
            "--policy", Self.policy("trade_credit"), "--rules", Self.policy("bureau_rules"),
            "--event-policy", Self.policy("events"), "--batch", "20", "--out", folder.path(out),
        ] + more
    }

    func text(_ name: String) throws -> String {
        try String(contentsOf: folder.file(name), encoding: .utf8)
    }

    /// All files of a folder but the record of the run, which has times, and folders in it.
    func content(_ name: String) throws -> [String: Data] {
        var content: [String: Data] = [:]
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path(name))
        where file != RunRecord.fileName {
            content[file] = try? Data(contentsOf: folder.file("\(name)/\(file)"))
        }
        return content
    }
}
