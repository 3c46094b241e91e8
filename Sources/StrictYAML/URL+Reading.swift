public import Foundation

extension URL {
    /// Whether it is a folder, or a link to one.
    public var isFolder: Bool {
        (try? resolvingSymlinksInPath().resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true
    }

    /// Why it could not be read, in a few words, by the error of the attempt.
    public func reasonNotRead(_ error: any Error) -> String {
        if isFolder { return "it is a folder" }
        guard FileManager.default.fileExists(atPath: path) else { return "there is no such file" }
        return (error as NSError).localizedFailureReason ?? error.localizedDescription
    }
}
