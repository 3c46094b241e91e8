import Statistics
import TestSupport
import Testing

@Suite("One-factor model")
struct OneFactorModelTests {
    /// PDs in years of factor −3.0902, −2, −1, 0, 1 and 2, from SciPy, to six decimals.
    static let factors = [-3.0902, -2, -1, 0, 1, 2]
    static let cases: [(pd: Double, correlation: Double, conditional: [Double])] = [
        (0.005, 0.12, [0.054279, 0.022359, 0.008737, 0.003018, 0.000919, 0.000247]),
        (0.005, 0.20, [0.090977, 0.030063, 0.008659, 0.001989, 0.000363, 0.000052]),
        (0.01, 0.12, [0.090324, 0.040811, 0.017402, 0.006571, 0.002192, 0.000644]),
        (0.01, 0.20, [0.145522, 0.054696, 0.017823, 0.004648, 0.000965, 0.000159]),
        (0.02, 0.12, [0.147280, 0.073424, 0.034377, 0.014287, 0.005255, 0.001707]),
        (0.02, 0.20, [0.226308, 0.097460, 0.036234, 0.010833, 0.002586, 0.000490]),
        (0.05, 0.12, [0.270174, 0.155084, 0.083157, 0.039765, 0.016890, 0.006352]),
        (0.05, 0.20, [0.384416, 0.200734, 0.090285, 0.032957, 0.009668, 0.002263]),
    ]

    @Test("PDs of good and bad years agree with SciPy", arguments: cases.indices)
    func conditional(place: Int) throws {
        let (pd, correlation, expected) = Self.cases[place]
        let model = try OneFactorModel(assetCorrelation: correlation)
        expectClose(
            Self.factors.map { model.conditionalPD(pd, factor: $0) }, expected, absolute: 5.1e-7)
    }

    @Test("goes there and back, in PDs and in log-odds, and averages to the average PD")
    func inverse() throws {
        for correlation in [0, 0.03, 0.2, 0.6] {
            let model = try OneFactorModel(assetCorrelation: correlation)
            for factor in [-3.0, -0.5, 0, 1.7] {
                // Near 1 a PD has lost the digits that its log-odds keep.
                for pd in [1e-9, 0.0004, 0.03, 0.4] {
                    let there = model.conditionalPD(pd, factor: factor)
                    expectClose(model.averagePD(there, factor: factor), pd, relative: 1e-6)
                }
                for logOdds in [-250.0, -30, -7.0, -1, 0, 2, 40] {
                    let there = model.conditionalLogOdds(logOdds, factor: factor)
                    #expect(there.isFinite)
                    expectClose(
                        model.averageLogOdds(there, factor: factor), logOdds, absolute: 1e-9, relative: 1e-6)
                }
            }
            // Middles of 20,000 equally likely slices of the factor.
            let mean =
                (0..<20_000).reduce(0.0) { sum, slice in
                    let factor = NormalDistribution.standard.quantile((Double(slice) + 0.5) / 20_000)
                    return sum + model.conditionalPD(0.02, factor: factor)
                } / 20_000
            expectClose(mean, 0.02, relative: 1e-3)
        }
    }

    @Test("a better year is safer, and without correlation all years are alike")
    func monotone() throws {
        let model = try OneFactorModel(assetCorrelation: 0.15)
        let pds = stride(from: -4.0, through: 4, by: 0.25).map { model.conditionalPD(0.03, factor: $0) }
        #expect(zip(pds, pds.dropFirst()).allSatisfy { $0 > $1 })
        let alone = try OneFactorModel(assetCorrelation: 0)
        expectClose(alone.conditionalPD(0.03, factor: -5), 0.03, relative: 1e-14)
        #expect(throws: DistributionError.notACorrelation(1)) { try OneFactorModel(assetCorrelation: 1) }
        #expect(throws: DistributionError.self) { try OneFactorModel(assetCorrelation: .nan) }
    }

    @Test("correlated counts: a published bound, the binomial without correlation, and sums")
    func correlatedBinomial() throws {
        // 9,810 obligors with 35 defaults, ρ 15 %: 3.34 % is the 95.0003 % bound.
        let low = try CorrelatedBinomialDistribution(obligors: 9_810, pd: 0.0334, assetCorrelation: 0.15)
        expectClose(low.cdf(35), 1 - 0.950003, absolute: 5e-7)
        expectClose(low.cdf(35) + low.survival(35), 1, absolute: 1e-10)
        let alone = try CorrelatedBinomialDistribution(obligors: 200, pd: 0.02, assetCorrelation: 0)
        let plain = try BinomialDistribution(trials: 200, probability: 0.02)
        for count in [-1, 0, 3, 11, 200, 300] {
            expectClose(alone.cdf(count), plain.cdf(count), relative: 1e-13)
            expectClose(alone.survival(count), plain.survival(count), relative: 1e-13)
        }
        // The mean is n · PD: Σ P(X > k).
        let some = try CorrelatedBinomialDistribution(obligors: 60, pd: 0.05, assetCorrelation: 0.3)
        expectClose((0..<60).reduce(0) { $0 + some.survival($1) }, 3, relative: 1e-9)
        #expect(throws: DistributionError.self) {
            try CorrelatedBinomialDistribution(obligors: 5, pd: 1.2, assetCorrelation: 0.1)
        }
        #expect(try CorrelatedBinomialDistribution(obligors: 5, pd: 0, assetCorrelation: 0.1).cdf(0) == 1)
    }

    @Test("noncentral χ²: SciPy's ncx2, and the central one at λ = 0")
    func noncentral() throws {
        // scipy.stats.ncx2.sf(x, df, nc)
        for (x, freedom, noncentrality, expected) in Self.noncentralCases {
            let law = try NoncentralChiSquaredDistribution(
                degreesOfFreedom: freedom, noncentrality: noncentrality)
            expectClose(law.survival(x), expected, relative: 1e-9, "\(x) \(freedom) \(noncentrality)")
        }
        let central = try NoncentralChiSquaredDistribution(degreesOfFreedom: 3, noncentrality: 0)
        expectClose(
            central.survival(7), try ChiSquaredDistribution(degreesOfFreedom: 3).survival(7), relative: 1e-13)
        #expect(central.survival(0) == 1 && central.survival(-1) == 1 && central.survival(.nan).isNaN)
        #expect(throws: DistributionError.self) {
            try NoncentralChiSquaredDistribution(degreesOfFreedom: 3, noncentrality: .infinity)
        }
    }

    private static let noncentralCases: [(Double, Double, Double, Double)] = [
        (5.0, 3.0, 2.0, 0.4065948199168444),
        (20.0, 10.0, 4.5, 0.17560085511238988),
        (1.0, 1.0, 0.3, 0.3863791165045391),
        (60.0, 10.0, 25, 0.021308283431939624),
        (3.0, 2.0, 80, 0.9999999999998829),
        (400.0, 9.0, 250.0, 3.6836231986984416e-05),
        (0.5, 6.0, 0.001, 0.997839517136123),
    ]
}
