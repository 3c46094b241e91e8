public import Statistics
public import Vocabulary

/// A champion and a challenger on the same observations.
public struct ModelComparison: Sendable, Equatable {
    /// Challenger minus champion, by the paired test of DeLong; `nil` without both outcomes.
    public let auc: PairedDifference?
    /// Mean loss −ln of the probability given to what happened, challenger minus champion; less is better.
    public let logLoss: PairedDifference?
    /// Mean squared difference of PD and outcome, challenger minus champion.
    public let brier: PairedDifference?
    /// Spearman's correlation of the two rankings; `nil` where one is constant.
    public let rankCorrelation: Double?
    /// How far the challenger's log-odds lie from the champion's, over the champion's tenths.
    public let shift: PopulationStability?
    /// Who is accepted by which model.
    public let swaps: SwapSets
    /// What the decisions are worth, per observation; challenger minus champion.
    public let value: PairedDifference?
    /// Observations by the champion's grade (row) and the challenger's (column), performing grades, best first.
    public let migration: [[Int]]

    /// The same figure of two models on the same observations.
    public struct PairedDifference: Sendable, Equatable {
        /// That of the champion.
        public let champion: Double
        /// That of the challenger.
        public let challenger: Double
        /// Standard error of the difference.
        public let standardError: Double
        /// Interval of the difference.
        public let interval: ClosedRange<Double>

        /// Challenger minus champion.
        public var difference: Double { challenger - champion }

        /// Difference ÷ standard error; 0 where the two are the same on every observation.
        public var z: Double { standardError > 0 ? difference / standardError : 0 }

        /// P(|Z| ≥ |z|).
        public var pValue: Double { 2 * NormalDistribution.standard.survival(abs(z)) }
    }

    /// Decision economics: who is accepted, and what it brings.
    public struct Economics: Sendable, Equatable {
        /// What an accepted obligor that pays brings, per unit of exposure.
        public var margin: Double
        /// What an accepted obligor that defaults costs, per unit of exposure.
        public var lossGivenDefault: Double
        /// The share of observations that each model accepts, safest first; `nil` to accept where the PD pays.
        public var acceptedShare: Double?

        /// Economics with their defaults.
        public init(margin: Double = 0.05, lossGivenDefault: Double = 0.45, acceptedShare: Double? = nil) {
            self.margin = margin
            self.lossGivenDefault = lossGivenDefault
            self.acceptedShare = acceptedShare
        }

        /// The PD at which margin and loss are even: margin ÷ (margin + LGD).
        public var breakEvenPD: Double { margin / (margin + lossGivenDefault) }
    }

    /// Observations by who accepts them.
    public struct SwapSets: Sendable, Equatable {
        /// One set.
        public struct Part: Sendable, Equatable {
            /// Observations.
            public internal(set) var rows = 0
            /// Those that defaulted.
            public internal(set) var defaults = 0

            /// Defaults ÷ rows; `nil` where there are none.
            public var defaultRate: Double? { rows > 0 ? Double(defaults) / Double(rows) : nil }
        }

        /// Accepted by both.
        public internal(set) var both = Part()
        /// Accepted by the challenger alone.
        public internal(set) var swappedIn = Part()
        /// Accepted by the champion alone.
        public internal(set) var swappedOut = Part()
        /// Accepted by neither.
        public internal(set) var neither = Part()

        /// P(|Z| ≥ |z|) of the default rates of those swapped in and out being equal; `nil` where a set is empty.
        public var pValue: Double? {
            guard swappedIn.rows > 0, swappedOut.rows > 0 else { return nil }
            return TwoProportionTest(
                defaults: (Double(swappedIn.defaults), Double(swappedOut.defaults)),
                weights: (Double(swappedIn.rows), Double(swappedOut.rows))
            ).pValue
        }
    }

