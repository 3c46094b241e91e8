import Foundation
import LinearAlgebra
import Parallelism
import TestSupport
import Testing

@testable import Scoring

@Suite("Bounded logistic regression")
struct BoundedLogisticTests {
    private let sample = LatticeSample()

    private func fit(
        _ bounds: CoefficientBounds, ridge: Double = 0, of sample: LatticeSample? = nil,
        weights: [Double]? = nil, offset: [Double]? = nil, threads: Int = 1, names: [String]? = nil
    ) throws -> BoundedLogisticFit {
        let sample = sample ?? self.sample
        return try BoundedLogisticRegression(
            BoundedLogisticOptions(bounds: bounds, ridge: ridge, workers: Workers(threads: threads))
        ).fit(
            sample.features, defaulted: sample.defaulted, weights: weights, offset: offset, names: names)
    }

    private func failure(_ body: () throws -> BoundedLogisticFit) -> BoundedLogisticError? {
        do {
            _ = try body()
            return nil
        } catch {
            return error as? BoundedLogisticError
        }
    }

    @Test(arguments: [0.0, 0.5])
    func withoutBoundsItIsTheUnboundedFit(ridge: Double) throws {
        let bounded = try fit(.none, ridge: ridge, weights: sample.weights, offset: sample.offset)
        let newton = try LogisticRegression(
            LogisticOptions(penalty: ridge == 0 ? .none : .ridge(ridge), workers: .single)
        ).fit(
            sample.features, defaulted: sample.defaulted, weights: sample.weights, offset: sample.offset)
        for (index, error) in newton.standardErrors.enumerated() {
            expectClose(bounded.coefficients[index], newton.coefficients[index], absolute: 1e-7 * error)
            expectClose(bounded.standardErrors[index], error, relative: 1e-6)
        }
        expectClose(bounded.logLikelihood, newton.logLikelihood, relative: 1e-12)
        expectClose(bounded.nullLogLikelihood, newton.nullLogLikelihood, relative: 1e-12)
        #expect(bounded.boundColumns.isEmpty)
    }

    @Test func boundsThatDoNotBindChangeNothing() throws {
        let free = try fit(.none)
        let loose = try fit(["x1": .init(lower: -100, upper: 100), "x6": .notNegative])
        #expect(free.coefficients[6] > 0)
        expectClose(loose.coefficients, free.coefficients, relative: 1e-8)
        #expect(loose.boundColumns.isEmpty)
    }

