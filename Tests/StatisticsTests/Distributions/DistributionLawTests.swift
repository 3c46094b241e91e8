import Foundation
import TestSupport
import Testing

@testable import Statistics

/// What holds for every distribution, whatever its parameters.
@Suite("Laws of continuous distributions")
struct ContinuousDistributionLawTests {
    static let distributions = (try? all()) ?? []

    static func all() throws -> [any ContinuousDistribution] {
        [
            NormalDistribution.standard,
            try NormalDistribution(mean: -40, standardDeviation: 3),
            try GammaDistribution(shape: 0.3, scale: 2),
            try GammaDistribution(shape: 1),
            try GammaDistribution(shape: 41.5, scale: 0.01),
            try GammaDistribution(shape: 2500),
            try ChiSquaredDistribution(degreesOfFreedom: 1),
            try ChiSquaredDistribution(degreesOfFreedom: 8),
            try BetaDistribution(0.5, 0.5),
            try BetaDistribution(2, 3),
            try BetaDistribution(15.5, 516.5),
            try BetaDistribution(0.4, 60),
            try StudentTDistribution(degreesOfFreedom: 1),
            try StudentTDistribution(degreesOfFreedom: 2.5),
            try StudentTDistribution(degreesOfFreedom: 30),
            try StudentTDistribution(degreesOfFreedom: 4000),
            try FDistribution(numerator: 3, denominator: 20),
            try FDistribution(numerator: 1, denominator: 1),
            try FDistribution(numerator: 200, denominator: 5),
        ]
    }

    @Test func allAreBuilt() { #expect(Self.distributions.count == 19) }

    static let tails: [Double] = [
        1e-300, 1e-200, 1e-100, 1e-30, 1e-12, 1e-6, 0.001, 0.02, 0.1, 0.25, 0.4, 0.5,
    ]

    @Test(arguments: distributions)
    func tailOfQuantileIsTheTail(_ distribution: any ContinuousDistribution) {
        for tail in Self.tails {
            let low = distribution.quantile(tail)
            // A quantile below the smallest double is 0 and says nothing more. Near the mean −40 a deep tail's
            // quantile is rounded to the grid around it.
            if abs(low) > 1e-300 {
                expectClose(
                    distribution.cdf(low), tail, relative: 3e-12, "cdf(quantile(\(tail))) of \(distribution)")
            }
            // A quantile rounded to 1, or above the largest double, says nothing either.
            let high = distribution.quantile(upperTail: tail)
            if high < 1e300, distribution is BetaDistribution ? high < 0.99 : true {
                expectClose(
                    distribution.survival(high), tail, relative: 3e-12,
                    "survival(quantile(upperTail: \(tail))) of \(distribution)")
            }
        }
    }

    @Test(arguments: distributions)
    func tailsAddToOneAndGrow(_ distribution: any ContinuousDistribution) {
        var last = 0.0
        for step in 1..<100 {
            let x = distribution.quantile(Double(step) / 100)
            expectClose(distribution.cdf(x) + distribution.survival(x), 1, absolute: 1e-14)
            expectClose(distribution.cdf(x), Double(step) / 100, absolute: 1e-13)
            #expect(distribution.cdf(x) > last)
            last = distribution.cdf(x)
            expectClose(
                distribution.quantile(upperTail: 1 - Double(step) / 100), x, absolute: 1e-14, relative: 1e-12)
        }
    }

    @Test(arguments: distributions)
    func densityIsTheDerivative(_ distribution: any ContinuousDistribution) {
        for p in [0.003, 0.2, 0.5, 0.8, 0.997] {
            let x = distribution.quantile(p)
            // Central differences: the step balances the curvature against rounding.
            let spread = abs(distribution.quantile(0.7) - distribution.quantile(0.3))
            let toUpperEnd = distribution is BetaDistribution ? 1 - x : spread
            let toEnd = min(x == 0 ? spread : abs(x), toUpperEnd)
            let step = 1e-4 * min(toEnd, spread)
            let slope =
                p < 0.5
                ? (distribution.cdf(x + step) - distribution.cdf(x - step)) / (2 * step)
                : (distribution.survival(x - step) - distribution.survival(x + step)) / (2 * step)
            expectClose(distribution.density(x), slope, relative: 1e-6, "density(\(x)) of \(distribution)")
            expectClose(
                distribution.logDensity(x), log(distribution.density(x)), absolute: 1e-12, relative: 1e-12)
        }
    }

    @Test(arguments: distributions)
    func endsAndNaN(_ distribution: any ContinuousDistribution) {
        #expect(distribution.cdf(-.infinity) == 0 && distribution.survival(-.infinity) == 1)
        #expect(distribution.cdf(.infinity) == 1 && distribution.survival(.infinity) == 0)
        #expect(distribution.cdf(distribution.quantile(0)) == 0)
        #expect(distribution.survival(distribution.quantile(1)) == 0)
        #expect(distribution.quantile(0) == distribution.quantile(upperTail: 1))
        #expect(distribution.quantile(1) == distribution.quantile(upperTail: 0))
        #expect(distribution.cdf(.nan).isNaN && distribution.survival(.nan).isNaN)
        #expect(distribution.density(.nan).isNaN && distribution.logDensity(.nan).isNaN)
        #expect(distribution.density(-.infinity) == 0 && distribution.density(.infinity) == 0)
    }
}

@Suite("Laws of discrete distributions")
struct DiscreteDistributionLawTests {
    @Test(arguments: [(0, 0.3), (1, 0.5), (10, 0.3), (531, 0.02), (2000, 0.999), (7, 0), (7, 1)])
    func binomial(trials: Int, probability: Double) throws {
        let binomial = try BinomialDistribution(trials: trials, probability: probability)
        var sum = 0.0
        for count in 0...trials {
            sum += binomial.probability(count)
            expectClose(binomial.cdf(count), sum, absolute: 1e-12)
            expectClose(binomial.survival(count), 1 - sum, absolute: 1e-12)
            if binomial.probability(count) > 1e-12 {
                #expect(binomial.quantile(binomial.cdf(count)) == count)
                #expect(binomial.quantile(upperTail: binomial.survival(count)) == count)
            }
        }
        #expect(binomial.probability(-1) == 0 && binomial.probability(trials + 1) == 0)
        #expect(binomial.cdf(-1) == 0 && binomial.cdf(trials) == 1)
        #expect(binomial.survival(-1) == 1 && binomial.survival(trials) == 0)
        #expect(binomial.quantile(0) == 0)
    }

