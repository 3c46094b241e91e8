/// The recipes of the demonstration, the same as in `models/recipes`.
enum DemoRecipe: String, CaseIterable {
    case logistic, scorecard

    /// What the model is called in the demonstration, and its run folder.
    var name: String { rawValue }

    /// The file it is written to.
    var fileName: String { "\(rawValue).yaml" }

    /// The recipe.
    var text: String {
        switch self {
        case .logistic: Self.logisticText
        case .scorecard: Self.scorecardText
        }
    }

    private static let logisticText = """
        # Logistic regression on the simulated trade-credit table (obligor simulate-table).
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

    private static let scorecardText = """
        # Scorecard on the simulated trade-credit table (obligor simulate-table).
        recipe: 1
        name: Trade credit, scorecard
        description: Probability of default within twelve months, by a scorecard.
        target:
          column: defaulted
          default: true
        id: id
        features:
          exclude: [as_of]
        folds: {count: 5, seed: 1}
        model:
          kind: scorecard
          binning:
            maximumBins: 6
            minimumBinShare: 0.05
            minimumDefaults: 5
            variables:
              days_beyond_terms: {trend: ascending}
          selection:
            informationValue: {minimum: 0.02}
            stepwise: {direction: both, criterion: aic}
          scaling: {pdo: 20, baseOdds: 50, baseScore: 600, rounding: integer}
          reasons: {count: 4, reference: maximum}

        """
}
