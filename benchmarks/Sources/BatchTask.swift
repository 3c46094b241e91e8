import Foundation
import Grading
import Parallelism
import Results
import Scoring
import Tables
import Vocabulary

/// `obligor score` as a process of its own: CSV file in, CSV file out, start-up included; all columns of a rating, or
/// id, score and PD alone.
enum BatchTask {
    private static let characteristics = 20
    private static let trainingRows = 100_000

    static func run(_ job: Job) throws {
        let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
            path: "obligor")
        let output = job.folder.appending(path: "scored_\(job.method).csv")
        let columns = job.variant == "scores" ? ["--columns", "id,score,pd"] : []
        let measurement = try Measurement(repeats: job.repeats) {
            let process = Process()
            process.executableURL = program
            process.arguments =
                [
                    "score", job.folder.appending(path: "batch_model.json").path, "--data",
                    job.folder.appending(path: "data.csv").path, "--out", output.path, "--id", "id",
                    "--threads",
                    "\(job.threads)", "--quiet",
                ] + columns
            try process.run()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                throw BenchmarkError.wrongResult("exit status of score")
            }
        }
        let bytes = try FileManager.default.attributesOfItem(atPath: output.path)[.size] as? Int ?? 0
        try FileManager.default.removeItem(at: output)
        try measurement.report(job, ["output_bytes": bytes])
    }

    /// Trains a scorecard on the head of the data and writes it for `score` and, as plain numbers, for the peers.
    static func prepare(_ set: BenchmarkSet) throws {
        let modelFile = set.folder.appending(path: "batch_model.json")
        if FileManager.default.fileExists(atPath: modelFile.path) { return }
        let names = try set.names().prefix(characteristics)
        let recipe = try Recipe(
            """
            recipe: 1
            name: batch
            target: {column: y, default: ["1"]}
            id: id
            features: {include: [\(names.joined(separator: ", "))]}
            model: {kind: scorecard}
            """)
        var options = CSVOptions()
        options.columns = ["id", "y"] + names
        options.schema = recipe.columns
        let table = try CSVReader(options).read(set.folder.appending(path: "data.csv").path)
        let head = table.slice(0..<min(trainingRows, table.rowCount))
        let model = try ModelTrainer(recipe).train(head).model
        guard let card = model.scorecard else { throw BenchmarkError.wrongResult("kind of model") }
        var numbers = BenchmarkCard(of: card)
        numbers.references = model.references
        numbers.grades = zip(Grade.performing, MasterScale.standard.upperBounds).map {
            .init(name: $0.rawValue, below: $1)
        }
        try numbers.write(to: set.folder.appending(path: "batch_card.json"))
        try StagedFile.write(ModelArtifact.data(of: model), to: modelFile)
    }
}

extension BenchmarkCard {
    /// A scorecard's points as the peers read them; its characteristics are numbers without special codes.
    init(of card: Scorecard) {
        columns = card.characteristics.map(\.name)
        thresholds = card.characteristics.map(\.binning.cuts)
        points = card.characteristics.map { characteristic in
            let cuts = characteristic.binning.cuts
            let insides = [(cuts.first ?? 0) - 1] + cuts
            return (insides + [Double.nan]).map {
                card.points(of: characteristic, bin: characteristic.binning.binIndex(of: $0))
            }
        }
        factor = card.points.scaling.factor
        offset = card.points.scaling.offset
    }
}
