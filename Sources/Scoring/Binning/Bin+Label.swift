extension Bin {
    /// The bin in words, such as `[8.5, 11.5)`, `A41, A48` or `missing`; many levels are cut short.
    public var label: String {
        let rare = members.filter { if case .rareLevel = $0 { true } else { false } }
        let others = members.filter { if case .rareLevel = $0 { false } else { true } }
        var parts = others.prefix(Self.longestList).map(\.label)
        if others.count > Self.longestList { parts.append("and \(others.count - Self.longestList) more") }
        if rare.count == 1 {
            parts += rare.map(\.label)
        } else if rare.count > 1 {
            parts.append("\(rare.count) rare levels")
        }
        return parts.joined(separator: ", ")
    }

    /// The most members that a label spells out.
    private static let longestList = 12
}

extension BinMember {
    /// The member in words.
    public var label: String {
        switch self {
        case .interval(let interval): interval.label
        case .level(let level), .rareLevel(let level): level
        case .special(let name): name
        case .negativeInfinity: "-infinity"
        case .positiveInfinity: "infinity"
        case .missing: "missing"
        }
    }
}

extension HalfOpenInterval {
    /// The interval in words: `[8.5, 11.5)`, `(-inf, 8.5)`, `[11.5, inf)`.
    public var label: String {
        "\(lower.map { "[\($0.shortText)" } ?? "(-inf"), \(upper.map(\.shortText) ?? "inf"))"
    }
}

extension Double {
    /// The shortest text that reads back as this number, without the fraction of a whole one.
    fileprivate var shortText: String {
        if abs(self) < 1e15, let whole = Int64(exactly: self) { return String(whole) }
        return description
    }
}
