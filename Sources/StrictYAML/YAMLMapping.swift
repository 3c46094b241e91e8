/// The keys of one mapping, read one by one; what is never asked for is refused at the end.
///
/// ```swift
/// var keys = try document.mapping()
/// let target = try keys.required("target").nonEmptyString()
/// let bins = try keys.optional("maximumBins")?.int(in: 2...50) ?? 10
/// try keys.finish()
/// ```
public struct YAMLMapping: Sendable {
    /// Where the mapping starts.
    public let position: YAMLPosition
    /// The keys that lead to it; empty for the document itself.
    public let path: String
    private let entries: [YAMLNode.Entry]
    private let places: [String: Int]
    private var known: [String] = []

    init(entries: [YAMLNode.Entry], position: YAMLPosition, path: String) {
        self.position = position
        self.path = path
        self.entries = entries
        places = Dictionary(
            entries.enumerated().map { ($0.element.key, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    /// All keys and values in the order of the document, for mappings whose keys are data; ``finish()`` then accepts
    /// them all.
    public mutating func allEntries() -> [YAMLNode.Entry] {
        for entry in entries { remember(entry.key) }
        return entries
    }

    /// The value of a key that must be there.
    ///
    /// - Throws: ``YAMLError/missingKey(_:key:within:similar:)``, naming a key that may be a misspelling of it.
    public mutating func required(_ key: String) throws(YAMLError) -> YAMLNode {
        guard let node = optional(key) else {
            let others = entries.map(\.key).filter { !known.contains($0) }
            throw .missingKey(
                position, key: key, within: path, similar: nearestMatch(to: key, among: others))
        }
        return node
    }

    /// The value of a key, or `nil` if it is not there.
    public mutating func optional(_ key: String) -> YAMLNode? {
        remember(key)
        return places[key].map { entries[$0].value }
    }

    /// Refuses keys that were never asked for.
    ///
    /// - Throws: ``YAMLError/unknownKey(_:key:within:allowed:nearest:)`` for the first of them.
    public func finish() throws(YAMLError) {
        guard let stray = entries.first(where: { !known.contains($0.key) }) else { return }
        let unused = known.filter { places[$0] == nil }
        throw .unknownKey(
            stray.position, key: stray.key, within: path, allowed: known,
            nearest: nearestMatch(to: stray.key, among: unused))
    }

    private mutating func remember(_ key: String) {
        if !known.contains(key) { known.append(key) }
    }
}
