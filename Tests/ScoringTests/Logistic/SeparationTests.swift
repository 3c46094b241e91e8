import Foundation
import LinearAlgebra
import Parallelism
import TestSupport
import Testing

@testable import Scoring

@Suite("Separation is decided and named")
struct SeparationTests {
    @Test func completelySeparableToy() throws {
        let (separation, oracle) = try separation(toy: "separable_toy", columns: ["x", "z"])
        #expect(separation?.kind == .complete)
        #expect(separation?.kind.rawValue == (try oracle.string("expected", "separation")))
        let running = try oracle.strings("expected", "coefficients_that_may_be_infinite")
        #expect(separation?.columns == running.filter { $0 != "(Intercept)" })
        #expect(separation?.involvesIntercept == running.contains("(Intercept)"))
        // A column splits the classes alone where all of its values for one lie beyond all for the other.
        let defaulted = try oracle.numbers("input", "bad").map { $0 == 1 }
        let alone = try ["x", "z"].filter { name in
            let values = try oracle.numbers("input", name)
            let (defaults, others) = (
                values.indices.filter { defaulted[$0] }, values.indices.filter { !defaulted[$0] }
            )
            let (low, high) = (defaults.map { values[$0] }, others.map { values[$0] })
            return try #require(low.min()) > #require(high.max())
                || #require(low.max()) < #require(high.min())
        }
        #expect(separation?.alone == alone && alone == ["x"])
    }

    @Test func quasiSeparableToy() throws {
        let (separation, oracle) = try separation(
            toy: "quasi_separable_toy", columns: ["grpb", "grpc", "x"])
        #expect(separation?.kind == .quasiComplete)
        #expect(try separation?.columns == oracle.strings("expected", "coefficients_that_may_be_infinite"))
        #expect(separation?.alone == ["grpc"])
        #expect(separation?.involvesIntercept == false)
    }

    @Test func overlappingClassesAreNotSeparated() throws {
        let x: [Double] = [1, 2, 3, 4, 5, 6]
        #expect(try search([x], [false, true, false, true, false, true]) == nil)
        // Two columns, neither of which separates, nor both together.
        let z: [Double] = [2, 1, 2, 1, 1, 2]
        #expect(try search([x, z], [false, true, false, true, false, true]) == nil)
    }

    @Test func twoColumnsThatSeparateOnlyTogetherAreBothNamed() throws {
        let x: [Double] = [0, 1, 2, 3, 0, 1, 2, 3]
        let z: [Double] = [1, 2, 3, 4, -1, 0, 1, 2]
        let separation = try search([x, z], [true, true, true, true, false, false, false, false])
        #expect(separation?.kind == .complete)
        #expect(Set(separation?.columns ?? []) == ["x1", "x2"])
        #expect(separation?.alone.isEmpty == true)
    }

    @Test func quasiSeparationOnAFaceIsFoundBehindAnother() throws {
        // Level a holds defaults only, level b non-defaults only, the rest overlaps in x.
        let a: [Double] = [1, 1, 0, 0, 0, 0, 0, 0]
        let b: [Double] = [0, 0, 1, 1, 0, 0, 0, 0]
        let x: [Double] = [1, 3, 2, 4, 1, 2, 3, 4]
        let separation = try search([a, b, x], [true, true, false, false, true, false, true, false])
        #expect(separation?.kind == .quasiComplete)
        #expect(Set(separation?.columns ?? []) == ["x1", "x2"])
        #expect(Set(separation?.alone ?? []) == ["x1", "x2"])
    }

    @Test func rowsWithoutWeightDoNotCount() throws {
        let x: [Double] = [1, 2, 3, 4, 5, 6]
        let defaulted = [false, true, false, true, true, true]
        #expect(try search([x], defaulted) == nil)
        #expect(try search([x], defaulted, weights: [1, 0, 1, 1, 1, 1])?.kind == .complete)
    }

