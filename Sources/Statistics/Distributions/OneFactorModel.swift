import Glibc

/// Defaults that share one systematic factor: an obligor defaults when its asset value √ρ Z + √(1 − ρ) ε is low.
///
///     PD(z) = Φ((Φ⁻¹(PD) − √ρ z) ÷ √(1 − ρ))
///
/// is the probability in a year of factor z, standard normal, where z > 0 is a good year. PD itself is the average over
/// all years: through the cycle; PD(z) is at a point in time.
///
/// Source: Vasicek (2002), "The distribution of loan portfolio value", *Risk* 15.
public struct OneFactorModel: Sendable, Hashable, Codable {
    /// ρ, the correlation of two asset values, in [0, 1).
    public let assetCorrelation: Double

    /// A model of an asset correlation.
    ///
    /// - Throws: ``DistributionError/notACorrelation(_:)`` outside [0, 1).
    public init(assetCorrelation: Double) throws(DistributionError) {
        guard assetCorrelation >= 0, assetCorrelation < 1 else { throw .notACorrelation(assetCorrelation) }
        self.assetCorrelation = assetCorrelation
    }

    /// PD(z) of an average PD, as a fraction in [0, 1].
    public func conditionalPD(_ averagePD: Double, factor: Double) -> Double {
        NormalTail.lower(conditional(NormalQuantile.value(lowerTail: averagePD), factor))
    }

    /// The average PD whose PD(z) is the given one: the inverse of ``conditionalPD(_:factor:)``.
    public func averagePD(_ conditionalPD: Double, factor: Double) -> Double {
        NormalTail.lower(average(NormalQuantile.value(lowerTail: conditionalPD), factor))
    }

    /// The correlation of the defaults of two obligors of one average PD.
    ///
    ///     (Φ₂(Φ⁻¹(PD), Φ⁻¹(PD); ρ) − PD²) ÷ (PD (1 − PD)),   Φ₂ the bivariate normal distribution.
    ///
    /// - Parameter averagePD: In [0, 1]; at both ends the correlation is 0.
    public func defaultCorrelation(_ averagePD: Double) -> Double {
        let probit = NormalQuantile.value(lowerTail: averagePD)
        guard probit.isFinite, let law = try? BivariateNormalDistribution(correlation: assetCorrelation)
        else {
            return 0
        }
        let excess = law.cdf(probit, probit) - averagePD * averagePD
        return max(0, min(1, excess / (averagePD * (1 - averagePD))))
    }

    /// The log-odds of PD(z) from those of the average PD; digits are kept for PDs near 0 and near 1.
    public func conditionalLogOdds(_ averageLogOdds: Double, factor: Double) -> Double {
        Self.logOdds(ofProbit: conditional(Self.probit(ofLogOdds: averageLogOdds), factor))
    }

    /// The log-odds of the average PD from those of PD(z).
    public func averageLogOdds(_ conditionalLogOdds: Double, factor: Double) -> Double {
        Self.logOdds(ofProbit: average(Self.probit(ofLogOdds: conditionalLogOdds), factor))
    }

    func conditional(_ probit: Double, _ factor: Double) -> Double {
        (probit - assetCorrelation.squareRoot() * factor) / (1 - assetCorrelation).squareRoot()
    }

    private func average(_ probit: Double, _ factor: Double) -> Double {
        probit * (1 - assetCorrelation).squareRoot() + assetCorrelation.squareRoot() * factor
    }

    /// Φ⁻¹(p), from the tail that has the digits.
    private static func probit(ofLogOdds logOdds: Double) -> Double {
        let tail = 1 / (1 + exp(abs(logOdds)))
        let value = NormalQuantile.value(lowerTail: tail)
        return logOdds > 0 ? -value : value
    }

    /// ln Φ(x) − ln Φ(−x).
    private static func logOdds(ofProbit probit: Double) -> Double {
        NormalTail.logLower(probit) - NormalTail.logLower(-probit)
    }
}

