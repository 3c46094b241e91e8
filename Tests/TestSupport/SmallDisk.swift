public import Foundation

/// A file system of its own in memory, of a few megabytes, as long as the value lives; for what happens when a disk is
/// full or cannot be written.
///
/// Only the superuser can have one: tests ask ``isAvailable`` and are skipped otherwise.
public final class SmallDisk {
    /// Its root.
    public let url: URL
    private let folder: TemporaryFolder

    /// Mounts a disk.
    public init(megabytes: Int) throws {
        folder = try TemporaryFolder()
        url = folder.file("disk")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        guard Self.run("mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", url.path) else {
            throw CocoaError(.fileWriteNoPermission)
        }
    }

    deinit { _ = Self.run("umount", "-l", url.path) }

    /// Whether this process may mount file systems.
    public static let isAvailable: Bool = {
        guard let disk = try? SmallDisk(megabytes: 1) else { return false }
        return FileManager.default.fileExists(atPath: disk.url.path)
    }()

    /// Forbids, or allows again, every change.
    ///
    /// - Returns: Whether that could be done.
    public func setReadOnly(_ isReadOnly: Bool) -> Bool {
        Self.run("mount", "-o", "remount,\(isReadOnly ? "ro" : "rw")", url.path)
    }

    private static func run(_ program: String, _ arguments: String...) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
