import Glibc
import Scoring
import Statistics
import Tables

/// A small credit table with known effects: numbers with missing values and a special code, categories with a rare
/// level, an identifier and weights.
enum SmallCredit {
    static func table(rows: Int = 600, seed: UInt64 = 7) throws -> Table {
        var generator = SeededGenerator(seed: seed)
        var income: [Double] = []
        var delay: [Int64] = []
        var homeCodes: [UInt32] = []
        var bureau: [Double] = []
        var outcome: [UInt32] = []
        var weights: [Double] = []
        for row in 0..<rows {
            let strength = generator.normal()
            income.append(row % 9 == 0 ? .nan : (20 + 10 * strength + 4 * generator.normal()).rounded())
            delay.append(Int64(max(0, 10 - 8 * strength + 6 * generator.normal())))
            let home = generator.uniform()
            homeCodes.append(row % 20 == 3 ? Column.missingCode : home < 0.5 ? 0 : home < 0.98 ? 1 : 2)
            bureau.append(row % 6 == 1 ? -1 : (50 + 20 * strength + 10 * generator.normal()).rounded())
            let logOdds = -1.1 - 1.2 * strength + (homeCodes[row] == 1 ? 0.6 : 0)
            outcome.append(generator.bernoulli(1 / (1 + exp(-logOdds))) ? 1 : 0)
            weights.append(Double(1 + row % 3))
        }
        return try Table(columns: [
            Column(name: "id", values: .text((0..<rows).map { "C\($0)" })),
            Column(name: "income", values: .double(income)),
            Column(name: "delay", values: .integer(delay)),
            Column(name: "home", values: .category(codes: homeCodes, levels: ["own", "rent", "boat"])),
            Column(name: "bureau", values: .double(bureau)),
            Column(name: "outcome", values: .category(codes: outcome, levels: ["paid", "default"])),
            Column(name: "weight", values: .double(weights)),
        ])
    }

    /// A recipe for the table.
    static func recipe(_ model: Recipe.Model) -> Recipe {
        Recipe(
            name: "small", target: .init(column: "outcome", defaults: ["default"], nonDefaults: ["paid"]),
            id: "id", weight: "weight", model: model)
    }

    static let logisticRecipe = recipe(.logistic(LogisticRecipe()))
}
