import Foundation
import Ledger
import Logging
import Parallelism
import Results
import Review
import Scoring
import Synchronization
import Tables
import Vocabulary

/// What was read and checked of a ledger folder, kept packed, so that whoever comes again need not read and check the
/// same files again.
///
/// A folder: `cache.json` says of which files it is, by their SHA-256, and what their check found; a file for each kind
/// of record has ``PackedRecords``, page by page, each with its own SHA-256. Files of another content, another engine
/// and damage make the whole of it useless: then the files are read and checked, and the cache is made anew.
struct LedgerCache {
    /// The file by which the folder is recognised.
    static let headName = "cache.json"

    let url: URL
    /// Whether it is only looked at, never made.
    let isReadOnly: Bool
    let log: Logger

    /// What packed records belong to.
    struct Head: Codable, Equatable {
        var engine: String
        var layout: String
        /// SHA-256 of the ledger's files, and of its `ledger.json`, by name.
        var files: [String: String]
        /// What is known of their packed records.
        var index: PackedIndex
        /// The pages of the kinds that are packed, by kind.
        var pieces: [String: [Piece]]
    }

    /// The records of a page in the file of their kind, behind those of the pages before.
    struct Piece: Codable, Equatable {
        var page: Int
        var bytes: Int
        var sha256: String

        /// Bytes that a page may have: places are numbered by 32 bits.
        static let sizes = 0...Int(UInt32.max)
    }

    /// The ledger from the cache where that is of the same files, else from the files, of which the cache is then made.
    ///
    /// - Parameter digests: SHA-256 of the files; looked at again if asked to, since they may have changed meanwhile.
    func read(
        _ folder: LedgerFolder, workers: Workers, digests: (_ isAgain: Bool) throws -> [String: String]
    ) throws -> FaultyRecords {
        let files = try digests(false)
        if let head = head(of: files) {
            do {
                let packed = CachedLedger(folder: folder, url: url, head: head)
                // Pages are read again and again, and damage is to be found while another ledger can still be had.
                try packed.requireWhole(workers: workers)
                let records = try FaultyRecords.readAgain(packed, workers: workers)
                // Packed records name obligors by their places in a file that is read from the folder itself.
                try requireUnchanged(folder, files)
                log.info(
                    "the ledger's files are those of the cache", metadata: ["cache": "\(url.relativePath)"])
                return records
            } catch {
                log.notice(
                    "the cache of the ledger is of no use and is made anew", metadata: ["reason": "\(error)"])
            }
        }
        let records = try FaultyRecords.read(folder, workers: workers)
        // Of a ledger that can only be used in part, or that changes while it is read, nothing is kept.
        guard !isReadOnly, records.isSound, try digests(true) == files else { return records }
        do { try keep(records.checked, of: files, workers: workers) } catch {
            log.warning("the cache of the ledger was not written", metadata: ["reason": "\(error)"])
        }
        return records
    }

    /// Looks again at the files that are not packed.
    private func requireUnchanged(_ folder: LedgerFolder, _ files: [String: String]) throws {
        let unpacked = folder.files.filter { !PackedRecords.kinds.contains($0.key) }.map(\.value)
        for file in unpacked + [folder.url.appending(path: LedgerManifest.fileName)] {
            guard try FileRecord(role: "ledger", of: file).sha256 == files[file.lastPathComponent] else {
                throw LedgerError.table(
                    .cannotRead(file: file.relativePath, reason: "changed while it was read"))
            }
        }
    }

    /// The head, if it is there, whole, of this engine and of these files.
    private func head(of files: [String: String]) -> Head? {
        guard let text = try? Data(contentsOf: url.appending(path: Self.headName)),
            let end = text.firstIndex(of: UInt8(ascii: "\n"))
        else { return nil }
        let body = Data(text[(end + 1)...])
        guard Data(ContentDigest.of(body).utf8) == text[..<end],
            let head = try? JSONDecoder().decode(Head.self, from: body),
            head.engine == EngineVersion.current, head.layout == PackedRecords.layout, head.files == files,
            head.index.isSound, head.pieces.values.joined().allSatisfy({ Piece.sizes.contains($0.bytes) })
        else { return nil }
        return head
    }

