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
        /// The stopping metric on the validation part after each round, lower being better (1 − AUC, 1 − KS); empty
        /// without one.
        public var validationMetric: [Double]
    }

    /// Trains a forest, or trains one further.
    ///
    /// Training 10 rounds and then 10 more is the same, to the bit, as training 20 at once, unless rounds are dropped
    /// (those of the earlier forest are not) or training stops early.
    ///
    /// - Parameters:
    ///   - data: Columns, outcomes and weights.
    ///   - validation: Rows with the same columns that decide when to stop; needed for early stopping.
    ///   - earlier: A forest to continue; its base scores and cut points are kept.
    /// - Throws: ``BoostingError/badData(reason:)``, ``BoostingError/nothingToLearn(reason:)``,
    ///   ``BoostingError/badOption(name:value:expected:)`` where options do not fit the data,
    ///   ``BoostingError/cannotContinue(reason:)`` where the earlier forest does not.
    /// - Complexity: O(rounds · depth · n · p) time; 2·n·p bytes of bins and 24·n of gradients, scores and lists.
    public func train(
        _ data: TrainingData, validation: TrainingData? = nil, continuing earlier: Forest? = nil
    ) throws(BoostingError) -> Training {
        try train(data, validation: validation, continuing: earlier, instructions: .widest)
    }

    /// Trains with given instructions, and with histograms of exact gradients alone where `allowsPacking` is false.
    func train(
        _ data: TrainingData, validation: TrainingData? = nil, continuing earlier: Forest? = nil,
        instructions: Instructions, allowsPacking: Bool = true
    ) throws(BoostingError) -> Training {
        try data.validate(for: options)
        try validation?.validate(like: data, for: options)
        if options.earlyStoppingRounds > 0, validation == nil {
            throw .badOption(
                name: "earlyStoppingRounds", value: "\(options.earlyStoppingRounds)",
                expected: "0 without a validation part")
        }
        if let earlier { try check(earlier, against: data) }
        var session = TrainingSession(
            data, options: options, continuing: earlier, instructions: instructions,
            allowsPacking: allowsPacking)
        return session.run(validation: validation)
    }

    private func check(_ earlier: Forest, against data: TrainingData) throws(BoostingError) {
        _ = try earlier.validated()
        // A forest that was read may know what levels are called; columns of codes do not.
        let columns = data.forestFeatures
        guard earlier.features.map(\.name) == columns.map(\.name),
            earlier.features.map(\.kind) == columns.map(\.kind)
        else {
            throw .cannotContinue(reason: "its features are not the columns of the data")
        }
        guard earlier.objective == options.objective else {
            throw .cannotContinue(reason: "its objective is \(earlier.objective), not \(options.objective)")
        }
        guard options.baseScores.isEmpty || options.baseScores == earlier.baseScores else {
            throw .cannotContinue(
                reason: "its base scores are \(earlier.baseScores), not \(options.baseScores)")
        }
        guard !earlier.comparesSinglePrecision else {
            throw .cannotContinue(reason: "it compares in single precision, which new trees would not")
        }
    }
}
