import Foundation
import Grading
import Results
import Scoring
import StrictYAML

/// A model named on the command line, by its file or by the run folder that holds it.
struct ModelSource {
    /// The model's file.
    let file: URL
    /// The model.
    let model: ScoringModel

    /// Opens a model.
    init(_ path: String) throws {
        var file = URL(filePath: path)
        if file.isFolder {
            guard let found = try RunFolder(file).modelFile else {
                throw CommandFailure.badData(
                    "\(path): this run holds no model: name the folder of a training run")
            }
            file = found
        }
        self.file = file
        do { model = try ModelArtifact.read(file) } catch {
            throw CommandFailure.badData("\(file.relativePath): \(error)")
        }
    }

    /// What is known of the model's development: the AUC on rows that a model had not seen where there is one, and the
    /// grades of the training rows from the run folder that the model lies in.
    var development: DevelopmentFigures {
        let record = (try? RunFolder(file.deletingLastPathComponent()).validation()) ?? nil
        let training = record?.samples.first { $0.name == ScoringModel.trainingRows }
        let auc =
            model.metrics[ScoringModel.unseenRows]?.auc ?? record?.crossValidation?.mean.auc
            ?? model.metrics[ScoringModel.trainingRows]?.auc
        return DevelopmentFigures(auc: auc, gradeCounts: training.map { $0.grades.map(\.rows) })
    }

    /// The scale that grades the model's PDs.
    ///
    /// The one named on the command line; else the one that lies beside the model in its run folder; else, for a model
    /// without a scale of its own, the standard one.
    func masterScale(_ option: String?) throws -> MasterScale {
        if let option { return try MasterScaleFile.read(URL(filePath: option)) }
        let beside = file.deletingLastPathComponent().appending(path: MasterScaleFile.name)
        if FileManager.default.fileExists(atPath: beside.path) { return try MasterScaleFile.read(beside) }
        if let name = model.masterScale {
            throw CommandFailure.usage(
                "the model is graded by '\(name)', which is not beside it: give --master-scale \(name)")
        }
        return .standard
    }
}

/// The file of a master scale.
enum MasterScaleFile {
    /// Its name in a run folder.
    static let name = "master-scale.yaml"

    /// Reads a scale.
    static func read(_ file: URL) throws -> MasterScale {
        try MasterScale(yaml: YAMLReader().read(file))
    }

    /// The scale that a recipe names, by a file beside the recipe, or the standard one.
    static func scale(of recipe: Recipe, in folder: URL) throws -> MasterScale {
        guard let name = recipe.masterScale else { return .standard }
        return try read(URL(filePath: name, relativeTo: folder))
    }
}
