import ArgumentParser
import Foundation
import Review
import Store

/// `obligor audit`: who did what with a portfolio, and whether the record of it holds.
struct AuditCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "List who did what with a portfolio, or verify that the record of it holds.",
        discussion: """
            Every change of a store leaves a record with the SHA-256 of its content and of the record before. 'verify' \
            holds the file against the rules of its format, every record against the one before, and the ledger, runs, \
            ratings, alerts, decisions and models against their records; a change of any of them gives status 3. It \
            prints the number and hash of the last record: kept elsewhere and given to --expect later, they show that \
            nothing was cut off or written anew since.

              obligor audit list portfolio.db --last 20
              obligor audit verify portfolio.db
              obligor audit verify portfolio.db --expect 4711:0f3c…
            """)

    /// What is done with the audit trail.
    enum Action: String, ExpressibleByArgument, CaseIterable {
        case list, verify
    }

    @Argument(help: "What to do: list or verify.")
    var action: Action

    @Argument(help: "The store, or a backup of one.", completion: .file())
    var store: String

    @Option(help: ArgumentHelp("How many of the last records to list. (default: all)", valueName: "n"))
    var last: Int?

    @Option(
        help: ArgumentHelp(
            "A record that must be there as it was: its number and hash.", valueName: "number:hash"))
    var expect: [String] = []

    @OptionGroup var results: ResultOptions
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if let last, last < 1 { throw ValidationError("'--last \(last)': give a number from 1 on.") }
        if action == .list, !expect.isEmpty { throw ValidationError("'--expect' belongs to 'verify'.") }
        for text in expect where Self.mark(text) == nil {
            throw ValidationError("'--expect \(text)': give a number, a colon and 64 hexadecimal digits.")
        }
    }

    func perform(_ invocation: Invocation) throws {
        let opened = try SQLiteStore(file(store))
        switch action {
        case .list: try list(opened.auditTrail().suffix(last ?? .max), invocation)
        case .verify: try verify(opened, invocation)
        }
    }

    private func list(_ records: ArraySlice<AuditRecord>, _ invocation: Invocation) throws {
        if results.json {
            try invocation.console.write(JSONText.of(records.map(AuditText.Entry.init)))
            return
        }
        var summary = Summary(for: invocation.console)
        var grid = TextGrid([
            .right("record"), .left("time"), .left("what"), .left("who"), .left("on what"), .left("details"),
        ])
        for record in records {
            let entry = record.entry
            grid.rows.append([
                "\(record.number)", record.date.formatted(.iso8601), entry.action, entry.author,
                AuditText.short(entry.subject), AuditText.short(entry.details),
            ])
        }
        summary.table(grid)
        try summary.print(on: invocation.console)
    }

    private func verify(_ opened: SQLiteStore, _ invocation: Invocation) throws {
        let progress = shared.progress(invocation)
        progress.begin("verifying \(store)")
        let last = try opened.verifyAuditTrail()
        for mark in expect.compactMap(Self.mark) {
            let record = try opened.auditTrail().first { $0.number == mark.number }
            guard record?.hash == mark.hash else {
                throw StorageError.brokenTrail(
                    store: store, record: mark.number,
                    reason: record == nil ? "it is missing" : "it is not the record that was expected")
            }
        }
        let vouchesForLedger = try opened.vouchesForLedger()
        progress.end()
        if !vouchesForLedger, !shared.quiet {
            invocation.console.note(
                "obligor: \(store): an earlier version imported the ledger, and nothing vouches for its records: "
                    + "import it again"
            )
        }
        if results.json {
            try invocation.console.write(JSONText.of(last.map(AuditText.Entry.init)))
        } else if !shared.quiet {
            try invocation.console.print("\(store): the audit trail holds, and what it vouches for.")
            try invocation.console.print(AuditText.head(last))
        }
    }

    private static func mark(_ text: String) -> (number: Int, hash: String)? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int(parts[0]), number > 0, parts[1].count == 64,
            parts[1].allSatisfy(\.isHexDigit)
        else { return nil }
        return (number, parts[1].lowercased())
    }
}

/// How records of an audit trail are shown.
enum AuditText {
    /// A record as JSON.
    struct Entry: Encodable {
        let record: Int
        let time: String
        let action: String
        let author: String
        let subject: String
        let details: String
        let hash: String

        init(_ record: AuditRecord) {
            self.record = record.number
            time = record.date.formatted(.iso8601)
            action = record.entry.action
            author = record.entry.author
            subject = record.entry.subject
            details = record.entry.details
            hash = record.hash
        }
    }

    /// The end of a trail, in the form that `--expect` takes.
    static func head(_ last: AuditRecord?) -> String {
        last.map { "The last record is \($0.number):\($0.hash)" } ?? "The audit trail is empty."
    }

    /// A text short enough for a table.
    static func short(_ text: String) -> String { text.count > 60 ? "\(text.prefix(59))…" : text }
}
