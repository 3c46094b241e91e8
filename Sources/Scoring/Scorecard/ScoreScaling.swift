import Glibc

/// How log-odds become a score: the odds at a base score, and the points that multiply them.
///
///     factor = PDO ÷ ln(rate)      offset = base score − factor · ln(base odds)
///     score  = offset − factor · η
///
/// with η the log-odds of default, so that scores rise with safety. Odds are good : bad.
///
/// Source: Siddiqi (2006), *Credit Risk Scorecards*, ch. 6; the general rate as in toad.
public struct ScoreScaling: Sendable, Hashable {
    /// Points that multiply the odds by ``rate``; the points to double the odds for a rate of 2.
    public let pdo: Double
    /// Odds good : bad at the base score.
    public let baseOdds: Double
    /// Score at the base odds.
    public let baseScore: Double
    /// What PDO points multiply the odds by.
    public let rate: Double

    /// 600 points at odds of 50 : 1, and 20 points to double the odds.
    public static let standard = ScoreScaling(uncheckedPDO: 20, baseOdds: 50, baseScore: 600, rate: 2)

    /// A scaling from its parts.
    ///
    /// - Parameters:
    ///   - pdo: Points that multiply the odds by `rate`, > 0.
    ///   - baseOdds: Odds good : bad at the base score, > 0.
    ///   - baseScore: Score at the base odds.
    ///   - rate: What PDO points multiply the odds by, > 1.
    /// - Throws: ``ScoreScalingError`` naming the part that is out of range.
    public init(pdo: Double, baseOdds: Double, baseScore: Double, rate: Double = 2) throws(ScoreScalingError)
    {
        for (part, value, allowed) in [
            ("pdo", pdo, 1e-6...1e6), ("baseOdds", baseOdds, 1e-9...1e9),
            ("baseScore", baseScore, -1e9...1e9),
            ("rate", rate, 1.0001...1e6),
        ] {
            guard allowed.contains(value) else {
                throw .outOfRange(part: part, value: value, allowed: allowed)
            }
        }
        self.init(uncheckedPDO: pdo, baseOdds: baseOdds, baseScore: baseScore, rate: rate)
    }

    private init(uncheckedPDO pdo: Double, baseOdds: Double, baseScore: Double, rate: Double) {
        self.pdo = pdo
        self.baseOdds = baseOdds
        self.baseScore = baseScore
        self.rate = rate
    }

    /// Points per unit of log-odds.
    public var factor: Double { pdo / log(rate) }

    /// Score at odds of 1 : 1.
    public var offset: Double { baseScore - factor * log(baseOdds) }

    /// The score of log-odds of default.
    public func score(ofLogOdds logOdds: Double) -> Double { offset - factor * logOdds }

    /// The log-odds of default at a score.
    public func logOdds(ofScore score: Double) -> Double { (offset - score) / factor }
}

/// Why numbers are no scaling.
public enum ScoreScalingError: Error, Sendable, Equatable {
    /// A part lies outside its range.
    case outOfRange(part: String, value: Double, allowed: ClosedRange<Double>)
}

extension ScoreScalingError: CustomStringConvertible {
    /// The fact, the value and the remedy.
    public var description: String {
        switch self {
        case .outOfRange(let part, let value, let allowed):
            "\(part) is \(value); use a number from \(allowed.lowerBound) to \(allowed.upperBound)"
        }
    }
}

extension ScoreScaling: Codable {
    private enum CodingKeys: CodingKey { case pdo, baseOdds, baseScore, rate }

    /// Reads a scaling and holds it to the same rules as one that was built.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        do {
            try self.init(
                pdo: try container.decode(Double.self, forKey: .pdo),
                baseOdds: try container.decode(Double.self, forKey: .baseOdds),
                baseScore: try container.decode(Double.self, forKey: .baseScore),
                rate: try container.decode(Double.self, forKey: .rate))
        } catch let error as ScoreScalingError {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.description))
        }
    }
}
