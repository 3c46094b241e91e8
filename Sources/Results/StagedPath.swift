package import Foundation
import Glibc
import Synchronization

/// A place beside a destination where results are put together before they get their name.
///
/// Names start with a dot and end in ".partial", so that no reader takes them for results, and every place that
/// is in use is on record, so that an interrupted program can clear them (``StagedPaths/removeAll()``).
package struct StagedPath: Sendable {
    package let destination: URL
    package let url: URL

    package init(beside destination: URL) {
        let plain = destination.standardizedFileURL
        let name = plain.lastPathComponent
        let tag = String(UInt32.random(in: .min ... .max), radix: 36)
        self.destination = plain
        url = plain.deletingLastPathComponent()
            .appending(path: ".\(name).\(getpid())-\(tag).partial", directoryHint: .notDirectory)
        StagedPaths.places.withLock { _ = $0.insert(url.path) }
    }

    /// Gives what was put together its name.
    package func promote() throws(ResultsError) {
        if let failure = renameAtomically(url.path, to: destination.path) {
            throw .notWritten(path: destination.relativePath, reason: reason(ofError: failure))
        }
        forget()
    }

    /// Gives a file that was put together its name, unless something has that name already.
    package func promoteIfNew() throws(ResultsError) {
        if let failure = renameIfNew(url.path, to: destination.path) {
            if failure == EEXIST { throw .alreadyExists(path: destination.relativePath) }
            throw .notWritten(path: destination.relativePath, reason: reason(ofError: failure))
        }
        forget()
    }

    /// Removes what was put together.
    package func discard() {
        try? FileManager.default.removeItem(at: url)
        forget()
    }

    private func forget() {
        StagedPaths.places.withLock { _ = $0.remove(url.path) }
    }
}

/// The places where results are being put together in this process.
public enum StagedPaths {
    static let places = Mutex<Set<String>>([])

    /// Removes whatever is half-written; for a program that has been told to stop.
    public static func removeAll() {
        let paths = places.withLock { places in
            defer { places = [] }
            return places
        }
        for path in paths {
            // A thread that is still writing may put a file into a folder while it is being removed.
            for _ in 0..<3 where FileManager.default.fileExists(atPath: path) {
                try? FileManager.default.removeItem(atPath: path)
            }
        }
    }
}

/// What the system says about an error number.
func reason(ofError number: Int32) -> String {
    POSIXErrorCode(rawValue: number).map { POSIXError($0).localizedDescription } ?? "error \(number)"
}

/// Why a call of Foundation's file functions failed, in a few words.
func reason(of error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    // The description begins with a sentence that says no more than that something failed.
    let said = [error as NSError, underlying].compactMap { $0?.localizedFailureReason }.first
    let text = said ?? (underlying ?? error as NSError).localizedDescription
    return text.hasSuffix(".") ? String(text.dropLast()) : text
}
