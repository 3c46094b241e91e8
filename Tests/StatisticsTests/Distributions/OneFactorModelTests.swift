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

    @Test("quantiles of correlated counts are those of a search, and two obligors say how defaults correlate")
    func correlatedQuantile() throws {
        for (obligors, pd, correlation) in [
            (40, 0.05, 0.2), (40, 0.4, 0.01), (25, 0.001, 0.24), (30, 0.02, 0), (12, 1, 0.1), (0, 0.1, 0.1),
        ] {
            let law = try CorrelatedBinomialDistribution(
                obligors: obligors, pd: pd, assetCorrelation: correlation)
            for tail in [0.5, 0.05, 0.001] {
                let expected = try #require((0...obligors).first { law.survival($0) <= tail })
                #expect(law.quantile(upperTail: tail) == expected, "\(obligors) \(pd) \(tail)")
            }
            #expect(law.quantile(upperTail: 0) == obligors && law.quantile(upperTail: 1) == 0)
        }
        for (pd, correlation) in [(0.02, 0.15), (0.3, 0.05), (0.001, 0.24)] {
            let both = try CorrelatedBinomialDistribution(
                obligors: 2, pd: pd, assetCorrelation: correlation
            ).survival(1)
            let model = try OneFactorModel(assetCorrelation: correlation)
            expectClose(
                model.defaultCorrelation(pd), (both - pd * pd) / (pd * (1 - pd)), relative: 1e-7)
        }
        let model = try OneFactorModel(assetCorrelation: 0.2)
        #expect(model.defaultCorrelation(0) == 0 && model.defaultCorrelation(1) == 0)
        #expect(try OneFactorModel(assetCorrelation: 0).defaultCorrelation(0.1) < 1e-12)
    }

    @Test("noncentral t: SciPy's nct, and Student's at δ = 0")
    func noncentralT() throws {
        // scipy.stats.nct.sf(t, df, nc)
        let cases: [(Double, Double, Double, Double)] = [
            (2.92, 2, 0.7, 0.12606174937567952), (2.132, 4, 1.5, 0.34613379092517965),
            (1.833, 9, 3, 0.8684781360795628), (1.699, 29, 2.5, 0.7870600337252167),
            (0.5, 1, -1, 0.0896324008645972), (1.796, 11, 0, 0.0499903970940253),
            (2.015, 5, 6, 0.9996422038119623), (-1, 3, -2, 0.1573494339700365),
            (5, 120, 4, 0.1731432716285107),
        ]
        for (t, freedom, noncentrality, expected) in cases {
            let law = try NoncentralStudentTDistribution(
                degreesOfFreedom: freedom, noncentrality: noncentrality)
            expectClose(law.survival(t), expected, absolute: 1e-9, "\(t) \(freedom) \(noncentrality)")
            #expect(law.survival(.infinity) == 0 && law.survival(.nan).isNaN)
            expectClose(law.survival(-.infinity), 1, absolute: 1e-9)
        }
        for freedom in [1.0, 2, 7, 400] {
            let central = try NoncentralStudentTDistribution(degreesOfFreedom: freedom, noncentrality: 0)
            expectClose(
                central.survival(1.3), try StudentTDistribution(degreesOfFreedom: freedom).survival(1.3),
                absolute: 1e-9, "\(freedom)")
        }
        #expect(throws: DistributionError.self) {
            try NoncentralStudentTDistribution(degreesOfFreedom: 0, noncentrality: 1)
        }
        #expect(throws: DistributionError.self) {
            try NoncentralStudentTDistribution(degreesOfFreedom: 3, noncentrality: .nan)
        }
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
