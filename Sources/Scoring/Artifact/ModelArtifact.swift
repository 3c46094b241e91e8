public import Foundation
import StrictYAML
import Tables

/// The model file: one JSON document with a format version, the model and a SHA-256.
///
/// The same model gives the same bytes. The digest is taken over the model's canonical JSON (keys sorted, no
/// spaces), so that a file may be laid out anew but not changed. Reading never runs anything: a model is numbers,
/// names and bins, all of which are checked before use.
public enum ModelArtifact {
    /// The version of the format that this engine writes; it reads earlier ones, which knew no calibration.
    public static let formatVersion = 2
    /// What the file calls itself.
    public static let format = "obligor-model"
    /// The name of the file in a run folder.
    public static let usualName = "model.json"
    /// The most bytes a model file may have.
    public static let byteLimit = 64 << 20

    /// The model as a file.
    ///
    /// - Throws: ``ArtifactError/unwritable(reason:)`` if the model holds a number that JSON cannot write.
    public static func data(of model: ScoringModel) throws(ArtifactError) -> Data {
        do {
            let payload = ModelPayload(model)
            let document = ModelDocument(
                format: format, formatVersion: formatVersion, model: payload, sha256: try payload.digest())
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            return try encoder.encode(document) + Data("\n".utf8)
        } catch {
            throw .unwritable(reason: "\(error)")
        }
    }

    /// The model in a file's bytes.
    ///
    /// - Throws: ``ArtifactError`` for anything but an undamaged model of a version that this engine knows.
    public static func model(from data: Data) throws(ArtifactError) -> ScoringModel {
        guard data.count <= byteLimit else { throw .tooLarge(bytes: data.count, limit: byteLimit) }
        let decoder = JSONDecoder()
        let document: ModelDocument
        let digest: String
        do {
            let header = try decoder.decode(ModelHeader.self, from: data)
            guard header.format == format else { throw ArtifactError.notAModel(format: header.format) }
            guard header.formatVersion <= formatVersion else {
                throw ArtifactError.newerVersion(version: header.formatVersion, supported: formatVersion)
            }
            guard header.formatVersion >= 1 else {
                throw ArtifactError.damaged(reason: "format version \(header.formatVersion)")
            }
            document = try decoder.decode(ModelDocument.self, from: data)
            digest = try document.model.digest()
        } catch let error as ArtifactError {
            throw error
        } catch let error as DecodingError {
            throw .damaged(reason: error.reason)
        } catch {
            throw .damaged(reason: "\(error)")
        }
        guard digest == document.sha256 else { throw .wrongDigest(stated: document.sha256, actual: digest) }
        return try document.model.model()
    }

    /// Reads a model file.
    ///
    /// - Throws: ``ArtifactError``.
    public static func read(_ file: URL) throws(ArtifactError) -> ScoringModel {
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            // One byte more than allowed tells that there is more, without reading a huge or endless file.
            data = try handle.read(upToCount: byteLimit + 1) ?? Data()
        } catch {
            throw .unreadable(reason: file.reasonNotRead(error))
        }
        return try model(from: data)
    }
}

/// Why a model file was refused or could not be written.
public enum ArtifactError: Error, Sendable, Equatable {
    /// The file cannot be opened or read.
    case unreadable(reason: String)
    /// The file is longer than any model has a reason to be.
    case tooLarge(bytes: Int, limit: Int)
    /// The document is not a model.
    case notAModel(format: String)
    /// The file comes from a newer engine.
    case newerVersion(version: Int, supported: Int)
    /// The file is cut off or altered.
    case damaged(reason: String)
    /// The content does not match the digest that was stored with it.
    case wrongDigest(stated: String, actual: String)
    /// The model cannot be written.
    case unwritable(reason: String)
}

extension ArtifactError: CustomStringConvertible {
    /// The fact, the value and the remedy.
    public var description: String {
        switch self {
        case .unreadable(let reason): "the model file cannot be read: \(reason)"
        case .tooLarge(let bytes, let limit):
            "the model file has more than \(min(bytes, limit)) bytes: is it a model?"
        case .notAModel(let format): "the file says it is '\(format)', not a model (\(ModelArtifact.format))"
        case .newerVersion(let version, let supported):
            "the model file has format version \(version), this engine reads up to \(supported): use a newer engine"
        case .damaged(let reason):
            "not a model file, or a damaged one (\(reason)): copy it again, or train anew"
        case .wrongDigest(let stated, let actual):
            "the model was changed after it was written: its digest is \(actual.prefix(12))…, "
                + "the file says \(stated.prefix(12))…"
        case .unwritable(let reason): "the model cannot be written: \(reason)"
        }
    }
}

extension DecodingError {
    /// Where and why, in one line.
    fileprivate var reason: String {
        let (context, what): (Context, String) =
            switch self {
            case .typeMismatch(_, let context): (context, "another type was expected")
            case .valueNotFound(_, let context): (context, "a value is missing")
            case .keyNotFound(let key, let context): (context, "'\(key.stringValue)' is missing")
            case .dataCorrupted(let context) where context.codingPath.isEmpty:
                (context, "it is not a JSON document")
            case .dataCorrupted(let context): (context, context.debugDescription)
            @unknown default: (Context(codingPath: [], debugDescription: ""), "it cannot be read")
            }
        let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
        return path.isEmpty ? what : "\(path.drop { $0 == "." }): \(what)"
    }
}
