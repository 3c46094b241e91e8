/// Why a YAML document was refused.
public enum YAMLError: Error, Sendable, Equatable {
    /// The file cannot be opened or read.
    case unreadable(file: String, reason: String)
    /// The document is longer than any recipe has a reason to be.
    case tooLarge(file: String?, bytes: Int, limit: Int)
    /// The bytes are not UTF-8.
    case notUTF8(YAMLPosition)
    /// The document holds nothing but white space and comments.
    case empty(file: String?)
    /// The text breaks the rules of YAML.
    case syntax(YAMLPosition, problem: String)
    /// A second document follows the first.
    case severalDocuments(file: String?)
    /// Mappings and lists are nested deeper than allowed.
    case tooDeep(file: String?, limit: Int)
    /// An anchor (`&name`) or alias (`*name`) is used.
    case anchor(YAMLPosition)
    /// An explicit type tag (`!!int`, `!custom`) is used.
    case tag(YAMLPosition)
    /// A key is a list, a mapping or nothing.
    case badKey(YAMLPosition)
    /// A key occurs twice in one mapping.
    case duplicateKey(YAMLPosition, key: String, firstLine: Int)
    /// A key that the reader does not know.
    case unknownKey(YAMLPosition, key: String, within: String, allowed: [String], nearest: String?)
    /// A key that is needed is not there; `similar` is an unknown key that may be a misspelling of it.
    case missingKey(YAMLPosition, key: String, within: String, similar: String?)
    /// A value is not what its key asks for.
    case badValue(YAMLPosition, path: String, value: String, expected: String)
}

extension YAMLError {
    /// Where the fault is; `nil` where the whole file is at fault.
    public var position: YAMLPosition? {
        switch self {
        case .unreadable, .tooLarge, .empty, .severalDocuments, .tooDeep: nil
        case .notUTF8(let position), .syntax(let position, _), .anchor(let position), .tag(let position),
            .badKey(let position), .duplicateKey(let position, _, _), .unknownKey(let position, _, _, _, _),
            .missingKey(let position, _, _, _), .badValue(let position, _, _, _):
            position
        }
    }
}

extension YAMLError: CustomStringConvertible {
    /// One line: the place, the fact and the remedy.
    public var description: String {
        let place = position.map { "\($0): " } ?? ""
        return place + statement
    }

    private var statement: String {
        switch self {
        case .unreadable(let file, let reason):
            "\(file): cannot be read (\(reason)): check the name and the permissions"
        case .tooLarge(let file, let bytes, let limit):
            "\(Self.name(file)): \(bytes) bytes, more than the \(limit) allowed: is this the right file?"
        case .notUTF8: "not UTF-8 text: save the file as UTF-8"
        case .empty(let file): "\(Self.name(file)): no content: write at least one key"
        case .syntax(_, let problem): "not YAML, \(problem)"
        case .severalDocuments(let file):
            "\(Self.name(file)): a second document follows (a line '---'): keep one document in a file"
        case .tooDeep(let file, let limit):
            "\(Self.name(file)): nested more than \(limit) levels deep: flatten the document"
        case .anchor: "anchors (&) and aliases (*) are not allowed: write the value out, or quote the text"
        case .tag: "type tags (!) are not allowed: remove the tag, or quote the text"
        case .badKey: "a key must be text: write 'key: value'"
        case .duplicateKey(_, let key, let firstLine):
            "key '\(key)' was already given on line \(firstLine): remove one of the two"
        case .unknownKey(_, let key, let path, let allowed, let nearest):
            Self.unknown(key, within: path, allowed: allowed, nearest: nearest)
        case .missingKey(_, let key, let path, let similar):
            "key '\(key)' is missing\(Self.place(path)): "
                + (similar.map { "is '\($0)' meant for it?" } ?? "add '\(key): …'")
        case .badValue(_, let path, let value, let expected):
            "\(path.isEmpty ? "the document" : "'\(path)'") is \(value), expected \(expected)"
        }
    }

    private static func name(_ file: String?) -> String { file ?? "YAML" }

    private static func place(_ path: String) -> String { path.isEmpty ? "" : " in '\(path)'" }

    private static func unknown(
        _ key: String, within path: String, allowed: [String], nearest: String?
    ) -> String {
        let remedy = nearest.map { "did you mean '\($0)'? " } ?? ""
        let list = allowed.isEmpty ? "none" : allowed.joined(separator: ", ")
        return "unknown key '\(key)'\(place(path)): \(remedy)Allowed: \(list)"
    }
}
