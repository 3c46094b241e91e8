public import Foundation

/// Puts a run folder together; see ``FolderWriter``.
public final class RunFolderWriter {
    private let folder: FolderWriter

    /// Starts a run folder.
    ///
    /// - Parameters:
    ///   - destination: The name it will have; folders above it are created.
    ///   - replacing: Whether an older run folder of that name may be replaced. Anything else is never replaced.
    public init(_ destination: URL, replacing: Bool) throws(ResultsError) {
        folder = try FolderWriter(destination, replacing: replacing, recognisedBy: RunRecord.fileName)
    }

    /// Where a file of the run is to be written.
    public func file(_ name: String) -> URL { folder.file(name) }

    /// Writes a record under its own name.
    public func write(_ record: some VersionedRecord) throws(ResultsError) {
        try folder.write(named: type(of: record).fileName) { try record.encoded() }
    }

    /// Writes records under their own name.
    public func write<Record: DelimitedRecord>(_ records: some Sequence<Record>) throws(ResultsError) {
        try write(Record.encoded(records), named: Record.fileName)
    }

    /// Writes the portfolio under its own name.
    public func write(_ portfolio: Portfolio) throws(ResultsError) {
        try write(portfolio.encoded(), named: Portfolio.fileName)
    }

    /// Writes a file.
    public func write(_ data: Data, named name: String) throws(ResultsError) {
        try folder.write(data, named: name)
    }

    /// Writes bytes behind those of a file that are there already; the file itself if it is not.
    public func append(_ data: Data, to name: String) throws(ResultsError) {
        try folder.append(data, to: name)
    }

    /// Writes the record of the run and gives the folder its name.
    public func finish(_ record: RunRecord) throws(ResultsError) -> RunFolder {
        try write(record)
        try folder.finish()
        return RunFolder(url: folder.destination, record: record)
    }
}
