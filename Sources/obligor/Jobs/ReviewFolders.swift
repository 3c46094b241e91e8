import Foundation
import Results
import Review
import Store
import Vocabulary

/// Where the run folders of a store's reviews are, which the store remembers by the digests of the runs.
///
/// A copy of a store, and one that was moved, remember nothing: what they are told must not be written beside the
/// reviews of the original.
extension SQLiteStore {
    /// The job that reviews are runs of.
    static let reviewJob = "review"

    private struct ReviewFolders: Codable {
        /// Where the store was whose reviews these are.
        var store: String
        /// By digest of the run.
        var paths: [String: String] = [:]
    }

    /// Remembers where the run folder of a review is.
    func remember(_ folder: URL, ofReview digest: String) throws {
        var folders = try reviewFolders()
        let path = folder.standardizedFileURL.path
        guard folders.paths[digest] != path else { return }
        // A review that was there before has been replaced.
        folders.paths = folders.paths.filter { $0.value != path }
        folders.paths[digest] = path
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try keep(try encoder.encode(folders), of: Self.reviewJob)
    }

    /// The run folder of the last review that followed another: that of the latest date, and of several of one date the
    /// one that was finished last.
    ///
    /// Reviews whose folders are no longer where they were written are passed over.
    ///
    /// - Returns: `nil` if none followed.
    func reviewFolder(following review: RunFolder) throws -> RunFolder? {
        func order(_ run: StoredRun) -> (CalendarDay, Date) { (run.plan.asOf, run.finished ?? .distantPast) }
        let day = try review.reviewDate()
        let paths = try reviewFolders().paths
        let reviews = try runs().filter { $0.plan.job == Self.reviewJob && $0.finished != nil }
        let start =
            reviews.first { $0.plan.digest == review.record.digest }.map(order) ?? (day, .distantFuture)
        for run in reviews.filter({ order($0) > start }).sorted(by: { order($0) > order($1) }) {
            guard let path = paths[run.plan.digest], let folder = try? RunFolder(URL(filePath: path)) else {
                continue
            }
            if folder.record.digest == run.plan.digest { return folder }
        }
        return nil
    }

    private func reviewFolders() throws -> ReviewFolders {
        let own = ReviewFolders(store: file.standardizedFileURL.resolvingSymlinksInPath().path)
        guard let kept = try state(of: Self.reviewJob) else { return own }
        guard let folders = try? JSONDecoder().decode(ReviewFolders.self, from: kept) else {
            throw StorageError.damaged(store: name, reason: "its list of reviews cannot be read")
        }
        return folders.store == own.store ? folders : own
    }
}
