import Foundation
import Results
import Review
import Scoring
import Store

/// The models that run in the shadow of a review: those that a store holds as challengers, and those named.
struct ChallengerFiles {
    /// The challengers, with names of their own.
    let challengers: [Challenger]
    /// What was read.
    let records: [FileRecord]

    /// - Parameters:
    ///   - runs: Runs or model files named on the command line.
    ///   - store: The store of the portfolio.
    init(named runs: [String], of store: SQLiteStore?) throws {
        var challengers: [Challenger] = []
        var records: [FileRecord] = []
        func add(_ source: ModelSource, _ label: String?, file name: String) throws {
            let record = try FileRecord(role: "challenger", of: source.file, as: name)
            // The same model twice says nothing new.
            guard !records.contains(where: { $0.sha256 == record.sha256 }) else { return }
            records.append(record)
            let plain = label.map { "\(source.model.name) (\($0))" } ?? source.model.name
            let taken = Set(challengers.map(\.name))
            let free = (1...).lazy.map { $0 == 1 ? plain : "\(plain) (\($0))" }.first { !taken.contains($0) }
            challengers.append(
                Challenger(
                    name: free ?? plain, sha256: record.sha256, model: source.model,
                    scale: try source.masterScale(nil)))
        }
        for registered in try store?.challengers() ?? [] {
            guard let store else { break }
            // The files are read at once, and may go.
            let files = try RegisteredFiles(of: store, number: registered.number)
            try withExtendedLifetime(files) {
                try add(
                    ModelSource(files.model.path), "model \(registered.number)", file: files.name)
            }
        }
        for run in runs {
            let source = try ModelSource(run)
            try add(source, nil, file: source.file.relativePath)
        }
        self.challengers = challengers
        self.records = records
    }
}
