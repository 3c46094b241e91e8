public import Foundation
import Yams

/// Reads a YAML document into a tree, refusing what makes YAML treacherous.
///
/// Refused are duplicate keys, anchors, aliases and tags, several documents, text that is not UTF-8, and documents
/// beyond the limits. What a value means is left to whoever reads the tree (``YAMLNode``).
public struct YAMLReader: Sendable {
    /// The most bytes a document may have.
    public let byteLimit: Int
    /// The most levels of lists and mappings.
    public let depthLimit: Int

    /// A reader with limits; the defaults are far beyond any recipe.
    public init(byteLimit: Int = 1 << 20, depthLimit: Int = 32) {
        self.byteLimit = byteLimit
        self.depthLimit = depthLimit
    }

    /// Reads a file.
    public func read(_ file: URL) throws(YAMLError) -> YAMLNode {
        let name = file.relativePath
        let bytes: Data
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            // One byte more than allowed tells that there is more, without reading a huge or endless file.
            bytes = try handle.read(upToCount: byteLimit + 1) ?? Data()
        } catch {
            throw .unreadable(file: name, reason: file.reasonNotRead(error))
        }
        return try read(Array(bytes), named: name)
    }

    /// Reads text.
    ///
    /// - Parameter name: What messages call the document.
    public func read(_ text: String, named name: String? = nil) throws(YAMLError) -> YAMLNode {
        try read(Array(text.utf8), named: name)
    }

    /// Reads bytes.
    ///
    /// - Parameter name: What messages call the document.
    public func read(_ bytes: [UInt8], named name: String? = nil) throws(YAMLError) -> YAMLNode {
        guard bytes.count <= byteLimit else {
            throw .tooLarge(file: name, bytes: bytes.count, limit: byteLimit)
        }
        let text = try Self.decoded(bytes, named: name)
        try Self.refuseManyAliases(in: bytes, named: name)
        let parser = try Self.parser(of: text, named: name, depthLimit: depthLimit)
        // The parser's tree holds its anchors weakly; the parser owns them.
        return try withExtendedLifetime(parser) { () throws(YAMLError) in
            guard let root = try Self.root(of: parser, named: name, depthLimit: depthLimit) else {
                throw .empty(file: name)
            }
            return try TreeBuilder(file: name, depthLimit: depthLimit).node(root, path: "", depth: 0)
        }
    }
}

extension YAMLReader {
    /// The text without a byte order mark.
    private static func decoded(_ bytes: [UInt8], named name: String?) throws(YAMLError) -> String {
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        if let text = String(validating: body, as: UTF8.self) { return text }
        // Repairing puts U+FFFD where the first wrong byte was.
        var line = 1
        var column = 1
        for scalar in String(decoding: body, as: UTF8.self).unicodeScalars {
            if scalar == "\u{FFFD}" { break }
            if scalar == "\n" {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        throw .notUTF8(YAMLPosition(file: name, line: line, column: column))
    }

    /// Refuses documents that could be alias bombs before the parser sees them.
    ///
    /// The parser shares the values of aliases, but hashes keys, and a key made of aliases of aliases takes
    /// exponential time. Anything that starts like an alias counts, even in quotes or comments, so a few are let
    /// through; real ones are refused by place once the document is parsed.
    private static func refuseManyAliases(in bytes: [UInt8], named name: String?) throws(YAMLError) {
        var line = 1
        var lineStart = 0
        var found = 0
        for index in bytes.indices {
            if bytes[index] == UInt8(ascii: "\n") {
                line += 1
                lineStart = index + 1
            }
            guard bytes[index] == UInt8(ascii: "*"), index + 1 < bytes.count, bytes[index + 1] > 0x20,
                index == 0 || !isWordByte(bytes[index - 1])
            else { continue }
            found += 1
            if found > 12 {
                throw .anchor(YAMLPosition(file: name, line: line, column: index - lineStart + 1))
            }
        }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "*"), 0x80...0xFF:
            true
        default: false
        }
    }

    private static func parser(
        of text: String, named name: String?, depthLimit: Int
    ) throws(YAMLError) -> Parser {
        do { return try Parser(yaml: text, encoding: .utf8) } catch {
            throw YAMLError(error, file: name, depthLimit: depthLimit)
        }
    }

    private static func root(
        of parser: Parser, named name: String?, depthLimit: Int
    ) throws(YAMLError) -> Node? {
        do { return try parser.singleRoot() } catch {
            throw YAMLError(error, file: name, depthLimit: depthLimit)
        }
    }
}

extension YAMLError {
    /// The parser's error in our terms.
    fileprivate init(_ error: any Error, file: String?, depthLimit: Int) {
        guard let error = error as? YamlError else {
            self = .syntax(YAMLPosition(file: file, line: 1, column: 1), problem: "\(error)")
            return
        }
        func place(_ mark: Mark) -> YAMLPosition {
            YAMLPosition(file: file, line: max(1, mark.line), column: max(1, mark.column))
        }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            self = .syntax(place(mark), problem: Self.text(context, problem))
        case .composer(_, let problem, let mark, _):
            self =
                problem.contains("another document")
                ? .severalDocuments(file: file)
                : problem.contains("alias") ? .anchor(place(mark)) : .syntax(place(mark), problem: problem)
        case .duplicatedKeysInMapping(let duplicates, let context):
            self = .duplicateKey(
                place(context.mark), key: duplicates.first ?? "", firstLine: max(1, context.mark.line))
        case .reader(let problem, let offset, _, let yaml):
            self = .syntax(Self.position(ofByte: offset ?? 0, in: yaml, file: file), problem: problem)
        case .memory: self = .tooDeep(file: file, limit: depthLimit)
        case .dataCouldNotBeDecoded: self = .notUTF8(YAMLPosition(file: file, line: 1, column: 1))
        case .no, .writer, .emitter, .representer:
            self = .syntax(YAMLPosition(file: file, line: 1, column: 1), problem: "\(error)")
        }
    }

    private static func text(_ context: YamlError.Context?, _ problem: String) -> String {
        context.map { "\($0.text) that starts on line \($0.mark.line): \(problem)" } ?? problem
    }

    private static func position(ofByte offset: Int, in text: String, file: String?) -> YAMLPosition {
        let before = text.utf8.prefix(max(0, offset))
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
        return YAMLPosition(file: file, line: line, column: column)
    }
}
