import Results

/// The portfolio as a page's script reads it: column by column, packed, so that filters run over plain arrays.
struct PortfolioColumns: Encodable {
    /// Something to filter by, with each obligor's level as an index.
    struct Dimension: Encodable {
        let id: String
        let title: String
        let levels: [String]
        /// The levels as the run has them, which addresses go by whatever the language; `nil` where they are the same.
        let keys: [String]?
        let codes: PackedColumn
    }

    let rows: Int
    let currency: String
    let ids: [String]
    let names: [String?]
    /// What the figures of grade stand for; the last entry is no grade.
    let grades: [String]
    let dimensions: [Dimension]
    /// NaN where missing.
    let numbers: [String: PackedColumn]
    /// What goes with the limit: the security that is asked for, and what new deliveries wait for, several with a space
    /// between them.
    let terms: [String: PackedColumn]

    /// - Parameters:
    ///   - path: The steps from the model's grade to the final one, which say where an override comes from.
    ///   - words: Titles of dimensions and names of their levels.
    init(_ portfolio: Portfolio, path: [RatingStepRecord]?, words: Wording) {
        let obligors = portfolio.obligors
        let grades = PageContext.grades
        rows = obligors.count
        currency = obligors.first?.currency ?? ""
        ids = obligors.map(\.id)
        names = obligors.map(\.name)
        self.grades = grades + [""]
        func place(_ grade: String?) -> Double {
            Double(grade.flatMap { grades.firstIndex(of: $0) } ?? grades.count)
        }
        numbers = [
            "grade": PackedColumn(obligors.map { place($0.grade) }),
            "previousGrade": PackedColumn(obligors.map { place($0.previousGrade) }),
            "pd": PackedColumn(obligors.map { $0.pd ?? .nan }),
            "previousPD": PackedColumn(obligors.map { $0.previousPD ?? .nan }),
            "exposure": PackedColumn(obligors.map(\.exposure)),
            "overdue": PackedColumn(obligors.map(\.overdue)),
            "daysBeyondTerms": PackedColumn(obligors.map { $0.daysBeyondTerms ?? .nan }),
            "expectedLoss": PackedColumn(obligors.map { $0.expectedLoss ?? .nan }),
            "limit": PackedColumn(obligors.map { $0.limit ?? .nan }),
            "available": PackedColumn(obligors.map { $0.available ?? .nan }),
            "termsDays": PackedColumn(obligors.map { $0.termsDays.map(Double.init) ?? .nan }),
        ]
        terms = [
            "security": PackedColumn(obligors.map(\.security)),
            "conditions": PackedColumn(
                obligors.map { one in
                    one.conditions.isEmpty ? nil : one.conditions.map(\.rawValue).joined(separator: " ")
                }),
        ]
        var dimensions = portfolio.tags.indices.map { position in
            Self.dimension(
                "tag:\(portfolio.tags[position])", words.known("tag", portfolio.tags[position]),
                obligors.map { $0.tags[position] }, name: { words.known("tagLevel", $0) })
        }
        for band in ObligorBand.allCases {
            dimensions.append(
                Self.dimension(
                    band.rawValue, words["dimension.\(band.rawValue)"], obligors.map(band.level),
                    order: band.order, name: { words.known("level", $0) }))
        }
        if let path, !portfolio.tags.contains(Self.override) {
            let sources = Self.sourcesOfOverride(path)
            dimensions.append(
                Self.dimension(
                    "tag:\(Self.override)", words.known("tag", Self.override),
                    obligors.map { sources[$0.id] ?? "none" }, name: { words.known("tagLevel", $0) }))
        }
        // What is the same of everybody, known or not, is nothing to filter by.
        self.dimensions = dimensions.filter { $0.levels.count > 1 }
    }

    private static let override = "override"

    /// Who changed an obligor's grade after the model: the last step by an expert or a rule that had an effect.
    private static func sourcesOfOverride(_ path: [RatingStepRecord]) -> [String: String] {
        var sources: [String: String] = [:]
        for step in path where step.effect != .none && (step.stage == .expert || step.stage == .rule) {
            sources[step.id] = step.stage.rawValue
        }
        return sources
    }

    private static func dimension(
        _ id: String, _ title: String, _ values: [String], order: [String] = [],
        name: (String) -> String = { $0 }
    ) -> Dimension {
        let present = Set(values)
        // Bands by their first number, "<" before and ">" behind it; words by the alphabet.
        func rank(_ level: String) -> (number: Double, side: Int) {
            let digits = level.drop { !$0.isASCII || !$0.isNumber }.prefix { $0.isASCII && $0.isNumber }
            return (Double(String(digits)) ?? -1, level.hasPrefix("<") ? 0 : level.hasPrefix(">") ? 2 : 1)
        }
        let rest = present.subtracting(order).map { (rank: rank($0), level: $0) }.sorted {
            ($0.rank.number, $0.rank.side, $0.level) < ($1.rank.number, $1.rank.side, $1.level)
        }
        let levels = order.filter(present.contains) + rest.map(\.level)
        let places = Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($1, $0) })
        // Beyond 65,536 levels no reader filters by one; the last place holds the rest.
        let limit = Int(UInt16.max) + 1
        let codes = values.map { min(places[$0] ?? 0, limit - 1) }
        let kept = Array(levels.prefix(limit))
        let named = kept.map(name)
        return Dimension(
            id: id, title: title, levels: named, keys: named == kept ? nil : kept,
            codes: PackedColumn(codes, below: min(levels.count, limit)))
    }
}
