import Foundation
import Glibc
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
            // Held until it has its name, so that whoever opens the store meanwhile knows it from what a process that
            // is gone has left; before SQLite opens it, since closing a second handle would drop SQLite's locks.
            let hold = try StagedHold(place.url)
            defer { hold.release() }
            value = try body(place)
            try place.synchronise()
            try place.promote(replacing: replacing)
        } catch {
            discard(place)
            throw error
        }
        return value
    }

    /// Removes what processes that were killed left of a file when they were making it.
    static func removeRemains(of file: URL) {
        let folder = file.standardizedFileURL.deletingLastPathComponent()
        let start = ".\(file.lastPathComponent)."
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        where name.hasPrefix(start) {
            // A log or journal of SQLite goes with the file that it belongs to.
            guard let end = name.range(of: ".partial"),
                let process = Int32(name.dropFirst(start.count).prefix { $0 != "-" }),
                ProcessIdentity.start(of: process) == nil,
                !StagedHold.isHeld(folder.appending(path: String(name[..<end.upperBound])))
            else { continue }
            try? FileManager.default.removeItem(at: folder.appending(path: name))
        }
    }

    /// Why nothing can be made at a place: disk full, or no right to write there.
    fileprivate static func notMade(_ file: URL) -> StorageError {
        let name = file.relativePath
        switch errno {
        case ENOSPC, EDQUOT: return .full(store: name)
        case EROFS, EACCES, EPERM:
            return .cannotAccess(
                store: name, reason: "the file or its folder cannot be written: give the rights, or copy it")
        default:
            return .cannotAccess(
                store: name, reason: "cannot be opened: check that its folder is there and can be written")
        }
    }

    private static func discard(_ place: StagedPath) {
        place.discard()
        for suffix in ["-journal", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: place.url.path + suffix)
        }
    }
}

/// A lock of the operating system on a file that is being made, which ends with the process whatever ends it, on other
/// machines that share the file system too.
private struct StagedHold {
    private let handle: FileHandle

    /// Makes an empty file and takes the lock.
    init(_ file: URL) throws(StorageError) {
        guard FileManager.default.createFile(atPath: file.path, contents: nil),
            let handle = try? FileHandle(forUpdating: file)
        else { throw StoreFile.notMade(file) }
        // Where the file system has no locks, its age tells what is left behind.
        _ = flock(handle.fileDescriptor, LOCK_EX | LOCK_NB)
        self.handle = handle
    }

    func release() { try? handle.close() }

    /// Whether somebody is making a file.
    static func isHeld(_ file: URL) -> Bool {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: file.path) else {
            return false
        }
        if attributes[.type] as? FileAttributeType == .typeRegular,
            // For writing, since a network file system gives an exclusive lock to nobody else.
            let handle = try? FileHandle(forUpdating: file)
        {
            defer { try? handle.close() }
            if flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) == 0 { return false }
            if errno == EWOULDBLOCK { return true }
        }
        // Whoever makes it writes all the time, into a folder's files where it is one.
        let contents = FileManager.default.enumerator(
            at: file, includingPropertiesForKeys: [.contentModificationDateKey])
        let inside = (contents?.compactMap { $0 as? URL } ?? []).compactMap {
            try? $0.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate
        }
        let changed = ([attributes[.modificationDate] as? Date] + inside).compactMap(\.self).max()
        return changed.map { Date().timeIntervalSince($0) <= LockHolder.patience } ?? true
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
