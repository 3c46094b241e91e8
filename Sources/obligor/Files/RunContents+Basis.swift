import Foundation
import Grading
import Results
import Review
import Scoring
import Vocabulary

extension RunContents {
    /// Brings along what ratings were made by, and what the model's own run says of it.
    mutating func copy(_ files: BasisFiles) throws {
        let beside = files.source.file.deletingLastPathComponent()
        let names = [
            ValidationRecord.fileName, TrainingRecord.fileName, ModelCardRecord.fileName,
            EffectRecord.fileName, ImportanceRecord.fileName, InteractionRecord.fileName,
        ]
        let ofModel = names.map { ($0, beside.appending(path: $0)) }.filter {
            FileManager.default.fileExists(atPath: $0.1.path)
        }
        try add(
            Data(files.basis.scale.yaml.utf8), role: "master scale", named: MasterScaleFile.name)
        try addTranslations(of: files.basis.rules)
        for (name, url) in [(RunFolder.modelFileName, files.source.file)] + ofModel + files.files {
            do { try add(Data(contentsOf: url), role: "model", named: name) } catch let error as ResultsError
            {
                throw error
            } catch {
                throw ResultsError.notRead(path: url.relativePath, reason: error.localizedDescription)
            }
        }
    }
}
