import Parallelism

/// Brings the levels of a category that threads have numbered block by block into one order.
struct LevelMerge {
    /// A block's rows and the levels that its codes mean.
    struct Part: Sendable {
        let rows: Range<Int>
        /// The levels of the codes behind those of the stated levels, in order.
        let levels: [String]
    }

    /// One list of levels and, for each part, what its codes become.
    ///
    /// Stated levels come first, in their order; all others behind them, sorted by their UTF-8 bytes, so that
    /// codes depend on neither blocks nor rows.
    static func merged(_ parts: [Part], stated: [String]) -> (levels: [String], codes: [[UInt32]]) {
        var known = Set(stated)
        var others: [String] = []
        for part in parts.sorted(by: { $0.rows.lowerBound < $1.rows.lowerBound }) {
            for level in part.levels where known.insert(level).inserted { others.append(level) }
        }
        others.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let levels = stated + others
        var codeOfLevel: [String: UInt32] = [:]
        for (code, level) in levels.enumerated() { codeOfLevel[level] = UInt32(code) }
        let kept = stated.indices.map { UInt32($0) }
        return (
            levels, parts.map { part in kept + part.levels.map { codeOfLevel[$0] ?? Column.missingCode } }
        )
    }
}

extension ColumnCells {
    /// The values of the first rows.
    ///
    /// - Parameters:
    ///   - parts: For a category, what the codes of its blocks mean.
    ///   - stated: The levels that come first.
    func finish(rows: Int, _ parts: [LevelMerge.Part], stated: [String]) -> Column.Values {
        switch self {
        case .double(let cells): return .double(cells.finish(rows: rows))
        case .float(let cells): return .float(cells.finish(rows: rows))
        case .integer(let cells): return .integer(cells.finish(rows: rows))
        case .day(let cells): return .day(cells.finish(rows: rows))
        case .flag(let cells): return .flag(cells.finish(rows: rows))
        case .text(let cells): return .text(cells.finish(rows: rows))
        case .category(let cells):
            if parts.allSatisfy(\.levels.isEmpty) {
                return .category(codes: cells.finish(rows: rows), levels: stated)
            }
            let (levels, newCodes) = LevelMerge.merged(parts, stated: stated)
            var codes = cells.finish(rows: rows)
            for (part, new) in zip(parts, newCodes) {
                for row in part.rows where codes[row] != Column.missingCode {
                    codes[row] = new[Int(codes[row])]
                }
            }
            return .category(codes: codes, levels: levels)
        }
    }
}

extension Column.Values {
    /// Words as a category or as text, whichever ``CategoryRule`` says; other values as they are.
    func settled() -> Column.Values {
        switch self {
        case .category(let codes, let levels):
            let values = codes.count { $0 != Column.missingCode }
            if CategoryRule.isCategory(distinct: levels.count, values: values) { return self }
            return .text(codes.map { $0 == Column.missingCode ? nil : levels[Int($0)] })
        case .text(let texts):
            guard let levels = Self.fewLevels(of: texts) else { return self }
            var codeOfLevel: [String: UInt32] = [:]
            for (code, level) in levels.enumerated() { codeOfLevel[level] = UInt32(code) }
            let codes = texts.map { text in text.flatMap { codeOfLevel[$0] } ?? Column.missingCode }
            return .category(codes: codes, levels: levels)
        default: return self
        }
    }

    /// The distinct texts in order if they make a category, else `nil`.
    private static func fewLevels(of texts: [String?]) -> [String]? {
        var distinct: Set<String> = []
        var values = 0
        for text in texts {
            guard let text else { continue }
            values += 1
            distinct.insert(text)
            if distinct.count > CategoryRule.mostLevels { return nil }
        }
        guard CategoryRule.isCategory(distinct: distinct.count, values: values) else { return nil }
        return distinct.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
