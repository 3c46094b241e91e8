/// How the rows at or above a threshold of risk, called defaults, turned out.
public struct ConfusionMatrix: Sendable, Hashable {
    /// Weight of the defaults called defaults.
    public let truePositives: Double
    /// Weight of the non-defaults called defaults.
    public let falsePositives: Double
    /// Weight of the defaults called non-defaults.
    public let falseNegatives: Double
    /// Weight of the non-defaults called non-defaults.
    public let trueNegatives: Double

    /// Share of all rows called right.
    public var accuracy: Double { (truePositives + trueNegatives) / total }

    /// Share of the defaults called defaults, also recall.
    public var sensitivity: Double { truePositives / (truePositives + falseNegatives) }

    /// Share of the non-defaults called non-defaults.
    public var specificity: Double { trueNegatives / (trueNegatives + falsePositives) }

    /// Share of defaults among the rows called defaults; `nil` if there are none.
    public var precision: Double? {
        let called = truePositives + falsePositives
        return called > 0 ? truePositives / called : nil
    }

    /// Matthews' correlation coefficient of call and outcome; 0 where all rows are called the same.
    public var matthewsCorrelation: Double {
        // Roots before products: four sums of millions would leave the exact range.
        let scale =
            (truePositives + falsePositives).squareRoot() * (truePositives + falseNegatives).squareRoot()
            * (trueNegatives + falsePositives).squareRoot() * (trueNegatives + falseNegatives).squareRoot()
        let excess = truePositives * trueNegatives - falsePositives * falseNegatives
        return scale > 0 ? excess / scale : 0
    }

    private var total: Double { truePositives + falsePositives + falseNegatives + trueNegatives }
}

extension RankedOutcomes {
    /// What calling every row of at least a given risk a default would have meant.
    public func confusion(callingFrom threshold: Double) -> ConfusionMatrix {
        var (calledDefaults, calledNonDefaults) = (0.0, 0.0)
        for group in groups where group.risk >= threshold {
            calledDefaults += group.defaults
            calledNonDefaults += group.nonDefaults
        }
        return ConfusionMatrix(
            truePositives: calledDefaults, falsePositives: calledNonDefaults,
            falseNegatives: defaults - calledDefaults, trueNegatives: nonDefaults - calledNonDefaults)
    }
}
