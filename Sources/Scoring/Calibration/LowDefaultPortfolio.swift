import Glibc
import Statistics

/// Grades with few defaults or none: upper bounds of their PDs that are as prudent as asked for.
///
/// A grade's PD is at most that of all worse ones, so its obligors and defaults are pooled with theirs; the bound is
/// the PD under which no more defaults than were seen have the probability 1 − γ. Bounds that are scaled to a central
/// tendency afterwards are no longer bounds.
///
/// Source: Pluto & Tasche (2005), "Thinking positively", *Risk* 18(8).
public struct LowDefaultPortfolio: Sendable, Equatable {
    /// Obligors by grade, best first.
    public let obligors: [Int]
    /// Defaults by grade.
    public let defaults: [Int]

    /// A portfolio.
    ///
    /// - Throws: ``CalibrationError/badParameter(name:value:expected:)`` for counts that are no counts.
    public init(obligors: [Int], defaults: [Int]) throws(CalibrationError) {
        precondition(obligors.count == defaults.count, "\(obligors.count) grades, \(defaults.count) counts")
        for (count, defaulted) in zip(obligors, defaults) {
            guard count >= 0, count <= 1_000_000_000 else {
                throw .badParameter(name: "number of obligors", value: Double(count), expected: "0 to 1e9")
            }
            guard defaulted >= 0, defaulted <= count else {
                throw .badParameter(
                    name: "number of defaults", value: Double(defaulted), expected: "0 to \(count)")
            }
        }
        guard let worst = obligors.last, worst > 0 else { throw .empty }
        self.obligors = obligors
        self.defaults = defaults
    }

    /// How defaults depend on each other.
    public enum Dependence: Sendable, Equatable {
        /// Not at all.
        case independent
        /// Through the factor of one year, of an asset correlation.
        case correlated(assetCorrelation: Double)
        /// Through the factors of several years in which the same obligors were watched.
        case multiplePeriods(MultiplePeriods)
    }

    /// Years whose factors are an autoregression: Z₁ = ε₁, Zₜ = θ Zₜ₋₁ + √(1 − θ²) εₜ.
    public struct MultiplePeriods: Sendable, Equatable {
        /// T, 1 to 100.
        public var years: Int
        /// ρ in [0, 0.99].
        public var assetCorrelation: Double
        /// θ in [−1, 1].
        public var yearCorrelation: Double
        /// Paths of factors, each with its mirror image.
        public var pairsOfPaths: Int
        /// Where the paths come from.
        public var seed: UInt64

        /// Options with their defaults.
        public init(
            years: Int, assetCorrelation: Double, yearCorrelation: Double = 0.3, pairsOfPaths: Int = 5_000,
            seed: UInt64 = 0
        ) {
            self.years = years
            self.assetCorrelation = assetCorrelation
            self.yearCorrelation = yearCorrelation
            self.pairsOfPaths = pairsOfPaths
            self.seed = seed
        }
    }

    /// The bound of every grade, best first: one-year PDs that never fall.
    ///
    /// - Parameters:
    ///   - confidence: γ in (0, 1), such as 0.75.
    ///   - dependence: How defaults depend on each other.
    /// - Throws: ``CalibrationError/badParameter(name:value:expected:)``.
    public func upperPDs(
        confidence: Double, dependence: Dependence = .independent
    ) throws(CalibrationError) -> [Double] {
        guard confidence > 0, confidence < 1 else {
            throw .badParameter(name: "confidence", value: confidence, expected: "a number between 0 and 1")
        }
        let factors = try dependence.factors()
        var (pooled, defaulted) = (0, 0)
        var bounds: [Double] = []
        for grade in obligors.indices.reversed() {
            pooled += obligors[grade]
            defaulted += defaults[grade]
            bounds.append(
                Self.bound(pooled, defaulted, confidence: confidence, dependence, factors))
        }
        // Pooling makes bounds rise with risk unless better grades have more defaults; then they share one.
        var least = 1.0
        return bounds.map { bound in
            least = min(least, bound)
            return least
        }.reversed()
    }

    private static func bound(
        _ obligors: Int, _ defaults: Int, confidence: Double, _ dependence: Dependence, _ factors: [[Double]]
    ) -> Double {
        guard defaults < obligors else { return 1 }
        switch dependence {
        case .independent:
            let law = try? BetaDistribution(Double(defaults) + 1, Double(obligors - defaults))
            return law?.quantile(confidence) ?? 1
        case .correlated(let correlation):
            return root { pd in
                let law = try? CorrelatedBinomialDistribution(
                    obligors: obligors, pd: pd, assetCorrelation: correlation)
                return (law?.cdf(defaults) ?? 0) > 1 - confidence
            }
        case .multiplePeriods(let periods):
            guard let model = try? OneFactorModel(assetCorrelation: periods.assetCorrelation) else {
                return 1
            }
            return root { pd in
                let mean =
                    factors.reduce(0.0) { sum, path in
                        let survival = path.reduce(1) { $0 * (1 - model.conditionalPD(pd, factor: $1)) }
                        let law = try? BinomialDistribution(trials: obligors, probability: 1 - survival)
                        return sum + (law?.cdf(defaults) ?? 0)
                    } / Double(factors.count)
                return mean > 1 - confidence
            }
        }
    }

    /// The PD up to which a condition holds, by halving on the normal scale, where PDs of all sizes are alike.
    private static func root(_ isBelow: (_ pd: Double) -> Bool) -> Double {
        let normal = NormalDistribution.standard
        var (low, high) = (-12.0, 8.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if middle == low || middle == high { break }
            if isBelow(normal.cdf(middle)) { low = middle } else { high = middle }
        }
        return normal.cdf((low + high) / 2)
    }
}

extension LowDefaultPortfolio.Dependence {
    /// The paths of factors, where they are drawn; empty otherwise.
    fileprivate func factors() throws(CalibrationError) -> [[Double]] {
        switch self {
        case .independent: return []
        case .correlated(let correlation):
            try Self.check(correlation)
            return []
        case .multiplePeriods(let periods):
            try Self.check(periods.assetCorrelation)
            guard (1...100).contains(periods.years) else {
                throw .badParameter(name: "years", value: Double(periods.years), expected: "1 to 100")
            }
            guard abs(periods.yearCorrelation) <= 1 else {
                throw .badParameter(
                    name: "correlation of years", value: periods.yearCorrelation, expected: "-1 to 1")
            }
            guard (1...1_000_000).contains(periods.pairsOfPaths) else {
                throw .badParameter(
                    name: "pairs of paths", value: Double(periods.pairsOfPaths), expected: "1 to 1,000,000")
            }
            return periods.paths()
        }
    }

    private static func check(_ correlation: Double) throws(CalibrationError) {
        guard correlation >= 0, correlation <= 0.99 else {
            throw .badParameter(name: "asset correlation", value: correlation, expected: "0 to 0.99")
        }
    }
}

extension LowDefaultPortfolio.MultiplePeriods {
    fileprivate func paths() -> [[Double]] {
        let generator = SeededGenerator(seed: seed).stream("multiple periods")
        let innovation = (1 - yearCorrelation * yearCorrelation).squareRoot()
        return (0..<pairsOfPaths).flatMap { pair -> [[Double]] in
            var stream = generator.stream(pair)
            var path = [stream.normal()]
            for year in 1..<max(1, years) {
                path.append(yearCorrelation * path[year - 1] + innovation * stream.normal())
            }
            return [path, path.map { -$0 }]
        }
    }
}
