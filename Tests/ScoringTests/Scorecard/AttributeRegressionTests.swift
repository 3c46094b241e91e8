import Foundation
import LinearAlgebra
import Parallelism
import Statistics
import Tables
import TestSupport
import Testing

@testable import Scoring

@Suite("Regression on attributes")
struct AttributeRegressionTests {
    /// Data and reference figures; see attribute_regression.py.
    struct Reference: Decodable {
        struct Marginal: Decodable {
            let slopes: Double
            let departures: [Double]
            let intercept: Double
            let contributions: [Double]
        }
        struct Fixed: Decodable {
            let strength, intercept: Double
            let coefficients, contributions: [Double]
        }
        struct Ordered: Decodable {
            let strength, objective, intercept: Double
            let contributions: [Double]
            let ties: Int
        }
        let bins: [[UInt16]]
        let woes: [[Double]]
        let defaulted: [Int]
        let weights: [Double]
        let marginal: Marginal
        let fixed: Fixed
        let ordered: Ordered

        init() throws {
            let file = try #require(
                Bundle.module.url(
                    forResource: "attribute-regression", withExtension: "json", subdirectory: "Fixtures"))
            self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
        }

        func design(_ workers: Workers = .single) -> AttributeDesign {
            AttributeDesign(
                woes: woes, bins: bins, defaulted: defaulted.map { $0 == 1 }, weights: weights,
                workers: workers)
        }

        /// Neighbours in the order of their WOE.
        var pairs: [AttributePair] {
            zip(woes, design().characteristics).flatMap { woes, range in
                zip(woes.indices, woes.indices.dropFirst()).map { first, second in
                    AttributePair(
                        first: range.lowerBound + first, second: range.lowerBound + second,
                        firstIsSafer: woes[first] > woes[second])
                }
            }
        }

