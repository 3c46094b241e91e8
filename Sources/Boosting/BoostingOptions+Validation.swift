extension BoostingOptions {
    /// These options, if every one is in its range.
    ///
    /// - Throws: ``BoostingError/badOption(name:value:expected:)`` naming the first that is not.
    public func validated() throws(BoostingError) -> BoostingOptions {
        func require(_ holds: Bool, _ name: String, _ value: Any, _ expected: String) throws(BoostingError) {
            if !holds { throw .badOption(name: name, value: "\(value)", expected: expected) }
        }
        try require(rounds >= 1, "rounds", rounds, "at least 1")
        try require(learningRate > 0 && learningRate <= 1, "learningRate", learningRate, "in (0, 1]")
        try require((2...65_536).contains(maximumLeaves), "maximumLeaves", maximumLeaves, "2 … 65,536")
        try require(maximumDepth >= 0, "maximumDepth", maximumDepth, "at least 0")
        try require(minimumRowsInLeaf >= 1, "minimumRowsInLeaf", minimumRowsInLeaf, "at least 1")
        try require(
            minimumHessianInLeaf >= 0 && minimumHessianInLeaf.isFinite, "minimumHessianInLeaf",
            minimumHessianInLeaf,
            "a number ≥ 0")
        try require(minimumGain >= 0 && minimumGain.isFinite, "minimumGain", minimumGain, "a number ≥ 0")
        try require(l1 >= 0 && l1.isFinite, "l1", l1, "a number ≥ 0")
        try require(l2 >= 0 && l2.isFinite, "l2", l2, "a number ≥ 0")
        try require(
            maximumLeafValue.map { $0 > 0 } ?? true, "maximumLeafValue", maximumLeafValue ?? 0,
            "above 0, or none")
        try require((2...65_535).contains(maximumBins), "maximumBins", maximumBins, "2 … 65,535")
        try require(minimumRowsInBin >= 1, "minimumRowsInBin", minimumRowsInBin, "at least 1")
        try require(featureShare > 0 && featureShare <= 1, "featureShare", featureShare, "in (0, 1]")
        try require(
            featureShareOfSplit > 0 && featureShareOfSplit <= 1, "featureShareOfSplit", featureShareOfSplit,
            "in (0, 1]")
        if let dropout {
            try require(dropout.share > 0 && dropout.share < 1, "dropout.share", dropout.share, "in (0, 1)")
            try require(dropout.skip >= 0 && dropout.skip < 1, "dropout.skip", dropout.skip, "in [0, 1)")
        }
        try require(
            baseScores.isEmpty
                || baseScores.count == objective.outputCount
                    && baseScores.allSatisfy(\.isFinite),
            "baseScores", baseScores,
            "\(objective.outputCount) numbers, or none")
        try require(
            stoppingMetric.suits(objective), "stoppingMetric", stoppingMetric,
            "loss, or a metric for \(objective)")
        try require(oneHotLevels >= 0, "oneHotLevels", oneHotLevels, "at least 0")
        try require(
            categorySmoothing >= 0 && categorySmoothing.isFinite, "categorySmoothing", categorySmoothing,
            "a number ≥ 0")
        try require(categoryL2 >= 0 && categoryL2.isFinite, "categoryL2", categoryL2, "a number ≥ 0")
        try require(
            monotone.allSatisfy { (-1...1).contains($0) }, "monotone", monotone,
            "−1, 0 or +1 for each feature")
        try require(earlyStoppingRounds >= 0, "earlyStoppingRounds", earlyStoppingRounds, "at least 0")
        try require((1...1024).contains(threads), "threads", threads, "1 … 1,024")
        switch rowSampling {
        case .all: break
        case .bagging(let share):
            try require(share > 0 && share < 1, "rowSampling.share", share, "in (0, 1)")
        case .gradientBased(let top, let other):
            try require(
                top > 0 && other > 0 && top + other < 1, "rowSampling", (top, other), "shares > 0, in all < 1"
            )
        }
        switch objective {
        case .softmax(let count): try require((2...1000).contains(count), "classes", count, "2 … 1,000")
        case .ordinal(let count): try require((2...1000).contains(count), "levels", count, "2 … 1,000")
        case .quantile(let level): try require(level > 0 && level < 1, "level", level, "in (0, 1)")
        case .binary, .squared, .poisson: break
        }
        return self
    }
}

extension BoostingOptions.StoppingMetric {
    /// Whether the metric is defined for an objective.
    fileprivate func suits(_ objective: Objective) -> Bool {
        switch (self, objective) {
        case (.loss, _), (.auc, .binary), (.ks, .binary), (.rps, .binary), (.rps, .softmax), (.rps, .ordinal):
            true
        default: false
        }
    }
}
