import Foundation
import TestSupport
import Testing

@testable import Statistics

/// Values computed with 60 digits by mpmath.
@Suite("The normal distribution agrees with exact values")
struct NormalDistributionOracleTests {
    let expected: Oracle
    let normal = NormalDistribution.standard

    init() throws { expected = try Oracle(fixture: "normal", in: .module)("expected") }

    /// Relative in the normal range of doubles, one step of the grid below it.
    private func expectExact(_ actual: Double, _ exact: Double, _ comment: String) {
        expectClose(actual, exact, absolute: .leastNonzeroMagnitude, relative: 4e-15, comment)
    }

    @Test func densitiesAndTails() throws {
        for entry in try expected("cdf").list {
            let x = try entry("x").number
            expectExact(normal.cdf(x), try entry("cdf").number, "cdf(\(x))")
            expectExact(normal.survival(x), try entry("sf").number, "survival(\(x))")
            expectExact(normal.density(x), try entry("pdf").number, "density(\(x))")
            // The reference has 60 digits, so it takes ln(1 − 3e-89) for 0; ours is −3e-89.
            expectClose(
                normal.logCDF(x), try entry("log_cdf").number, absolute: 1e-60, relative: 4e-15,
                "ln cdf(\(x))")
        }
    }

    @Test func quantiles() throws {
        for entry in try expected("quantile").list {
            let (p, x) = (try entry("p").number, try entry("x").number)
            expectExact(normal.quantile(p), x, "quantile(\(p))")
            expectExact(normal.quantile(upperTail: p), -x, "quantile(upperTail: \(p))")
        }
    }

    /// What the tails are built on: the C library's error function.
    @Test func errorFunctionOfTheCLibrary() throws {
        for entry in try expected("erf").list {
            let x = try entry("x").number
            expectExact(erf(x), try entry("erf").number, "erf(\(x))")
            expectExact(erfc(x), try entry("erfc").number, "erfc(\(x))")
        }
    }
}

@Suite("The normal distribution")
struct NormalDistributionTests {
    @Test func scalesAndShifts() throws {
        let normal = try NormalDistribution(mean: 3, standardDeviation: 2)
        expectClose(normal.cdf(5), NormalDistribution.standard.cdf(1), relative: 1e-15)
        expectClose(normal.density(5), NormalDistribution.standard.density(1) / 2, relative: 1e-15)
        expectClose(normal.quantile(0.975), 3 + 2 * 1.959963984540054, relative: 1e-15)
        expectClose(normal.logDensity(5), log(normal.density(5)), relative: 1e-14)
    }

    @Test func logTailsGoOnWhereTailsVanish() {
        // ln Φ(−x) = −x²/2 − ln x − ½ ln 2π − 1/x² + …; at 1e8 the rest is below the last digit.
        expectClose(
            NormalDistribution.standard.logCDF(-1e8), -5e15 - 18.420680743952367 - 0.9189385332,
            relative: 1e-16)
        expectClose(
            NormalDistribution.standard.logSurvival(36.999999),
            NormalDistribution.standard.logSurvival(37.000001),
            relative: 3e-7)
        #expect(NormalDistribution.standard.logCDF(-.infinity) == -.infinity)
        #expect(NormalDistribution.standard.logCDF(.infinity) == 0)
    }

    @Test func refusesBadParameters() {
        #expect(throws: DistributionError.notPositive(parameter: "standard deviation", value: 0)) {
            try NormalDistribution(mean: 0, standardDeviation: 0)
        }
        #expect(throws: DistributionError.notFinite(parameter: "mean", value: .infinity)) {
            try NormalDistribution(mean: .infinity, standardDeviation: 1)
        }
        #expect(throws: DistributionError.self) { try NormalDistribution(mean: 0, standardDeviation: .nan) }
    }
}
