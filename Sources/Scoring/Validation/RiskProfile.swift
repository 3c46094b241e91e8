public import Statistics
import Vocabulary

/// Observations in parts by their risk: how many defaults the riskiest hold, and whether PDs come true.
///
/// Each part is absent where it is not defined, gains for instance where all observations survived.
public struct RiskProfile: Sendable, Equatable {
    /// The list of obligors in tenths, riskiest first.
    public let gains: GainsTable?
    /// Forecast and observed defaults in tenths of rising PD, ties together, with the test that they agree.
    public let reliability: HosmerLemeshowTest?

    /// Parts of each table.
    public static let parts = 10

    /// The profile of log-odds against outcomes.
    ///
    /// - Parameters:
    ///   - logOdds: η by row; higher is riskier.
    ///   - defaulted: Outcomes by row.
    ///   - weights: w ≥ 0 by row. Absent: all 1.
    /// - Complexity: O(n log n).
    public init(logOdds: [Double], defaulted: [Bool], weights: [Double]? = nil) {
        let ranked = try? RankedOutcomes(risks: logOdds, defaulted: defaulted, weights: weights)
        gains = ranked.flatMap { try? GainsTable($0, parts: Self.parts) }
        reliability = try? HosmerLemeshowTest(
            probabilities: logOdds.map(ProbabilityOfDefault.value(ofLogOdds:)), defaulted: defaulted,
            weights: weights, groups: Self.parts)
    }
}
