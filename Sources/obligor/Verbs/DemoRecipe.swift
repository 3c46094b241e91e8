/// The recipes of the demonstration, the same as in `models/recipes`.
enum DemoRecipe: String, CaseIterable {
    case logistic

    /// What the model is called in the demonstration, and its run folder.
    var name: String { rawValue }

    /// The file it is written to.
    var fileName: String { "\(rawValue).yaml" }

    /// The recipe.
    var text: String {
        switch self {
        case .logistic: Self.logisticText
        }
    }

    private static let logisticText = """
        # Logistic regression on the simulated trade-credit table (obligor simulate).
        recipe: 1
        name: Trade credit, logistic
        description: Probability of default within twelve months, by logistic regression.
        target:
          column: defaulted
          default: true
        id: id
        features:
          exclude: [as_of]
        folds: {count: 5, seed: 1}
        model:
          kind: logistic
          missing: medianAndIndicator
          caps: {lower: 0.005, upper: 0.995}
          penalty: {l2: 1}
          scaling: {pdo: 20, baseOdds: 50, baseScore: 600}
          reasons: {count: 4, reference: mean}

        """
}
