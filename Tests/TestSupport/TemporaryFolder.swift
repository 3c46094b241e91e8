public import Foundation

/// A folder of its own for one test, removed when the test lets go of it.
public final class TemporaryFolder {
    /// The folder.
    public let url: URL

    /// Makes a folder.
    public init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "obligor-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// A place in the folder.
    public func file(_ name: String) -> URL { url.appending(path: name) }

    /// The path of a place in the folder.
    public func path(_ name: String) -> String { file(name).path }

    /// Writes text into the folder.
    ///
    /// - Returns: The path.
    @discardableResult
    public func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: file(name))
        return path(name)
    }

    /// Everything in the folder, hidden files too.
    public var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
    }
}
