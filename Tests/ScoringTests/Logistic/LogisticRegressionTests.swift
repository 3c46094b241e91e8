import Foundation
import LinearAlgebra
import Parallelism
import Statistics
import TestSupport
import Testing

@testable import Scoring

@Suite("Logistic regression")
struct LogisticRegressionTests {
    // MARK: - Published

    /// Spector & Mazzeo (1980), table in Greene, *Econometric Analysis*: grade improvement of 32 students.
    @Test func spectorAndMazzeo() throws {
        let gpa = [
            2.66, 2.89, 3.28, 2.92, 4.00, 2.86, 2.76, 2.87, 3.03, 3.92, 2.63, 3.32, 3.57, 3.26, 3.53, 2.74,
            2.75, 2.83, 3.12, 3.16, 2.06, 3.62, 2.89, 3.51, 3.54, 2.83, 3.39, 2.67, 3.65, 4.00, 3.10, 2.39,
        ]
        let tuce: [Double] = [
            20, 22, 24, 12, 21, 17, 17, 21, 25, 29, 20, 23, 23, 25, 26, 19,
            25, 19, 23, 25, 22, 28, 14, 26, 24, 27, 17, 24, 21, 23, 21, 19,
        ]
        let psi = (0..<32).map { $0 < 18 ? 0.0 : 1.0 }
        let improved: Set = [4, 9, 13, 19, 21, 24, 25, 26, 28, 29, 31]
        let fit = try Self.fit(
            [gpa, tuce, psi], (0..<32).map(improved.contains), names: ["GPA", "TUCE", "PSI"])
        expectClose(
            fit.coefficients, [-13.0213468581, 2.8261125949, 0.0951576613, 2.3786876551], absolute: 1e-9)
        expectClose(
            fit.standardErrors, [4.9313242136, 1.2629410756, 0.1415542057, 1.0645642545], absolute: 1e-9)
        expectClose(fit.logLikelihood, -12.8896342221, absolute: 1e-9)
        expectClose(fit.nullLogLikelihood, -20.5917296966, absolute: 1e-9)
        let test = fit.likelihoodRatioTestAgainstNull
        expectClose(test.statistic, 15.4041909490, absolute: 1e-8)
        #expect(test.degreesOfFreedom == 3)
        let logOdds = (0..<32).map { row in
            fit.coefficients[0] + fit.coefficients[1] * gpa[row] + fit.coefficients[2] * tuce[row]
                + fit.coefficients[3] * psi[row]
        }
        let evaluation = Evaluation(logOdds: logOdds, defaulted: (0..<32).map(improved.contains))
        expectClose(try #require(evaluation.auc), 0.8831169, absolute: 5e-8)
        expectClose(try #require(evaluation.brier), 0.1295053, absolute: 5e-8)
    }

    /// Low birth weight, figures of R's glm, printed by UCLA and in the book by Hosmer and Lemeshow, table 2.2.
    @Test func lowBirthWeight() throws {
        let births = try Oracle(fixture: "logistic/low_birth_weight", in: .module)
        let low = try births("low").numbers.map { $0 == 1 }
        let race = try births("race").numbers
        func fit(_ names: [String]) throws -> (fit: LogisticFit, columns: [[Double]]) {
            let columns = try names.map { name in
                switch name {
                case "race2": race.map { $0 == 2 ? 1.0 : 0 }
                case "race3": race.map { $0 == 3 ? 1.0 : 0 }
                default: try births(name).numbers
                }
            }
            return (try Self.fit(columns, low, names: names), columns)
        }
        let (book, _) = try fit(["age", "lwt", "race2", "race3", "ftv"])
        expectClose(
            book.coefficients, [1.2953657, -0.0238230, -0.0142446, 1.0038978, 0.4331084, -0.0493083],
            absolute: 5e-8)
        expectClose(
            book.standardErrors, [1.0714432, 0.0337296, 0.0065407, 0.4978590, 0.3622403, 0.1672391],
            absolute: 5e-8)
        expectClose(book.logLikelihood, -111.2864532, absolute: 5e-8)
        expectClose(book.nullLogLikelihood, -117.3359981, absolute: 5e-8)
        let (small, _) = try fit(["lwt", "race2", "race3"])
        expectClose(small.coefficients, [0.8057535, -0.0152231, 1.0810662, 0.4806033], absolute: 5e-8)
        expectClose(small.logLikelihood, -111.6295453, absolute: 5e-8)
        let (large, columns) = try fit(["age", "lwt", "race2", "race3", "smoke", "ptl", "ht", "ui"])
        expectClose(
            large.coefficients,
            [
                0.4644033, -0.0270698, -0.0151826, 1.2632194, 0.8616351, 0.9233492, 0.5417551, 1.8336956,
                0.7585965,
            ],
            absolute: 5e-8)
        expectClose(large.logLikelihood, -100.7134756, absolute: 5e-8)
        expectClose(large.likelihoodRatioTestAgainstNull.statistic, 33.2450450, absolute: 5e-8)
        let logOdds = low.indices.map { row in
            zip(columns, large.slopes).reduce(large.intercept) { $0 + $1.0[row] * $1.1 }
        }
        let evaluation = Evaluation(logOdds: logOdds, defaulted: low)
        expectClose(try #require(evaluation.auc), 0.7460887, absolute: 5e-8)
        expectClose(try #require(evaluation.brier), 0.1794347, absolute: 5e-8)
        // Stata's groups: of the k-th tenth, those up to the ⌈18.9 k⌉-th smallest PD.
        let pds = logOdds.map { 1 / (1 + exp(-$0)) }
        let order = pds.indices.sorted { (pds[$0], $0) < (pds[$1], $1) }
        let ends = (0...10).map { ($0 * 189 + 9) / 10 }
        let test = try HosmerLemeshowTest(
            groups: zip(ends, ends.dropFirst()).map { start, end in
                let rows = order[start..<end]
                return .init(
                    rows: Double(rows.count), defaults: Double(rows.count { low[$0] }),
                    expected: rows.reduce(0) { $0 + pds[$1] })
            })
        expectClose(test.statistic, 9.6524756, absolute: 5e-7)
        expectClose(try #require(test.pValue(fittedParameters: 2)), 0.2902695, absolute: 5e-7)
        #expect(test.groups.map(\.defaults) == [0, 2, 6, 1, 7, 7, 6, 7, 10, 13])
    }

    // MARK: - Laws

    @Test(arguments: [LogisticOptions.Penalty.none, .ridge(2)])
    func weightTwoCountsARowTwice(penalty: LogisticOptions.Penalty) throws {
        let (x, defaulted) = Self.sample(rows: 90)
        let twice = (0..<90).flatMap { $0 % 4 == 0 ? [$0, $0] : [$0] }
        let weighted = try Self.fit(
            x, defaulted, weights: (0..<90).map { $0 % 4 == 0 ? 2 : 1 }, penalty: penalty)
        let repeated = try Self.fit(
            x.map { column in twice.map { column[$0] } }, twice.map { defaulted[$0] }, penalty: penalty)
        expectClose(weighted.coefficients, repeated.coefficients, absolute: 1e-11)
        expectClose(weighted.standardErrors, repeated.standardErrors, relative: 1e-11)
        expectClose(weighted.logLikelihood, repeated.logLikelihood, relative: 1e-12)
        expectClose(weighted.nullLogLikelihood, repeated.nullLogLikelihood, relative: 1e-12)
    }

    @Test func rowsWithoutWeightAreAbsent() throws {
        let (x, defaulted) = Self.sample(rows: 90)
        let kept = (0..<90).filter { $0 % 5 != 0 }
        let weighted = try Self.fit(x, defaulted, weights: (0..<90).map { $0 % 5 == 0 ? 0 : 1 })
        let without = try Self.fit(
            x.map { column in kept.map { column[$0] } }, kept.map { defaulted[$0] })
        expectClose(weighted.coefficients, without.coefficients, absolute: 1e-11)
        expectClose(weighted.bic, without.bic, relative: 1e-12)
        #expect(weighted.observations == 72 && weighted.weightSum == 72)
    }

    @Test func theOrderOfRowsIsIrrelevant() throws {
        let (x, defaulted) = Self.sample(rows: 300)
        let order = (0..<300).map { ($0 * 77) % 300 }
        let straight = try Self.fit(x, defaulted)
        let shuffled = try Self.fit(
            x.map { column in order.map { column[$0] } }, order.map { defaulted[$0] })
        for (index, value) in straight.coefficients.enumerated() {
            expectClose(
                shuffled.coefficients[index], value, absolute: 1e-12 * straight.standardErrors[index])
        }
        expectClose(shuffled.logLikelihood, straight.logLikelihood, relative: 1e-13)
    }

    @Test func theGradientIsTheSlopeOfTheLoss() {
        let (x, defaulted) = Self.sample(rows: 200)
        let objective = LogisticObjective(
            features: Matrix(columns: x), outcomes: defaulted.map { $0 ? 1 : 0 },
            weights: (0..<200).map { 0.5 + Double($0 % 3) }, offset: (0..<200).map { 0.01 * Double($0 % 9) },
            workers: .single)
        let b = [0.2, -0.5, 0.8, 0.1]
        let derivatives = objective.derivatives(at: b)
        for index in b.indices {
            var (above, below) = (b, b)
            above[index] += 1e-5
            below[index] -= 1e-5
            // Central differences leave the third derivative times 1e-10.
            expectClose(
                (objective.loss(at: above) - objective.loss(at: below)) / 2e-5, derivatives.gradient[index],
                absolute: 1e-6)
            let (up, down) = (
                objective.lossAndGradient(at: above).gradient, objective.lossAndGradient(at: below).gradient
            )
            for other in b.indices {
                expectClose(
                    (up[other] - down[other]) / 2e-5, derivatives.hessian[index, other], absolute: 1e-6)
            }
        }
    }

    @Test func unitsDoNotMatter() throws {
        let (x, defaulted) = Self.sample(rows: 150)
        let fit = try Self.fit(x, defaulted)
        let factors = [1e-6, 1e5, -3.0]
        let shifts = [1e-3, 2e9, 7.0]
        let other = try Self.fit(
            x.indices.map { column in x[column].map { shifts[column] + factors[column] * $0 } }, defaulted)
        for column in x.indices {
            // The shift of 2e9 by itself rounds the second column to 2e-7 of 1e5.
            expectClose(
                other.coefficients[column + 1] * factors[column], fit.coefficients[column + 1], relative: 1e-9
            )
            expectClose(
                other.standardErrors[column + 1] * abs(factors[column]), fit.standardErrors[column + 1],
                relative: 1e-9)
        }
        expectClose(other.logLikelihood, fit.logLikelihood, relative: 1e-10)
    }

    @Test func aConstantOffsetMovesTheInterceptAlone() throws {
        let (x, defaulted) = Self.sample(rows: 150)
        let fit = try Self.fit(x, defaulted)
        let shifted = try Self.fit(x, defaulted, offset: Array(repeating: 1.5, count: 150))
        expectClose(shifted.coefficients[0], fit.coefficients[0] - 1.5, absolute: 1e-10)
        expectClose(Array(shifted.slopes), Array(fit.slopes), absolute: 1e-10)
        expectClose(shifted.nullDeviance, fit.nullDeviance, relative: 1e-12)
    }

    @Test func exchangingTheClassesTurnsTheSigns() throws {
        let (x, defaulted) = Self.sample(rows: 150)
        let fit = try Self.fit(x, defaulted)
        let turned = try Self.fit(x, defaulted.map { !$0 })
        expectClose(turned.coefficients, fit.coefficients.map { -$0 }, absolute: 1e-10)
        expectClose(turned.standardErrors, fit.standardErrors, relative: 1e-10)
    }

    @Test func fittedDefaultsAddUp() throws {
        let (x, defaulted) = Self.sample(rows: 150)
        let fit = try Self.fit(x, defaulted)
        var sum = 0.0
        for row in 0..<150 {
            let logOdds =
                fit.coefficients[0] + (0..<3).reduce(0) { $0 + fit.coefficients[$1 + 1] * x[$1][row] }
            sum += 1 / (1 + exp(-logOdds))
        }
        expectClose(sum, Double(defaulted.filter { $0 }.count), relative: 1e-12)
    }

    @Test func aStrongRidgeLeavesTheDefaultRate() throws {
        let (x, defaulted) = Self.sample(rows: 150)
        let fit = try Self.fit(x, defaulted, penalty: .ridge(1e12))
        let rate = Double(defaulted.filter { $0 }.count) / 150
        expectClose(fit.coefficients[0], log(rate / (1 - rate)), absolute: 1e-8)
        expectClose(fit.degreesOfFreedom, 1, absolute: 1e-6)
    }

    // MARK: - Many rows

    @Test func bitsDoNotDependOnTheNumberOfThreads() throws {
        let (x, defaulted) = Self.sample(rows: 70_000)
        let fits = try [1, 2, 7].map { threads in
            try LogisticRegression(LogisticOptions(workers: Workers(threads: threads))).fit(
                Matrix(columns: x), defaulted: defaulted)
        }
        #expect(fits[0] == fits[1])
        #expect(fits[0] == fits[2])
    }

    @Test func theSampledStartLeadsToTheSameEstimate() throws {
        let (x, defaulted) = Self.sample(rows: 70_000)
        let problem = try LogisticProblem(
            Matrix(columns: x), defaulted: defaulted, weights: nil, offset: nil, names: nil, workers: .single)
        let likelihood = problem.likelihood(.none)
        _ = try #require(problem.sampledStart(for: likelihood, LogisticOptions()))
        let fit = try LogisticRegression().fit(problem)
        var cold = NewtonSolver(likelihood, start: problem.start, tolerance: 1e-12)
        #expect(cold.iterate(upTo: 50) == .converged)
        let expected = problem.objective.scaling.unscaled(cold.coefficients)
        for (index, value) in expected.enumerated() {
            expectClose(fit.coefficients[index], value, absolute: 1e-11 * fit.standardErrors[index])
        }
    }

    @Test func portableAndVectorKernelsAgree() throws {
        let (x, defaulted) = Self.sample(rows: 5_000)
        var options = LogisticOptions(workers: .single)
        let vector = try LogisticRegression(options).fit(Matrix(columns: x), defaulted: defaulted)
        options.usesPortableKernel = true
        let portable = try LogisticRegression(options).fit(Matrix(columns: x), defaulted: defaulted)
        expectClose(portable.coefficients, vector.coefficients, relative: 1e-11)
        expectClose(portable.standardErrors, vector.standardErrors, relative: 1e-11)
    }

    // MARK: - Builders

    /// Three columns with overlapping classes.
    static func sample(rows: Int) -> (x: [[Double]], defaulted: [Bool]) {
        var state: UInt64 = 7
        func random() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / 9_007_199_254_740_992
        }
        var x = [[Double]](repeating: [], count: 3)
        var defaulted: [Bool] = []
        for _ in 0..<rows {
            let (a, b, c) = (random() * 4 - 2, random() + random(), random() < 0.3 ? 1.0 : 0.0)
            x[0].append(a)
            x[1].append(b)
            x[2].append(c)
            defaulted.append(random() < 1 / (1 + exp(1.5 - 0.8 * a + 0.6 * b - c)))
        }
        return (x, defaulted)
    }

    static func fit(
        _ columns: [[Double]], _ defaulted: [Bool], weights: [Double]? = nil, offset: [Double]? = nil,
        names: [String]? = nil, penalty: LogisticOptions.Penalty = .none
    ) throws -> LogisticFit {
        try LogisticRegression(LogisticOptions(penalty: penalty, workers: .single)).fit(
            Matrix(columns: columns, rows: defaulted.count), defaulted: defaulted, weights: weights,
            offset: offset, names: names)
    }
}

@Suite("Logistic regression on degenerate data")
struct LogisticRegressionInputTests {
    private let x: [Double] = [1, 2, 3, 4, 5, 6, 7, 8]
    private let z: [Double] = [3, 1, 4, 1, 5, 9, 2, 6]
    private let defaulted = [false, true, false, false, true, true, false, true]

    @Test func noRowsAndNoWeight() {
        #expect(throws: FitError.noObservations) { try LogisticRegressionTests.fit([[]], []) }
        #expect(throws: FitError.noObservations) {
            try LogisticRegressionTests.fit([x], defaulted, weights: Array(repeating: 0, count: 8))
        }
    }

    @Test func oneClass() {
        #expect(throws: FitError.oneClass(defaulted: false, observations: 8)) {
            try LogisticRegressionTests.fit([x], Array(repeating: false, count: 8))
        }
        #expect(throws: FitError.oneClass(defaulted: true, observations: 2)) {
            try LogisticRegressionTests.fit([x], defaulted, weights: [0, 1, 0, 0, 1, 0, 0, 0])
        }
    }

    @Test func noColumnsLeaveTheDefaultRate() throws {
        let fit = try LogisticRegressionTests.fit([], [true, false, false, false])
        expectClose(fit.coefficients, [log(1 / 3.0)], relative: 1e-12)
        expectClose(fit.logLikelihood, fit.nullLogLikelihood, relative: 1e-14)
        expectClose(fit.standardErrors, [(1 / 0.75).squareRoot()], relative: 1e-9)
    }

    @Test func constantColumnsAreNamed() {
        #expect(throws: FitError.constant(columns: ["b", "c"])) {
            try LogisticRegressionTests.fit(
                [x, x.map { _ in 4 }, x.map { _ in 0 }], defaulted, names: ["a", "b", "c"])
        }
    }

