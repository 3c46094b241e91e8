import Foundation
import LinearAlgebra
import Parallelism
import TestSupport
import Testing

@testable import Scoring

@Suite(
    "Logistic inference agrees with R",
    .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
struct LogisticInferenceOracleTests {
    @Test func pValuesAndWaldIntervals() throws {
        let (inference, oracle) = try germanSmall()
        let p = try oracle.named("expected", "p")
        let z = try oracle.named("expected", "z")
        for estimate in inference.fit.estimates {
            let name = rName(estimate.name)
            expectClose(estimate.z, try #require(z[name]), relative: 1e-7, name)
            expectClose(estimate.pValue, try #require(p[name]), relative: 1e-5, name)
        }
        let intervals = inference.fit.waldIntervals()
        for name in ["duration", "statusA14"] {
            let interval = intervals[try index(of: name, inference)]
            let width = try oracle.number("expected", "wald_95", name, "upper") - interval.lower
            expectClose(
                interval.lower, try oracle.number("expected", "wald_95", name, "lower"),
                absolute: 1e-7 * width)
            expectClose(
                interval.upper, try oracle.number("expected", "wald_95", name, "upper"),
                absolute: 1e-7 * width)
        }
    }

    @Test func covarianceMatrix() throws {
        let (inference, oracle) = try germanSmall()
        let order = [
            "(Intercept)", "statusA12", "statusA13", "statusA14", "duration", "amount", "age",
            "installment_rate",
        ]
        let covariance = try oracle.table("expected", "covariance")
        let places = try order.map { $0 == "(Intercept)" ? 0 : try index(of: $0, inference) }
        for (i, row) in places.enumerated() {
            for (j, column) in places.enumerated() {
                expectClose(
                    inference.fit.covariance[row, column], covariance[i][j],
                    absolute: 1e-7 * (covariance[i][i] * covariance[j][j]).squareRoot())
            }
        }
    }

    @Test func nestedTests() throws {
        let (inference, oracle) = try germanSmall()
        let columns = try ["amount", "age", "installment_rate"].map { try index(of: $0, inference) - 1 }
        let tests = try inference.nestedTests(withoutColumns: columns)
        for (test, name) in [
            (tests.likelihoodRatio, "likelihood_ratio"), (tests.score, "score_rao"), (tests.wald, "wald"),
        ] {
            let path = ["expected", "nested_test", name]
            expectClose(test.statistic, try oracle.number(path + ["statistic"]), relative: 1e-7, name)
            #expect(try Double(test.degreesOfFreedom) == oracle.number(path + ["df"]))
            expectClose(test.pValue, try oracle.number(path + ["p"]), relative: 1e-6, name)
        }
    }

    @Test(arguments: [0.95, 0.99], ["duration", "statusA14"])
    func profileLikelihoodIntervals(confidence: Double, name: String) throws {
        let (inference, oracle) = try germanSmall()
        let interval = try inference.profileInterval(
            ofCoefficient: index(of: name, inference), confidence: confidence)
        let path = ["expected", "profile_likelihood_\(Int(confidence * 100))", name]
        expectClose(interval.lower, try oracle.number(path + ["lower"]), relative: 1e-8)
        expectClose(interval.upper, try oracle.number(path + ["upper"]), relative: 1e-8)
    }

    @Test func robustStandardErrors() throws {
        let (inference, oracle) = try germanSmall()
        for (correction, name) in [(LogisticInference.Correction.none, "HC0"), (.degreesOfFreedom, "HC1")] {
            let expected = try oracle.named("expected", "robust_std_errors_\(name)")
            for estimate in inference.fit.estimates(covariance: inference.robustCovariance(correction)) {
                expectClose(
                    estimate.standardError, try #require(expected[rName(estimate.name)]), relative: 1e-7,
                    "\(name) \(estimate.name)")
            }
        }
    }

    @Test func clusteredStandardErrors() throws {
        let oracle = try ReferenceResult(shared: "corporate_winsorised")
        let corporate = try CorporateRatios(oracle)
        let inference = try LogisticInference(
            fitting: Matrix(columns: corporate.columns.map(CorporateRatios.winsorised)),
            defaulted: corporate.isInvestmentGrade, names: corporate.names,
            options: LogisticOptions(workers: .single))
        #expect(try Double(Set(corporate.symbols).count) == oracle.number("expected", "clusters"))
        for (correction, name) in [
            (LogisticInference.Correction.none, "clustered_by_Symbol_std_errors"),
            (.degreesOfFreedom, "clustered_times_G_over_G_minus_1_std_errors"),
        ] {
            let expected = try oracle.named("expected", name)
            let covariance = inference.clusteredCovariance(by: corporate.symbols, correction)
            for estimate in inference.fit.estimates(covariance: covariance) {
                expectClose(
                    estimate.standardError, try #require(expected[rName(estimate.name)]), relative: 1e-7,
                    "\(name) \(estimate.name)")
            }
        }
    }

    @Test func influenceOfTheFirstRows() throws {
        let (inference, oracle) = try germanSmall()
        let influences = inference.influences().prefix(10)
        func expect(_ values: [Double], _ name: String) throws {
            expectClose(values, try oracle.numbers("expected", "influence", name), relative: 1e-7, name)
        }
        try expect(influences.map(\.probability), "fitted")
        try expect(influences.map(\.leverage), "leverage")
        try expect(influences.map(\.devianceResidual), "deviance_residuals")
        try expect(influences.map(\.pearsonResidual), "pearson_residuals")
        try expect(influences.map(\.cooksDistance), "cooks_distance")
    }

    private func germanSmall() throws -> (LogisticInference, ReferenceResult) {
        let oracle = try ReferenceResult(shared: "german_small")
        let table = try ReferenceTable("german_credit/german.csv")
        let columns = try oracle.named("expected", "coefficients").keys.filter { $0 != "(Intercept)" }
            .sorted()
        return (
            try LogisticInference(
                fitting: Matrix(columns: table.design(columns)),
                defaulted: table.text("class").map { $0 == "2" }, names: columns,
                options: LogisticOptions(workers: .single)), oracle
        )
    }

    private func index(of name: String, _ inference: LogisticInference) throws -> Int {
        try #require(inference.fit.names.firstIndex(of: name)) + 1
    }

    private func rName(_ name: String) -> String { name == "(intercept)" ? "(Intercept)" : name }
}

@Suite("Logistic inference")
struct LogisticInferenceTests {
    /// Profile limits and p-values of logistf, good to about 1e-4.
    @Test(arguments: ["firth_separable_toy", "firth_quasi_separable_toy"])
    func penalisedProfilesAgreeWithLogistf(oracle name: String) throws {
        let oracle = try ReferenceResult(fixture: name)
        var columns = ["x": try oracle.numbers("input", "x")]
        if oracle.has("input", "grp") {
            let groups = try oracle.strings("input", "grp")
            for level in ["b", "c"] { columns["grp\(level)"] = groups.map { $0 == level ? 1 : 0 } }
        } else {
            columns["z"] = try oracle.numbers("input", "z")
        }
        let names = columns.keys.sorted()
        let inference = try LogisticInference(
            fitting: Matrix(columns: names.map { columns[$0] ?? [] }),
            defaulted: oracle.numbers("input", "bad").map { $0 == 1 }, names: names,
            options: LogisticOptions(penalty: .firth, workers: .single))
        let lower = try oracle.named("expected", "logistf", "profile_lower_95")
        let upper = try oracle.named("expected", "logistf", "profile_upper_95")
        let p = try oracle.named("expected", "logistf", "profile_p")
        for (index, name) in (["(Intercept)"] + names).enumerated() {
            let interval = try inference.profileInterval(ofCoefficient: index)
            expectClose(interval.lower, try #require(lower[name]), absolute: 1e-4, "lower \(name)")
            expectClose(interval.upper, try #require(upper[name]), absolute: 1e-4, "upper \(name)")
            if index > 0 {
                let test = try inference.nestedTests(withoutColumns: [index - 1]).likelihoodRatio
                expectClose(test.pValue, try #require(p[name]), absolute: 1e-5, "p \(name)")
            }
        }
        let likelihoods = try oracle.numbers("expected", "logistf", "penalised_log_likelihood_null_and_full")
        let tests = try inference.nestedTests(withoutColumns: Array(names.indices))
        expectClose(
            tests.likelihoodRatio.statistic, 2 * (likelihoods[1] - likelihoods[0]), absolute: 1e-6)
    }

    @Test func profileLimitsAreWhereTheLikelihoodRatioReachesItsQuantile() throws {
        let (x, z, defaulted) = Self.sample()
        let inference = try LogisticInference(
            fitting: Matrix(columns: [x, z]), defaulted: defaulted, options: LogisticOptions(workers: .single)
        )
        for coefficient in 0...2 {
            let interval = try inference.profileInterval(ofCoefficient: coefficient, confidence: 0.9)
            let estimate = inference.fit.coefficients[coefficient]
            #expect(interval.lower < estimate && estimate < interval.upper)
            for end in [interval.lower, interval.upper] {
                // The coefficient held at the end by an offset; the others fitted.
                let offset = x.indices.map { end * [1, x[$0], z[$0]][coefficient] }
                let free = coefficient == 1 ? [z] : coefficient == 2 ? [x] : []
                let constrained =
                    coefficient == 0
                    ? try withoutIntercept([x, z], defaulted, offset)
                    : try LogisticRegression(LogisticOptions(workers: .single)).fit(
                        Matrix(columns: free), defaulted: defaulted, offset: offset
                    ).logLikelihood
                // 1.6448536…² is the 90 % quantile.
                expectClose(
                    2 * (inference.fit.logLikelihood - constrained), 2.705543454095404, relative: 1e-8)
            }
        }
    }

    /// One binary column has closed forms.
    ///
    /// ℓ(α, β) = 3α − 6 ln(1 + e^α) + 2(α + β) − 3 ln(1 + e^(α+β)); the limits are the roots of
    /// 2 (ℓ̂ − max_α ℓ(α, β)) = 3.8414588 by SciPy's brentq, and lie lopsided about ln 2.
    @Test func profileOfABinaryColumnFollowsItsClosedForm() throws {
        let level: [Double] = [0, 0, 0, 0, 0, 0, 1, 1, 1]
        let inference = try LogisticInference(
            fitting: Matrix(columns: [level]),
            defaulted: [true, false, true, false, true, false, true, true, false],
            options: LogisticOptions(workers: .single))
        expectClose(inference.fit.coefficients[1], log(2), absolute: 1e-10)
        let interval = try inference.profileInterval(ofCoefficient: 1)
        expectClose(interval.lower, -2.1406106208941362, absolute: 1e-7)
        expectClose(interval.upper, 4.073010782837078, absolute: 1e-7)
    }

    @Test func testsRefuseARidge() throws {
        let (x, z, defaulted) = Self.sample()
        let inference = try LogisticInference(
            fitting: Matrix(columns: [x, z]), defaulted: defaulted,
            options: LogisticOptions(penalty: .ridge(1), workers: .single))
        #expect(throws: FitError.needsUnpenalisedFit) { try inference.nestedTests(withoutColumns: [0]) }
        #expect(throws: FitError.needsUnpenalisedFit) { try inference.profileInterval(ofCoefficient: 1) }
    }

    @Test func leveragesSumToTheNumberOfCoefficients() throws {
        let (x, z, defaulted) = Self.sample()
        let inference = try LogisticInference(
            fitting: Matrix(columns: [x, z]), defaulted: defaulted,
            weights: x.indices.map { 0.5 + Double($0 % 3) }, options: LogisticOptions(workers: .single))
        expectClose(inference.influences().reduce(0) { $0 + $1.leverage }, 3, absolute: 1e-12)
    }

    @Test func robustCovarianceCountsWeightsAsRows() throws {
        let (x, z, defaulted) = Self.sample()
        let twice = x.indices.flatMap { $0 % 3 == 0 ? [$0, $0] : [$0] }
        let options = LogisticOptions(workers: .single)
        let weighted = try LogisticInference(
            fitting: Matrix(columns: [x, z]), defaulted: defaulted,
            weights: x.indices.map { $0 % 3 == 0 ? 2 : 1 }, options: options)
        let repeated = try LogisticInference(
            fitting: Matrix(columns: [twice.map { x[$0] }, twice.map { z[$0] }]),
            defaulted: twice.map { defaulted[$0] }, options: options)
        for correction in [LogisticInference.Correction.none, .degreesOfFreedom] {
            expectClose(
                weighted.robustCovariance(correction).elements,
                repeated.robustCovariance(correction).elements,
                absolute: 1e-10)
        }
        expectClose(
            weighted.clusteredCovariance(by: x.indices.map { $0 / 4 }).elements,
            repeated.clusteredCovariance(by: twice.map { $0 / 4 }).elements, absolute: 1e-10)
    }

    @Test func everyRowItsOwnClusterIsTheRobustCovariance() throws {
        let (x, z, defaulted) = Self.sample()
        let inference = try LogisticInference(
            fitting: Matrix(columns: [x, z]), defaulted: defaulted, options: LogisticOptions(workers: .single)
        )
        expectClose(
            inference.clusteredCovariance(by: Array(x.indices)).elements,
            inference.robustCovariance().elements, absolute: 1e-12)
    }

    @Test func varianceInflationOfTwoColumnsFollowsTheirCorrelation() throws {
        let (x, z, _) = Self.sample()
        let mixed = zip(x, z).map { 1000 + 3 * $0 + 2 * $1 }
        let factors = try VarianceInflation.factors(of: Matrix(columns: [x, mixed]), workers: .single)
        let r = correlation(x, mixed)
        expectClose(factors, [1 / (1 - r * r), 1 / (1 - r * r)], relative: 1e-10)
        #expect(throws: FitError.constant(columns: ["x2"])) {
            try VarianceInflation.factors(of: Matrix(columns: [x, x.map { _ in 1 }]), workers: .single)
        }
        #expect(throws: FitError.self) {
            try VarianceInflation.factors(of: Matrix(columns: [x, x.map { 5 - $0 }]), workers: .single)
        }
    }

    private func correlation(_ x: [Double], _ y: [Double]) -> Double {
        let n = Double(x.count)
        let (mx, my) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
        var (xx, yy, xy) = (0.0, 0.0, 0.0)
        for (a, b) in zip(x, y) {
            xx += (a - mx) * (a - mx)
            yy += (b - my) * (b - my)
            xy += (a - mx) * (b - my)
        }
        return xy / (xx * yy).squareRoot()
    }

    /// The largest log-likelihood of a model with an offset and no intercept, by plain Newton steps.
    private func withoutIntercept(
        _ columns: [[Double]], _ defaulted: [Bool], _ offset: [Double]
    ) throws -> Double {
        var b = [0.0, 0.0]
        var value = 0.0
        for _ in 0..<30 {
            var g = [0.0, 0.0]
            var h = [0.0, 0.0, 0.0]
            value = 0
            for row in defaulted.indices {
                let (x, z) = (columns[0][row], columns[1][row])
                let eta = offset[row] + b[0] * x + b[1] * z
                let p = 1 / (1 + exp(-eta))
                value += defaulted[row] ? log(p) : log1p(-p)
                let residual = (defaulted[row] ? 1 : 0) - p
                g[0] += residual * x
                g[1] += residual * z
                h[0] += p * (1 - p) * x * x
                h[1] += p * (1 - p) * x * z
                h[2] += p * (1 - p) * z * z
            }
            let determinant = h[0] * h[2] - h[1] * h[1]
            b[0] += (h[2] * g[0] - h[1] * g[1]) / determinant
            b[1] += (h[0] * g[1] - h[1] * g[0]) / determinant
        }
        return value
    }

    private static func sample() -> (x: [Double], z: [Double], defaulted: [Bool]) {
        let rows = (0..<60).map { Double($0) }
        let x: [Double] = rows.map { sin($0 * 1.7) * 2 + 0.01 * $0 }
        let z: [Double] = rows.map { cos($0 * 0.9) + 0.3 * sin($0 * 1.7) }
        let noise: [Double] = rows.map { 2.5 * sin($0 * $0) }
        let defaulted = (0..<60).map { x[$0] - z[$0] + noise[$0] > 0.2 }
        return (x, z, defaulted)
    }
}
