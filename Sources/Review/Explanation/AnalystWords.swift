import Features
public import Tables

/// The columns of a model as an analyst speaks of them: by group, with the value and where it is heading.
public struct AnalystWords: Sendable {
    private let features: [String: Feature]

    /// The words of the catalogue of features.
    public init() {
        let all = FeatureCatalogue.all + FeatureCatalogue.atInvoice
        features = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// What a column belongs to: the group of its feature, or itself where it is not from the catalogue.
    public func group(_ column: String) -> String { features[column]?.group.rawValue ?? column }

    /// The value of a column in a row.
    public func text(_ column: String, _ table: Table, _ row: Int) -> String {
        guard let feature = features[column], let values = table[column]?.doubles else {
            return "\(column): \(table[column]?.text(at: row) ?? "not known")"
        }
        return feature.statement(values[row], earlier: longer(column).flatMap { table[$0]?.doubles?[row] })
    }

    /// One value of a column; `nil` for a column that is not from the catalogue.
    public func text(_ column: String, value: Double) -> String? { features[column]?.statement(value) }

    /// The change of a column between two rows, of one table or of two.
    public func change(
        _ column: String, _ earlier: (table: Table, row: Int), _ later: (table: Table, row: Int)
    ) -> String {
        guard let feature = features[column], let before = earlier.table[column]?.doubles,
            let now = later.table[column]?.doubles
        else {
            let texts = [earlier, later].map { $0.table[column]?.text(at: $0.row) ?? "not known" }
            return texts[0] == texts[1]
                ? "\(column): \(texts[1])" : "\(column): \(texts[1]) (\(texts[0]) before)"
        }
        return feature.statement(now[later.row], earlier: before[earlier.row])
    }

    /// The same feature over the next longer window, which says what was usual.
    private func longer(_ column: String) -> String? {
        let symbols = Window.allCases.map(\.symbol)
        guard let place = symbols.lastIndex(where: { column.hasSuffix("_\($0)") }) else { return nil }
        let stem = column.dropLast(symbols[place].count)
        return symbols[(place + 1)...].map { stem + $0 }.first { features[$0] != nil }
    }
}
