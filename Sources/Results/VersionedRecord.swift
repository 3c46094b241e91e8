/// A record kept as a JSON file of its own, with the version of its form.
public protocol VersionedRecord: Codable, Sendable {
    /// The version that this engine writes, and the newest it reads.
    static var currentVersion: Int { get }
    /// The name of its file in a run folder.
    static var fileName: String { get }
    /// The version that the record was written in.
    var formatVersion: Int { get }
}