    @Test func theFitNamesTheColumnsAndTheRemedy() throws {
        let x: [Double] = [1, 2, 3, 4, 5, 6, 7, 8]
        let z: [Double] = [3, 1, 4, 1, 5, 9, 2, 6]
        let error = #expect(throws: FitError.self) {
            try LogisticRegression().fit(
                Matrix(columns: [x, z]), defaulted: x.map { $0 > 4 }, names: ["tenure", "noise"])
        }
        guard case .separated(let separation) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(separation.kind == .complete && separation.alone == ["tenure"])
        #expect(
            error?.description
                == """
                Complete separation by tenure, noise; on its own: tenure: the likelihood has no maximum. Check \
                for a column that knows the outcome, merge or drop rare levels, add a ridge penalty or use \
                Firth's correction.
                """)
    }

    @Test func oneOverlappingRowAmongManyIsNoSeparation() throws {
        // The slope is large but exists: the least separated data there is.
        let x = (0..<400).map(Double.init)
        var defaulted = x.map { $0 >= 200 }
        defaulted[202] = false
        defaulted[198] = true
        let fit = try LogisticRegression().fit(Matrix(columns: [x]), defaulted: defaulted)
        #expect(fit.coefficients[1] > 0.3 && fit.coefficients[1].isFinite)
    }

    /// Integer points in the plane, with ties and duplicates, against the extreme rays of the cone of rules, which
    /// two rows at a time determine exactly.
    @Test func agreesWithEnumerationOnSmallGrids() throws {
        var state: UInt64 = 20_240_601
        func random(below bound: UInt64) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % bound)
        }
        var kinds: [Separation.Kind?: Int] = [:]
        for _ in 0..<600 {
            let rows = 5 + random(below: 6)
            let x = (0..<rows).map { _ in random(below: 4) }
            let z = (0..<rows).map { _ in random(below: 4) }
            let defaulted = (0..<rows).map { x[$0] + random(below: 5) > 4 }
            let signed = (0..<rows).map { row in [1, x[row], z[row]].map { defaulted[row] ? $0 : -$0 } }
            guard Set(defaulted).count == 2, hasFullRank(signed) else { continue }
            let rays = extremeRays(signed)
            let sum = (0..<3).map { index in rays.reduce(0) { $0 + $1[index] } }
            let isComplete = signed.allSatisfy { dot($0, sum) > 0 }
            let expected: Separation.Kind? = rays.isEmpty ? nil : isComplete ? .complete : .quasiComplete
            let separation = try search([x.map(Double.init), z.map(Double.init)], defaulted)
            kinds[expected, default: 0] += 1
            #expect(separation?.kind == expected, "\(x) \(z) \(defaulted)")
            guard let separation else { continue }
            let running = (0..<3).filter { index in rays.contains { $0[index] != 0 } }
            #expect(Set(separation.columns) == Set(running.filter { $0 > 0 }.map { "x\($0)" }))
            #expect(separation.involvesIntercept == running.contains(0), "\(x) \(z) \(defaulted)")
        }
        #expect(kinds.count == 3 && kinds.values.allSatisfy { $0 > 20 })
    }

    private func dot(_ left: [Int], _ right: [Int]) -> Int { zip(left, right).reduce(0) { $0 + $1.0 * $1.1 } }

    private func cross(_ a: [Int], _ b: [Int]) -> [Int] {
        [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    }

    private func hasFullRank(_ rows: [[Int]]) -> Bool {
        rows.contains { a in rows.contains { b in rows.contains { dot(cross(a, b), $0) != 0 } } }
    }

    /// Vectors b ≠ 0 with aᵀb ≥ 0 for every row and two rows on the boundary.
    private func extremeRays(_ rows: [[Int]]) -> [[Int]] {
        var rays: [[Int]] = []
        for a in rows {
            for b in rows {
                let ray = cross(a, b)
                if ray != [0, 0, 0], rows.allSatisfy({ dot($0, ray) >= 0 }) { rays.append(ray) }
            }
        }
        return rays
    }

    private func search(
        _ columns: [[Double]], _ defaulted: [Bool], weights: [Double]? = nil
    ) throws -> Separation? {
        let problem = try LogisticProblem(
            Matrix(columns: columns), defaulted: defaulted, weights: weights, offset: nil, names: nil,
            workers: .single)
        return SeparationSearch(problem).run()
    }

    private func separation(
        toy name: String, columns: [String]
    ) throws -> (Separation?, ReferenceResult) {
        let oracle = try ReferenceResult(fixture: name)
        let problem = try LogisticProblem(
            Matrix(columns: columns.map { try oracle.numbers("input", $0) }),
            defaulted: oracle.numbers("input", "bad").map { $0 == 1 }, weights: nil, offset: nil,
            names: columns, workers: .single)
        return (SeparationSearch(problem).run(), oracle)
    }
}

@Suite(
    "Separation in German credit",
    .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
struct GermanSeparationTests {
    @Test func allAttributesOverlap() throws {
        let oracle = try ReferenceResult(shared: "separable_german_full")
        #expect(try oracle.string("expected", "separation") == "overlap")
        #expect(try oracle.strings("expected", "coefficients_that_may_be_infinite").isEmpty)
        let (problem, _) = try german(addingRareLevel: false)
        #expect(SeparationSearch(problem).run() == nil)
    }

    @Test func aRareLevelOfDefaultsRunsAway() throws {
        let oracle = try ReferenceResult(shared: "separable_german_rare_level")
        let (problem, defaulted) = try german(addingRareLevel: true)
        let separation = try #require(SeparationSearch(problem).run())
        #expect(separation.kind == .quasiComplete)
        #expect(try separation.columns == oracle.strings("expected", "coefficients_that_may_be_infinite"))
        #expect(separation.alone == ["rare"])
        #expect(throws: FitError.separated(separation)) {
            try LogisticRegression().fit(
                problem.objective.features, defaulted: defaulted, names: problem.names)
        }
    }

    private func german(addingRareLevel: Bool) throws -> (LogisticProblem, [Bool]) {
        let table = try ReferenceTable("german_credit/german.csv")
        var names = try ReferenceResult(shared: "german_full").named("expected", "coefficients").keys
            .filter { $0 != "(Intercept)" }.sorted()
        var columns = try table.design(names)
        if addingRareLevel {
            names.append("rare")
            columns.append((0..<table.rows).map { [1, 4, 9].contains($0) ? 1 : 0 })
        }
        let defaulted = try table.text("class").map { $0 == "2" }
        return (
            try LogisticProblem(
                Matrix(columns: columns), defaulted: defaulted, weights: nil, offset: nil, names: names,
                workers: .single), defaulted
        )
    }
}
