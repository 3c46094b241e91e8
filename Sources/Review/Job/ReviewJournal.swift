public import Foundation
import Results
public import Tables
public import Vocabulary

/// Where a review keeps what it has computed, so that one that was interrupted goes on where it stopped.
public protocol ReviewJournal: Sendable {
    /// What was kept of a batch; `nil` if nothing was.
    func facts(ofBatch batch: Int, schema: Schema) throws -> Table?
    /// Keeps what was computed for a batch.
    func keep(_ facts: Table, ofBatch batch: Int) throws
    /// How many batches are kept.
    func batchCount() throws -> Int
    /// Keeps what a review came to, which counts for nobody yet; again changes nothing.
    func keepRatings(of review: PortfolioReview, currency: Currency) throws
    /// Makes it count, when the files of the run are written and before its folder appears; again changes nothing.
    func complete(_ review: PortfolioReview) throws
    /// Lets go of what only an interrupted review needs, after its run folder has appeared.
    func close()
}

/// A journal in a folder, with a file for each batch that appears when it is complete.
public struct FolderJournal: ReviewJournal {
    /// The folder.
    public let url: URL
    private static let digestFile = "digest"

    /// Opens the journal of a review.
    ///
    /// A journal of another review, or of the same one from other data, is begun anew.
    ///
    /// - Parameters:
    ///   - url: The folder.
    ///   - digest: What the review is made from.
    /// - Throws: ``ResultsError/notWritten(path:reason:)``.
    public init(_ url: URL, digest: String) throws {
        self.url = url
        let mark = url.appending(path: Self.digestFile)
        let last = try? String(contentsOf: mark, encoding: .utf8)
        if last == digest { return }
        do {
            if FileManager.default.fileExists(atPath: url.path) {
                try FileManager.default.removeItem(at: url)
            }
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            try Data(digest.utf8).write(to: mark, options: .atomic)
        } catch {
            throw ResultsError.notWritten(path: url.relativePath, reason: error.localizedDescription)
        }
    }

    private func file(_ batch: Int) -> URL { url.appending(path: "\(batch).csv") }

    /// How many batches are kept.
    public func batchCount() -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        return names.count { $0.hasSuffix(".csv") }
    }

    /// What was kept of a batch; `nil` if nothing was.
    public func facts(ofBatch batch: Int, schema: Schema) throws -> Table? {
        guard FileManager.default.fileExists(atPath: file(batch).path) else { return nil }
        return try FactFile.read(.file(file(batch).path), schema: schema)
    }

    /// Keeps what was computed for a batch.
    public func keep(_ facts: Table, ofBatch batch: Int) throws {
        do { try FactFile.data(facts).write(to: file(batch), options: .atomic) } catch {
            throw ResultsError.notWritten(
                path: file(batch).relativePath, reason: error.localizedDescription)
        }
    }

    /// Nothing: the run folder has all of it.
    public func keepRatings(of review: PortfolioReview, currency: Currency) {}

    /// Nothing: a folder's review is its run folder.
    public func complete(_ review: PortfolioReview) {}

    /// Removes the folder.
    public func close() { try? FileManager.default.removeItem(at: url) }
}

/// Facts as a CSV file, which reads back as the same bits.
public enum FactFile {
    /// The file in a run folder: what the review knew of each obligor on the date that its rating is of.
    public static let name = "facts.csv"

    /// The file.
    public static func data(_ facts: Table) -> Data {
        data(facts, rows: 0..<facts.rowCount)
    }

    /// Some rows of the file that follow each other; the header before the first.
    public static func data(_ facts: Table, rows: Range<Int>) -> Data {
        let formatter = CSVFormatter()
        let header = rows.lowerBound == 0 ? formatter.header(facts.names) : []
        return Data(header + formatter.records(of: facts, rows: rows))
    }

    /// The facts in a file.
    ///
    /// - Parameter schema: What columns hold; those that it does not describe are found out.
    public static func read(_ input: CSVInput, schema: Schema) throws(TableError) -> Table {
        var options = CSVOptions()
        options.delimiter = .comma
        options.decimalMark = .point
        options.schema = schema
        return try CSVReader(options).read(input)
    }
}
