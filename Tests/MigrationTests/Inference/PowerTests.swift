import LinearAlgebra
import Statistics
import TestSupport
import Testing

@testable import Migration

@Suite("Power, momentum and time in a state")
struct PowerTests {
    @Test(
        "of a non-central χ², against SciPy",
        arguments: [
            (0.0, 3, 0.05), (5, 1, 0.6087794846454571), (10, 4, 0.7159863504674117),
            (50, 20, 0.9985515646919753), (5, 3, 0.4405089845402522),
        ])
    func noncentral(noncentrality: Double, degrees: Int, expected: Double) {
        let power = MarkovTest.power(noncentrality: noncentrality, degreesOfFreedom: degrees)
        expectClose(power, expected, absolute: 1e-9)
        // One degree of freedom has a closed form: Φ(δ − z) + Φ(−δ − z) with δ² = ν.
        let normal = NormalDistribution.standard
        let one = MarkovTest.power(noncentrality: noncentrality, degreesOfFreedom: 1)
        let (delta, z) = (noncentrality.squareRoot(), normal.quantile(0.975))
        expectClose(one, normal.cdf(delta - z) + normal.cdf(-delta - z), absolute: 1e-10)
    }

    @Test("is not defined without degrees of freedom, and a ratio without events has no upper bound")
    func nothing() {
        #expect(MarkovTest.power(noncentrality: 1, degreesOfFreedom: 0).isNaN)
        var stratum = HazardRatio.Stratum()
        (stratum.events.others, stratum.years.group, stratum.years.others) = (4, 10, 10)
        let ratio = HazardRatio([stratum])
        #expect(ratio.ratio == 0 && ratio.interval == 0...Double.infinity && ratio.pValue < 0.05)
        #expect(HazardRatio([]).ratio.isNaN)
    }

    @Test("grows with the sample and the effect")
    func grows() throws {
        func power(_ obligors: Double, _ multiple: Double) throws -> Double {
            let counts = try MigrationCounts(
                Matrix(
                    rows: [
                        [0.8 * obligors, 0.15 * obligors, 0.05 * obligors],
                        [0.1 * obligors, 0.8 * obligors, 0.1 * obligors],
                        [0, 0, 0],
                    ]), scale: RatingScale(["A", "B", "D"]))
            return try MarkovTest.timeHomogeneityPower(
                [counts, counts, counts, counts], downgrades: multiple)
        }
        expectClose(try power(100, 1), 0.05, absolute: 1e-9)
        #expect(try power(100, 1.25) < power(400, 1.25))
        #expect(try power(100, 1.25) < power(100, 1.5))
    }

    @Test("a Markov chain shows neither momentum nor dependence on time, in 19 of 20 samples")
    func null() throws {
        var rejections = (momentum: 0, duration: 0)
        for seed in UInt64(1)...60 {
            let histories = try KnownHistories.histories(300, years: 6, seed: seed)
            if HazardRatio.downgradeMomentum(histories).pValue < 0.05 { rejections.momentum += 1 }
            if HazardRatio.durationDependence(histories).pValue < 0.05 { rejections.duration += 1 }
        }
        // 3 expected of 60; more than 9 has a chance of 0.1 %.
        #expect(rejections.momentum <= 9 && rejections.duration <= 9, "\(rejections)")
    }

    @Test("a ratio is that of the rates, by hand")
    func ratio() throws {
        // State B, entered from A: 2 downgrades in 4 years; entered from C: 1 in 4 years.
        var actions: [RatingAction] = []
        func add(_ obligor: Int, _ states: [(Double, Int)]) {
            actions += states.map { RatingAction(obligor: obligor, time: $0.0, state: $0.1) }
        }
        add(0, [(0, 0), (1, 1), (2, 2)])
        add(1, [(0, 0), (1, 1), (2, 2)])
        add(2, [(0, 0), (4, 1)])
        add(3, [(0, 2), (1, 1), (3, 2)])
        add(4, [(0, 2), (4, 1)])
        let histories = try RatingHistories(actions, scale: SignalledMoves.scale, end: 6)
        let ratio = HazardRatio.downgradeMomentum(histories)
        // C itself: entered by obligors 0, 1 and 3 from B, no further downgrade, so nothing to compare.
        expectClose(ratio.ratio, (2.0 / 4) / (1.0 / 4), relative: 1e-12)
        #expect(ratio.events == (2, 1))
        #expect(ratio.interval.contains(1) && ratio.pValue > 0.3)
        #expect(ratio.power(at: 3) > ratio.power(at: 1.5))
    }
}
