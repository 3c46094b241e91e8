import ArgumentParser
import Foundation
import Results
import Review
import Scoring
import Store

/// `obligor approve`: which models may decide, and who said so.
struct ApproveCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Register models with a portfolio and say which of them decides.",
        discussion: """
            A store keeps the models of its portfolio. 'train --register', or --register here, adds a run's model as a \
            candidate. Approving makes it the champion, which decides from then on, and retires the one before; or a \
            challenger, which is held against the champion and decides nothing (--as challenger). The gates of its \
            recipe must hold, else the status is 4. --roll-back withdraws the champion and brings back the one before. \
            Who, when and why are kept with the model and in the audit trail. Without a model, all are listed.

              obligor approve portfolio.db --register runs/trade-2026
              obligor approve portfolio.db 3 --by "A. Analyst" --because "validated on 2025, see note 12"
              obligor approve portfolio.db 4 --as challenger --by "A. Analyst" \
            --because "to be compared for two quarters"
              obligor approve portfolio.db --roll-back --by "A. Analyst" --because "drift in region north"
              obligor approve portfolio.db
            """)

    /// What can be made of a model.
    enum Standing: String, ExpressibleByArgument, CaseIterable {
        case champion, challenger, candidate, withdrawn

        var standing: ModelStanding {
            switch self {
            case .champion: .champion
            case .challenger: .challenger
            case .candidate: .candidate
            case .withdrawn: .withdrawn
            }
        }
    }

    @Argument(help: "The store.", completion: .file())
    var store: String

    @Argument(help: "The number of a model in the registry.")
    var model: Int?

    @Option(
        name: .customLong("as"), help: "What the model becomes: champion, challenger, candidate or withdrawn."
    )
    var standing: Standing = .champion

    @Option(help: ArgumentHelp("A training run whose model becomes a candidate.", valueName: "run"))
    var register: String?

    @Flag(help: "Withdraw the champion and bring back the one before.")
    var rollBack = false

    @Option(help: ArgumentHelp("Why.", valueName: "reason"))
    var because: String?

    @OptionGroup var storing: StoreOptions
    @OptionGroup var results: ResultOptions
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        let asked = [model != nil, register != nil, rollBack].count { $0 }
        guard asked < 2 else {
            throw ValidationError("Give one of a model, --register and --roll-back.")
        }
        if model != nil || rollBack {
            guard storing.by != nil, let because, !because.isEmpty else {
                throw ValidationError("Say who decides and why: --by NAME --because REASON.")
            }
        }
    }

    func perform(_ invocation: Invocation) throws {
        if let register {
            let entry = try ModelEntry(ofRun: register)
            let opened = try SQLiteStore.openOrCreate(file(store))
            let registered = try opened.register(entry, by: storing.author)
            try say("registered as \(registered.standing.rawValue)", registered, invocation)
            return
        }
        let opened = try SQLiteStore(file(store))
        guard model != nil || rollBack else { return try list(opened.models(), invocation) }
        let lock = try opened.lock(for: "approve", waiting: storing.wait)
        defer { lock.release() }
        let changed =
            if let model {
                try opened.promote(
                    model: model, to: standing.standing, by: storing.author, because: because ?? "")
            } else {
                try opened.rollBack(by: storing.author, because: because ?? "")
            }
        try say("is \(changed.standing.rawValue) now", changed, invocation)
    }

    private func say(_ what: String, _ model: RegisteredModel, _ invocation: Invocation) throws {
        if results.json {
            try invocation.console.write(JSONText.of(Entry(model)))
        } else if !shared.quiet {
            try invocation.console.print("Model \(model.number) (\(model.name)) \(what).")
        }
    }

    private func list(_ models: [RegisteredModel], _ invocation: Invocation) throws {
        if results.json {
            try invocation.console.write(JSONText.of(models.map(Entry.init)))
            return
        }
        var summary = Summary(for: invocation.console)
        var grid = TextGrid([
            .right("model"), .left("name"), .left("standing"), .left("since"), .left("by"), .left("because"),
            .left("SHA-256"),
        ])
        for model in models {
            let last = model.changes.last
            grid.rows.append([
                "\(model.number)", model.name, model.standing.rawValue,
                (last?.time ?? model.registered).formatted(.iso8601), last?.author ?? model.registeredBy,
                AuditText.short(last?.reason ?? "registered"), "\(model.digest.prefix(12))…",
            ])
        }
        summary.table(grid)
        try summary.print(on: invocation.console)
    }

    /// A model as JSON.
    private struct Entry: Encodable {
        struct Change: Encodable {
            let standing: String
            let author: String
            let time: String
            let reason: String
        }

        let model: Int
        let name: String
        let sha256: String
        let standing: String
        let registeredBy: String
        let registered: String
        let changes: [Change]

        init(_ model: RegisteredModel) {
            self.model = model.number
            name = model.name
            sha256 = model.digest
            standing = model.standing.rawValue
            registeredBy = model.registeredBy
            registered = model.registered.formatted(.iso8601)
            changes = model.changes.map {
                Change(
                    standing: $0.standing.rawValue, author: $0.author, time: $0.time.formatted(.iso8601),
                    reason: $0.reason)
            }
        }
    }
}
