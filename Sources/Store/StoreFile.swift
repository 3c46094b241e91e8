import Foundation
import Results
import Review

/// The file of a store before it is opened.
enum StoreFile {
    /// Refuses what is no store.
    static func check(_ file: URL) throws(StorageError) {
        let head: Data
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            head = try handle.read(upToCount: 72) ?? Data()
        } catch {
            guard FileManager.default.fileExists(atPath: file.path) else {
                throw .noStore(path: file.relativePath)
            }
            throw .cannotAccess(store: file.relativePath, reason: "cannot be read: check its rights")
        }
        // The magic text of SQLite's format, and the application's number at byte 68, most significant byte first.
        let identity = (0..<4).map { UInt8(truncatingIfNeeded: StoreSchema.applicationID >> (24 - 8 * $0)) }
        guard head.count == 72, head.prefix(16) == Data("SQLite format 3\0".utf8),
            Array(head[68...]) == identity
        else { throw .notAStore(path: file.relativePath) }
    }

    /// Makes a file beside its place and gives it its name when it is complete; whatever happens before, there is none.
    ///
    /// - Parameter replacing: Whether a file that stands there may be replaced.
    static func making<Value>(
        _ file: URL, replacing: Bool = false, _ body: (StagedPath) throws(StorageError) -> Value
    ) throws(StorageError) -> Value {
        do { return try filling(file, replacing: replacing, body) } catch {
            throw StorageError(error, in: file.relativePath)
        }
    }

    /// The same for a body that may throw any error.
    static func filling<Value>(
        _ file: URL, replacing: Bool = false, _ body: (StagedPath) throws -> Value
    ) throws -> Value {
        if !replacing, FileManager.default.fileExists(atPath: file.path) {
            throw StorageError.alreadyExists(path: file.relativePath)
        }
        removeRemains(of: file)
        let place = StagedPath(beside: file)
        let value: Value
        do {
            value = try body(place)
            try place.synchronise()
            try place.promote(replacing: replacing)
        } catch {
            discard(place)
            throw error
        }
        return value
    }

    /// Removes what a process that was killed left of a file when it was making it.
    private static func removeRemains(of file: URL) {
        let folder = file.standardizedFileURL.deletingLastPathComponent()
        let start = ".\(file.lastPathComponent)."
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        where name.hasPrefix(start) && name.contains(".partial") {
            let place = folder.appending(path: name)
            let attributes = try? FileManager.default.attributesOfItem(atPath: place.path)
            guard let process = Int32(name.dropFirst(start.count).prefix { $0 != "-" }),
                ProcessIdentity.start(of: process) == nil,
                // A process on another machine may be making it, and writes all the time then.
                let changed = attributes?[.modificationDate] as? Date,
                Date().timeIntervalSince(changed) > LockHolder.patience
            else { continue }
            try? FileManager.default.removeItem(at: place)
        }
    }

    private static func discard(_ place: StagedPath) {
        place.discard()
        for suffix in ["-journal", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: place.url.path + suffix)
        }
    }
}

extension StagedPath {
    /// Writes the content through to the disk.
    fileprivate func synchronise() throws(StorageError) {
        do {
            let handle = try FileHandle(forUpdating: url)
            defer { try? handle.close() }
            try handle.synchronize()
        } catch {
            throw .cannotAccess(store: destination.relativePath, reason: error.localizedDescription)
        }
    }

    /// Gives the file its name.
    fileprivate func promote(replacing: Bool) throws(StorageError) {
        do throws(ResultsError) {
            if replacing { try promote() } else { try promoteIfNew() }
        } catch .alreadyExists(let path) {
            throw .alreadyExists(path: path)
        } catch {
            throw .cannotAccess(store: destination.relativePath, reason: error.description)
        }
    }
}
