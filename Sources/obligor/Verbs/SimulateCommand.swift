import ArgumentParser
import Foundation
import Ledger
import Simulation
import Vocabulary

/// `obligor simulate`: a ledger of a trade-credit economy with known truth.
struct SimulateCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Write a simulated ledger whose truth is known.",
        discussion: """
            A trade-credit economy: obligors whose true grade migrates under the economy, their industry and region \
            and the defaults of those they depend on; their contracts, orders, invoices, payments, disputes, promises, \
            statements, bureau reports, events and grades. The same seed gives the same files; fewer obligors are the \
            first of more. Files, and the truth in the folder 'truth', are described in datasets/DICTIONARY.md.

              obligor simulate --obligors 1500 --years 4 --out ledger
              obligor simulate --obligors 20000 --years 5 --seed 7 --plain --out large

            'obligor simulate-table' writes a table of obligors with outcomes instead.
            """)

    @Option(help: ArgumentHelp("Obligors that are customers at any time.", valueName: "n"))
    var obligors = 1_500

    @Option(help: ArgumentHelp("Calendar years of records.", valueName: "n"))
    var years = 4

    @Option(help: ArgumentHelp("The year that begins the records.", valueName: "year"))
    var firstYear = 2021

    @Option(help: ArgumentHelp("Seed of all draws.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Invoices of an obligor in a year, on average.", valueName: "n"))
    var invoicesPerYear = EconomyOptions().invoicesPerYear

    @Option(
        help: ArgumentHelp(
            "How much a worse economy by one standard deviation adds to the logarithm of downgrade intensities.",
            valueName: "number"))
    var macroLoading = EconomyOptions().macroLoading

    @Option(
        help: ArgumentHelp(
            "How strong the effects of industries and regions are; 0 is none, 1 the usual.",
            valueName: "number"))
    var sectorStrength = EconomyOptions().sectorStrength

    @Option(
        help: ArgumentHelp(
            "What the default of a buyer with the whole of the trade adds to the logarithm of its supplier's "
                + "downgrade intensities.", valueName: "number"))
    var contagion = EconomyOptions().contagion

    @Flag(help: "Write plain CSV files instead of packed ones.")
    var plain = false

    @Flag(help: "Replace a ledger that is already there.")
    var replace = false

    @Option(help: ArgumentHelp("The folder to write.", valueName: "folder"))
    var out: String

    @OptionGroup var shared: SharedOptions

    func perform(_ invocation: Invocation) throws {
        let progress = shared.progress(invocation)
        let simulator: EconomySimulator
        do { simulator = try EconomySimulator(options) } catch { throw CommandFailure.usage("\(error)") }
        let writer = try LedgerFolderWriter(
            URL(filePath: out, directoryHint: .isDirectory), baseCurrency: .euro, replacing: replace,
            packing: !plain, workers: shared.workers)
        progress.begin("simulating \(Figures.count(obligors)) obligors")
        let summary = try simulator.write(to: writer, packed: !plain, workers: shared.workers) {
            progress.update(done: $0, of: obligors)
        }
        progress.end()
        guard !shared.quiet else { return }
        try show(summary, on: invocation.console)
    }

    private func show(_ simulated: EconomySimulator.Summary, on console: any Console) throws {
        var grid = TextGrid([.left("records"), .right("rows")])
        for kind in RecordKind.allCases {
            grid.rows.append([kind.rawValue, Figures.count(simulated.rows[kind, default: 0])])
        }
        var summary = Summary(for: console)
        summary.heading("A simulated ledger in \(out)")
        summary.table(grid)
        summary.line(
            "\(Figures.count(simulated.defaults)) defaults, \(Figures.percent(simulated.defaultRate)) a year. "
                + "The truth is in \(out)/\(EconomySimulator.truthFolder).")
        try summary.print(on: console)
    }

    private var options: EconomyOptions {
        var options = EconomyOptions()
        options.seed = seed
        options.obligors = obligors
        options.years = years
        options.firstYear = firstYear
        options.invoicesPerYear = invoicesPerYear
        options.macroLoading = macroLoading
        options.sectorStrength = sectorStrength
        options.contagion = contagion
        return options
    }
}
