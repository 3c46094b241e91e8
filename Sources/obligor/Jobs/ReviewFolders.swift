import Foundation
import Results
import Review
import Store
import Vocabulary

/// Where the run folders of a store's reviews are, which the store remembers by the digests of the runs.
extension SQLiteStore {
    /// The job that reviews are runs of.
    static let reviewJob = "review"

    /// Remembers where the run folder of a review is.
    func remember(_ folder: URL, ofReview digest: String) throws {
        var folders = try reviewFolders()
        let path = folder.standardizedFileURL.path
        guard folders[digest] != path else { return }
        folders[digest] = path
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try keep(try encoder.encode(folders), of: Self.reviewJob)
    }

    /// The run folder of the last review that followed one of a day: that of the latest date, and of several of one date
    /// the one that was finished last.
    ///
    /// - Returns: `nil` if none followed that the store remembers the folder of.
    /// - Throws: ``ResultsError`` if it is no longer where it was written.
    func reviewFolder(following day: CalendarDay) throws -> RunFolder? {
        let folders = try reviewFolders()
        let later = try runs().filter { run in
            run.plan.job == Self.reviewJob && run.finished != nil && run.plan.asOf > day
                && folders[run.plan.digest] != nil
        }
        let last = later.max { one, other in
            (one.plan.asOf, one.finished ?? .distantPast) < (other.plan.asOf, other.finished ?? .distantPast)
        }
        guard let plan = last?.plan, let path = folders[plan.digest] else { return nil }
        guard let folder = try? RunFolder(URL(filePath: path)), folder.record.digest == plan.digest else {
            throw ResultsError.notRead(
                path: path,
                reason: "the review of \(plan.asOf) is no longer there: name where it is with --previous")
        }
        return folder
    }

    private func reviewFolders() throws -> [String: String] {
        guard let kept = try state(of: Self.reviewJob) else { return [:] }
        guard let folders = try? JSONDecoder().decode([String: String].self, from: kept) else {
            throw StorageError.damaged(store: name, reason: "its list of reviews cannot be read")
        }
        return folders
    }
}
