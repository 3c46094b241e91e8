extension YAMLNode {
    /// The same place with other text, as if it had been written there without quotes.
    public func replaced(by text: String) -> YAMLNode {
        YAMLNode(content: .scalar(text, isQuoted: false), position: position, path: path)
    }

    /// The mapping with the value of a key exchanged or added, below further keys where the name has dots.
    ///
    /// A value in the way that is no mapping, such as `none`, gives way to one. What is put in keeps its own place, so
    /// that a refusal of it points to where it was written.
    ///
    /// - Parameter keys: The keys that lead to the value, at least one.
    public func setting(_ keys: some Collection<String>, to value: YAMLNode) -> YAMLNode {
        guard let key = keys.first else { return value }
        var entries: [Entry] = if case .mapping(let entries) = content { entries } else { [] }
        let place = entries.firstIndex { $0.key == key }
        let below =
            place.map { entries[$0].value }
            ?? YAMLNode(content: .mapping([]), position: value.position, path: value.path)
        let entry = Entry(
            key: key, position: place.map { entries[$0].position } ?? value.position,
            value: below.setting(keys.dropFirst(), to: value))
        if let place { entries[place] = entry } else { entries.append(entry) }
        return YAMLNode(content: .mapping(entries), position: position, path: path)
    }
}
