public import Foundation

/// What ran on what: the first file to read in a run folder (`run.json`).
public struct RunRecord: VersionedRecord, Equatable {
    /// The version this engine writes.
    public static let currentVersion = 1
    /// The file that makes a folder a run folder.
    public static let fileName = "run.json"

    /// The version the record was written in.
    public let formatVersion: Int
    /// The verb, such as "train".
    public let command: String
    /// The command line as it was typed, without the program's name.
    public let arguments: [String]
    /// The version of the engine.
    public let engineVersion: String
    /// When the run began.
    public let startedAt: Date
    /// When the last file was written.
    public let finishedAt: Date
    /// The seed of all randomness; `nil` if the run used none.
    public let seed: UInt64?
    /// Threads used; results do not depend on them.
    public let threads: Int
    /// Observations read.
    public let rows: Int
    /// The name of the model that was trained or used; `nil` if none was.
    public let model: String?
    /// What the result depends on, as one digest: the same again gives the same; `nil` for commands that do not say.
    public let digest: String?
    /// The date that the results are of, ISO 8601; `nil` for commands without one.
    public let asOf: String?
    /// What was read, in the order it was read.
    public let inputs: [FileRecord]
    /// What was written beside this record, in the order of names.
    public let outputs: [FileRecord]

    /// A record of a finished run; its times are taken in whole seconds, as they are written.
    public init(
        command: String, arguments: [String], engineVersion: String, startedAt: Date, finishedAt: Date,
        seed: UInt64?, threads: Int, rows: Int, model: String?, digest: String? = nil,
        asOf: String? = nil, inputs: [FileRecord], outputs: [FileRecord]
    ) {
        formatVersion = Self.currentVersion
        self.command = command
        self.arguments = arguments
        self.engineVersion = engineVersion
        self.startedAt = Self.wholeSeconds(startedAt)
        self.finishedAt = Self.wholeSeconds(finishedAt)
        self.seed = seed
        self.threads = threads
        self.rows = rows
        self.model = model
        self.digest = digest
        self.asOf = asOf
        self.inputs = inputs
        self.outputs = outputs
    }

    private static func wholeSeconds(_ date: Date) -> Date {
        Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down))
    }
}
