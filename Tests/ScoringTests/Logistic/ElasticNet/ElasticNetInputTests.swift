import LinearAlgebra
import Parallelism
import TestSupport
import Testing

@testable import Scoring

@Suite("Elastic net: degenerate input")
struct ElasticNetInputTests {
    private let sample = LatticeSample()
    private let options = ElasticNetOptions(
        grid: .automatic(count: 8, ratio: 1e-2, stopsEarly: false), workers: .single)

    private func path(
        _ options: ElasticNetOptions? = nil, columns: [[Double]]? = nil, defaulted: [Bool]? = nil,
        weights: [Double]? = nil, offset: [Double]? = nil, names: [String]? = nil
    ) throws -> ElasticNetPath {
        var sample = sample
        sample.columns = columns ?? sample.columns
        sample.defaulted = defaulted ?? sample.defaulted
        return try ElasticNet(options ?? self.options).path(
            sample.features, defaulted: sample.defaulted, weights: weights, offset: offset,
            names: names)
    }

    private func failure(_ body: () throws -> ElasticNetPath) -> ElasticNetError? {
        do {
            _ = try body()
            return nil
        } catch {
            return error as? ElasticNetError
        }
    }

    @Test func constantColumnStaysAtZeroAndIsNamed() throws {
        for value in [0.0, 1, 1e300, 0.1] {
            var columns = sample.columns
            columns.insert(Array(repeating: value, count: sample.rows), at: 2)
            let names = ["a", "b", "same", "c", "d", "e", "f"]
            let with = try path(columns: columns, names: names)
            #expect(with.constantColumns == ["same"])
            let without = try path()
            for (point, other) in zip(with.points, without.points) {
                #expect(point.coefficients[3] == 0)
                // The scaling of factors to a mean of 1 counts the constant column too, and changes nothing here.
                expectClose(point.penalty, other.penalty, relative: 1e-14)
                #expect(
                    Array(point.coefficients[0...2]) + Array(point.coefficients[4...]) == other.coefficients)
            }
        }
    }

    @Test func columnThatVariesOnlyInRowsWithoutWeightIsConstant() throws {
        var columns = sample.columns
        columns[1] = columns[1].indices.map { $0 < 5 ? Double($0) : 7 }
        let weights = sample.defaulted.indices.map { $0 < 5 ? 0.0 : 1 }
        let path = try path(columns: columns, weights: weights)
        #expect(path.constantColumns == ["x2"])
        #expect(path.points.allSatisfy { $0.coefficients[2] == 0 })
    }

    @Test func refusesDataWithNothingToFit() {
        let rows = sample.rows
        let constant = [Array(repeating: 3.0, count: rows), Array(repeating: 0, count: rows)]
        #expect(failure { try path(columns: constant) } == .noVaryingColumn)
        #expect(failure { try path(columns: []) } == .noVaryingColumn)
        #expect(
            failure { try path(defaulted: Array(repeating: true, count: rows)) }
                == .data(.oneClass(defaulted: true, observations: rows)))
        #expect(
            failure { try path(weights: sample.defaulted.map { $0 ? 0 : 1 }) }
                == .data(.oneClass(defaulted: false, observations: sample.defaulted.count { !$0 })))
        #expect(
            failure { try path(weights: Array(repeating: 0, count: rows)) } == .data(.noObservations))
        #expect(failure { try path(columns: [[], []], defaulted: []) } == .data(.noObservations))
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func refusesNumbersThatAreNotFinite(value: Double) {
        var columns = sample.columns
        columns[3][17] = value
        #expect(failure { try path(columns: columns) } == .data(.nonFinite(column: "x4", row: 17)))
        var weights = sample.weights
        weights[4] = value
        guard case .data(.badWeight(row: 4, value: _))? = failure({ try path(weights: weights) }) else {
            Issue.record("a weight of \(value) was accepted")
            return
        }
        var offset = sample.offset
        offset[2] = value
        guard case .data(.badOffset(row: 2, value: _))? = failure({ try path(offset: offset) }) else {
            Issue.record("an offset of \(value) was accepted")
            return
        }
    }

    @Test func refusesNegativeWeights() {
        var weights = sample.weights
        weights[4] = -1
        #expect(failure { try path(weights: weights) } == .data(.badWeight(row: 4, value: -1)))
    }

    @Test func refusesOptionsThatMeanNothing() {
        func failing(_ change: (inout ElasticNetOptions) -> Void) -> ElasticNetError? {
            var options = options
            change(&options)
            return failure { try path(options) }
        }
        #expect(failing { $0.mixing = 1.5 } == .badMixing(1.5))
        #expect(failing { $0.mixing = -0.1 } == .badMixing(-0.1))
        #expect(failing { $0.mixing = .nan } != nil)
        #expect(failing { $0.tolerance = 0 } == .badTolerance(0))
        #expect(failing { $0.tolerance = .nan } != nil)
        #expect(failing { $0.maximumPasses = 0 } == .badMaximumPasses(0))
        #expect(failing { $0.grid = .automatic(count: 0) } == .badGridCount(0))
        #expect(failing { $0.grid = .automatic(ratio: 1) } == .badGridRatio(1))
        #expect(failing { $0.grid = .values([]) } == .badGridCount(0))
        #expect(failing { $0.grid = .values([1, 1]) } == .badPenalty(index: 1, value: 1))
        #expect(failing { $0.grid = .values([0.1, -1]) } == .badPenalty(index: 1, value: -1))
        #expect(failing { $0.grid = .values([.infinity]) } == .badPenalty(index: 0, value: .infinity))
        #expect(failing { $0.grid = .values([.nan]) } != nil)
        #expect(
            failing { $0.penaltyFactors = ["x2": -1] } == .badPenaltyFactor(column: "x2", value: -1))
        #expect(
            failing { $0.penaltyFactors = ["z": 1, "a": 1] } == .unknownPenaltyFactors(["a", "z"]))
        #expect(
            failing { options in
                for name in sample.names { options.penaltyFactors[name] = 0 }
            } == .nothingPenalised)
    }

    @Test func refusesInfeasibleBounds() {
        func failing(_ bounds: CoefficientBounds) -> ElasticNetError? {
            var options = options
            options.bounds = bounds
            return failure { try path(options) }
        }
        #expect(
            failing(["x1": .init(lower: 1, upper: 0.5)])
                == .bounds(.infeasible(column: "x1", lower: 1, upper: 0.5)))
        #expect(failing(["x1": .init(lower: .nan)]) != nil)
        #expect(failing(["x1": .init(upper: .nan)]) != nil)
        #expect(failing(["x1": .init(lower: .infinity)]) != nil)
        #expect(failing(["x1": .init(upper: -.infinity)]) != nil)
        #expect(failing(["gone": .notNegative]) == .bounds(.unknownColumns(["gone"])))
    }

    @Test func boundsMayExcludeZero() throws {
        var options = options
        options.bounds = ["x2": .init(lower: 0.5, upper: 2), "x4": .init(upper: -0.25)]
        let path = try path(options)
        for point in path.points {
            #expect(point.coefficients[2] >= 0.5 && point.coefficients[4] <= -0.25)
            #expect(point.violation <= options.tolerance)
        }
        #expect(path.points[0].coefficients[2] == 0.5 && path.points[0].coefficients[4] == -0.25)
    }

    @Test func separatedClassesHaveAPathAllTheSame() throws {
        let signal = sample.defaulted.indices.map { Double($0 % 9) + (sample.defaulted[$0] ? 20 : 0) }
        let path = try path(columns: [signal, sample.columns[1]])
        #expect(path.points.count == 8)
        for point in path.points { #expect(point.violation <= options.tolerance) }
        #expect(try #require(path.points.last).coefficients[1] > 0)
    }

    @Test func separatingColumnWithoutPenaltyIsNamed() {
        let signal = sample.defaulted.indices.map { Double($0 % 9) + (sample.defaulted[$0] ? 20 : 0) }
        var options = options
        options.penaltyFactors = ["x1": 0]
        #expect(
            failure { try path(options, columns: [signal, sample.columns[1]]) }
                == .separated(penalty: .infinity, columns: ["x1"]))
        options.penaltyFactors = [:]
        options.grid = .values([0.1, 0])
        #expect(
            failure { try path(options, columns: [signal, sample.columns[1]]) }
                == .separated(penalty: 0, columns: ["x1"]))
    }

    @Test func saysWhenThePassesRunOut() {
        var options = options
        options.maximumPasses = 1
        options.grid = .values([0.001])
        guard case .notConverged(penalty: 0.001, _, let violation)? = failure({ try path(options) }) else {
            Issue.record("one pass was enough")
            return
        }
        #expect(violation > options.tolerance)
    }

    @Test func collinearColumnsConverge() throws {
        var columns = sample.columns
        columns.append(zip(columns[0], columns[2]).map { 2 * $0 - $1 + 1 })
        columns.append(columns[1])
        for mixing in [1, 0.5, 0] {
            var options = options
            options.mixing = mixing
            let path = try path(options, columns: columns)
            for point in path.points { #expect(point.violation <= options.tolerance) }
        }
        var options = options
        options.penaltyFactors = ["x2": 0, "x8": 0]
        #expect(try path(options, columns: columns).points.count == 8)
    }

    @Test func twoRowsAreEnough() throws {
        let path = try ElasticNet(options).path(
            Matrix(rows: [[1, 5], [2, 5]]), defaulted: [false, true])
        #expect(path.constantColumns == ["x2"])
        #expect(path.points.allSatisfy { $0.violation <= options.tolerance })
    }

    @Test func columnsOfAnyMagnitudeAreFitted() throws {
        let before = try path()
        for unit in [1e-150, 1e150, 1e300] {
            let after = try path(
                columns: [sample.columns[0].map { $0 * unit }] + sample.columns.dropFirst())
            for (point, other) in zip(before.points, after.points) {
                expectClose(other.coefficients[1] * unit, point.coefficients[1], absolute: 1e-4)
            }
        }
    }

    @Test func everyErrorNamesFactValueAndRemedy() {
        let errors: [(ElasticNetError, [String])] = [
            (.data(.nonFinite(column: "age", row: 3)), ["age", "row 4"]),
            (.bounds(.infeasible(column: "age", lower: 2, upper: 1)), ["age", "2.0", "1.0"]),
            (.bounds(.unknownColumns(["age", "size"])), ["age", "size"]), (.badMixing(2), ["2.0"]),
            (.badTolerance(0), ["0.0", "1e-12"]), (.badMaximumPasses(0), ["0"]), (.badGridCount(0), ["0"]),
            (.badGridRatio(3), ["3.0"]), (.badPenalty(index: 4, value: -1), ["4", "-1.0"]),
            (.badPenaltyFactor(column: "age", value: -2), ["age", "-2.0"]),
            (.unknownPenaltyFactors(["age"]), ["age"]), (.nothingPenalised, ["0"]),
            (.noVaryingColumn, ["different values"]),
            (.separated(penalty: 0.5, columns: ["age"]), ["0.5", "age"]),
            (.notConverged(penalty: 0.25, passes: 9, violation: 0.125), ["0.25", "9", "0.125"]),
            (.oneClassWithoutFold(7), ["7"]), (.tooFewFolds(1), ["1"]),
        ]
        for (error, parts) in errors {
            let text = error.description
            for part in parts { #expect(text.contains(part), "\(text)") }
            #expect(text.contains(":"), "no remedy in: \(text)")
        }
    }
}