    /// Writes the cache in place of another one.
    private func keep(_ checked: CheckedLedger, of files: [String: String], workers: Workers) throws {
        for name in StagedPaths.removeAbandoned(beside: url) {
            log.notice("removed what a job that is gone left half-written", metadata: ["name": "\(name)"])
        }
        let strangers = ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [])
            .filter { $0 != Self.headName && !$0.hasSuffix(CachedLedger.fileEnd) }.sorted()
        guard strangers.isEmpty else {
            throw CommandFailure.usage(
                "\(url.relativePath) has '\(strangers[0])' in it, which is no part of a cache")
        }
        let writer = try FolderWriter(url, replacing: true, recognisedBy: Self.headName)
        let kinds = PackedRecords.kinds.filter { checked.ledger.count(of: $0) > 0 }
        let index = PackedIndex(of: checked, workers: workers)
        for kind in kinds { try writer.write(Data(), named: CachedLedger.fileName(of: kind)) }
        let places = kinds.map { writer.file(CachedLedger.fileName(of: $0)) }
        let pieces = try workers.tryMap(kinds.count) { (number) throws(any Error) -> [Piece] in
            let handle = try FileHandle(forWritingTo: places[number])
            defer { try? handle.close() }
            var pieces: [Piece] = []
            try checked.ledger.forEachPage(of: kinds[number], index) { page, records in
                try handle.write(contentsOf: records.bytes)
                pieces.append(
                    Piece(page: page, bytes: records.bytes.count, sha256: ContentDigest.of(records.bytes)))
            }
            return pieces
        }
        let head = Head(
            engine: EngineVersion.current, layout: PackedRecords.layout, files: files, index: index,
            pieces: Dictionary(uniqueKeysWithValues: zip(kinds.map(\.rawValue), pieces)))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = try encoder.encode(head)
        try writer.write(Data((ContentDigest.of(body) + "\n").utf8) + body, named: Self.headName)
        try writer.finish()
    }
}

/// A ledger folder with packed records beside it.
struct CachedLedger: PackedLedgerSource {
    private let folder: LedgerFolder
    private let url: URL
    private let head: LedgerCache.Head
    /// Where the records of a page lie in the file of their kind.
    private let places: [RecordKind: [Int: Place]]

    private struct Place {
        let start: Int
        let piece: LedgerCache.Piece
    }

    init(folder: LedgerFolder, url: URL, head: LedgerCache.Head) {
        (self.folder, self.url, self.head) = (folder, url, head)
        var places: [RecordKind: [Int: Place]] = [:]
        for kind in PackedRecords.kinds {
            var start = 0
            for piece in head.pieces[kind.rawValue] ?? [] {
                places[kind, default: [:]][piece.page] = Place(start: start, piece: piece)
                start += piece.bytes
            }
        }
        self.places = places
    }

    /// How the names of files with packed records end.
    static let fileEnd = ".packed"

    static func fileName(of kind: RecordKind) -> String { kind.fileName + fileEnd }

    var baseCurrency: Currency { folder.baseCurrency }

    func faults(_ policy: CheckPolicy) throws(LedgerError) -> [CheckReport.Entry] {
        try folder.faults(policy)
    }

    func forEachBlock<Output: Sendable>(
        of kind: RecordKind, in scope: LedgerScope, workers: Workers,
        _ transform: @Sendable (RecordBlock) -> Output,
        handOn: (Output) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        try folder.forEachBlock(of: kind, in: scope, workers: workers, transform, handOn: handOn)
    }

    func packedIndex() -> PackedIndex? { head.index }

    func packedRecords(of kind: RecordKind, page: Int) throws(LedgerError) -> PackedRecords {
        guard let place = places[kind]?[page] else { return PackedRecords(kind: kind, bytes: Data()) }
        // Another job may have put another cache in its place since it was opened.
        return PackedRecords(kind: kind, bytes: try checkedBytes(of: kind, at: place))
    }

    /// Holds all pages against their digests.
    func requireWhole(workers: Workers) throws(LedgerError) {
        for kind in PackedRecords.kinds
        where (places[kind] ?? [:]).keys.sorted() != head.index.pages(with: kind) {
            throw cannotRead(kind, "not what was written")
        }
        let all = places.flatMap { kind, places in places.values.map { (kind, $0) } }
        _ = try workers.tryMap(all.count) { number throws(LedgerError) in
            let (kind, place) = all[number]
            _ = try checkedBytes(of: kind, at: place)
        }
    }

    /// A page's bytes, held against their digest.
    private func checkedBytes(of kind: RecordKind, at place: Place) throws(LedgerError) -> Data {
        let bytes = try bytes(of: kind, at: place)
        guard ContentDigest.of(bytes) == place.piece.sha256 else {
            throw cannotRead(kind, "not what was written")
        }
        return bytes
    }

    private func bytes(of kind: RecordKind, at place: Place) throws(LedgerError) -> Data {
        do {
            let handle = try FileHandle(forReadingFrom: file(of: kind))
            defer { try? handle.close() }
            try handle.seek(toOffset: UInt64(place.start))
            if let bytes = try handle.read(upToCount: place.piece.bytes), bytes.count == place.piece.bytes {
                return bytes
            }
        } catch {
            throw cannotRead(kind, error.localizedDescription)
        }
        throw cannotRead(kind, "not what was written")
    }

    private func file(of kind: RecordKind) -> URL { url.appending(path: Self.fileName(of: kind)) }

    private func cannotRead(_ kind: RecordKind, _ reason: String) -> LedgerError {
        .table(.cannotRead(file: file(of: kind).relativePath, reason: reason))
    }
}
