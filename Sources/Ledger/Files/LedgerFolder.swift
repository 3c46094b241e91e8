public import Foundation
public import Parallelism
import Tables
public import Vocabulary

/// A ledger in a folder: `ledger.json` and a CSV file, plain or gzip, for each kind of record that there is.
public struct LedgerFolder: LedgerSource {
    /// The folder.
    public let url: URL
    /// What `ledger.json` says.
    public let manifest: LedgerManifest
    /// The files by kind.
    public let files: [RecordKind: URL]
    private let verifiesDigests: Bool

    /// Opens a ledger folder.
    ///
    /// - Parameter verifyingDigests: Whether files are held against the digests in `ledger.json`, which takes about as
    ///   long as reading them.
    /// - Throws: ``LedgerError/noLedger(folder:reason:)``, ``LedgerError/badManifest(file:reason:)``,
    ///   ``LedgerError/newerVersion(file:version:supported:)``, ``LedgerError/ambiguousFile(folder:name:)``.
    public init(_ url: URL, verifyingDigests: Bool = false) throws(LedgerError) {
        self.url = url
        verifiesDigests = verifyingDigests
        manifest = try LedgerManifest.read(url)
        var files: [RecordKind: URL] = [:]
        for kind in RecordKind.allCases {
            let found = ["csv", "csv.gz"].map { url.appending(path: "\(kind.fileName).\($0)") }
                .filter { FileManager.default.fileExists(atPath: $0.path) }
            guard found.count < 2 else {
                throw .ambiguousFile(folder: url.relativePath, name: kind.fileName)
            }
            files[kind] = found.first
        }
        guard files[.obligors] != nil else {
            throw .noLedger(folder: url.relativePath, reason: "there is no obligors.csv")
        }
        self.files = files
    }

    /// The currency that amounts are compared in.
    public var baseCurrency: Currency { manifest.baseCurrency }

    /// Columns that are not read, and files that are not those of `ledger.json`.
    public func faults(_ policy: CheckPolicy) throws(LedgerError) -> [CheckReport.Entry] {
        var entries: [CheckReport.Entry] = []
        func note(_ check: CheckKind, _ kind: RecordKind?, _ file: String, _ column: String?) {
            entries.append(
                CheckReport.Entry(
                    check: check, severity: policy[check], records: kind, file: file, column: column,
                    count: 1,
                    lines: []))
        }
        for kind in RecordKind.allCases {
            guard let file = files[kind] else { continue }
            for name in try CSVColumns.names(of: file) where kind.field(name) == nil {
                note(.unknownColumn, kind, file.lastPathComponent, name)
            }
        }
        let present = Set(files.values.map(\.lastPathComponent))
        for file in manifest.files where !present.contains(file.name) && file.name != Repair.fileName {
            note(.alteredFile, nil, file.name, nil)
        }
        if !manifest.files.isEmpty {
            let listed = Set(manifest.files.map(\.name))
            for name in present.sorted() where !listed.contains(name) { note(.unlistedFile, nil, name, nil) }
        }
        if verifiesDigests {
            for file in manifest.files where present.contains(file.name) {
                let digest = try FileDigest.of(url.appending(path: file.name))
                if digest != file.sha256 { note(.alteredFile, nil, file.name, nil) }
            }
        }
        return entries
    }

    /// Reads the file of the kind, if there is one.
    public func forEachBlock<Output: Sendable>(
        of kind: RecordKind, in scope: LedgerScope, workers: Workers,
        _ transform: @Sendable (RecordBlock) -> Output,
        handOn: (Output) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        guard let file = files[kind] else { return }
        let names = try CSVColumns.names(of: file)
        for field in kind.fields where field.isRequired && !names.contains(field.name) {
            throw .table(.missingColumn(file: file.relativePath, name: field.name, available: names))
        }
        let known = scope.fields(of: kind).filter { names.contains($0.name) }
        var options = CSVOptions()
        options.delimiter = .automatic
        try RecordBlock.forEach(
            of: .file(file.path), called: file.lastPathComponent, known, options, workers: workers, transform,
            handOn: handOn)
    }
}

/// The columns of a CSV file.
enum CSVColumns {
    /// Their names.
    static func names(
        of file: URL, delimiter: CSVOptions.Delimiter = .automatic
    ) throws(LedgerError) -> [String] {
        do throws(TableError) {
            var options = CSVOptions()
            options.workers = .single
            options.delimiter = delimiter
            return try CSVStream(.file(file.path), options).schema.names
        } catch {
            throw .table(error)
        }
    }
}
