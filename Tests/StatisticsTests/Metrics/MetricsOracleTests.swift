import Statistics
import TestSupport
import Testing

@Suite(
    "Metrics agree with scikit-learn, SciPy and pROC",
    .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
struct MetricsOracleTests {
    @Test("ranking, plain and weighted", arguments: ScoredSample.names, ScoredSample.models)
    func ranking(name: String, model: String) throws {
        let sample = try ScoredSample(name)
        let expected = try Oracle(shared: "metrics/\(name)_python.json")("expected", model)
        let risks = try sample.risks(model)
        let plain = try RankedOutcomes(risks: risks, defaulted: sample.defaulted)
        let weighted = try RankedOutcomes(risks: risks, defaulted: sample.defaulted, weights: sample.weights)
        // Sums of a few thousand terms in another order.
        let tolerance = 1e-12
        expectClose(plain.auc, try expected("auc").number, relative: tolerance)
        expectClose(weighted.auc, try expected("auc_weighted").number, relative: tolerance)
        let distance = plain.kolmogorovSmirnov
        expectClose(distance.distance, try expected("ks", "ks").number, relative: tolerance)
        #expect(distance.risk == (try expected("ks", "at_score_up_to").number))
        let weightedDistance = weighted.kolmogorovSmirnov
        expectClose(weightedDistance.distance, try expected("ks_weighted", "ks").number, relative: tolerance)
        #expect(weightedDistance.risk == (try expected("ks_weighted", "at_score_up_to").number))
        expectClose(plain.averagePrecision, try expected("average_precision").number, relative: tolerance)
        expectClose(
            weighted.averagePrecision, try expected("average_precision_weighted").number, relative: tolerance)
        expectClose(
            plain.precisionRecallTrapezoid, try expected("pr_auc_trapezoid").number, relative: tolerance)
        expectClose(plain.kendallTauB, try expected("kendall_tau_b").number, relative: tolerance)
        expectClose(plain.gini, try expected("somers_d_score_given_outcome").number, relative: 1e-11)
    }

    @Test("forecast scores, plain and weighted", arguments: ScoredSample.names, ScoredSample.models)
    func forecasts(name: String, model: String) throws {
        let sample = try ScoredSample(name)
        let expected = try Oracle(shared: "metrics/\(name)_python.json")("expected", model)
        let forecasts = try sample.risks(model)
        for (weights, suffix) in [(nil, ""), (sample.weights, "_weighted")] {
            let scores = try ForecastScores(
                probabilities: forecasts, defaulted: sample.defaulted, weights: weights)
            let murphy = try expected("brier_murphy\(suffix)")
            expectClose(scores.logLoss, try expected("log_loss\(suffix)").number, relative: 1e-12)
            expectClose(scores.brier, try murphy("brier").number, relative: 1e-12)
            expectClose(scores.murphy.reliability, try murphy("reliability").number, relative: 1e-11)
            expectClose(scores.murphy.resolution, try murphy("resolution").number, relative: 1e-11)
            expectClose(scores.murphy.uncertainty, try murphy("uncertainty").number, relative: 1e-12)
        }
    }

    @Test("gains, part by part", arguments: ScoredSample.names, ScoredSample.models)
    func gains(name: String, model: String) throws {
        let sample = try ScoredSample(name)
        let expected = try Oracle(shared: "metrics/\(name)_python.json")("expected", model, "gains").list
        let parts = try GainsTable(wholeRows: try sample.risks(model), defaulted: sample.defaulted).parts
        try #require(parts.count == expected.count)
        for (part, row) in zip(parts, expected) {
            #expect(part.rows == (try row("rows").number))
            #expect(part.defaults == (try row("bads").number))
            #expect(part.lowestRisk == (try row("lowest_score").number))
            expectClose(part.defaultRate, try row("bad_rate").number, relative: 1e-12)
            expectClose(part.lift, try row("lift").number, relative: 1e-12)
            expectClose(part.cumulativeGain, try row("cumulative_bad_share").number, relative: 1e-12)
            expectClose(part.cumulativeLift, try row("cumulative_lift").number, relative: 1e-12)
        }
    }

    @Test("separation and confusion", arguments: ScoredSample.names, ScoredSample.models)
    func separation(name: String, model: String) throws {
        let sample = try ScoredSample(name)
        let expected = try Oracle(shared: "metrics/\(name)_python.json")("expected", model)
        let ranked = try RankedOutcomes(risks: try sample.risks(model), defaulted: sample.defaulted)
        expectClose(try #require(ranked.divergence), try expected("divergence").number, relative: 1e-12)
        let confusion = ranked.confusion(callingFrom: 0.3)
        #expect(
            try expected("confusion_at_0.3").numbers == [
                confusion.trueNegatives, confusion.falsePositives, confusion.falseNegatives,
                confusion.truePositives,
            ])
        expectClose(confusion.matthewsCorrelation, try expected("mcc_at_0.3").number, relative: 1e-12)
        expectClose(
            ranked.youden.threshold,
            try Oracle(shared: "metrics/\(name)_r.json")("expected", model, "youden_threshold").number,
            relative: 1e-12)
    }

    @Test("DeLong and partial area as pROC", arguments: ScoredSample.names, ScoredSample.models)
    func deLong(name: String, model: String) throws {
        let sample = try ScoredSample(name)
        let expected = try Oracle(shared: "metrics/\(name)_r.json")("expected", model)
        let estimate = try DeLongEstimate(risks: try sample.risks(model), defaulted: sample.defaulted)
        expectClose(estimate.auc, try expected("auc").number, relative: 1e-12)
        expectClose(estimate.variance, try expected("delong_variance").number, relative: 1e-10)
        let interval = try expected("delong_95").numbers
        expectClose(try estimate.interval().lowerBound, interval[0], relative: 1e-10)
        expectClose(try estimate.interval().upperBound, interval[1], relative: 1e-10)
        let ranked = try RankedOutcomes(risks: try sample.risks(model), defaulted: sample.defaulted)
        expectClose(
            try ranked.partialAUC(falsePositiveRateUpTo: 0.2),
            try expected("partial_auc_fpr_below_0.2").number,
            relative: 1e-10)
    }

    @Test("the paired test as pROC", arguments: ScoredSample.names, ["b", "t"])
    func pairedTest(name: String, other: String) throws {
        let sample = try ScoredSample(name)
        let expected = try Oracle(shared: "metrics/\(name)_r.json")("expected", "test_a_\(other)")
        let first = try DeLongEstimate(risks: try sample.risks("a"), defaulted: sample.defaulted)
        let second = try DeLongEstimate(risks: try sample.risks(other), defaulted: sample.defaulted)
        expectClose(first.covariance(with: second), try expected("covariance").number, relative: 1e-10)
        let test = first.compared(with: second)
        // The difference of two nearly equal areas keeps fewer digits than either.
        expectClose(test.z, try expected("z").number, relative: 1e-8)
        expectClose(test.pValue, try expected("p_two_sided").number, relative: 1e-7)
    }

    @Test("isotonic regression as scikit-learn", arguments: ScoredSample.names, ScoredSample.models)
    func isotonic(name: String, model: String) throws {
        let sample = try ScoredSample(name)
        let expected = try Oracle(shared: "calibration/\(name).json")("expected", model)
        let outcomes = sample.defaulted.map { $0 ? 1.0 : 0.0 }
        let grid = [0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9, 0.99]
        for (weights, key) in [(nil, "isotonic"), (sample.weights, "isotonic_weighted")] {
            let fit = try IsotonicRegression(x: try sample.risks(model), y: outcomes, weights: weights)
            #expect(fit.blocks.count == (try expected(key, "blocks").integer))
            expectClose(grid.map(fit.value(at:)), try expected(key, "at_grid").numbers, absolute: 1e-12, key)
            let squares = zip(try sample.risks(model), outcomes).enumerated().reduce(0.0) { sum, row in
                let gap = row.element.1 - fit.value(at: row.element.0)
                return sum + (weights?[row.offset] ?? 1) * gap * gap
            }
            expectClose(squares, try expected(key, "sum_of_squares").number, relative: 1e-12)
        }
    }
}
