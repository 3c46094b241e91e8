import ArgumentParser
import Foundation
import Ledger
import Scoring

/// `obligor import`: files of a foreign layout to a ledger.
struct ImportCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a ledger from files of another layout.",
        discussion: """
            A mapping file (YAML) says which columns become which records; datasets/mappings has examples and explains \
            every key. The records are checked on the way. What the mapping calls a repair is put right and kept in \
            repairs.csv; if anything is an error, nothing is written and the status is 3.

              obligor import exports/ --mapping datasets/mappings/invoices_ibm_ar.yaml --out ledger
            """)

    @Argument(help: "The folder with the files.", completion: .directory)
    var folder: String

    @Option(help: "The mapping file.", completion: .file(extensions: ["yaml", "yml"]))
    var mapping: String

    @Option(help: "The ledger folder to write.", completion: .directory)
    var out: String

    @Flag(help: "Replace a ledger that is already there.")
    var replace = false

    @Flag(help: "Pack the files of the ledger with gzip.")
    var pack = false

    @OptionGroup var results: ResultOptions
    @OptionGroup var shared: SharedOptions

    func perform(_ invocation: Invocation) throws {
        let progress = shared.progress(invocation)
        let rules = try Mapping.read(file(mapping))
        let source = try MappedSource(file(folder), mapping: rules)
        let writer = try LedgerFolderWriter(
            file(out), baseCurrency: rules.baseCurrency, replacing: replace, packing: pack,
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
        progress.begin("writing \(out)")
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

    private func print(_ report: CheckReport, _ invocation: Invocation) throws {
        try ReportText.print(report, json: results.json, isQuiet: shared.quiet, on: invocation.console)
    }
}
