import Foundation
import LinearAlgebra
import Parallelism
import Statistics
import TestSupport
import Testing

@testable import Scoring

@Suite("Elastic net: laws")
struct ElasticNetLawTests {
    private let sample = LatticeSample()
    private let tight = ElasticNetOptions(
        grid: .automatic(count: 12, ratio: 1e-3, stopsEarly: false), tolerance: 1e-11, workers: .single)

    private func path(_ options: ElasticNetOptions, of sample: LatticeSample? = nil) throws -> ElasticNetPath
    {
        let sample = sample ?? self.sample
        return try ElasticNet(options).path(sample.features, defaulted: sample.defaulted)
    }

    @Test func largestPenaltyLeavesEverySlopeAtZeroAndASmallerOneDoesNot() throws {
        let largest = try path(tight).points[0]
        #expect(largest.nonzeroCount == 0)
        let rate = Double(sample.defaulted.count { $0 }) / Double(sample.rows)
        expectClose(largest.coefficients[0], log(rate / (1 - rate)), relative: 1e-12)
        #expect(abs(largest.devianceRatio) < 1e-13)
        var options = tight
        options.grid = .values([largest.penalty * 1.001, largest.penalty * 0.999])
        let around = try path(options)
        #expect(around.points.map(\.nonzeroCount) == [0, 1])
    }

    @Test func automaticGridIsGeometric() throws {
        let penalties = try path(tight).penalties
        #expect(penalties.count == 12)
        for (index, penalty) in penalties.enumerated() {
            expectClose(penalty, penalties[0] * pow(1e-3, Double(index) / 11), relative: 1e-14)
        }
    }

    /// Recomputes the optimality conditions from the definition of the objective.
    @Test(arguments: [1.0, 0.4, 0.0], [true, false])
    func optimalityHoldsAlongThePath(mixing: Double, standardise: Bool) throws {
        var options = tight
        options.mixing = mixing
        options.standardise = standardise
        options.penaltyFactors = ["x2": 0, "x4": 3]
        options.bounds = ["x3": .notNegative, "x5": .init(lower: -0.001), "x6": .init(upper: 2e-5)]
        let path = try ElasticNet(options).path(
            sample.features, defaulted: sample.defaulted, weights: sample.weights, offset: sample.offset)
        let factors: [Double] = [1, 0, 1, 3, 1, 1].map { $0 * 6 / 7 }
        let lower: [Double] = [-.infinity, -.infinity, 0, -.infinity, -0.001, -.infinity]
        let upper: [Double] = [.infinity, .infinity, .infinity, .infinity, .infinity, 2e-5]
        let deviations = sample.deviations(weights: sample.weights)
        for point in path.points {
            let slopes = sample.slopes(
                at: point.coefficients, weights: sample.weights, offset: sample.offset)
            #expect(abs(slopes[0]) < 2e-11)
            for (index, deviation) in deviations.enumerated() {
                let coefficient = point.coefficients[index + 1]
                #expect(coefficient >= lower[index] && coefficient <= upper[index])
                let unit = standardise ? deviation : 1
                let kink = point.penalty * factors[index] * mixing * unit
                let smooth =
                    slopes[index + 1] + point.penalty * factors[index] * (1 - mixing) * unit * unit
                    * coefficient
                let right = (smooth + (coefficient < 0 ? -kink : kink)) / deviation
                let left = (smooth + (coefficient > 0 ? kink : -kink)) / deviation
                if coefficient < upper[index] {
                    #expect(right > -2e-11, "penalty \(point.penalty) x\(index + 1)")
                }
                if coefficient > lower[index] {
                    #expect(left < 2e-11, "penalty \(point.penalty) x\(index + 1)")
                }
            }
        }
        #expect(path.points.contains { $0.coefficients[6] == 2e-5 })
    }

    @Test func ridgeIsThatOfNewtonsMethod() throws {
        var options = tight
        options.mixing = 0
        options.standardise = false
        options.grid = .values([3, 0.1, 0.001])
        for point in try path(options).points {
            let newton = try LogisticRegression(
                LogisticOptions(penalty: .ridge(point.penalty * Double(sample.rows)), workers: .single)
            ).fit(sample.features, defaulted: sample.defaulted)
            for (index, error) in newton.standardErrors.enumerated() {
                expectClose(point.coefficients[index], newton.coefficients[index], absolute: 1e-7 * error)
            }
        }
    }

