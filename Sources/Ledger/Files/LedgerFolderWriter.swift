public import Foundation
import Glibc
public import Parallelism
import Synchronization
public import Tables
public import Vocabulary

/// Writes a ledger folder: tables of records kind by kind, as many blocks of each as there are, then `ledger.json`.
///
/// The folder is put together beside its place under a hidden name and renamed by ``finish(origin:)``, so that nobody
/// ever sees half of it; a writer that is dropped before that leaves nothing behind.
public final class LedgerFolderWriter {
    private let destination: URL
    private let staging: URL
    private let baseCurrency: Currency
    private let isReplacing: Bool
    private let isPacked: Bool
    private let workers: Workers
    private var writers: [String: (writer: CSVWriter, rows: Int)] = [:]
    private var isOpen = true

    /// Starts a ledger folder.
    ///
    /// - Parameters:
    ///   - destination: The name it will have; folders above it are created.
    ///   - replacing: Whether an older ledger of that name may be replaced. Anything else is never replaced.
    ///   - packing: Whether files are packed with gzip.
    /// - Throws: ``LedgerError/alreadyExists(path:)``, ``LedgerError/notALedger(path:)``,
    ///   ``LedgerError/cannotWrite(path:reason:)``.
    public init(
        _ destination: URL, baseCurrency: Currency, replacing: Bool = false, packing: Bool = false,
        workers: Workers = .allProcessors
    ) throws(LedgerError) {
        let plain = destination.standardizedFileURL
        self.destination = plain
        self.baseCurrency = baseCurrency
        isReplacing = replacing
        isPacked = packing
        self.workers = workers
        staging = Self.hiddenPlace(beside: plain)
        try Self.check(plain, replacing: replacing)
        do {
            try FileManager.default.createDirectory(at: staging, withIntermediateDirectories: true)
        } catch {
            throw .cannotWrite(path: destination.relativePath, reason: Self.reason(error))
        }
        UnfinishedLedgers.places.withLock { _ = $0.insert(staging.path) }
    }

    deinit {
        if isOpen { discard(staging) }
    }

    /// Writes records of a kind behind those before.
    ///
    /// - Parameter table: All columns that the kind requires, others of ``RecordKind/fields`` as far as there are any,
    ///   and none besides; every table of a kind has the same ones in the same order.
    /// - Throws: ``LedgerError/table(_:)``.
    public func write(_ table: Table, to kind: RecordKind) throws(LedgerError) {
        do throws(TableError) {
            try kind.validate(table)
            try write(table, named: kind.fileName)
        } catch {
            throw .table(error)
        }
    }

    /// Writes records of a kind that are CSV text already, behind those before.
    ///
    /// - Parameters:
    ///   - text: Whole records with all columns of ``RecordKind/fields`` in their order, without a header.
    ///   - rows: How many records that is.
    /// - Throws: ``LedgerError/table(_:)``.
    public func write(formatted text: [UInt8], rows: Int, to kind: RecordKind) throws(LedgerError) {
        do throws(TableError) {
            let file = self.file(named: kind.fileName)
            let isNew = writers[file] == nil
            let writer = try writer(of: file, adding: rows)
            if isNew { try writer.writeHeader(kind.fields.map(\.name)) }
            try writer.write(formatted: text)
        } catch {
            throw .table(error)
        }
    }

    /// A folder inside the ledger's for what accompanies it, which appears with the ledger.
    ///
    /// - Throws: ``LedgerError/cannotWrite(path:reason:)``.
    public func subfolder(_ name: String) throws(LedgerError) -> URL {
        let place = staging.appending(path: name)
        do {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        } catch {
            throw .cannotWrite(
                path: destination.appending(path: name).relativePath, reason: Self.reason(error))
        }
        return place
    }

    /// Completes the folder and gives it its name; nothing can be written afterwards.
    ///
    /// - Parameter origin: How the ledger came about.
    @discardableResult
    public func finish(origin: [String: String]) throws(LedgerError) -> LedgerManifest {
        var files: [LedgerManifest.File] = []
        for (name, entry) in writers.sorted(by: { $0.key < $1.key }) {
            do throws(TableError) { try entry.writer.finish() } catch { throw .table(error) }
            let digest = try FileDigest.of(staging.appending(path: name))
            files.append(LedgerManifest.File(name: name, rows: entry.rows, sha256: digest))
        }
        writers = [:]
        let manifest = LedgerManifest(baseCurrency: baseCurrency, files: files, origin: origin)
        do {
            try manifest.encoded().write(to: staging.appending(path: LedgerManifest.fileName))
        } catch {
            throw .cannotWrite(path: destination.relativePath, reason: Self.reason(error))
        }
        try Self.check(destination, replacing: isReplacing)
        try promote()
        isOpen = false
        return manifest
    }

