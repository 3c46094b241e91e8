public import Foundation
import Glibc

/// The lock of a portfolio that is a ledger folder: one job at a time.
///
/// A file beside the ledger, or in the system's temporary folder where nothing can be written there, is locked by the
/// operating system for as long as the process lives: that of a process that was killed is free at once, whatever the
/// file says.
public final class FolderLock: PortfolioLock {
    private let handle: FileHandle
    /// The job that had the lock and did not give it back; `nil` if the last one did.
    public let abandoned: LockHolder?

    /// Takes the lock of a portfolio.
    ///
    /// - Parameters:
    ///   - portfolio: The ledger folder, or what else the portfolio is kept in.
    ///   - purpose: What the job is.
    ///   - patience: How long to wait for another job, in seconds.
    /// - Throws: ``StorageError/locked(by:)``, ``StorageError/cannotAccess(store:reason:)``.
    public init(
        of portfolio: URL, for purpose: String, waiting patience: TimeInterval = 0
    ) throws(StorageError) {
        let file = try Self.lockFile(of: portfolio)
        guard let handle = try? FileHandle(forUpdating: file) else {
            throw .cannotAccess(store: file.path, reason: "the lock cannot be opened")
        }
        let deadline = ContinuousClock.now + .seconds(patience)
        while flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) != 0 {
            guard ContinuousClock.now < deadline else {
                let holder = Self.holder(in: handle)
                try? handle.close()
                // It may not have said yet who it is.
                guard let holder else { throw .busy(store: portfolio.relativePath) }
                throw .locked(by: holder)
            }
            Thread.sleep(forTimeInterval: 0.1)
        }
        abandoned = Self.holder(in: handle)
        self.handle = handle
        let now = Date()
        let mine = LockHolder(
            purpose: purpose, process: ProcessInfo.processInfo.processIdentifier, processStart: "",
            host: ProcessInfo.processInfo.hostName, boot: "", taken: now, heard: now)
        do {
            try handle.truncate(atOffset: 0)
            try handle.write(contentsOf: JSONEncoder().encode(mine))
            try handle.synchronize()
        } catch {
            throw .cannotAccess(store: file.path, reason: "the lock cannot be written")
        }
    }

    deinit { release() }

    /// Nothing has to be said while the process lives.
    public func renew() {}

    /// Gives the lock back.
    public func release() {
        try? handle.truncate(atOffset: 0)
        try? handle.close()
    }

    private static func holder(in handle: FileHandle) -> LockHolder? {
        try? handle.seek(toOffset: 0)
        guard let data = try? handle.read(upToCount: 1 << 16), !data.isEmpty else { return nil }
        return try? JSONDecoder().decode(LockHolder.self, from: data)
    }

    /// The file that is locked; made if it is not there.
    private static func lockFile(of portfolio: URL) throws(StorageError) -> URL {
        let plain = portfolio.resolvingSymlinksInPath().standardizedFileURL
        let beside = plain.deletingLastPathComponent().appending(path: ".\(plain.lastPathComponent).lock")
        let name = "obligor-\(ContentDigest.of(Data(plain.path.utf8)).prefix(16)).lock"
        let files = FileManager.default
        for file in [beside, files.temporaryDirectory.appending(path: name)] {
            if files.isWritableFile(atPath: file.path) { return file }
            if !files.fileExists(atPath: file.path), files.createFile(atPath: file.path, contents: nil) {
                return file
            }
        }
        throw .cannotAccess(store: plain.path, reason: "no lock can be made for it")
    }
}
