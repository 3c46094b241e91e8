import Foundation
import Parallelism
import Results
import Synchronization

/// SHA-256 of files that were looked at once.
final class FileDigests: Sendable {
    private let known = Mutex<[URL: FileRecord]>([:])

    /// Records of files in their order, each read once.
    func records(of files: [URL], role: String, workers: Workers) throws -> [FileRecord] {
        let missing = known.withLock { known in files.filter { known[$0] == nil } }
        let read = try workers.tryMap(missing.count) { (number) throws(any Error) in
            try FileRecord(role: role, of: missing[number])
        }
        return known.withLock { known in
            for (file, record) in zip(missing, read) { known[file] = record }
            return files.compactMap { known[$0] }
        }
    }
}