/// The number of defaults among n obligors of one PD that share the factor of a ``OneFactorModel``.
///
/// Given the factor it is binomial with PD(z); the probabilities here are averages over the factor:
///
///     P(X ≤ k) = ∫ P(Bin(n, PD(z)) ≤ k) φ(z) dz
public struct CorrelatedBinomialDistribution: Sendable, Hashable {
    /// n ≥ 0.
    public let obligors: Int
    /// The average PD, in [0, 1].
    public let pd: Double
    /// What the obligors share.
    public let model: OneFactorModel

    /// A distribution of a number of obligors, their PD and the asset correlation.
    ///
    /// - Throws: ``DistributionError``.
    public init(obligors: Int, pd: Double, assetCorrelation: Double) throws(DistributionError) {
        guard obligors >= 0 else { throw .negativeTrials(obligors) }
        self.obligors = obligors
        self.pd = try pd.probability()
        model = try OneFactorModel(assetCorrelation: assetCorrelation)
    }

    /// P(X ≤ k); about 1e-10 relative.
    public func cdf(_ count: Int) -> Double {
        guard count >= 0 else { return 0 }
        return count >= obligors ? 1 : average { IncompleteBeta.atMost(count, of: obligors, $0).upper }
    }

    /// P(X > k), with its digits kept where it is small.
    public func survival(_ count: Int) -> Double {
        guard count >= 0 else { return 1 }
        return count >= obligors ? 0 : average { IncompleteBeta.atMost(count, of: obligors, $0).lower }
    }

    /// The smallest k with P(X > k) ≤ q.
    ///
    /// - Complexity: Some five values of ``survival(_:)``: the search starts at the quantile of a portfolio without
    ///   granularity, n Φ((Φ⁻¹(PD) + √ρ Φ⁻¹(1 − q)) ÷ √(1 − ρ)).
    public func quantile(upperTail probability: Double) -> Int {
        requireProbability(probability)
        guard probability > 0 else { return obligors }
        guard probability < 1 else { return 0 }
        let factor = NormalQuantile.value(lowerTail: probability)
        let rate = model.conditionalPD(pd, factor: factor)
        func holds(_ count: Int) -> Bool { survival(count) <= probability }
        var high = max(0, min(obligors, Int(Double(obligors) * rate)))
        var step = 1
        guard holds(high) else {
            var low = high
            repeat {
                low = high
                high = min(obligors, high + step)
                step *= 2
            } while !holds(high)
            return countSearch(in: low + 1...high, holds)
        }
        var low = high
        while low >= 0, holds(low) {
            high = low
            low -= step
            step *= 2
        }
        return countSearch(in: max(0, low + 1)...high, holds)
    }

    /// The mean of a function of PD(z) over the factor.
    private func average(_ value: (_ probit: Double) -> Double) -> Double {
        let probit = NormalQuantile.value(lowerTail: pd)
        guard probit.isFinite, model.assetCorrelation > 0 else { return value(probit) }
        // Beyond 12 standard deviations lies less than 1e-32. Pieces keep the first look from missing a step.
        let pieces = [-12.0, -4, -2, 0, 2, 4, 12]
        return zip(pieces, pieces.dropFirst()).reduce(0) { sum, piece in
            sum
                + Quadrature.integral(from: piece.0, to: piece.1) { factor in
                    NormalTail.density(factor) * value(model.conditional(probit, factor))
                }
        }
    }
}

extension IncompleteBeta {
    /// P(Bin(n, Φ(x)) > k) as `lower` and P(Bin(n, Φ(x)) ≤ k) as `upper`, for 0 ≤ k < n.
    fileprivate static func atMost(_ count: Int, of trials: Int, _ probit: Double) -> IncompleteBeta {
        IncompleteBeta(
            Double(count) + 1, Double(trials - count), at: NormalTail.lower(probit),
            complement: NormalTail.lower(-probit))
    }
}
