/// How far score and characteristics have moved since development, date by date (`stability.json`).
public struct StabilityHistoryRecord: VersionedRecord, Equatable {
    /// The version this engine writes.
    public static let currentVersion = 1
    /// The file in a run folder.
    public static let fileName = "stability.json"

    /// The version the record was written in.
    public let formatVersion: Int
    /// The name of the model.
    public let model: String
    /// One entry per variable and date, earliest date first; ``StabilityRecord/to`` is the date, ISO 8601.
    public let entries: [StabilityRecord]

    /// How far score and characteristics have moved since development, date by date.
    public init(model: String, entries: [StabilityRecord]) {
        formatVersion = Self.currentVersion
        self.model = model
        self.entries = entries
    }
}
