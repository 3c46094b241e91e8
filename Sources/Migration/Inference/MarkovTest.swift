import Glibc
import LinearAlgebra
import Statistics

/// A likelihood-ratio test of what a Markov chain assumes.
///
/// Source: Anderson & Goodman (1957), "Statistical inference about Markov chains", *Annals of Mathematical Statistics*
/// 28.
public struct MarkovTest: Sendable, Hashable {
    /// 2 Σ n ln(p̂ of the wider model ÷ p̂ of the narrower); χ² if the assumption holds.
    public let statistic: Double
    /// Probabilities the wider model has more, counting only what was observed.
    public let degreesOfFreedom: Int
    /// P(χ² ≥ statistic); 1 without degrees of freedom.
    public let pValue: Double

    /// Whether the same matrix holds in every interval.
    ///
    /// 2 Σₜ Σᵢⱼ nᵢⱼ(t) ln(p̂ᵢⱼ(t) ÷ p̂ᵢⱼ); for each state, (targets observed − 1)·(intervals in which it was left − 1)
    /// degrees of freedom.
    ///
    /// - Throws: ``MigrationError/noObservations(what:)`` without intervals.
    public static func timeHomogeneity(_ intervals: [MigrationCounts]) throws(MigrationError) -> MarkovTest {
        guard let first = intervals.first else { throw .noObservations(what: "no intervals") }
        let order = first.scale.count
        return compare((0..<order).map { state in intervals.map { $0.moves.row(state) } })
    }

    /// Whether the next state depends on the present one alone, and not also on the one before.
    ///
    /// 2 Σ nₖᵢⱼ ln(p̂ₖᵢⱼ ÷ p̂ᵢⱼ) over runs of three successive snapshots k, i, j.
    ///
    /// - Parameter counts: By the state before k, the moves i → j of obligors that had come from k.
    /// - Throws: ``MigrationError/noObservations(what:)`` without counts.
    public static func firstOrder(_ counts: [MigrationCounts]) throws(MigrationError) -> MarkovTest {
        guard let first = counts.first else { throw .noObservations(what: "no runs of three snapshots") }
        let order = first.scale.count
        return compare((0..<order).map { state in counts.map { $0.moves.row(state) } })
    }

    /// Whether the next state depends on the present one at all.
    ///
    /// 2 Σᵢⱼ nᵢⱼ ln(p̂ᵢⱼ ÷ p̂ⱼ), over states but default.
    public static func independence(_ counts: MigrationCounts) -> MarkovTest {
        let states = (0..<counts.scale.count).filter { $0 != counts.scale.defaultState }
        return compare([states.map { counts.moves.row($0) }])
    }

    /// The test that the rows of each block come from one distribution.
    private static func compare(_ blocks: [[[Double]]]) -> MarkovTest {
        var statistic = 0.0
        var degreesOfFreedom = 0
        for rows in blocks {
            let used = rows.filter { $0.contains { $0 > 0 } }
            guard let width = used.first?.count else { continue }
            let pooled = (0..<width).map { column in used.reduce(0) { $0 + $1[column] } }
            let total = pooled.reduce(0, +)
            for row in used {
                let rowTotal = row.reduce(0, +)
                for (count, whole) in zip(row, pooled) where count > 0 {
                    statistic += 2 * count * log(count / rowTotal / (whole / total))
                }
            }
            degreesOfFreedom += (pooled.count { $0 > 0 } - 1) * (used.count - 1)
        }
        // Rounding may leave a statistic of equal rows just below 0.
        statistic = max(0, statistic)
        let law = try? ChiSquaredDistribution(degreesOfFreedom: Double(max(1, degreesOfFreedom)))
        return MarkovTest(
            statistic: statistic, degreesOfFreedom: degreesOfFreedom,
            pValue: degreesOfFreedom > 0 ? law?.survival(statistic) ?? .nan : 1)
    }
}
