/// Why results could not be written or read.
public enum ResultsError: Error, Sendable, Equatable {
    /// Something already stands where the results are to go.
    case alreadyExists(path: String)
    /// The folder that is to be read is not a run folder.
    case notARunFolder(path: String)
    /// What stands where the results are to go is of another kind, so it is not replaced.
    case notReplaceable(path: String, marker: String)
    /// The file system refused to create, write or rename.
    case notWritten(path: String, reason: String)
    /// A file cannot be opened or read.
    case notRead(path: String, reason: String)
    /// A file of a run is longer than it can be.
    case tooLarge(path: String, bytes: Int, limit: Int)
    /// A file is not a record of the kind it should be.
    case damaged(path: String, reason: String)
    /// A file was written by a later version of the engine.
    case newerVersion(path: String, version: Int, supported: Int)
}

extension ResultsError: CustomStringConvertible {
    /// One line: the fact and the remedy.
    public var description: String {
        switch self {
        case .alreadyExists(let path):
            "\(path): already exists: choose another name or allow replacing it (--replace)"
        case .notARunFolder(let path):
            "\(path): not a run folder (it has no run.json): name one that a command wrote with --out"
        case .notReplaceable(let path, let marker):
            "\(path): not a folder with \(marker), so it is not replaced: choose another name or remove it yourself"
        case .notWritten(let path, let reason): "\(path): cannot be written (\(reason))"
        case .notRead(let path, let reason): "\(path): cannot be read (\(reason))"
        case .tooLarge(let path, let bytes, let limit):
            "\(path): \(bytes) bytes, more than the \(limit) allowed: is this the right file?"
        case .damaged(let path, let reason): "\(path): damaged (\(reason)): write it again from its inputs"
        case .newerVersion(let path, let version, let supported):
            "\(path): format version \(version), this engine reads up to \(supported): use a newer engine"
        }
    }
}
