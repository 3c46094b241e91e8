import Foundation
public import Vocabulary

/// What `ledger.json` says of a ledger folder.
public struct LedgerManifest: Sendable, Equatable, Codable {
    /// A file of the folder.
    public struct File: Sendable, Equatable, Codable {
        /// Its name in the folder.
        public let name: String
        /// Records in it.
        public let rows: Int
        /// SHA-256 of the file, 64 hexadecimal digits.
        public let sha256: String
    }

    /// The name of the file in a ledger folder.
    public static let fileName = "ledger.json"
    /// The version that this engine writes.
    public static let currentVersion = 1

    /// The version of the format.
    public let formatVersion: Int
    /// The code of the currency that amounts are compared in.
    public let baseCurrency: Currency
    /// The files; empty where a person has put the folder together, which leaves them unchecked.
    public let files: [File]
    /// How the ledger came about, such as command, mapping, seed and digests of the sources.
    public let origin: [String: String]

    init(baseCurrency: Currency, files: [File], origin: [String: String]) {
        formatVersion = Self.currentVersion
        self.baseCurrency = baseCurrency
        self.files = files
        self.origin = origin
    }

    private enum CodingKeys: CodingKey {
        case formatVersion, baseCurrency, files, origin
    }

    /// Reads a manifest.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        formatVersion = try values.decode(Int.self, forKey: .formatVersion)
        let code = try values.decode(String.self, forKey: .baseCurrency)
        guard let currency = Currency(code: code) else {
            throw DecodingError.dataCorruptedError(
                forKey: .baseCurrency, in: values, debugDescription: "no currency of ISO 4217")
        }
        baseCurrency = currency
        files = try values.decodeIfPresent([File].self, forKey: .files) ?? []
        origin = try values.decodeIfPresent([String: String].self, forKey: .origin) ?? [:]
    }

    /// Writes a manifest.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(formatVersion, forKey: .formatVersion)
        try values.encode(baseCurrency.code, forKey: .baseCurrency)
        try values.encode(files, forKey: .files)
        try values.encode(origin, forKey: .origin)
    }
}

extension LedgerManifest {
    private static let byteLimit = 1 << 22

    /// The manifest of a folder.
    static func read(_ folder: URL) throws(LedgerError) -> LedgerManifest {
        guard FileManager.default.fileExists(atPath: folder.path) else {
            throw .noLedger(folder: folder.relativePath, reason: "nothing is there")
        }
        let file = folder.appending(path: fileName)
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            data = try handle.read(upToCount: byteLimit + 1) ?? Data()
        } catch {
            throw .noLedger(folder: folder.relativePath, reason: "\(fileName) cannot be read")
        }
        guard data.count <= byteLimit else {
            throw .badManifest(file: file.relativePath, reason: "longer than \(byteLimit) bytes")
        }
        struct Version: Decodable { let formatVersion: Int }
        do {
            let version = try JSONDecoder().decode(Version.self, from: data).formatVersion
            guard version <= currentVersion else {
                throw LedgerError.newerVersion(
                    file: file.relativePath, version: version, supported: currentVersion)
            }
            guard version >= 1 else {
                throw LedgerError.badManifest(file: file.relativePath, reason: "format version \(version)")
            }
            return try JSONDecoder().decode(LedgerManifest.self, from: data)
        } catch let error as LedgerError {
            throw error
        } catch let DecodingError.keyNotFound(key, _) {
            throw .badManifest(file: file.relativePath, reason: "no key '\(key.stringValue)'")
        } catch let DecodingError.dataCorrupted(context) {
            throw .badManifest(file: file.relativePath, reason: context.debugDescription)
        } catch {
            throw .badManifest(file: file.relativePath, reason: "not a record of a ledger")
        }
    }

    /// The manifest as it is written.
    func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }
}
