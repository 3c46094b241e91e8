import Glibc
import TestSupport
import Testing

@testable import Statistics

@Suite(
    "Calibration figures agree with SciPy and statsmodels",
    .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
struct CalibrationOracleTests {
    private func expected(_ name: String, _ model: String) throws -> Oracle {
        try Oracle(shared: "metrics/\(name)_python.json")("expected", model)
    }

    @Test("Spiegelhalter's z", arguments: ScoredSample.names, ScoredSample.models)
    func spiegelhalter(name: String, model: String) throws {
        let sample = try ScoredSample(name)
        let expected = try expected(name, model)
        let test = try SpiegelhalterTest(probabilities: try sample.risks(model), defaulted: sample.defaulted)
        // The numerator is a difference of sums a hundred times as large.
        expectClose(test.z, try expected("spiegelhalter", "z").number, relative: 1e-11)
        expectClose(test.pValue, try expected("spiegelhalter", "p_two_sided").number, relative: 1e-9)
    }

    @Test("Hosmer and Lemeshow under both group rules", arguments: ScoredSample.names, ScoredSample.models)
    func hosmerLemeshow(name: String, model: String) throws {
        let sample = try ScoredSample(name)
        for (grouping, key) in [
            (HosmerLemeshowTest.Grouping.equalCounts, "hosmer_lemeshow_equal_counts"),
            (.quantiles, "hosmer_lemeshow_quantile_ties_together"),
        ] {
            let expected = try expected(name, model)(key)
            let test = try HosmerLemeshowTest(
                probabilities: try sample.risks(model), defaulted: sample.defaulted, grouping: grouping)
            expectClose(
                test.groups.flatMap { [$0.rows, $0.defaults, $0.expected] },
                try expected("groups").rows.flatMap { $0 }, relative: 1e-12, key)
            expectClose(test.statistic, try expected("statistic").number, relative: 1e-11)
            expectClose(try #require(test.pValue()), try expected("p_df_groups").number, relative: 1e-9)
            expectClose(
                try #require(test.pValue(fittedParameters: 2)), try expected("p_df_groups_minus_2").number,
                relative: 1e-9)
        }
    }

    @Test("the calibration line", arguments: ScoredSample.names, ScoredSample.models)
    func calibrationLine(name: String, model: String) throws {
        let sample = try ScoredSample(name)
        let expected = try expected(name, model)("calibration")
        let logOdds = try sample.risks(model).map { log($0) - log1p(-$0) }
        let line = try CalibrationLine(logOdds: logOdds, defaulted: sample.defaulted)
        // The reference stops its iterations at 1e-14 of the deviance, which is 1e-9 of a coefficient.
        expectClose(line.intercept, try expected("intercept").number, absolute: 1e-9)
        expectClose(line.slope, try expected("slope").number, relative: 1e-9)
        expectClose(
            [line.interceptStandardError, line.slopeStandardError], try expected("std_errors").numbers,
            relative: 1e-8)
        expectClose(
            line.interceptInTheLarge, try expected("intercept_in_the_large_slope_1").number, absolute: 1e-9)
        expectClose(
            line.interceptInTheLargeStandardError, try expected("intercept_in_the_large_std_error").number,
            relative: 1e-8)
        expectClose(line.likelihoodRatio, try expected("likelihood_ratio_both_0_1").number, absolute: 1e-9)
        expectClose(line.pValue, try expected("likelihood_ratio_p_df2").number, relative: 1e-9)
    }
}
