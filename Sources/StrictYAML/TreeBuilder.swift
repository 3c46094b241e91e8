import Yams

/// Turns the parser's tree into ours, refusing anchors, tags, keys that are not text, and depth.
struct TreeBuilder {
    let file: String?
    let depthLimit: Int

    /// The node with all below it.
    ///
    /// Anchored nodes are refused before their content is looked at, so that shared content is never unfolded.
    func node(_ source: Node, path: String, depth: Int) throws(YAMLError) -> YAMLNode {
        guard depth <= depthLimit else { throw .tooDeep(file: file, limit: depthLimit) }
        let position = place(of: source)
        guard anchor(of: source) == nil else { throw .anchor(position) }
        try refuseTag(of: source, at: position)
        switch source {
        case .scalar(let scalar):
            let isQuoted = scalar.style != .plain && scalar.style != .any
            return YAMLNode(
                content: .scalar(scalar.string, isQuoted: isQuoted), position: position, path: path)
        case .sequence(let sequence):
            var items: [YAMLNode] = []
            for (index, item) in sequence.enumerated() {
                items.append(try node(item, path: "\(path)[\(index)]", depth: depth + 1))
            }
            return YAMLNode(content: .list(items), position: position, path: path)
        case .mapping(let mapping):
            let entries = try entries(of: mapping, path: path, depth: depth)
            return YAMLNode(content: .mapping(entries), position: position, path: path)
        case .alias: throw .anchor(position)
        }
    }

    private func entries(
        of mapping: Node.Mapping, path: String, depth: Int
    ) throws(YAMLError) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var lines: [String: Int] = [:]
        for (keyNode, valueNode) in mapping {
            let position = place(of: keyNode)
            guard anchor(of: keyNode) == nil else { throw .anchor(position) }
            // A key's tag is not looked at: the parser overwrites it, and a key is text whatever it says.
            guard case .scalar(let scalar) = keyNode, !scalar.string.isEmpty else { throw .badKey(position) }
            let key = scalar.string
            if let line = lines.updateValue(position.line, forKey: key) {
                throw .duplicateKey(position, key: key, firstLine: line)
            }
            let value = try node(
                valueNode, path: path.isEmpty ? key : "\(path).\(key)", depth: depth + 1)
            entries.append(YAMLNode.Entry(key: key, position: position, value: value))
        }
        return entries
    }

    private func place(of node: Node) -> YAMLPosition {
        YAMLPosition(file: file, line: max(1, node.mark?.line ?? 1), column: max(1, node.mark?.column ?? 1))
    }

    private func anchor(of node: Node) -> Anchor? {
        switch node {
        case .scalar(let scalar): scalar.anchor
        case .sequence(let sequence): sequence.anchor
        case .mapping(let mapping): mapping.anchor
        case .alias(let alias): alias.anchor
        }
    }

    /// Refuses a tag that the author wrote; text in quotes carries one that the parser added.
    private func refuseTag(of node: Node, at position: YAMLPosition) throws(YAMLError) {
        let tag: Tag =
            switch node {
            case .scalar(let scalar): scalar.tag
            case .sequence(let sequence): sequence.tag
            case .mapping(let mapping): mapping.tag
            case .alias(let alias): alias.tag
            }
        if tag.description == Tag.Name.implicit.rawValue { return }
        if case .scalar(let scalar) = node, scalar.style != .plain, tag.description == Tag.Name.str.rawValue {
            return
        }
        throw .tag(position)
    }
}