        func fit(
            _ shrinkage: AttributeOptions.Shrinkage, pairs: [AttributePair] = [], ridge: Double = 0,
            workers: Workers = .single
        ) throws -> AttributeRegression.Fit {
            try AttributeRegression(
                design: design(workers), options: .init(ridge: ridge, shrinkage: shrinkage, pairs: pairs)
            ).fit()
        }
    }

    @Test("agrees with dense one-hot columns at a given strength")
    func fixedStrength() throws {
        let reference = try Reference()
        let fit = try reference.fit(.strength(reference.fixed.strength))
        expectClose(fit.intercept, reference.fixed.intercept, absolute: 1e-9)
        expectClose(fit.slopes, reference.fixed.coefficients, absolute: 1e-9)
        expectClose(fit.contributions, reference.fixed.contributions, absolute: 1e-9)
    }

    @Test("finds the strengths of the largest marginal likelihood")
    func marginalLikelihood() throws {
        let reference = try Reference()
        let fit = try reference.fit(.marginalLikelihood)
        #expect(fit.isSettled)
        // Strengths settle to a thousandth of a degree of freedom, contributions to less than their rounding to points.
        expectClose(fit.contributions, reference.marginal.contributions, absolute: 2e-3)
        expectClose(fit.intercept, reference.marginal.intercept, absolute: 2e-3)
        for (ours, theirs) in zip(fit.strengths.departures, reference.marginal.departures) where theirs < 1e3
        {
            expectClose(ours, theirs, relative: 0.02)
        }
        // What the reference holds at its bound has no say here either.
        for (ours, theirs) in zip(fit.strengths.departures, reference.marginal.departures) where theirs >= 1e3
        {
            #expect(ours > 1e3)
        }
    }

    @Test("keeps the order of neighbours at the minimum under inequalities")
    func ordered() throws {
        let reference = try Reference()
        let fit = try reference.fit(.strength(reference.ordered.strength), pairs: reference.pairs)
        // The reference stops when its objective changes by less than 1e-15 of itself: half the digits of the place.
        expectClose(fit.contributions, reference.ordered.contributions, absolute: 2e-5)
        #expect(fit.ties == reference.ordered.ties && fit.ties > 0)
        for pair in reference.pairs {
            #expect(fit.contributions[pair.safer] <= fit.contributions[pair.riskier])
        }
        let free = try reference.fit(.strength(reference.ordered.strength))
        #expect(
            reference.pairs.contains { free.contributions[$0.safer] > free.contributions[$0.riskier] })
    }

    @Test("becomes the classical scorecard as departures are held ever more strongly")
    func classical() throws {
        let reference = try Reference()
        let columns = zip(reference.woes, reference.bins).flatMap { woes, bins in bins.map { woes[Int($0)] } }
        let classical = try LogisticRegression(LogisticOptions(penalty: .ridge(3), workers: .single)).fit(
            Matrix(
                rows: reference.defaulted.count, columns: reference.woes.count, columnMajor: columns),
            defaulted: reference.defaulted.map { $0 == 1 }, weights: reference.weights)
        let fit = try reference.fit(.strength(1e12), ridge: 3)
        expectClose(fit.intercept, classical.intercept, absolute: 1e-8)
        expectClose(fit.slopes, Array(classical.slopes), absolute: 1e-8)
        expectClose(
            fit.contributions,
            zip(reference.woes, fit.slopes).flatMap { woes, slope in woes.map { $0 * slope } }, absolute: 1e-8
        )
        expectClose(fit.degreesOfFreedom, 0, absolute: 1e-6)
    }

    @Test("becomes one coefficient per level as departures are let go")
    func oneHot() throws {
        let reference = try Reference()
        let fit = try reference.fit(.strength(1e-6))
        // The first level of each is the reference level.
        var columns: [Double] = []
        for (woes, bins) in zip(reference.woes, reference.bins) {
            for level in 1..<woes.count { columns += bins.map { Int($0) == level ? 1 : 0 } }
        }
        let dummies = try LogisticRegression(LogisticOptions(workers: .single)).fit(
            Matrix(
                rows: reference.defaulted.count, columns: columns.count / reference.defaulted.count,
                columnMajor: columns),
            defaulted: reference.defaulted.map { $0 == 1 }, weights: reference.weights)
        var differences: [Double] = []
        for range in reference.design().characteristics {
            differences += range.dropFirst().map {
                fit.contributions[$0] - fit.contributions[range.lowerBound]
            }
        }
        expectClose(differences, Array(dummies.slopes), absolute: 1e-5)
    }

    @Test("counts a row of weight 2 as two rows")
    func weights() throws {
        let reference = try Reference()
        let rows = reference.weights.indices.flatMap { row in
            Array(repeating: row, count: Int(reference.weights[row]))
        }
        let repeated = AttributeDesign(
            woes: reference.woes, bins: reference.bins.map { bins in rows.map { bins[$0] } },
            defaulted: rows.map { reference.defaulted[$0] == 1 }, weights: nil, workers: .single)
        let fit = try AttributeRegression(
            design: repeated, options: .init(ridge: 0, shrinkage: .marginalLikelihood, pairs: reference.pairs)
        ).fit()
        expectClose(
            fit.contributions,
            try reference.fit(.marginalLikelihood, pairs: reference.pairs).contributions, absolute: 1e-7)
    }

    @Test("has no slope left at its minimum: gradient and hessian agree with differences")
    func derivatives() throws {
        let design = try Reference().design()
        var generator = SeededGenerator(seed: 5)
        let point = (0..<design.coefficientCount).map { _ in 0.3 * generator.normal() }
        let derivatives = design.derivatives(at: point)
        for place in point.indices {
            var (above, below) = (point, point)
            above[place] += 1e-5
            below[place] -= 1e-5
            let (high, low) = (design.derivatives(at: above), design.derivatives(at: below))
            expectClose((high.loss - low.loss) / 2e-5, derivatives.gradient[place], absolute: 1e-4)
            let column = zip(high.gradient, low.gradient).map { ($0 - $1) / 2e-5 }
            expectClose(column, derivatives.hessian.column(place), absolute: 1e-4)
        }
    }

    @Test("is the same to the bit for any number of threads")
    func threads() throws {
        var generator = SeededGenerator(seed: 3)
        let rows = 10_000
        let bins = [4, 3].map { count in
            (0..<rows).map { _ in UInt16(Double(count) * generator.uniform()) }
        }
        let defaulted = (0..<rows).map { row in
            generator.bernoulli(bins[0][row] == 2 ? 0.3 : bins[1][row] == 0 ? 0.1 : 0.2)
        }
        func fit(_ threads: Int) throws -> AttributeRegression.Fit {
            try AttributeRegression(
                design: AttributeDesign(
                    woes: [[0.2, 0.1, -0.4, 0.1], [0.5, -0.1, -0.3]], bins: bins, defaulted: defaulted,
                    weights: nil, workers: Workers(threads: threads)),
                options: .init(ridge: 0, shrinkage: .marginalLikelihood, pairs: [])
            ).fit()
        }
        let one = try fit(1)
        for threads in [2, 7] {
            let other = try fit(threads)
            #expect(other.contributions == one.contributions && other.intercept == one.intercept)
            #expect(other.strengths == one.strengths)
        }
    }

    @Test("survives one characteristic, a bin without defaults, an empty bin and rows in no bin")
    func degenerate() throws {
        let bins: [UInt16] = (0..<60).map { UInt16($0 % 3 == 2 ? 4 : $0 % 3) }
        let defaulted = (0..<60).map { $0 % 3 == 1 && $0 % 2 == 0 }
        let fit = try AttributeRegression(
            design: AttributeDesign(
                woes: [[2.5, -0.4, 0.0, 0.0]], bins: [bins], defaulted: defaulted, weights: nil,
                workers: .single),
            options: .init(ridge: 1, shrinkage: .marginalLikelihood, pairs: [])
        ).fit()
        #expect(fit.contributions.allSatisfy(\.isFinite) && fit.slopes[0] < 0)
        // Nobody is in the last two bins, so nothing departs there.
        expectClose(Array(fit.contributions[2...]), [0, 0], absolute: 1e-12)
    }

    @Test("refuses one class, no rows, bad weights and strengths")
    func refusals() throws {
        func fit(_ defaulted: [Bool], _ weights: [Double]?, _ strength: Double = 1) throws {
            _ = try AttributeRegression(
                design: AttributeDesign(
                    woes: [[1, -1]], bins: [[0, 1, 0, 1]], defaulted: defaulted, weights: weights,
                    workers: .single),
                options: .init(ridge: 0, shrinkage: .strength(strength), pairs: [])
            ).fit()
        }
        let mixed = [true, false, false, true]
        #expect(throws: FitError.oneClass(defaulted: false, observations: 4)) {
            try fit(Array(repeating: false, count: 4), nil)
        }
        #expect(throws: FitError.noObservations) { try fit(mixed, [0, 0, 0, 0]) }
        #expect(throws: FitError.badWeight(row: 1, value: -1)) { try fit(mixed, [1, -1, 1, 1]) }
        #expect(throws: FitError.badPenalty(value: -1)) { try fit(mixed, nil, -1) }
    }

    @Test("orders what the recipe says", arguments: AttributeOptions.Order.allCases)
    func orders(order: AttributeOptions.Order) throws {
        let values = (0..<400).map { $0 % 10 == 0 ? Double.nan : Double($0 % 40) }
        let defaulted = (0..<400).map { row in
            values[row].isNaN ? row % 20 == 0 : Int(values[row]) / 10 * 3 > (row * 7) % 17
        }
        var options = BinningOptions()
        options.trend = .ascending
        let rising = try VariableBinning(
            fitting: .init(name: "x", values: .double(values)), defaulted: defaulted, options: options)
        options.trend = .none
        let free = try VariableBinning(
            fitting: .init(name: "x", values: .double(values)), defaulted: defaulted, options: options)
        let ordinary = rising.bins.count - 1
        #expect(ordinary > 1 && rising.bins.last?.members == [.missing])
        let pairs = order.pairs(of: rising, firstAttribute: 7)
        switch order {
        case .none: #expect(pairs.isEmpty)
        case .monotone, .neighbours:
            #expect(pairs.count == ordinary - 1 && pairs.allSatisfy { $0.firstIsSafer && $0.first >= 7 })
            #expect(order.pairs(of: free, firstAttribute: 0).isEmpty == (order == .monotone))
        case .woe:
            #expect(pairs.count == ordinary && pairs.allSatisfy { !$0.firstIsSafer })
        }
    }
}
