import Glibc
import TestSupport
import Testing

@testable import Statistics

@Suite("The bivariate normal distribution")
struct BivariateNormalTests {
    @Test("agrees with quadrature of 30 digits, also in joint tails")
    func oracle() throws {
        for entry in try Oracle(fixture: "bivariate_normal", in: .module)("expected").list {
            let (h, k, rho) = (try entry("h").number, try entry("k").number, try entry("rho").number)
            let p = try BivariateNormalDistribution(correlation: rho).cdf(h, k)
            // The reference asks for 1e-14 absolute, and 1e-10 relative where joint tails are claimed.
            expectClose(p, try entry("p").number, relative: 1e-12, "\(h), \(k), \(rho)")
        }
    }

    static let points: [(Double, Double)] = [
        (-1.3, 0.4), (2.1, -0.7), (0.5, 0.5), (-3, -3.1), (-6, 2), (1.5, -1.5),
    ]

    @Test("is symmetric, and its quadrants add up", arguments: [-0.999, -0.6, -1e-9, 0.2, 0.9, 0.999_999])
    func laws(rho: Double) throws {
        let joint = try BivariateNormalDistribution(correlation: rho)
        let mirrored = try BivariateNormalDistribution(correlation: -rho)
        let normal = NormalDistribution.standard
        for (h, k) in Self.points {
            expectClose(joint.cdf(h, k), joint.cdf(k, h), relative: 1e-13)
            // P(X ≤ h, Y ≤ k) + P(X ≤ h, −Y ≤ −k) = P(X ≤ h).
            expectClose(
                joint.cdf(h, k) + mirrored.cdf(h, -k), normal.cdf(h), absolute: 1e-15, relative: 1e-13)
            #expect(joint.cdf(h, k) <= min(normal.cdf(h), normal.cdf(k)) * (1 + 1e-14))
        }
        // The orthant probability has a closed form.
        expectClose(joint.cdf(0, 0), 0.25 + asin(rho) / (2 * .pi), absolute: 1e-15, relative: 1e-13)
    }

    @Test("grows with the correlation, from one extreme to the other")
    func grows() throws {
        let correlations = [-1, -0.999_999, -0.9, -0.3, 0, 1e-12, 0.3, 0.9, 0.999_999, 1]
        for (h, k) in Self.points {
            let values = try correlations.map { try BivariateNormalDistribution(correlation: $0).cdf(h, k) }
            for (low, high) in zip(values, values.dropFirst()) { #expect(low <= high * (1 + 1e-13)) }
            expectClose(values[9], min(NormalTail.lower(h), NormalTail.lower(k)), relative: 1e-15)
        }
    }

    @Test("goes to the margins at infinity")
    func infinities() throws {
        let joint = try BivariateNormalDistribution(correlation: 0.4)
        #expect(joint.cdf(.infinity, 1) == NormalDistribution.standard.cdf(1))
        #expect(joint.cdf(1, .infinity) == NormalDistribution.standard.cdf(1))
        #expect(joint.cdf(-.infinity, .infinity) == 0)
        #expect(joint.cdf(.nan, 0).isNaN)
        #expect(joint.cdf(40, 40) == 1)
    }

    @Test("refuses what is no correlation", arguments: [-1.01, 1.01, .nan, .infinity])
    func refuses(correlation: Double) {
        #expect(throws: DistributionError.self) { try BivariateNormalDistribution(correlation: correlation) }
    }
}
