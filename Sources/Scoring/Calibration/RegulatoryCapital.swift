import Glibc
import Statistics

/// What Basel's internal-ratings approach says of a corporate exposure.
///
///     R = 0.12 e + 0.24 (1 − e),  e = (1 − e^(−50 PD)) ÷ (1 − e^(−50))
///     b = (0.11852 − 0.05478 ln PD)²
///     K = LGD [Φ((Φ⁻¹(PD) + √R Φ⁻¹(0.999)) ÷ √(1 − R)) − PD] (1 + (M − 2.5) b) ÷ (1 − 1.5 b)
///
/// Source: BCBS 128 (2006), §§ 272–273; Regulation (EU) 575/2013, article 153.
public struct RegulatoryCapital: Sendable, Hashable {
    /// One-year PD, in (0, 1).
    public let pd: Double
    /// Loss given default, a fraction.
    public let lossGivenDefault: Double
    /// M in years, 1 to 5.
    public let maturity: Double
    /// Yearly turnover in millions of euros, for a small or medium-sized firm; `nil` for a large one.
    public let turnover: Double?

    /// An exposure.
    ///
    /// - Throws: ``CalibrationError/badParameter(name:value:expected:)``.
    public init(
        pd: Double, lossGivenDefault: Double = 0.45, maturity: Double = 2.5, turnover: Double? = nil
    ) throws(CalibrationError) {
        for (name, value, allowed) in [
            ("PD", pd, 1e-9...0.999_999), ("LGD", lossGivenDefault, 0...1), ("maturity", maturity, 1...5),
            ("turnover", turnover ?? 50, 0...1e9),
        ] {
            guard allowed.contains(value) else {
                throw .badParameter(
                    name: name, value: value, expected: "\(allowed.lowerBound) to \(allowed.upperBound)")
            }
        }
        self.pd = pd
        self.lossGivenDefault = lossGivenDefault
        self.maturity = maturity
        self.turnover = turnover
    }

    /// R, the correlation of assets; lower by up to 0.04 for a firm of 5 to 50 million.
    public var assetCorrelation: Double {
        let weight = expm1(-50 * pd) / expm1(-50)
        let size = turnover.map { 0.04 * (1 - (max(5, min(50, $0)) - 5) / 45) } ?? 0
        return 0.12 * weight + 0.24 * (1 - weight) - size
    }

    /// K, the capital per unit of exposure.
    public var requirement: Double {
        // A correlation between 0.08 and 0.24.
        guard let model = try? OneFactorModel(assetCorrelation: assetCorrelation) else { return .nan }
        let badYear = NormalDistribution.standard.quantile(0.001)
        // The rules apply from their floor of 0.03 %; far below it 1 − 1.5 b would vanish.
        let root = 0.11852 - 0.05478 * log(max(pd, 0.0003))
        let slope = root * root
        return lossGivenDefault * (model.conditionalPD(pd, factor: badYear) - pd)
            * (1 + (maturity - 2.5) * slope) / (1 - 1.5 * slope)
    }

    /// 12.5 K, a fraction of the exposure.
    public var riskWeight: Double { 12.5 * requirement }
}
