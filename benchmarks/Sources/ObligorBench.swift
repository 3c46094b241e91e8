import ArgumentParser
import Foundation

/// `obligor-bench`: one measurement per process, in the form that the peers' runners print too.
@main
struct ObligorBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "obligor-bench", abstract: "Measure Obligor on the files that its peers read.",
        subcommands: [Run.self, Generate.self])

    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Run one task and print one JSON line.")

        @Option var task: TaskName
        @Option var method = "obligor"
        @Option var data: String
        @Option var rows: Int
        @Option var columns: Int
        @Option var threads = 1
        @Option var repeats = 1
        @Option var variant = ""

        func run() throws {
            let job = Job(
                task: task.rawValue, method: method, data: URL(filePath: data, directoryHint: .isDirectory),
                rows: rows, columns: columns, threads: threads, repeats: repeats, variant: variant)
            switch task {
            case .logistic: try LogisticTask.run(job)
            case .path: try PathTask.run(job)
            case .csv: try CSVTask.run(job)
            case .binning: try BinningTask.run(job)
            case .scorecard: try ScorecardTask.run(job)
            case .batch: try BatchTask.run(job)
            }
        }
    }

    struct Generate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the files that a task reads, where they are missing.")

        @Option var task: TaskName
        @Option var data: String
        @Option var rows: Int
        @Option var columns: Int

        func run() throws {
            let set = BenchmarkSet(
                root: URL(filePath: data, directoryHint: .isDirectory), rows: rows, columns: columns)
            switch task {
            case .logistic, .path: try set.writeStandardised()
            case .binning: try set.writeNumbers()
            case .csv: try set.writeCSVVariants()
            case .scorecard: try set.writeScorecard()
            case .batch:
                try set.writeCSV()
                try BatchTask.prepare(set)
            }
        }
    }

    enum TaskName: String, ExpressibleByArgument, CaseIterable {
        case logistic, path, csv, binning, scorecard, batch
    }
}