    /// Writes rows to a file of a name.
    func write(_ table: Table, named name: String) throws(TableError) {
        try writer(of: file(named: name), adding: table.rowCount).write(table)
    }

    private func file(named name: String) -> String { "\(name).csv" + (isPacked ? ".gz" : "") }

    /// The writer of a file, which is started if there is none.
    private func writer(of file: String, adding rows: Int) throws(TableError) -> CSVWriter {
        let entry: (writer: CSVWriter, rows: Int)
        if let open = writers[file] {
            entry = open
        } else {
            entry = (try CSVWriter(to: .file(staging.appending(path: file).path), workers: workers), 0)
        }
        writers[file] = (entry.writer, entry.rows + rows)
        return entry.writer
    }
}

extension LedgerFolderWriter {
    private func promote() throws(LedgerError) {
        let files = FileManager.default
        var aside: URL?
        do {
            if files.fileExists(atPath: destination.path) {
                let old = Self.hiddenPlace(beside: destination)
                try files.moveItem(at: destination, to: old)
                aside = old
            }
            try files.moveItem(at: staging, to: destination)
        } catch {
            if let aside { try? files.moveItem(at: aside, to: destination) }
            throw .cannotWrite(path: destination.relativePath, reason: Self.reason(error))
        }
        if let aside { try? files.removeItem(at: aside) }
        UnfinishedLedgers.places.withLock { _ = $0.remove(staging.path) }
    }

    private func discard(_ place: URL) {
        writers = [:]
        try? FileManager.default.removeItem(at: place)
        UnfinishedLedgers.places.withLock { _ = $0.remove(place.path) }
    }

    private static func hiddenPlace(beside place: URL) -> URL {
        let tag = String(UInt32.random(in: .min ... .max), radix: 36)
        return place.deletingLastPathComponent()
            .appending(path: ".\(place.lastPathComponent).\(getpid())-\(tag).partial")
    }

    private static func check(_ destination: URL, replacing: Bool) throws(LedgerError) {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: destination.path) else {
            return
        }
        guard attributes[.type] as? FileAttributeType == .typeDirectory else {
            throw .notALedger(path: destination.relativePath)
        }
        let content = (try? FileManager.default.contentsOfDirectory(atPath: destination.path)) ?? []
        if content.isEmpty { return }
        guard content.contains(LedgerManifest.fileName) else {
            throw .notALedger(path: destination.relativePath)
        }
        guard replacing else { throw .alreadyExists(path: destination.relativePath) }
    }

    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        return (underlying ?? error as NSError).localizedDescription
    }
}

/// The folders in which ledgers are being put together in this process.
///
/// The counterpart of `StagedPaths` in `Results`, which neither imports this room nor is imported by it, so that
/// whoever draws results needs nothing of the engine.
public enum UnfinishedLedgers {
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

extension RecordKind {
    /// Refuses a table that does not have the columns of the kind.
    ///
    /// - Throws: `missingColumn` for one that is required, `unequalTypes` for one of another type, `badSchema` for one
    ///   that the kind does not have.
    func validate(_ table: Table) throws(TableError) {
        for field in fields where field.isRequired && table[field.name] == nil {
            throw .missingColumn(file: fileName, name: field.name, available: table.names)
        }
        for column in table.columns {
            guard let field = field(column.name) else {
                throw .badSchema(column: column.name, reason: "\(fileName) have no such column")
            }
            guard column.type == field.schema.type || field.schema.type.canHold(column.type) else {
                throw .unequalTypes(column: column.name, type: column.type, expected: field.schema.type)
            }
        }
    }
}

extension ColumnType {
    /// Whether values of another type can be taken without loss.
    fileprivate func canHold(_ other: ColumnType) -> Bool {
        switch (self, other) {
        case (.text, .category), (.category, .text), (.double, .float), (.double, .integer): true
        default: false
        }
    }
}