    /// Compares two models.
    ///
    /// - Parameters:
    ///   - champion: η by row, calibrated.
    ///   - challenger: The same of the other model.
    ///   - defaulted: Outcomes by row.
    ///   - grade: The grade of a model's PD, for the champion's and the challenger's log-odds.
    ///   - level: Confidence of the intervals.
    /// - Complexity: O(n log n).
    public init(
        champion: [Double], challenger: [Double], defaulted: [Bool], economics: Economics = Economics(),
        level: Double = 0.95, grades: (champion: [Grade], challenger: [Grade])? = nil
    ) {
        precondition(
            champion.count == defaulted.count && challenger.count == defaulted.count,
            "\(champion.count) and \(challenger.count) log-odds, \(defaulted.count) outcomes")
        let reach = NormalDistribution.standard.quantile(upperTail: (1 - level) / 2)
        auc = Self.auc(champion, challenger, defaulted, reach)
        func paired(_ figure: (_ logOdds: Double, _ defaulted: Bool) -> Double) -> PairedDifference? {
            Self.paired(
                zip(champion, defaulted).map(figure), zip(challenger, defaulted).map(figure), reach)
        }
        logLoss = paired(Self.loss)
        brier = paired { logOdds, defaulted in
            let gap = ProbabilityOfDefault.value(ofLogOdds: defaulted ? -logOdds : logOdds)
            return gap * gap
        }
        rankCorrelation = (try? SpearmanCorrelation.value(champion, challenger)) ?? nil
        shift = Self.shift(champion, challenger)
        let accepted = (
            Self.accepted(champion, economics), Self.accepted(challenger, economics)
        )
        swaps = Self.swaps(accepted.0, accepted.1, defaulted)
        func value(_ accepted: [Bool]) -> [Double] {
            zip(accepted, defaulted).map { isAccepted, isDefault in
                isAccepted ? isDefault ? -economics.lossGivenDefault : economics.margin : 0
            }
        }
        self.value = Self.paired(value(accepted.0), value(accepted.1), reach)
        var migration = Grade.performing.map { _ in Grade.performing.map { _ in 0 } }
        for (from, to) in zip(grades?.champion ?? [], grades?.challenger ?? [])
        where from != .d && to != .d {
            migration[from.rank][to.rank] += 1
        }
        self.migration = migration
    }

    /// −ln of the probability given to what happened.
    private static func loss(_ logOdds: Double, _ defaulted: Bool) -> Double {
        -Calibration.BetaCurve.logPD(defaulted ? logOdds : -logOdds)
    }

    private static func auc(
        _ champion: [Double], _ challenger: [Double], _ defaulted: [Bool], _ reach: Double
    ) -> PairedDifference? {
        guard let first = try? DeLongEstimate(risks: champion, defaulted: defaulted),
            let second = try? DeLongEstimate(risks: challenger, defaulted: defaulted)
        else { return nil }
        let comparison = second.compared(with: first)
        let margin = reach * comparison.standardError
        return PairedDifference(
            champion: first.auc, challenger: second.auc, standardError: comparison.standardError,
            interval: comparison.difference - margin...comparison.difference + margin)
    }

    /// The means of two figures by row, with the error of their difference.
    private static func paired(
        _ champion: [Double], _ challenger: [Double], _ reach: Double
    ) -> PairedDifference? {
        let count = Double(champion.count)
        guard champion.count > 1 else { return nil }
        let (first, second) = (champion.reduce(0, +) / count, challenger.reduce(0, +) / count)
        let mean = second - first
        let squares = zip(champion, challenger).reduce(0.0) { sum, pair in
            let gap = pair.1 - pair.0 - mean
            return sum + gap * gap
        }
        let error = (squares / (count - 1) / count).squareRoot()
        return PairedDifference(
            champion: first, challenger: second, standardError: error,
            interval: mean - reach * error...mean + reach * error)
    }

    private static func shift(_ champion: [Double], _ challenger: [Double]) -> PopulationStability? {
        let bins = DevelopmentProfile.Distribution(numbers: champion, variable: StabilityReport.score)
        guard let now = bins.counts(of: challenger) else { return nil }
        // The last bin is that of missing values, which log-odds never are.
        return try? PopulationStability(
            expectedCounts: bins.counts.dropLast().map(Double.init),
            actualCounts: now.dropLast().map(Double.init))
    }

    /// Whom a model accepts: the stated share, safest first and earlier rows before later ones, or whoever pays.
    private static func accepted(_ logOdds: [Double], _ economics: Economics) -> [Bool] {
        guard let share = economics.acceptedShare else {
            let limit = economics.breakEvenPD
            return logOdds.map { ProbabilityOfDefault.value(ofLogOdds: $0) < limit }
        }
        let count = Int((share * Double(logOdds.count)).rounded())
        var accepted = [Bool](repeating: false, count: logOdds.count)
        for row in logOdds.indices.sorted(by: { (logOdds[$0], $0) < (logOdds[$1], $1) }).prefix(count) {
            accepted[row] = true
        }
        return accepted
    }

    private static func swaps(_ champion: [Bool], _ challenger: [Bool], _ defaulted: [Bool]) -> SwapSets {
        var swaps = SwapSets()
        for row in defaulted.indices {
            func count(_ part: WritableKeyPath<SwapSets, SwapSets.Part>) {
                swaps[keyPath: part].rows += 1
                swaps[keyPath: part].defaults += defaulted[row] ? 1 : 0
            }
            switch (champion[row], challenger[row]) {
            case (true, true): count(\.both)
            case (false, true): count(\.swappedIn)
            case (true, false): count(\.swappedOut)
            case (false, false): count(\.neither)
            }
        }
        return swaps
    }
}
