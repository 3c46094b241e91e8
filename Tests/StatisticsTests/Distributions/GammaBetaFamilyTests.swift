import TestSupport
import Testing

@testable import Statistics

/// Values computed with 60 digits by mpmath.
@Suite("The gamma and beta families agree with exact values")
struct GammaBetaFamilyTests {
    let expected: Oracle

    init() throws { expected = try Oracle(fixture: "gamma_beta_family", in: .module)("expected") }

    /// 1e-13, and 1e-11 for parameters of a thousand and more, as the reference asks.
    private func expectExact(_ actual: Double, _ exact: Double, size: Double = 1, _ comment: String) {
        expectClose(actual, exact, relative: size >= 1000 ? 1e-11 : 1e-13, comment)
    }

    @Test func chiSquared() throws {
        for entry in try expected("chi2").list {
            let (df, x) = (try entry("df").number, try entry("x").number)
            let chi = try ChiSquaredDistribution(degreesOfFreedom: df)
            expectExact(chi.cdf(x), try entry("cdf").number, size: df, "cdf(\(x)), df \(df)")
            expectExact(chi.survival(x), try entry("sf").number, size: df, "survival(\(x)), df \(df)")
        }
        for entry in try expected("chi2_quantile").list {
            let (df, p, x) = (try entry("df").number, try entry("p").number, try entry("x").number)
            let chi = try ChiSquaredDistribution(degreesOfFreedom: df)
            expectExact(chi.quantile(p), x, "quantile(\(p)), df \(df)")
        }
    }

    @Test func beta() throws {
        for entry in try expected("beta").list {
            let (a, b, x) = (try entry("a").number, try entry("b").number, try entry("x").number)
            let beta = try BetaDistribution(a, b)
            expectExact(beta.cdf(x), try entry("cdf").number, size: max(a, b), "cdf(\(x)), \(a), \(b)")
            expectExact(
                beta.survival(x), try entry("sf").number, size: max(a, b), "survival(\(x)), \(a), \(b)")
        }
        for entry in try expected("beta_quantile").list {
            let (a, b, p) = (try entry("a").number, try entry("b").number, try entry("p").number)
            let beta = try BetaDistribution(a, b)
            expectExact(beta.quantile(p), try entry("x").number, "quantile(\(p)), \(a), \(b)")
        }
    }

    @Test func studentT() throws {
        for entry in try expected("student_t_tail").list {
            let (df, x, tail) = (try entry("df").number, try entry("x").number, try entry("tail").number)
            let t = try StudentTDistribution(degreesOfFreedom: df)
            expectExact(t.survival(x), tail, size: df, "survival(\(x)), df \(df)")
            expectExact(t.cdf(-x), tail, size: df, "cdf(\(-x)), df \(df)")
        }
    }

    @Test func f() throws {
        for entry in try expected("f").list {
            let (df1, df2) = (try entry("df1").number, try entry("df2").number)
            let x = try entry("x").number
            let f = try FDistribution(numerator: df1, denominator: df2)
            expectExact(f.cdf(x), try entry("cdf").number, size: df2, "cdf(\(x)), \(df1), \(df2)")
            expectExact(f.survival(x), try entry("sf").number, size: df2, "survival(\(x)), \(df1), \(df2)")
        }
    }

    @Test func binomial() throws {
        for entry in try expected("binomial").list {
            let (n, k) = (try entry("n").integer, try entry("k").integer)
            let binomial = try BinomialDistribution(trials: n, probability: try entry("p").number)
            expectExact(binomial.cdf(k), try entry("cdf").number, size: Double(n), "cdf(\(k)), n \(n)")
            expectExact(
                binomial.survival(k - 1), try entry("upper_tail_X_at_least_k").number, size: Double(n),
                "at least \(k) of \(n)")
        }
    }

    @Test func poisson() throws {
        for entry in try expected("poisson").list {
            let (mean, k) = (try entry("mean").number, try entry("k").integer)
            let poisson = try PoissonDistribution(mean: mean)
            expectExact(poisson.cdf(k), try entry("cdf").number, "cdf(\(k)), mean \(mean)")
            expectExact(
                poisson.survival(k - 1), try entry("upper_tail_X_at_least_k").number,
                "at least \(k), mean \(mean)")
        }
    }

    @Test func gammaFunctions() throws {
        for entry in try expected("log_gamma").list {
            let x = try entry("x").number
            expectExact(logGamma(x), try entry("value").number, "ln Γ(\(x))")
        }
        for entry in try expected("digamma").list {
            let x = try entry("x").number
            expectExact(digamma(x), try entry("value").number, "ψ(\(x))")
        }
    }
}