    @Test func columnsWithoutPenaltyAreFittedByMaximumLikelihood() throws {
        var options = tight
        options.penaltyFactors = ["x1": 0, "x3": 0]
        options.grid = .values([100])
        let point = try path(options).points[0]
        let newton = try LogisticRegression(LogisticOptions(workers: .single)).fit(
            Matrix(rows: sample.rows, columns: 2, columnMajor: sample.columns[0] + sample.columns[2]),
            defaulted: sample.defaulted)
        #expect(point.nonzeroCount == 2)
        for (index, place) in [0, 1, 3].enumerated() {
            expectClose(
                point.coefficients[place], newton.coefficients[index],
                absolute: 1e-7 * newton.standardErrors[index])
        }
        expectClose(point.deviance, newton.deviance, relative: 1e-12)
    }

    @Test func vanishingPenaltyIsMaximumLikelihood() throws {
        var options = tight
        options.grid = .values([0.01, 0])
        let point = try path(options).points[1]
        let newton = try LogisticRegression(LogisticOptions(workers: .single)).fit(
            sample.features, defaulted: sample.defaulted)
        for (index, error) in newton.standardErrors.enumerated() {
            expectClose(point.coefficients[index], newton.coefficients[index], absolute: 1e-7 * error)
        }
    }

    @Test func weightTwoIsARowTwiceAndWeightZeroARowLess() throws {
        let counts = (0..<sample.rows).map { $0 % 3 }
        let repeated = sample.selecting(
            (0..<sample.rows).flatMap { row in Array(repeating: row, count: counts[row]) })
        var options = tight
        options.mixing = 0.6
        let weighted = try ElasticNet(options).path(
            sample.features, defaulted: sample.defaulted, weights: counts.map(Double.init))
        try expectSame(weighted, path(options, of: repeated))
        expectClose(
            weighted.points.map(\.deviance), try path(options, of: repeated).points.map(\.deviance),
            relative: 1e-12)
    }

    @Test func scaleOfTheWeightsIsIrrelevant() throws {
        let once = try ElasticNet(tight).path(
            sample.features, defaulted: sample.defaulted, weights: sample.weights)
        let thousandfold = try ElasticNet(tight).path(
            sample.features, defaulted: sample.defaulted, weights: sample.weights.map { $0 * 1000 })
        try expectSame(once, thousandfold)
    }

    @Test func orderOfTheRowsIsIrrelevant() throws {
        try expectSame(path(tight), path(tight, of: sample.selecting((0..<sample.rows).reversed())))
    }

    @Test func unitsAreIrrelevantWithStandardisation() throws {
        let units = [1e6, 1e-6, 3, 0.25, 1e3, 7]
        var scaled = sample
        for (index, unit) in units.enumerated() {
            scaled.columns[index] = scaled.columns[index].map { $0 * unit + 5 * unit }
        }
        let before = try path(tight)
        let after = try path(tight, of: scaled)
        let deviations = sample.deviations(weights: Array(repeating: 1, count: sample.rows))
        for (point, other) in zip(before.points, after.points) {
            for (index, unit) in units.enumerated() {
                expectClose(
                    other.coefficients[index + 1] * unit, point.coefficients[index + 1],
                    absolute: 1e-9 / deviations[index])
            }
        }
    }

    @Test func exchangingTheClassesTurnsTheSigns() throws {
        var turned = sample
        turned.defaulted = sample.defaulted.map { !$0 }
        let before = try path(tight)
        var after = try path(tight, of: turned).points.map(\.coefficients)
        for index in after.indices { after[index] = after[index].map { -$0 } }
        try expectSame(before, coefficients: after)
    }

    @Test func offsetIsAColumnWithCoefficientOne() throws {
        var options = tight
        options.grid = .values([0.1, 0.01])
        options.penaltyFactors["x1"] = 0
        options.bounds = ["x1": .init(lower: 4, upper: 4)]
        let held = try path(options)
        var rest = sample
        rest.columns.removeFirst()
        options.bounds = .none
        options.penaltyFactors = [:]
        // Factors are scaled to a mean of 1: with one of six at zero the others count 6/5.
        options.grid = .values([0.12, 0.012])
        let apart = try ElasticNet(options).path(
            rest.features, defaulted: rest.defaulted, offset: sample.columns[0].map { 4 * $0 })
        for (point, other) in zip(held.points, apart.points) {
            #expect(point.coefficients[1] == 4)
            let without = [point.coefficients[0]] + point.coefficients.dropFirst(2)
            for index in without.indices {
                expectClose(without[index], other.coefficients[index], absolute: 1e-8)
            }
        }
    }

    @Test func mixingCloseToAnEndIsCloseToTheEnd() throws {
        for end in [1.0, 0.0] {
            var options = tight
            options.mixing = end
            options.grid = .values([0.05, 0.01])
            let limit = try path(options)
            options.mixing = abs(end - 1e-9)
            try expectSame(limit, path(options), tolerance: 1e-6)
        }
    }

