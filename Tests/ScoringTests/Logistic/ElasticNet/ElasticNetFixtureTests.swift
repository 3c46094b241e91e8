import LinearAlgebra
import Parallelism
import TestSupport
import Testing

@testable import Scoring

/// Elastic nets of R's glmnet with a threshold of 1e-22, on data that need no file.
@Suite("Elastic nets agree with glmnet to nine digits")
struct ElasticNetFixtureTests {
    private let sample = LatticeSample()

    @Test(arguments: [
        "lasso", "automatic grid", "weights and offset", "unstandardised", "ridge", "factors", "bounds",
    ])
    func coefficients(case name: String) throws {
        let oracle = try Oracle(fixture: "glmnet-lattice", in: .module)
        #expect(try sample.defaulted.count { $0 } == oracle("defaults").integer)
        let penalties = try oracle(name, "penalties").numbers
        var options = ElasticNetOptions(grid: .values(penalties), tolerance: 1e-12, workers: .single)
        var isWeighted = false
        switch name {
        case "automatic grid":
            options.mixing = 0.8
            options.grid = .automatic(count: 8, ratio: 0.01)
        case "weights and offset":
            options.mixing = 0.5
            isWeighted = true
        case "unstandardised":
            options.mixing = 0.5
            options.standardise = false
        case "ridge": options.mixing = 0
        case "factors":
            options.mixing = 0.9
            options.penaltyFactors = ["x2": 0, "x3": 2, "x5": 0.5]
        case "bounds":
            options.mixing = 0.7
            options.bounds = [
                "x1": .init(lower: 0, upper: 3), "x2": .notPositive, "x3": .init(lower: -0.02, upper: 0.05),
                "x5": .notPositive,
            ]
        default: break
        }
        let path = try ElasticNet(options).path(
            sample.features, defaulted: sample.defaulted, weights: isWeighted ? sample.weights : nil,
            offset: isWeighted ? sample.offset : nil)
        expectClose(path.penalties, penalties, relative: 1e-12)
        let deviations = [1] + sample.deviations(weights: sample.weights)
        let expected = try oracle(name, "coefficients").rows
        for (point, expected) in zip(path.points, expected) {
            for (index, deviation) in deviations.enumerated() {
                expectClose(
                    point.coefficients[index], expected[index], absolute: 2e-9 / deviation,
                    "penalty \(point.penalty), coefficient \(index)")
                #expect((point.coefficients[index] == 0) == (expected[index] == 0))
            }
        }
    }
}
