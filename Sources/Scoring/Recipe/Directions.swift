import StrictYAML

/// Directions of risk that a model must keep to, whatever the values of all other columns.
public struct Directions: Sendable, Hashable, Codable {
    /// The direction in which risk moves with a number.
    public enum Direction: String, Sendable, Hashable, Codable, CaseIterable {
        /// More is riskier, or no safer.
        case rising
        /// More is safer, or no riskier.
        case falling

        /// +1 where risk rises, −1 where it falls.
        var sign: Int8 { self == .rising ? 1 : -1 }
    }

    /// Those that the recipe states, by column; each column must be there and hold numbers.
    public var stated: [String: Direction]
    /// Those that the declarations of the features expect, by column; `nil` where the recipe does not ask for them.
    ///
    /// They hold for the columns that are there and are numbers. A recipe knows no declarations: whoever reads it fills
    /// them in.
    public var expected: [String: Direction]?

    /// Directions from their parts.
    public init(stated: [String: Direction], expected: [String: Direction]? = nil) {
        self.stated = stated
        self.expected = expected
    }

    /// The direction of a column that holds numbers; what is stated goes before what is expected.
    public func ofNumbers(in column: String) -> Direction? { stated[column] ?? expected?[column] }
}

extension Directions: ExpressibleByDictionaryLiteral {
    /// Stated directions by column.
    public init(dictionaryLiteral elements: (String, Direction)...) {
        self.init(stated: Dictionary(elements, uniquingKeysWith: { first, _ in first }))
    }
}

extension YAMLNode {
    /// Directions by column, or the word expected.
    func directions() throws(YAMLError) -> Directions {
        if content == .scalar("expected", isQuoted: false) { return Directions(stated: [:], expected: [:]) }
        guard case .mapping = content else {
            throw error(expected: "expected, or columns with rising or falling")
        }
        return Directions(stated: try dictionary { node throws(YAMLError) in try node.choice() })
    }
}

extension Recipe {
    /// Whether the recipe asks for the directions that the declarations of its features expect.
    public var asksForExpectedDirections: Bool {
        switch model {
        case .boostedTrees(let options): options.monotone.expected != nil
        case .additiveTrees(let options): options.monotone.expected != nil
        case .logistic, .scorecard: false
        }
    }

    /// The recipe with the directions that the declarations of its features expect, where it asks for them.
    public func expecting(_ directions: [String: Directions.Direction]) -> Recipe {
        guard asksForExpectedDirections else { return self }
        var recipe = self
        recipe.model = model.expecting(directions)
        if let search {
            recipe.search?.trials = search.trials.map {
                SearchPlan.Trial(settings: $0.settings, model: $0.model.expecting(directions))
            }
        }
        return recipe
    }
}

extension Recipe.Model {
    /// The options with expected directions, where they ask for them.
    func expecting(_ directions: [String: Directions.Direction]) -> Recipe.Model {
        switch self {
        case .boostedTrees(var options) where options.monotone.expected != nil:
            options.monotone.expected = directions
            return .boostedTrees(options)
        case .additiveTrees(var options) where options.monotone.expected != nil:
            options.monotone.expected = directions
            return .additiveTrees(options)
        case .logistic, .scorecard, .boostedTrees, .additiveTrees: return self
        }
    }
}