    @Test(arguments: [0.01, 1, 3.5, 120])
    func poisson(mean: Double) throws {
        let poisson = try PoissonDistribution(mean: mean)
        var sum = 0.0
        for count in 0..<200 {
            sum += poisson.probability(count)
            expectClose(poisson.cdf(count), sum, absolute: 1e-12)
            if poisson.probability(count) > 1e-12 {
                #expect(poisson.quantile(poisson.cdf(count)) == count)
                #expect(poisson.quantile(upperTail: poisson.survival(count)) == count)
            }
        }
        #expect(poisson.cdf(-1) == 0 && poisson.survival(-1) == 1)
        #expect(poisson.quantile(1) == .max && poisson.quantile(0) == 0)
    }

    @Test func countsOfMillions() throws {
        let binomial = try BinomialDistribution(trials: 5_000_000, probability: 0.01)
        let count = binomial.quantile(0.5)
        #expect(abs(count - 50_000) <= 1)
        expectClose(binomial.probability(50_000), 1 / (2 * .pi * 49_500).squareRoot(), relative: 1e-4)
    }

    @Test func refusesBadParameters() {
        #expect(throws: DistributionError.negativeTrials(-1)) {
            try BinomialDistribution(trials: -1, probability: 0.5)
        }
        #expect(throws: DistributionError.notAProbability(1.5)) {
            try BinomialDistribution(trials: 3, probability: 1.5)
        }
        #expect(throws: DistributionError.self) { try BinomialDistribution(trials: 3, probability: .nan) }
        #expect(throws: DistributionError.notPositive(parameter: "mean", value: 0)) {
            try PoissonDistribution(mean: 0)
        }
    }
}

@Suite("Parameters of distributions")
struct DistributionParameterTests {
    @Test(arguments: [0, -1, .nan, .infinity, -.infinity, 1e200, 1e-200])
    func refusesWhatIsNotPositive(_ value: Double) {
        #expect(throws: DistributionError.self) { try ChiSquaredDistribution(degreesOfFreedom: value) }
        #expect(throws: DistributionError.self) { try StudentTDistribution(degreesOfFreedom: value) }
        #expect(throws: DistributionError.self) { try FDistribution(numerator: 1, denominator: value) }
        #expect(throws: DistributionError.self) { try FDistribution(numerator: value, denominator: 1) }
        #expect(throws: DistributionError.self) { try GammaDistribution(shape: value) }
        #expect(throws: DistributionError.self) { try GammaDistribution(shape: 1, scale: value) }
        #expect(throws: DistributionError.self) { try BetaDistribution(value, 1) }
        #expect(throws: DistributionError.self) { try BetaDistribution(1, value) }
    }

    @Test func errorsNameFactValueAndRemedy() {
        let text = DistributionError.notPositive(parameter: "shape", value: -2).description
        #expect(text.contains("shape") && text.contains("-2") && text.contains("positive"))
        for error: DistributionError in [
            .notFinite(parameter: "mean", value: .nan), .notAProbability(2), .negativeTrials(-4),
        ] { #expect(error.description.contains("give")) }
    }

    /// Parameters at the ends of what is allowed come back with probabilities, and come back at all.
    @Test func extremeParametersGiveProbabilities() throws {
        let sizes = [1e-99, 1e-10, 0.1, 3, 1e5, 1e14, 1e100]
        for a in sizes {
            let gamma = try GammaDistribution(shape: a)
            for x in [1e-300, 1e-3, 1, a, 1e300] {
                #expect((0...1).contains(gamma.cdf(x)), "gamma \(a) at \(x)")
            }
            #expect(gamma.quantile(0.5) >= 0 && gamma.quantile(0.999) >= gamma.quantile(0.5))
            let t = try StudentTDistribution(degreesOfFreedom: a)
            #expect((0...1).contains(t.survival(2)), "t \(a)")
            for b in sizes {
                let beta = try BetaDistribution(a, b)
                for x in [1e-300, 0.001, 0.5, 0.999, a / (a + b)] {
                    #expect((-1e-15...1 + 1e-15).contains(beta.cdf(x)), "beta \(a), \(b) at \(x)")
                }
                #expect((0...1).contains(beta.quantile(0.3)), "beta \(a), \(b)")
            }
        }
    }

    @Test func tIsNormalForManyDegreesOfFreedom() throws {
        let t = try StudentTDistribution(degreesOfFreedom: 1e20)
        for x in [0.5, 2, 6] {
            expectClose(t.survival(x), NormalDistribution.standard.survival(x), relative: 1e-11)
        }
        expectClose(t.density(1), NormalDistribution.standard.density(1), relative: 1e-13)
    }

    @Test func chiSquaredOfOneIsASquaredNormal() throws {
        let chi = try ChiSquaredDistribution(degreesOfFreedom: 1)
        for z in [1e-5, 0.5, 1.96, 12, 35] {
            expectClose(chi.survival(z * z), 2 * NormalDistribution.standard.survival(z), relative: 1e-13)
        }
    }
}
