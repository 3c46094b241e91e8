import LinearAlgebra
import TestSupport
import Testing

@testable import Statistics

@Suite("The test of two default rates")
struct TwoProportionTestTests {
    @Test("is the chi-squared of their table")
    func chiSquared() {
        // SciPy: chi2_contingency([[90, 70], [10, 30]], correction=False) gives 12.5 and 0.00040695201744495946.
        let test = TwoProportionTest(defaults: (10, 30), weights: (100, 100))
        expectClose(test.z * test.z, 12.5, relative: 1e-14)
        #expect(test.z > 0)
        expectClose(test.pValue, 0.000_406_952_017_444_959_46, relative: 1e-12)
        let turned = TwoProportionTest(defaults: (30, 10), weights: (100, 100))
        #expect(turned.z == -test.z && turned.pValue == test.pValue)
    }

    @Test("its power is that of R's power.prop.test, and its size where rates are equal")
    func power() throws {
        // power.prop.test(n = 50, p1 = .50, p2 = .75), from R's own example: 0.7401659; R leaves out the other tail.
        let power = try #require(
            TwoProportionTest.power(
                rates: (0.5, 0.75), weights: (50, 50), significance: 0.05, isTwoSided: true))
        expectClose(power, 0.740_165_901_3, absolute: 1e-5)
        for isTwoSided in [true, false] {
            let size = try #require(
                TwoProportionTest.power(
                    rates: (0.1, 0.1), weights: (30, 400), significance: 0.05, isTwoSided: isTwoSided))
            expectClose(size, 0.05, absolute: 1e-12)
        }
        #expect(
            TwoProportionTest.power(rates: (0, 0), weights: (5, 9), significance: 0.05, isTwoSided: true)
                == nil)
    }

    @Test("finds no difference where there is none to find")
    func degenerate() {
        for (defaults, weights) in [
            ((0.0, 0.0), (5.0, 9.0)), ((5, 9), (5, 9)), ((0, 1), (0, 2)), ((0, 0), (0, 0)),
        ] {
            let test = TwoProportionTest(defaults: defaults, weights: weights)
            #expect(test.z == 0 && test.pValue == 1)
        }
    }

    @Test(
        "is decided by its critical value as by its p-value",
        arguments: [1e-300, 1e-12, 0.001, 0.05, 0.5, 0.999])
    func criticalValue(pValue: Double) {
        let critical = TwoProportionTest.criticalZ(pValue: pValue)
        expectClose(2 * NormalTail.lower(-critical), pValue, relative: 1e-11)
        #expect(TwoProportionTest.criticalZ(pValue: 1) == 0)
        #expect(2 * NormalTail.lower(-TwoProportionTest.criticalZ(pValue: 0)) == 0)
    }
}
