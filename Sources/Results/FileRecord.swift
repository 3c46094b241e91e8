/// A file that a run read or wrote, so that it can be recognised again.
public struct FileRecord: Sendable, Equatable, Codable {
    /// What the file was to the run, such as "data", "recipe" or "model".
    public let role: String
    /// The path as it was given, or the name within the run folder.
    public let path: String
    /// Length in bytes.
    public let bytes: Int
    /// SHA-256 of the content, 64 hexadecimal digits.
    public let sha256: String

    /// A record of a file.
    public init(role: String, path: String, bytes: Int, sha256: String) {
        self.role = role
        self.path = path
        self.bytes = bytes
        self.sha256 = sha256
    }
}
