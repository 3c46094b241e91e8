/// The optimal partition under a variable's options; where these cannot all be met (fixed cuts, few rows, one value
/// with most of the weight), constraints are given up and named.
struct ConstrainedPartition {
    /// The first pre-bin of each bin but the first.
    let cuts: [Int]
    let trend: BinningTrend
    let diagnostics: [BinningDiagnostic]

    private init(cuts: [Int], trend: BinningTrend, diagnostics: [BinningDiagnostic]) {
        self.cuts = cuts
        self.trend = trend
        self.diagnostics = diagnostics
    }

    /// - Parameters:
    ///   - preBins: Counts of the ordinary pre-bins in order, at least one.
    ///   - isFixed: Whether the cut before each pre-bin must stay; empty for none.
    ///   - totalWeight: Weight of all observations, missing included, which shares refer to.
    ///   - trend: The asked trend; categories in the order of their rates have none.
    ///   - options: Everything else.
    init(
        _ preBins: [ClassCounts], isFixed: [Bool], totalWeight: Double, trend: BinningTrend,
        options: BinningOptions
    ) {
        guard options.optimizes else {
            self.init(cuts: Array(1..<preBins.count), trend: .none, diagnostics: [])
            return
        }
        let total = preBins.reduce(ClassCounts(), +)
        let fixed = isFixed.indices.filter { isFixed[$0] }
        var limits = OptimalPartition.Constraints(options, totalWeight: totalWeight)
        limits.isFixed = isFixed
        if fixed.isEmpty, let unreachable = limits.unreachable(for: total) {
            self.init(
                cuts: [], trend: .none, diagnostics: [.constraintGivenUp(unreachable), .singleBin])
            return
        }
        guard total.nonDefaults > 0, total.defaults > 0, preBins.count > 1 else {
            self.init(cuts: fixed, trend: .none, diagnostics: fixed.isEmpty ? [.singleBin] : [])
            return
        }
        let asked = Asked(limits: limits, trend: trend)
        let (choice, givenUp) = Self.best(preBins, asked)
        var diagnostics = givenUp.map(BinningDiagnostic.constraintGivenUp)
        let reached = choice.partition.cuts.count + 1
        if reached < options.minimumBins {
            diagnostics.append(.fewerBinsThanAsked(asked: options.minimumBins, reached: reached))
        }
        if reached == 1 { diagnostics.append(.singleBin) }
        self.init(cuts: choice.partition.cuts, trend: choice.trend, diagnostics: diagnostics)
    }

    /// What is asked of a partition.
    fileprivate struct Asked: Equatable {
        var limits: OptimalPartition.Constraints
        var trend: BinningTrend
    }

    /// The best partition, and what had to be given up for there to be one: a single constraint if that is enough,
    /// else one after the other.
    private static func best(
        _ preBins: [ClassCounts], _ asked: Asked
    ) -> (TrendSelection.Choice, [BinningConstraint]) {
        if let choice = choice(preBins, asked) { return (choice, []) }
        for constraint in BinningConstraint.allCases {
            let easier = asked.without(constraint)
            if easier != asked, let choice = choice(preBins, easier) { return (choice, [constraint]) }
        }
        var easier = asked
        var givenUp: [BinningConstraint] = []
        for constraint in BinningConstraint.allCases {
            let before = easier
            easier = easier.without(constraint)
            if easier == before { continue }
            givenUp.append(constraint)
            if let choice = choice(preBins, easier) { return (choice, givenUp) }
        }
        preconditionFailure("no partition of \(preBins.count) pre-bins without constraints")
    }

    private static func choice(_ preBins: [ClassCounts], _ asked: Asked) -> TrendSelection.Choice? {
        TrendSelection(
            nonDefaults: preBins.map(\.nonDefaults), defaults: preBins.map(\.defaults),
            constraints: asked.limits
        ).choice(asked.trend)
    }
}

fileprivate extension ConstrainedPartition.Asked {
    /// The same with a constraint dropped.
    func without(_ constraint: BinningConstraint) -> Self {
        var easier = self
        switch constraint {
        case .maximumPValue: easier.limits.maximumPValue = 1
        case .minimumRateGap: easier.limits.minimumRateGap = 0
        case .trend: easier.trend = .none
        case .classCounts: (easier.limits.minimumNonDefaults, easier.limits.minimumDefaults) = (0, 0)
        case .binSize: (easier.limits.minimumWeight, easier.limits.maximumWeight) = (0, .infinity)
        case .maximumBins: easier.limits.maximumBins = .max
        }
        return easier
    }
}

extension OptimalPartition.Constraints {
    /// The constraints of the options, with shares turned into weights.
    init(_ options: BinningOptions, totalWeight: Double) {
        minimumBins = options.minimumBins
        maximumBins = options.maximumBins ?? .max
        minimumWeight = max(options.minimumBinShare * totalWeight, options.minimumBinWeight)
        maximumWeight = options.maximumBinShare < 1 ? options.maximumBinShare * totalWeight : .infinity
        minimumNonDefaults = options.minimumNonDefaults
        minimumDefaults = options.minimumDefaults
        minimumRateGap = options.minimumRateGap
        maximumPValue = options.maximumPValue ?? 1
        zeroCellAddition = options.zeroCellAddition
    }

    /// The lower bound that even all observations together do not reach, `nil` if they reach all.
    fileprivate func unreachable(for total: ClassCounts) -> BinningConstraint? {
        if total.weight < minimumWeight * (1 - 1e-12) { return .binSize }
        if total.nonDefaults < minimumNonDefaults || total.defaults < minimumDefaults { return .classCounts }
        return nil
    }
}
