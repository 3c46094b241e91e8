import Boosting
import Results
import Scoring
import Tables
import Vocabulary

extension ModelCardRecord {
    /// The card of a trained model.
    ///
    /// - Parameters:
    ///   - source: The data as they were given.
    ///   - performance: Figures by sample.
    ///   - tests: What the validation said.
    init(
        of model: ScoringModel, by recipe: Recipe, on table: Table, from source: String,
        performance: [Performance], tests: [TestRecord]
    ) throws {
        let card = recipe.card ?? ModelCardRecipe()
        let fingerprint = model.fingerprint
        let period = try card.asOf.map { try Self.period(table.column(named: $0)) }
        self.init(
            name: model.name, version: card.version, kind: model.kind.rawValue,
            purpose: card.purpose ?? recipe.description ?? "not stated", owner: card.owner,
            data: DataSource(
                description: card.data ?? source, rows: fingerprint.rows, defaults: fingerprint.defaults,
                from: period?.first, to: period?.last, digest: fingerprint.dataDigest),
            defaultDefinition: card.defaultDefinition, performanceWindow: card.performanceWindow,
            features: try Self.features(of: model, by: recipe, card, on: table), performance: performance,
            calibration: model.calibration?.description, limits: card.limits + Self.limits(of: model),
            tests: tests,
            versions: Versions(
                engine: fingerprint.engineVersion, recipeDigest: fingerprint.recipeDigest,
                seed: fingerprint.seed))
    }

    /// The first and the last date of a column, as they are written.
    private static func period(_ column: Column) -> (first: String?, last: String?) {
        let places = (0..<column.count).filter { !column.isMissing($0) }
        if case .day(let days) = column.values {
            let numbers = places.map { days[$0].daysSince1970 }
            func text(_ number: Int32?) -> String? {
                number.map { "\(CalendarDay(daysSince1970: $0))" }
            }
            return (text(numbers.min()), text(numbers.max()))
        }
        let texts = places.compactMap { column.text(at: $0) }
        return (texts.min(), texts.max())
    }

    /// What the figures themselves say against relying on the model.
    private static func limits(of model: ScoringModel) -> [String] {
        var limits: [String] = []
        let defaults = model.fingerprint.defaults
        if defaults < 100 { limits.append("Only \(defaults) defaults were seen in training.") }
        if model.calibration == nil {
            limits.append("PDs are the model's own; they were not calibrated on rows that it has not seen.")
        }
        return limits
    }

    /// The columns that the model reads, the most important first.
    private static func features(
        of model: ScoringModel, by recipe: Recipe, _ card: ModelCardRecipe, on table: Table
    ) throws -> [Feature] {
        let columns = model.scorer.columns
        let importance = try importance(in: model, on: table)
        return columns.indices.sorted { (importance[$1], $0) < (importance[$0], $1) }.map { place in
            let name = columns[place]
            return Feature(
                name: name, label: card.labels[name], unit: recipe.columns[name]?.unit,
                expectedSign: recipe.expectedSign(of: name), sign: model.sign(of: name),
                weight: model.weight(of: name), importance: importance[place])
        }
    }

    /// Shares of the gain of trees; otherwise of the spread of the columns' contributions over up to 10,000 rows.
    private static func importance(in model: ScoringModel, on table: Table) throws -> [Double] {
        if let trees = model.boostedTrees { return trees.gainShares }
        let step = max(1, (table.rowCount + 9_999) / 10_000)
        let rows = table.gathered(Array(stride(from: 0, to: table.rowCount, by: step)))
        let spreads = try model.scorer.contributions(of: rows).map { values -> Double in
            let count = Double(max(1, values.count))
            let mean = values.reduce(0, +) / count
            return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
        }
        let total = spreads.reduce(0, +)
        return spreads.map { total > 0 ? $0 / total : 0 }
    }
}

extension Recipe {
    /// "+" where the recipe wants more of a column to be riskier, "-" where safer.
    fileprivate func expectedSign(of column: String) -> String? {
        switch model {
        case .logistic(let options): options.signs[column].map { $0 == .riskRises ? "+" : "-" }
        case .boostedTrees(let options):
            options.monotone.ofNumbers(in: column).map { $0 == .rising ? "+" : "-" }
        case .additiveTrees(let options):
            options.monotone.ofNumbers(in: column).map { $0 == .rising ? "+" : "-" }
        case .scorecard(let options):
            switch (options.variables[column] ?? options.binning).trend {
            case .ascending: "+"
            case .descending: "-"
            default: nil
            }
        }
    }
}

extension ScoringModel {
    /// "+" where more of a column is riskier whatever its value, "-" where safer; `nil` where it turns.
    fileprivate func sign(of column: String) -> String? {
        func sign(_ value: Double?) -> String? { value.flatMap { $0 == 0 ? nil : $0 > 0 ? "+" : "-" } }
        switch form {
        case .logistic: return sign(weight(of: column))
        case .boostedTrees(let trees):
            return sign(
                trees.certificate.proofs.first { $0.feature == column }.map { Double($0.direction) })
        case .additiveTrees(let trees):
            return sign(
                trees.certificate.proofs.first { $0.feature == column }.map { Double($0.direction) })
        case .scorecard:
            guard case .additive(let scorer) = scorer,
                case .steps(let steps) = scorer.terms.first(where: { $0.column == column })?.shape
            else { return nil }
            let moves = zip(steps.contributions, steps.contributions.dropFirst()).map { $1 - $0 }
            if moves.contains(where: { $0 > 0 }) { return moves.contains { $0 < 0 } ? nil : "+" }
            return moves.contains { $0 < 0 } ? "-" : nil
        }
    }

    /// The coefficient of a column, where it has one.
    fileprivate func weight(of column: String) -> Double? {
        switch form {
        case .logistic(let model): model.coefficients.first { $0.name == column }?.value
        case .scorecard(let scorecard):
            scorecard.characteristics.first { $0.name == column }?.coefficient
        case .boostedTrees, .additiveTrees: nil
        }
    }
}
