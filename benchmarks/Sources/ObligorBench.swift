import ArgumentParser
import Foundation
import Glibc

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
            forbidWideInstructions()
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
            case .grade: try GradeTask.run(job)
            case .migration: try MigrationTask.run(job)
            case .boostingTrain: try BoostingTrainTask.run(job)
            case .boostingPredict: try BoostingPredictTask.runBatch(job)
            case .boostingLatency: try BoostingPredictTask.runLatency(job)
            case .attribution: try BoostingPredictTask.runAttribution(job)
            case .report: try ReportTask.run(job)
            }
        }

        /// The contestants `obligor-avx2` and `obligor-plain` do without the wider instructions.
        private func forbidWideInstructions() {
            for widest in ["avx2", "plain"] where method.hasSuffix("-" + widest) {
                unsafe setenv("OBLIGOR_KERNELS", widest, 1)
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
        @Option var variant = ""

        func run() throws {
            let root = URL(filePath: data, directoryHint: .isDirectory)
            let set = BenchmarkSet(root: root, rows: rows, columns: columns)
            switch task {
            case .logistic, .path: try set.writeStandardised()
            case .binning: try set.writeNumbers()
            case .csv: try set.writeCSVVariants()
            case .scorecard: try set.writeScorecard()
            case .batch:
                try set.writeCSV()
                try BatchTask.prepare(set)
            case .grade: try GradeTask.prepare(set)
            case .boostingTrain:
                if try BoostingShape(variant).isMixed { try set.writeMixed() } else { try set.writeNumbers() }
            case .boostingPredict, .boostingLatency, .attribution:
                try set.writeNumbers()
                try BenchmarkSet(root: root, rows: BoostingPredictTask.forestRows, columns: columns)
                    .writeForests(BoostingPredictTask.shapes)
            case .migration:
                try HistoryFiles(root, rows: rows).write()
            case .report: break  // benchmarks/report writes its run folder
            }
        }
    }

    enum TaskName: String, ExpressibleByArgument, CaseIterable {
        case logistic, path, csv, binning, scorecard, batch, grade, migration
        case boostingTrain = "boosting-train"
        case boostingPredict = "boosting-predict"
        case boostingLatency = "boosting-latency"
        case attribution, report
    }
}
