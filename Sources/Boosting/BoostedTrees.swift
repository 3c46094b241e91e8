import Parallelism

/// Gradient boosting of regression trees on histograms.
///
/// Every round fits a tree per output to the gradient of the loss at the scores so far and adds a share of it.
/// The same data, options and seed give the same forest to the bit, on any number of threads and any processor.
///
/// Source: Friedman (2001), *Greedy Function Approximation*; Ke et al. (2017), *LightGBM*.
public struct BoostedTrees: Sendable {
    /// How trees are grown.
    public let options: BoostingOptions

    /// A trainer with checked options.
    ///
    /// - Throws: ``BoostingError/badOption(name:value:expected:)``.
    public init(options: BoostingOptions) throws(BoostingError) {
        self.options = try options.validated()
    }

    /// What training returns.
    public struct Training: Sendable {
        /// The forest, cut back to the best round where training stopped early.
        public var forest: Forest
        /// Mean weighted loss on the validation part after each round; empty without one.
        public var validationLoss: [Double]
    }

    /// Trains a forest.
    ///
    /// - Parameters:
    ///   - data: Columns, outcomes and weights.
    ///   - validation: Rows with the same columns that decide when to stop; needed for early stopping.
    /// - Throws: ``BoostingError/badData(reason:)``, ``BoostingError/nothingToLearn(reason:)``,
    ///   ``BoostingError/badOption(name:value:expected:)`` where options do not fit the data.
    /// - Complexity: O(rounds · depth · n · p) time; 2·n·p bytes of bins and 24·n of gradients, scores and lists.
    public func train(
        _ data: TrainingData, validation: TrainingData? = nil
    ) throws(BoostingError) -> Training {
        try data.validate(for: options)
        try validation?.validateShape(like: data)
        if options.earlyStoppingRounds > 0, validation == nil {
            throw .badOption(
                name: "earlyStoppingRounds", value: "\(options.earlyStoppingRounds)",
                expected: "0 without a validation part")
        }
        var session = TrainingSession(data, options: options)
        return session.run(validation: validation)
    }
}
