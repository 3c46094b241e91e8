public import Foundation

/// All that one command produced.
public struct RunFolder: Sendable {
    /// The name of the model's file.
    public static let modelFileName = "model.json"

    /// The folder.
    public let url: URL
    /// What ran on what.
    public let record: RunRecord

    init(url: URL, record: RunRecord) {
        self.url = url
        self.record = record
    }

    /// Opens a run folder.
    ///
    /// - Throws: ``ResultsError/notARunFolder(path:)`` for a folder without `run.json`, such as one half-written.
    public init(_ url: URL) throws(ResultsError) {
        let file = url.appending(path: RunRecord.fileName)
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw .notARunFolder(path: url.relativePath)
        }
        self.url = url
        record = try RunRecord.read(file)
    }

    /// The model's file; `nil` if the run produced none.
    public var modelFile: URL? {
        let file = url.appending(path: Self.modelFileName)
        return FileManager.default.fileExists(atPath: file.path) ? file : nil
    }

    /// How good the model is; `nil` if the run did not validate.
    public func validation() throws(ResultsError) -> ValidationRecord? {
        let file = url.appending(path: ValidationRecord.fileName)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return try ValidationRecord.read(file)
    }

    /// How the model came about; `nil` if the run trained none.
    public func training() throws(ResultsError) -> TrainingRecord? {
        let file = url.appending(path: TrainingRecord.fileName)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return try TrainingRecord.read(file)
    }

    /// The ratings in the order of the file; `nil` if the run did not rate.
    public func ratings() throws(ResultsError) -> [RatingRecord]? {
        let file = url.appending(path: RatingRecord.fileName)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return try RatingRecord.read(file)
    }
}
