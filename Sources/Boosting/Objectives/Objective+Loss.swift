extension Objective {
    /// The derivatives of this objective on some outcomes.
    func loss(outcomes: [Float], weights: [Float]) -> any Loss {
        switch self {
        case .binary: BinaryLoss()
        case .softmax(let classes): SoftmaxLoss(classes: classes)
        case .squared: SquaredLoss()
        case .poisson: PoissonLoss()
        case .quantile(let level): QuantileLoss(level: level)
        case .ordinal(let levels):
            OrdinalLoss(
                levels: levels,
                cutPoints: OrdinalLoss.cutPoints(levels: levels, outcomes: outcomes, weights: weights))
        }
    }
}
