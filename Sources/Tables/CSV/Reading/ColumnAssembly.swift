import Parallelism

/// Brings the levels of a category that threads have numbered in orders of their own into one order.
struct LevelMerge {
    /// Rows whose codes mean levels as one thread has numbered them.
    struct Part: Sendable {
        let rows: Range<Int>
        /// Which thread that was.
        let numbering: Int
    }

    /// Stated levels come first, in their order; all others behind them, sorted by their UTF-8 bytes, so that codes
    /// depend on neither threads nor rows.
    let levels: [String]
    /// What the codes of each numbering become.
    private let codes: [[UInt32]]

    /// - Parameter numberings: The levels behind the stated ones as each thread has numbered them.
    init(stated: [String], numberings: [[String]]) {
        // Strings may be equal without the same bytes: of such the first by its bytes is kept, whoever read it.
        var known = Set(stated)
        let levels =
            stated
            + numberings.joined().sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            .filter { known.insert($0).inserted }
        var codeOfLevel: [String: UInt32] = [:]
        for (code, level) in levels.enumerated() { codeOfLevel[level] = UInt32(code) }
        self.levels = levels
        let kept = stated.indices.map { UInt32($0) }
        codes = numberings.map { own in kept + own.map { codeOfLevel[$0] ?? Column.missingCode } }
    }

    /// Gives the codes of a numbering the order of all levels.
    func recode(_ numbering: Int, _ values: UnsafeMutableBufferPointer<UInt32>) {
        let new = codes[numbering]
        if new.indices.allSatisfy({ new[$0] == UInt32($0) }) { return }
        for row in values.indices {
            let code = unsafe values[row]
            if code != Column.missingCode { unsafe values[row] = new[Int(code)] }
        }
    }
}

extension ColumnCells {
    /// The values of the first rows.
    ///
    /// - Parameters:
    ///   - parts: For a category, which rows have been numbered by which thread.
    ///   - numberings: The levels of each thread, behind the stated ones.
    ///   - stated: The levels that come first.
    func finish(
        rows: Int, _ parts: [LevelMerge.Part] = [], _ numberings: [[String]] = [], stated: [String] = [],
        workers: Workers = .single
    ) -> Column.Values {
        switch self {
        case .double(let cells): return .double(cells.finish(rows: rows))
        case .float(let cells): return .float(cells.finish(rows: rows))
        case .integer(let cells): return .integer(cells.finish(rows: rows))
        case .day(let cells): return .day(cells.finish(rows: rows))
        case .flag(let cells): return .flag(cells.finish(rows: rows))
        case .text(let cells): return .text(cells.finish(rows: rows))
        case .category(let cells):
            let merge = LevelMerge(stated: stated, numberings: numberings)
            workers.forEach(parts.count) { index in
                unsafe merge.recode(parts[index].numbering, cells.rows(parts[index].rows))
            }
            return .category(codes: cells.finish(rows: rows), levels: merge.levels)
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