    @Test func boundsThatBindAreMetExactly() throws {
        let free = try fit(.none)
        let limit = free.coefficients[1] / 3
        let bounded = try fit(["x1": .init(upper: limit), "x2": .notNegative, "x3": .init(lower: 0.7)])
        #expect(bounded.coefficients[1] == limit)
        #expect(bounded.coefficients[2] == 0)
        #expect(bounded.coefficients[3] == 0.7)
        #expect(bounded.positions == [.free, .atUpper, .atLower, .atLower, .free, .free, .free])
        #expect(bounded.boundColumns == ["x1", "x2", "x3"])
        #expect(bounded.logLikelihood < free.logLikelihood)
        for index in 1...3 { #expect(bounded.standardErrors[index] == 0) }
    }

    /// The scores recomputed from the definition: they vanish inside and push against the bounds.
    @Test(arguments: [0.0, 0.002])
    func scoresAreThoseOfTheOptimalityConditions(ridge: Double) throws {
        let bounded = try fit(
            ["x1": .init(upper: 4), "x2": .notNegative, "x5": .init(lower: 0.001)], ridge: ridge,
            weights: sample.weights, offset: sample.offset)
        let slopes = sample.slopes(
            at: bounded.coefficients, weights: sample.weights, offset: sample.offset)
        let total = sample.weights.reduce(0, +)
        let deviations = [1] + sample.deviations(weights: sample.weights)
        for index in slopes.indices {
            let penalty = index == 0 ? 0 : ridge * bounded.coefficients[index]
            let score = -total * slopes[index] - penalty
            let rounding = 1e-9 * total * deviations[index]
            expectClose(bounded.scores[index], score, absolute: rounding)
            switch bounded.positions[index] {
            case .free: #expect(abs(score) < rounding)
            case .atLower: #expect(score < -1e-3 * deviations[index])
            case .atUpper: #expect(score > 1e-3 * deviations[index])
            case .fixed: Issue.record("no coefficient is fixed here")
            }
        }
        #expect(bounded.boundColumns == ["x1", "x2", "x5"])
    }

    @Test func fixedCoefficientIsAnOffset() throws {
        let held = try fit(["x1": .init(lower: 9, upper: 9)])
        var rest = sample
        rest.columns.removeFirst()
        let apart = try fit(.none, of: rest, offset: sample.columns[0].map { 9 * $0 })
        #expect(held.coefficients[1] == 9 && held.positions[1] == .fixed)
        let without = [held.coefficients[0]] + held.coefficients.dropFirst(2)
        expectClose(without, apart.coefficients, relative: 1e-7)
        let errors = [held.standardErrors[0]] + held.standardErrors.dropFirst(2)
        expectClose(errors, apart.standardErrors, relative: 1e-7)
        expectClose(held.logLikelihood, apart.logLikelihood, relative: 1e-12)
    }

    @Test func noFeasiblePointNearbyIsBetter() throws {
        let bounds: CoefficientBounds = ["x1": .init(upper: 4), "x2": .notNegative]
        let best = try fit(bounds)
        func logLikelihood(_ coefficients: [Double]) -> Double {
            (0..<sample.rows).reduce(0) { sum, row in
                var logOdds = coefficients[0]
                for column in sample.columns.indices {
                    logOdds += coefficients[column + 1] * sample.columns[column][row]
                }
                return sum - log1p(exp(sample.defaulted[row] ? -logOdds : logOdds))
            }
        }
        expectClose(logLikelihood(best.coefficients), best.logLikelihood, relative: 1e-12)
        let deviations = [1] + sample.deviations(weights: Array(repeating: 1, count: sample.rows))
        for index in best.coefficients.indices {
            for move in [-1e-3, 1e-3] {
                var moved = best.coefficients
                moved[index] += move / deviations[index]
                guard index != 1 || moved[1] <= 4, index != 2 || moved[2] >= 0 else { continue }
                #expect(logLikelihood(moved) < best.logLikelihood)
            }
        }
    }

    @Test func everyCoefficientMayBeBound() throws {
        var bounds = CoefficientBounds()
        for name in sample.names { bounds.limits[name] = .init(lower: 0, upper: 0) }
        let held = try fit(bounds)
        #expect(held.coefficients.dropFirst().allSatisfy { $0 == 0 })
        let rate = Double(sample.defaulted.count { $0 }) / Double(sample.rows)
        expectClose(held.coefficients[0], log(rate / (1 - rate)), relative: 1e-10)
        expectClose(held.logLikelihood, held.nullLogLikelihood, relative: 1e-12)
    }

    @Test func threadsDoNotChangeABit() throws {
        let large = LatticeSample(rows: 20_000)
        let fits = try [1, 2, 7].map { try fit(["x2": .notNegative], of: large, threads: $0) }
        #expect(fits[0] == fits[1] && fits[1] == fits[2])
    }

    @Test func separatingColumnIsNamedUnlessBoundsHoldIt() throws {
        var separated = sample
        separated.columns[2] = sample.defaulted.indices.map {
            Double($0 % 9) + (sample.defaulted[$0] ? 20 : 0)
        }
        guard case .separated(let columns)? = failure({ try fit(.none, of: separated) }) else {
            Issue.record("separation was not seen")
            return
        }
        #expect(columns.contains("x3"))
        let capped = try fit(["x3": .init(upper: 0.5)], of: separated)
        #expect(capped.coefficients[3] == 0.5)
        let ridged = try fit(.none, ridge: 0.1, of: separated)
        #expect(ridged.violation <= 1e-10 && ridged.coefficients[3] > 0)
    }

    /// One row of 20,000 has the level: its standardised coefficient moves by little while its log-odds run away.
    @Test func rareLevelThatOnlyDefaultsHaveIsNamed() throws {
        var rare = LatticeSample(rows: 20_000)
        let row = try #require(rare.defaulted.firstIndex(of: true))
        rare.columns.append(rare.defaulted.indices.map { $0 == row ? 1 : 0 })
        #expect(failure { try fit(.none, of: rare) } == .separated(columns: ["x7"]))
        #expect(try fit(["x7": .init(upper: 2)], of: rare).coefficients[7] == 2)
    }

    @Test func refusesColumnsThatTheDataCannotTellApart() throws {
        var collinear = sample
        collinear.columns.append(zip(sample.columns[0], sample.columns[2]).map { 2 * $0 - $1 })
        guard case .data(.collinear(let found))? = failure({ try fit(.none, of: collinear) }) else {
            Issue.record("collinearity was not seen")
            return
        }
        #expect(found.map(\.column) == ["x7"])
        // A fixed coefficient takes its column out of the question.
        let held = try fit(["x7": .init(lower: 0, upper: 0)], of: collinear)
        expectClose(Array(held.coefficients.dropLast()), try fit(.none).coefficients, relative: 1e-8)
        #expect(try fit(.none, ridge: 1, of: collinear).violation <= 1e-10)
        var constant = sample
        constant.columns[4] = Array(repeating: 2, count: sample.rows)
        #expect(failure { try fit(.none, of: constant) } == .data(.constant(columns: ["x5"])))
    }

    @Test func refusesDataWithNothingToFit() {
        let rows = sample.rows
        #expect(
            failure { try fit(.none, weights: Array(repeating: 0, count: rows)) } == .data(.noObservations))
        var oneClass = sample
        oneClass.defaulted = Array(repeating: false, count: rows)
        #expect(
            failure { try fit(.none, of: oneClass) }
                == .data(.oneClass(defaulted: false, observations: rows)))
        var broken = sample
        broken.columns[1][8] = .nan
        #expect(failure { try fit(.none, of: broken) } == .data(.nonFinite(column: "x2", row: 8)))
        let few = sample.selecting([0, 1, 2, 3, 7])
        #expect(
            failure { try fit(.none, of: few) }
                == .data(.tooFewObservations(observations: 5, coefficients: 7)))
    }

    @Test func refusesBoundsAndOptionsThatMeanNothing() {
        #expect(
            failure { try fit(["x1": .init(lower: 2, upper: 1)]) }
                == .bounds(.infeasible(column: "x1", lower: 2, upper: 1)))
        #expect(failure { try fit(["y": .free]) } == .bounds(.unknownColumns(["y"])))
        #expect(failure { try fit(["x1": .free], names: ["a", "b", "c", "d", "e", "f"]) } != nil)
        #expect(failure { try fit(.none, ridge: -1) } == .data(.badPenalty(value: -1)))
        func failing(_ options: BoundedLogisticOptions) -> BoundedLogisticError? {
            failure {
                try BoundedLogisticRegression(options).fit(sample.features, defaulted: sample.defaulted)
            }
        }
        #expect(failing(.init(bounds: .none, tolerance: 1)) == .badTolerance(1))
        #expect(failing(.init(bounds: .none, maximumIterations: 0)) == .badMaximumIterations(0))
        guard
            case .notConverged(iterations: 2, let violation)? = failing(
                .init(bounds: .none, maximumIterations: 2))
        else {
            Issue.record("two iterations were enough")
            return
        }
        #expect(violation > 1e-10)
    }

    @Test func everyErrorNamesFactValueAndRemedy() {
        let errors: [(BoundedLogisticError, [String])] = [
            (.data(.badPenalty(value: -1)), ["-1.0"]),
            (.bounds(.infeasible(column: "age", lower: 2, upper: 1)), ["age", "2.0", "1.0"]),
            (.badTolerance(1), ["1.0", "1e-12"]), (.badMaximumIterations(0), ["0"]),
            (.separated(columns: ["age", "size"]), ["age, size"]),
            (.notConverged(iterations: 9, violation: 0.125), ["9", "0.125"]),
        ]
        for (error, parts) in errors {
            let text = error.description
            for part in parts { #expect(text.contains(part), "\(text)") }
            #expect(text.contains(":"), "no remedy in: \(text)")
        }
    }
}
