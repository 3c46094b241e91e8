import ArgumentParser
import Foundation
import Ledger
import Results
import Review
import Scoring
import Store

/// `obligor import`: files of a foreign layout to a ledger, and a ledger to a store.
struct ImportCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a ledger from files of another layout, or bring a ledger into a store.",
        discussion: """
            A mapping file (YAML) says which columns become which records; datasets/mappings has examples and explains \
            every key. The records are checked on the way. What the mapping calls a repair is put right and kept in \
            repairs.csv; if anything is an error, nothing is written and the status is 3.

            A store is one file (SQLite) that keeps the ledger of a portfolio with everything that its jobs decide. \
            With --store, the ledger becomes that of the store, in place of the one before: files that are the same \
            as before are not read again into it, and the same ledger again changes nothing, unless an earlier \
            version imported it or the store no longer has as many records as were imported ('obligor audit verify' \
            looks at every value). Whatever happens on the way, the store has the old ledger or the new one. Without \
            a mapping, the folder is a ledger already: records of it that cannot be used are left out, and the \
            obligors that have them are set aside, up to --max-refused, with a report and a record in the audit \
            trail; reviews of the store set them aside as those of the folder do.

              obligor import exports/ --mapping datasets/mappings/invoices_ibm_ar.yaml --out ledger
              obligor import ledger --store portfolio.db
            """)

    @Argument(help: "The folder with the files, or a ledger folder.", completion: .directory)
    var folder: String

    @Option(help: "The mapping file.", completion: .file(extensions: ["yaml", "yml"]))
    var mapping: String?

    @Option(help: "The ledger folder to write.", completion: .directory)
    var out: String?

    @Option(help: "The store that the ledger goes to; made if there is none.", completion: .file())
    var store: String?

    @Option(
        help: ArgumentHelp(
            "The largest share of obligors that may be set aside because their records cannot be used.",
            valueName: "share"))
    var maxRefused = 0.01

    @Flag(help: "Replace a ledger folder that is already there.")
    var replace = false

    @Flag(help: "Pack the files of the ledger folder with gzip.")
    var pack = false

    @OptionGroup var storing: StoreOptions
    @OptionGroup var results: ResultOptions
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard out != nil || store != nil else {
            throw ValidationError("Say where the ledger goes: --out FOLDER, --store FILE, or both.")
        }
        guard (0...1).contains(maxRefused) else {
            throw ValidationError("'--max-refused \(maxRefused)': give a fraction from 0 to 1.")
        }
        if mapping == nil, out != nil {
            throw ValidationError(
                "A ledger folder needs no --out: give --store, or the --mapping of other files.")
        }
    }

    func perform(_ invocation: Invocation) throws {
        let progress = shared.progress(invocation)
        guard let mapping else {
            try fillStore(from: file(folder), progress, invocation, reports: true)
            return
        }
        if let out {
            try OutputFile.refuse(out, replacing: [folder, mapping])
            try makeLedger(by: mapping, at: file(out), progress, invocation)
            try fillStore(from: file(out), progress, invocation, reports: false)
        } else if let store {
            // The ledger is needed on the way only; what a process that is killed leaves of it, the store clears away.
            let staged = StagedPath(beside: file(store))
            defer { staged.discard() }
            let place = staged.url.appending(path: "ledger")
            do {
                try FileManager.default.createDirectory(at: staged.url, withIntermediateDirectories: false)
            } catch {
                throw ResultsError.notWritten(path: store, reason: error.localizedDescription)
            }
            try makeLedger(by: mapping, at: place, progress, invocation)
            try fillStore(from: place, progress, invocation, reports: false)
        }
    }

    private func makeLedger(
        by mapping: String, at destination: URL, _ progress: Progress, _ invocation: Invocation
    ) throws {
        let rules = try Mapping.read(file(mapping))
        let source = try MappedSource(file(folder), mapping: rules)
        let writer = try LedgerFolderWriter(
            destination, baseCurrency: rules.baseCurrency, replacing: replace, packing: pack,
            workers: shared.workers)
        progress.begin("reading \(folder)")
        let checked: CheckedLedger
        do throws(LedgerError) {
            checked = try TradeLedger.read(from: source, policy: rules.policy, workers: shared.workers)
        } catch {
            progress.end()
            if case .refused(let report) = error { try print(report, invocation) }
            throw error
        }
        progress.begin("writing \(out ?? folder)")
        try checked.ledger.write(to: writer)
        try writer.write(checked.repairs)
        var origin = [
            "command": "import", "engine": EngineVersion.current,
            "mapping": file(mapping).lastPathComponent, "mapping sha256": try FileDigest.of(file(mapping)),
        ]
        for entry in rules.sources {
            guard let place = source.place(of: entry) else { continue }
            origin["\(place.lastPathComponent) sha256"] = try FileDigest.of(place)
        }
        try writer.finish(origin: origin)
        progress.end()
        try print(checked.report, invocation)
    }

    /// Brings a ledger folder into the store, if one is asked for.
    private func fillStore(
        from ledger: URL, _ progress: Progress, _ invocation: Invocation, reports: Bool
    ) throws {
        guard let store else { return }
        progress.begin("importing into \(store)")
        let outcome: LedgerImport
        do {
            outcome = try SQLiteStore.importLedger(
                try LedgerFolder(ledger), into: file(store), by: storing.author, settingAside: maxRefused,
                waiting: storing.wait, workers: shared.workers)
        } catch let error as LedgerError {
            progress.end()
            if reports, case .refused(let report) = error { try print(report, invocation) }
            throw error
        } catch let error as RefusedImport {
            progress.end()
            if reports { try print(error.leftOut.report, invocation) }
            try print(error.leftOut, "Would be set aside", invocation)
            throw error.reason
        }
        progress.end()
        if reports, let report = outcome.report { try print(report, invocation) }
        if !shared.quiet, !results.json { try print(outcome, store, invocation) }
        if let leftOut = outcome.leftOut { try print(leftOut, "Set aside", invocation) }
    }

    /// Says what the store holds.
    private func print(_ outcome: LedgerImport, _ store: String, _ invocation: Invocation) throws {
        let records = Figures.count(outcome.records.values.reduce(0, +))
        let changed = outcome.changed.map(\.rawValue).joined(separator: ", ")
        switch outcome.renewal {
        case nil: break
        case .earlierVersion:
            try invocation.console.print(
                "\(store) was filled by an earlier version: all records were imported anew.")
        case .altered:
            try invocation.console.print(
                "\(store) no longer held what was imported before: all records were imported anew.")
        }
        try invocation.console.print(
            outcome.changed.isEmpty
                ? "\(store) holds this ledger already (\(records) records): nothing was changed."
                : "\(store) holds \(records) records; new: \(changed).")
    }

    /// Says whose records cannot be used, and why.
    private func print(_ leftOut: LeftOut, _ fate: String, _ invocation: Invocation) throws {
        guard !shared.quiet, !results.json else { return }
        let (obligors, faults) = (Figures.count(leftOut.setAside.count), Figures.count(leftOut.faults))
        try invocation.console.print("\(fate): \(obligors) obligors, for \(faults) faults.")
        let reasons = Dictionary(grouping: leftOut.setAside.values, by: \.self).mapValues(\.count)
        for (reason, count) in reasons.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            try invocation.console.print("  \(reason): \(Figures.count(count))")
        }
    }

    private func print(_ report: CheckReport, _ invocation: Invocation) throws {
        try ReportText.print(report, json: results.json, isQuiet: shared.quiet, on: invocation.console)
    }
}
