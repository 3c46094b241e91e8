import Foundation
import Results
import Review
import Store

/// A model of a store as the files of a training run, for as long as it is used.
final class RegisteredFiles {
    /// What it is called: "portfolio.db, model 3".
    let name: String
    /// The model's file; its scale and its validation lie beside it.
    let model: URL
    /// The number in the registry.
    let number: Int
    private let folder: URL

    /// Writes the champion out; `nil` if nobody has approved a model.
    static func champion(of store: SQLiteStore) throws -> RegisteredFiles? {
        try store.champion().map { try RegisteredFiles(of: store, number: $0.number) }
    }

    /// Writes a model out.
    init(of store: SQLiteStore, number: Int) throws {
        let entry = try store.entry(ofModel: number)
        self.number = number
        name = "\(store.name), model \(number)"
        folder = FileManager.default.temporaryDirectory.appending(path: "obligor-\(UUID().uuidString)")
        model = folder.appending(path: RunFolder.modelFileName)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try entry.model.write(to: model)
            try entry.masterScale?.write(to: folder.appending(path: MasterScaleFile.name))
            try entry.validation?.write(to: folder.appending(path: ValidationRecord.fileName))
        } catch {
            throw ResultsError.notWritten(path: folder.path, reason: error.localizedDescription)
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}
