import Foundation

extension URL {
    /// Whether it is a folder, or a link to one.
    var isFolder: Bool {
        (try? resolvingSymlinksInPath().resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true
    }
}
