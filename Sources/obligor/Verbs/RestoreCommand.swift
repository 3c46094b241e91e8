import ArgumentParser
import Foundation
import Store

/// `obligor restore`: a store from a backup.
struct RestoreCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a store from a backup.",
        discussion: """
            The backup is verified first. A store that is there is replaced only with --replace and while no job has \
            it; whatever happens on the way, it is as it was. The audit trail of the restored store says what was \
            restored, and where the trail of the store that was replaced ended.

              obligor restore backups/portfolio-2026-01-31.db --store portfolio.db
            """)

    @Argument(help: "The backup.", completion: .file())
    var backup: String

    @Option(help: "The store to write.", completion: .file())
    var store: String

    @Flag(help: "Replace a store that is already there.")
    var replace = false

    @OptionGroup var storing: StoreOptions
    @OptionGroup var shared: SharedOptions

    func perform(_ invocation: Invocation) throws {
        try OutputFile.refuse(store, replacing: [backup])
        let progress = shared.progress(invocation)
        progress.begin("restoring \(store)")
        let last = try SQLiteStore.restore(
            file(backup), to: file(store), replacing: replace, by: storing.author)
        progress.end()
        guard !shared.quiet else { return }
        try invocation.console.print("\(store) is what \(backup) says.")
        try invocation.console.print(AuditText.head(last))
    }
}
