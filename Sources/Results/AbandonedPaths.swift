public import Foundation

extension StagedPaths {
    /// Removes what processes that are no longer there have left half-written beside a destination.
    ///
    /// - Returns: The names of what was removed.
    @discardableResult
    public static func removeAbandoned(beside destination: URL) -> [String] {
        let plain = destination.standardizedFileURL
        let folder = plain.deletingLastPathComponent()
        let start = ".\(plain.lastPathComponent)."
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().filter { name in
            guard name.hasPrefix(start), name.hasSuffix(".partial"),
                let process = Int32(name.dropFirst(start.count).prefix { $0 != "-" }),
                process != ProcessInfo.processInfo.processIdentifier,
                !FileManager.default.fileExists(atPath: "/proc/\(process)")
            else { return false }
            return (try? FileManager.default.removeItem(at: folder.appending(path: name))) != nil
        }
    }
}