    @Test func aRidgeBearsConstantAndDependentColumns() throws {
        let fit = try LogisticRegressionTests.fit(
            [x, x.map { _ in 4 }, x.map { 2 * $0 }], defaulted, penalty: .ridge(1))
        expectClose(fit.coefficients[2], 0, absolute: 1e-12)
        // The least sum of squares splits the effect 1 : 2.
        expectClose(fit.coefficients[3], 2 * fit.coefficients[1], relative: 1e-8)
    }

    @Test func dependentColumnsAreNamedWithTheirCombination() {
        let error = #expect(throws: FitError.self) {
            try LogisticRegressionTests.fit(
                [x, z, zip(x, z).map { 2 * $0 - 0.5 * $1 + 1 }, x.map { 10 - $0 }], defaulted,
                names: ["age", "debt", "mix", "rest"])
        }
        #expect(
            error?.description
                == "Collinear: mix = 2·age - 0.5·debt + 1; rest = -age + 10. Leave out mix, rest or add a ridge "
                + "penalty.")
    }

    @Test func moreCoefficientsThanObservations() {
        #expect(throws: FitError.tooFewObservations(observations: 2, coefficients: 3)) {
            try LogisticRegressionTests.fit([[1, 2], [2, 1]], [true, false])
        }
        // Zero weights do not count.
        #expect(throws: FitError.tooFewObservations(observations: 3, coefficients: 4)) {
            try LogisticRegressionTests.fit(
                [x, z, x.map { $0 * $0 }], defaulted, weights: [1, 1, 1, 0, 0, 0, 0, 0])
        }
    }

    @Test func aRidgeBearsMoreColumnsThanRows() throws {
        let fit = try LogisticRegressionTests.fit(
            [[1, 2], [2, 1], [5, 3]], [true, false], penalty: .ridge(0.1))
        #expect(fit.coefficients.allSatisfy { $0.isFinite })
        #expect(fit.degreesOfFreedom < 2)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func aValueThatIsNotFiniteIsNamed(value: Double) {
        var column = z
        column[5] = value
        #expect(throws: FitError.nonFinite(column: "debt", row: 5)) {
            try LogisticRegressionTests.fit([x, column], defaulted, names: ["age", "debt"])
        }
        column = z
        column[0] = value
        #expect(throws: FitError.nonFinite(column: "debt", row: 0)) {
            try LogisticRegressionTests.fit([x, column], defaulted, names: ["age", "debt"])
        }
    }

    @Test func weightsAndOffsetsAreChecked() {
        #expect(throws: FitError.badWeight(row: 2, value: -1)) {
            try LogisticRegressionTests.fit([x], defaulted, weights: [1, 1, -1, 1, 1, 1, 1, 1])
        }
        #expect(throws: FitError.badWeight(row: 1, value: .infinity)) {
            try LogisticRegressionTests.fit([x], defaulted, weights: [1, .infinity, 1, 1, 1, 1, 1, 1])
        }
        #expect(throws: FitError.badOffset(row: 3, value: .infinity)) {
            try LogisticRegressionTests.fit([x], defaulted, offset: [0, 0, 0, .infinity, 0, 0, 0, 0])
        }
        #expect(throws: FitError.badPenalty(value: -1)) {
            try LogisticRegressionTests.fit([x], defaulted, penalty: .ridge(-1))
        }
    }

    @Test(arguments: [0x1p-1030, 1e-200, 1e-20, 1e20, 1e200, 1e307])
    func sizesFromTheEndsOfTheRangeAreNoObstacle(size: Double) throws {
        let plain = try LogisticRegressionTests.fit([x, z], defaulted)
        let scaled = try LogisticRegressionTests.fit([x.map { $0 * size }, z], defaulted)
        // Subnormal values have fewer digits.
        let digits = size < 1e-300 ? 1e-4 : 1e-9
        expectClose(scaled.coefficients[2], plain.coefficients[2], relative: digits)
        expectClose(scaled.logLikelihood, plain.logLikelihood, relative: digits)
        if size > 1e-300 {
            expectClose(scaled.coefficients[1] * size, plain.coefficients[1], relative: 1e-9)
        }
    }

    /// A non-default far out is fitted by any falling slope, while the others ask for a rising one.
    ///
    /// The slope ends a hair below 0, and what is left is the fit of the other rows on the other column. From 1e12 on
    /// the others are one point on the column's own scale, and a rule through the far row alone splits it off.
    @Test(arguments: [1e6, 1e8])
    func oneExtremeValueLeavesTheFitOfTheOthers(value: Double) throws {
        var column = x
        column[3] = value
        let fit = try LogisticRegressionTests.fit([column, z], defaulted)
        let others = [0, 1, 2, 4, 5, 6, 7]
        let without = try LogisticRegressionTests.fit([others.map { z[$0] }], others.map { defaulted[$0] })
        #expect(fit.coefficients[1] < 0)
        // The extreme row keeps a log-odds of about -ln(value), which the others see as a slope of that over the value.
        let slack = 100 * log(value) / value
        expectClose(fit.coefficients[2], without.coefficients[1], absolute: slack)
        expectClose(fit.logLikelihood, without.logLikelihood, absolute: slack)
        #expect(fit.logLikelihood < without.logLikelihood)
    }

    @Test(arguments: [1e12, 1e100, 1e300])
    func aValueBeyondAllMeasureNamesItsColumn(value: Double) {
        var column = x
        column[3] = value
        let error = #expect(throws: FitError.self) {
            try LogisticRegressionTests.fit([column, z], defaulted, names: ["far", "near"])
        }
        guard case .separated(let separation) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(separation.kind == .quasiComplete)
        #expect(separation.columns == ["far"])
    }

    @Test func weightsFarApartInSize() throws {
        let plain = try LogisticRegressionTests.fit([x, z], defaulted)
        for size in [1e-100, 1e100] {
            let scaled = try LogisticRegressionTests.fit(
                [x, z], defaulted, weights: Array(repeating: size, count: 8))
            expectClose(scaled.coefficients, plain.coefficients, relative: 1e-9)
        }
    }

    @Test func tooFewIterationsSayHowFarTheyCame() throws {
        var norms: [Double] = []
        for allowed in 1...3 {
            let error = #expect(throws: FitError.self) {
                try LogisticRegression(LogisticOptions(maximumIterations: allowed)).fit(
                    Matrix(columns: [x, z]), defaulted: defaulted)
            }
            guard case .notConverged(let iterations, let norm) = error else {
                Issue.record("\(String(describing: error)) after \(allowed)")
                return
            }
            #expect(iterations == allowed)
            #expect(
                error?.description.contains("after \(allowed) iterations (gradient \(norm) standard errors)")
                    == true)
            norms.append(norm)
        }
        // Newton's steps square what is left.
        #expect(norms[0] > norms[1] && norms[1] > norms[2] && norms[2] > 0)
        #expect(norms[2] < norms[1] * norms[1] * 10)
    }

    @Test func whatDeservesASecondLookComesWithARemedy() {
        let diagnostics: [LogisticFit.Diagnostic] = [
            .shortenedSteps(1), .shortenedSteps(3), .extremeProbabilities(1), .extremeProbabilities(12),
            .roundingLimited(step: 1e-5),
        ]
        let texts = diagnostics.map { "\($0)" }
        #expect(texts[0].hasPrefix("the fit shortened 1 step that overshot") && texts[0].contains("cap"))
        #expect(texts[1].contains("3 steps"))
        #expect(texts[2].hasPrefix("1 observation has") && texts[3].hasPrefix("12 observations have"))
        #expect(texts[4].contains("1e-05 standard errors") && texts[4].contains("leave one out"))
        for text in texts { #expect(!text.contains("(") && !text.contains("\n")) }
    }
}