    @Test func ridgeSharesBetweenEqualColumnsAndLassoKeepsTheirSum() throws {
        var doubled = sample
        doubled.columns.append(sample.columns[0])
        var options = tight
        options.grid = .values([0.02])
        let single = try path(options).points[0].coefficients
        let lasso = try path(options, of: doubled).points[0].coefficients
        expectClose(lasso[1] + lasso[7], single[1], absolute: 1e-6)
        expectClose(Array(lasso[2...6]), Array(single[2...6]), absolute: 1e-6)
        options.mixing = 0
        let ridge = try path(options, of: doubled).points[0].coefficients
        expectClose(ridge[1], ridge[7], relative: 1e-8)
        #expect(ridge[1] != 0)
    }

    @Test func devianceFallsAlongThePath() throws {
        let path = try path(tight)
        for (before, after) in zip(path.points, path.points.dropFirst()) {
            #expect(after.deviance < before.deviance)
            #expect(after.devianceRatio > before.devianceRatio)
            expectClose(after.devianceRatio, 1 - after.deviance / path.nullDeviance, absolute: 1e-14)
        }
    }

    @Test func pathEndsWhereTheDevianceStalls() throws {
        var options = tight
        options.grid = .automatic(count: 100, ratio: 1e-4)
        let stopped = try path(options)
        options.grid = .automatic(count: 100, ratio: 1e-4, stopsEarly: false)
        let whole = try path(options)
        #expect(stopped.points.count < 100 && whole.points.count == 100)
        #expect(Array(whole.points.prefix(stopped.points.count)) == stopped.points)
        let ratios = stopped.points.suffix(3).map(\.devianceRatio)
        #expect(ratios[1] - ratios[0] >= 1e-5 && ratios[2] - ratios[1] < 1e-5)
    }

    @Test func stricterToleranceIsKept() throws {
        for tolerance in [1e-3, 1e-6, 1e-12] {
            var options = tight
            options.tolerance = tolerance
            for point in try path(options).points { #expect(point.violation <= tolerance) }
        }
    }

    /// 90 columns on 40 rows: the working set holds fewer columns than there are, and must miss none.
    @Test(arguments: [1.0, 0.5, 0.0])
    func moreColumnsThanRowsKeepTheOptimality(mixing: Double) throws {
        var generator = SeededGenerator(seed: 11)
        var wide = LatticeSample(rows: 40)
        wide.columns = (0..<90).map { _ in (0..<40).map { _ in generator.normal() } }
        var options = tight
        options.mixing = mixing
        options.grid = .automatic(count: 30, ratio: 0.05)
        let path = try path(options, of: wide)
        #expect(path.points.count == 30)
        let deviations = wide.deviations(weights: Array(repeating: 1, count: 40))
        for point in path.points {
            let slopes = wide.slopes(at: point.coefficients)
            for (index, deviation) in deviations.enumerated() {
                let scaled = point.coefficients[index + 1] * deviation
                let smooth = slopes[index + 1] / deviation + point.penalty * (1 - mixing) * scaled
                let kink = point.penalty * mixing
                #expect(smooth + (scaled < 0 ? -kink : kink) > -2e-11)
                #expect(smooth + (scaled > 0 ? kink : -kink) < 2e-11)
            }
        }
    }

    @Test func threadsDoNotChangeABit() throws {
        // More rows than one block of work.
        let large = LatticeSample(rows: 20_000)
        var options = ElasticNetOptions(grid: .automatic(count: 6, ratio: 1e-2))
        let folds = (0..<large.rows).map { $0 % 3 }
        let results = try [1, 2, 7].map { threads in
            options.workers = Workers(threads: threads)
            return try ElasticNet(options).crossValidated(
                large.features, defaulted: large.defaulted, weights: large.weights, folds: folds)
        }
        #expect(results[0] == results[1] && results[1] == results[2])
    }

    /// Compares coefficients per standard deviation.
    private func expectSame(
        _ path: ElasticNetPath, _ other: ElasticNetPath, tolerance: Double = 1e-9,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        expectClose(path.penalties, other.penalties, relative: 1e-10, sourceLocation: sourceLocation)
        try expectSame(
            path, coefficients: other.points.map(\.coefficients), tolerance: tolerance,
            sourceLocation: sourceLocation)
    }

    private func expectSame(
        _ path: ElasticNetPath, coefficients: [[Double]], tolerance: Double = 1e-9,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try #require(path.points.count == coefficients.count)
        let deviations = [1] + sample.deviations(weights: Array(repeating: 1, count: sample.rows))
        for (point, coefficients) in zip(path.points, coefficients) {
            for (index, deviation) in deviations.enumerated() {
                expectClose(
                    point.coefficients[index], coefficients[index], absolute: tolerance / deviation,
                    "coefficient \(index) at \(point.penalty)", sourceLocation: sourceLocation)
            }
        }
    }
}
