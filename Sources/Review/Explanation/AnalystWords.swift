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
        ColumnChange(
            column: column, feature: features[column], before: earlier.table[column], now: later.table[column]
        ).text(earlier.row, later.row)
    }

    /// The changes of a column between rows of two tables.
    func changes(_ column: String, _ earlier: Table, _ later: Table) -> ColumnChange {
        ColumnChange(
            column: column, feature: features[column], before: earlier[column], now: later[column])
    }

    /// The same feature over the next longer window, which says what was usual.
    private func longer(_ column: String) -> String? {
        let symbols = Window.allCases.map(\.symbol)
        guard let place = symbols.lastIndex(where: { column.hasSuffix("_\($0)") }) else { return nil }
        let stem = column.dropLast(symbols[place].count)
        return symbols[(place + 1)...].map { stem + $0 }.first { features[$0] != nil }
    }
}

/// The changes of a column between rows of two tables, for many rows.
struct ColumnChange: Sendable {
    private let column: String
    private let feature: Feature?
    private let texts: (before: Column?, now: Column?)
    private let figures: (before: [Double], now: [Double])?

    fileprivate init(column: String, feature: Feature?, before: Column?, now: Column?) {
        self.column = column
        self.feature = feature
        texts = (before, now)
        if let before = before?.doubles, let now = now?.doubles {
            figures = (before, now)
        } else {
            figures = nil
        }
    }

    /// The change from a row of the earlier table to one of the later.
    func text(_ earlier: Int, _ later: Int) -> String {
        guard let feature, let figures else {
            let before = texts.before?.text(at: earlier) ?? "not known"
            let now = texts.now?.text(at: later) ?? "not known"
            return before == now ? "\(column): \(now)" : "\(column): \(now) (\(before) before)"
        }
        return feature.statement(figures.now[later], earlier: figures.before[earlier])
    }
}
