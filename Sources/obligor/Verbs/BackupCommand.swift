import ArgumentParser
import Foundation
import Store

/// `obligor backup`: a verified copy of a store that is in use.
struct BackupCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy a store while it is in use, and verify the copy.",
        discussion: """
            The copy is the store at one moment, whoever writes to it meanwhile. It is written beside its place, held \
            against the rules of the file format and against its audit trail, and gets its name when all of that \
            holds. Keep the last line that is printed: 'obligor audit verify --expect' shows by it that nothing was \
            cut off later.

              obligor backup portfolio.db --out backups/portfolio-2026-01-31.db
            """)

    @Argument(help: "The store.", completion: .file())
    var store: String

    @Option(help: "The backup to write.", completion: .file())
    var out: String

    @Flag(help: "Replace a backup that is already there.")
    var replace = false

    @OptionGroup var storing: StoreOptions
    @OptionGroup var shared: SharedOptions

    func perform(_ invocation: Invocation) throws {
        try OutputFile.refuse(out, replacing: [store])
        let progress = shared.progress(invocation)
        progress.begin("copying \(store)")
        let opened = try SQLiteStore(file(store), waiting: max(10, storing.wait))
        let last = try opened.backUp(to: file(out), replacing: replace, by: storing.author)
        progress.end()
        guard !shared.quiet else { return }
        try invocation.console.print("\(out) holds and is complete.")
        try invocation.console.print(AuditText.head(last))
    }
}
