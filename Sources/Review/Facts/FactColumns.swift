import Features
import Scoring
import Tables

/// The columns of what a review knows of obligors.
struct FactColumns: Sendable {
    /// Features of the catalogue.
    let features: [Feature]
    /// Other facts.
    let facts: [ReviewFact]

    /// Columns that every table of facts begins with.
    static let keys = ["obligor", ChangeExplanation.dayColumn, "standing", "reason", "industry", "region"]

    /// The columns that ratings by some bases need, and those that a review shows.
    ///
    /// - Throws: ``ReviewError/notAFeature(column:)``.
    init(of bases: [RatingBasis]) throws(ReviewError) {
        let catalogue = PanelOptions.catalogue(for: .days([]))
        let known = Set(catalogue.map(\.name))
        var wanted = Set(PortfolioReview.shownFeatures)
        var facts: [ReviewFact] = []
        for column in bases.flatMap({ $0.model.schema.names + $0.factColumns }) {
            if known.contains(column) {
                wanted.insert(column)
            } else if let fact = ReviewFact(column: column) {
                if !facts.contains(fact) { facts.append(fact) }
            } else if !["industry", "region"].contains(column) {
                throw .notAFeature(column: column)
            }
        }
        features = catalogue.filter { wanted.contains($0.name) }
        self.facts = facts
    }

    private init(features: [Feature], facts: [ReviewFact]) {
        self.features = features
        self.facts = facts
    }

    /// The columns without features for which other obligors' records are needed.
    var ofTheObligorAlone: FactColumns {
        FactColumns(features: features.filter { !$0.reachesBeyondTheObligor }, facts: facts)
    }

    /// The names in the order of a table.
    var names: [String] { Self.keys + facts.map(\.name) + features.map(\.name) }

    /// What they hold, for reading them back.
    func schema() throws(TableError) -> Schema { try Self.schema(ofNames: names) }

    /// What columns of facts hold, by their names.
    static func schema(ofNames names: [String]) throws(TableError) -> Schema {
        let types: [String: ColumnType] = [
            keys[0]: .text, keys[1]: .day, keys[2]: .text, keys[3]: .text, keys[4]: .category,
            keys[5]: .category,
        ]
        return try Schema(
            names.map { name in
                ColumnSchema(
                    name: name, type: types[name] ?? ReviewFact(column: name)?.type ?? .double)
            })
    }
}
