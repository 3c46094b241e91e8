package import Foundation

extension VersionedRecord {
    /// The record as it is written: keys in order, one per line, so that two runs compare as text.
    package func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return try encoder.encode(self) + Data("\n".utf8)
    }

    /// The record in a file.
    static func read(_ file: URL) throws(ResultsError) -> Self {
        let data = try boundedContents(of: file, limit: 64 << 20)
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        do {
            let version = try decoder.decode(FormatVersion.self, from: data).formatVersion
            guard version <= currentVersion else {
                throw ResultsError.newerVersion(
                    path: file.relativePath, version: version, supported: currentVersion)
            }
            guard version >= 1 else {
                throw ResultsError.damaged(path: file.relativePath, reason: "format version \(version)")
            }
            return try decoder.decode(Self.self, from: data)
        } catch let error as ResultsError {
            throw error
        } catch let error as DecodingError {
            throw .damaged(path: file.relativePath, reason: error.fault)
        } catch {
            throw .damaged(path: file.relativePath, reason: "\(error.localizedDescription)")
        }
    }
}

/// What every version of every record has.
private struct FormatVersion: Decodable {
    let formatVersion: Int
}

/// The bytes of a file that must not be longer than a limit.
func boundedContents(of file: URL, limit: Int) throws(ResultsError) -> Data {
    do {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let length = Int(try handle.seekToEnd())
        guard length <= limit else {
            throw ResultsError.tooLarge(path: file.relativePath, bytes: length, limit: limit)
        }
        try handle.seek(toOffset: 0)
        return try handle.readToEnd() ?? Data()
    } catch let error as ResultsError {
        throw error
    } catch {
        throw .notRead(path: file.relativePath, reason: reason(of: error))
    }
}

extension DecodingError {
    /// What is wrong, and under which key.
    fileprivate var fault: String {
        func place(_ context: Context) -> String {
            context.codingPath.isEmpty
                ? "" : " in '\(context.codingPath.map(\.stringValue).joined(separator: "."))'"
        }
        return switch self {
        case .keyNotFound(let key, let context): "no key '\(key.stringValue)'\(place(context))"
        case .typeMismatch(let type, let context): "not a \(type)\(place(context))"
        case .valueNotFound(let type, let context): "no \(type)\(place(context))"
        case .dataCorrupted(let context): "not valid JSON\(place(context))"
        @unknown default: "not a valid record"
        }
    }
}
