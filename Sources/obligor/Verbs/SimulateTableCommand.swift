import ArgumentParser
import Foundation
import Results
import Simulation
import Tables
import Vocabulary

/// `obligor simulate-table`: a credit table with known truth.
struct SimulateTableCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "simulate-table",
        abstract: "Write a simulated credit table whose true risk is known.",
        discussion: """
            Trade-credit obligors with correlated, heavy-tailed, categorical and missing characteristics, and whether \
            they defaulted in the year after. The same seed gives the same rows, a smaller table the first rows of \
            a larger one. Columns and the true log-odds are described in datasets/DICTIONARY.md.

              obligor simulate-table --rows 20000 --out past.csv
              obligor simulate-table --rows 5000 --seed 2 --default-rate 0.02 --out - | gzip > new.csv.gz
            """)

    @Option(help: ArgumentHelp("Number of obligors.", valueName: "n"))
    var rows = 10_000

    @Option(help: ArgumentHelp("Seed of all draws.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Mean probability of default of the population.", valueName: "fraction"))
    var defaultRate = 0.04

    @Option(
        help: "How characteristics enter the log-odds: linear, or bent with thresholds and an interaction.")
    var shape = Shape.bent

    @Option(help: ArgumentHelp("Years of observation, each with its own economy.", valueName: "n"))
    var years = 1

    @Option(
        help: ArgumentHelp(
            "Change of the log-odds when the economy worsens by one standard deviation.", valueName: "number")
    )
    var macroSensitivity = 0.0

    @Flag(help: "Add the column true_pd, the probability that the outcome was drawn with.")
    var withTruth = false

    @Option(help: ArgumentHelp("The file to write: CSV, '-' for standard output.", valueName: "file"))
    var out: String

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard (0...1_000_000_000).contains(rows) else {
            throw ValidationError("'--rows \(rows)': give a number from 0 to 1000000000.")
        }
    }

    func perform(_ invocation: Invocation) throws {
        let progress = shared.progress(invocation)
        let simulator: CreditTableSimulator
        do { simulator = try CreditTableSimulator(options) } catch { throw CommandFailure.usage("\(error)") }
        progress.begin("simulating \(Figures.count(rows)) obligors")
        let columns = CreditTableColumns.descriptions.map(\.schema.name) + (withTruth ? ["true_pd"] : [])
        let output = try OutputFile(out, columns: columns, on: invocation.console)
        for start in stride(from: 0, to: rows, by: Self.partRows) {
            var table = try simulator.table(
                rows: min(rows - start, Self.partRows), from: start, workers: shared.workers)
            if withTruth { table = try table.appending(truePD(simulator.truth, of: table)) }
            try output.write(output.formatter.records(of: table))
            progress.update(done: start + table.rowCount, of: rows)
        }
        try output.finish()
        progress.end()
    }

    /// Rows made and written at a time; a multiple of the simulator's blocks.
    private static let partRows = 64 * CreditTableSimulator.blockSize

    private var options: CreditTableOptions {
        var options = CreditTableOptions()
        options.seed = seed
        options.defaultRate = defaultRate
        options.shape = shape.option
        options.years = years
        options.macroSensitivity = macroSensitivity
        return options
    }

    private func truePD(_ truth: TrueModel, of table: Table) throws -> Column {
        let pds = try truth.logOdds(of: table).map(ProbabilityOfDefault.value(ofLogOdds:))
        return Column(name: "true_pd", values: .double(pds))
    }
}

extension SimulateTableCommand {
    /// The shapes of the simulator, as words of the command line.
    enum Shape: String, CaseIterable, ExpressibleByArgument {
        case linear, bent

        var option: CreditTableOptions.Shape {
            switch self {
            case .linear: .linear
            case .bent: .bent
            }
        }
    }
}
