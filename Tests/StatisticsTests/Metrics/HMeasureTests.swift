import TestSupport
import Testing

@testable import Statistics

@Suite("The H-measure")
struct HMeasureTests {
    @Test(
        "agrees with R's hmeasure",
        .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)),
        arguments: ScoredSample.names)
    func oracle(name: String) throws {
        let sample = try ScoredSample(name)
        let r = try Oracle(shared: "metrics/\(name)_r.json")("expected")
        for model in ScoredSample.models {
            let ranked = try RankedOutcomes(risks: try sample.risks(model), defaulted: sample.defaulted)
            try expectAgreement(try HMeasure(ranked), ranked, try r("hmeasure_\(model)"))
            if model == "a" {
                try expectAgreement(
                    try HMeasure(ranked, severityRatio: 0.2), ranked, try r("hmeasure_a_severity_ratio_0.2"))
            }
        }
    }

    private func expectAgreement(_ measure: HMeasure, _ ranked: RankedOutcomes, _ expected: Oracle) throws {
        // The reference's own tolerance; it sums over the cut-offs of a hull found in another way.
        expectClose(measure.h, try expected("H").number, absolute: 1e-8)
        expectClose(measure.areaUnderHull, try expected("AUCH").number, absolute: 1e-8)
        expectClose(measure.minimumErrorRate, try expected("MER").number, absolute: 1e-8)
        expectClose(measure.minimumWeightedLoss, try expected("MWL").number, absolute: 1e-8)
        expectClose(ranked.kolmogorovSmirnov.distance, try expected("KS").number, absolute: 1e-8)
        expectClose(ranked.gini, try expected("Gini").number, absolute: 1e-8)
    }

    @Test("is 1 for a perfect ranking and 0 for a useless one")
    func extremes() throws {
        let defaulted = [false, false, true, true, false]
        let perfect = try HMeasure(try RankedOutcomes(risks: [1, 2, 8, 9, 3], defaulted: defaulted))
        expectClose(perfect.h, 1, relative: 1e-14)
        #expect(
            perfect.areaUnderHull == 1 && perfect.minimumErrorRate == 0 && perfect.minimumWeightedLoss == 0)
        let tied = try HMeasure(try RankedOutcomes(risks: [1, 1, 1, 1, 1], defaulted: defaulted))
        expectClose(tied.h, 0, absolute: 1e-14)
        #expect(tied.areaUnderHull == 0.5)
        let reversed = try HMeasure(try RankedOutcomes(risks: [9, 8, 2, 1, 7], defaulted: defaulted))
        expectClose(reversed.h, 0, absolute: 1e-14)
    }

    @Test("the hull lies above the curve", arguments: 1...5 as ClosedRange<UInt64>)
    func hullIsAbove(seed: UInt64) throws {
        let data = RankedOutcomesTests.random(seed)
        let ranked = try RankedOutcomes(risks: data.risks, defaulted: data.defaulted, weights: data.weights)
        let measure = try HMeasure(ranked)
        #expect(measure.areaUnderHull >= ranked.auc - 1e-14)
        #expect((0...1).contains(measure.h))
    }

    @Test("refuses a ratio of costs that makes no sense", arguments: [0, -1, .nan, .infinity, 1e9])
    func refuses(ratio: Double) throws {
        let ranked = try RankedOutcomes(risks: [1, 2], defaulted: [false, true])
        #expect(throws: MetricError.self) { try HMeasure(ranked, severityRatio: ratio) }
    }
}
