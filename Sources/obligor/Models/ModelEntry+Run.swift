import Foundation
import Results
import Review
import Scoring

extension ModelEntry {
    /// The model of a training run, for a registry.
    ///
    /// - Throws: What is wrong with the run or its model.
    init(ofRun path: String) throws {
        let folder = try RunFolder(URL(filePath: path))
        // Reading it shows that it can be used.
        let source = try ModelSource(path)
        func content(_ name: String) throws -> Data? {
            let file = folder.url.appending(path: name)
            guard FileManager.default.fileExists(atPath: file.path) else { return nil }
            do { return try Data(contentsOf: file) } catch {
                throw ResultsError.notRead(path: file.relativePath, reason: "no permission")
            }
        }
        guard let model = try content(RunFolder.modelFileName) else {
            throw CommandFailure.badData(
                "\(path): this run holds no model: name the folder of a training run")
        }
        self.init(
            name: source.model.name, model: model, masterScale: try content(MasterScaleFile.name),
            validation: try content(ValidationRecord.fileName), gates: try folder.validation()?.gates ?? [])
    }
}
