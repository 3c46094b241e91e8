public import Foundation

/// The folder of reference data and oracles that stands beside a checkout on development machines.
///
/// Users have none of it, so a suite that reads it carries `.enabled(if: SharedData.isAvailable, …)` and is shown
/// as skipped where it is absent.
public enum SharedData {
    /// The folder: `OBLIGOR_SHARED` if set, else `shared` beside the checkout.
    public static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["OBLIGOR_SHARED"] {
            return URL(filePath: path, directoryHint: .isDirectory)
        }
        return URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "shared", directoryHint: .isDirectory)
    }()

    /// Whether the folder is there.
    public static let isAvailable = FileManager.default.fileExists(
        atPath: folder.appending(path: "oracles/README.md").path)

    /// What a skipped test says.
    public static let absence = "needs the reference data beside the checkout (or OBLIGOR_SHARED)"

    /// A file below the folder.
    public static func file(_ path: String) -> URL { folder.appending(path: path) }

    /// The text of a file below the folder, unpacked if its name ends in .gz.
    public static func text(_ path: String) throws -> String {
        let file = file(path)
        guard path.hasSuffix(".gz") else { return try String(contentsOf: file, encoding: .utf8) }
        let process = Process()
        process.executableURL = URL(filePath: "/bin/gzip")
        process.arguments = ["-dc", file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw OracleError(description: "\(path) cannot be unpacked")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
