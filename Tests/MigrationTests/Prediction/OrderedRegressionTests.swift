import Foundation
import LinearAlgebra
import Migration
import Statistics
import TestSupport
import Testing

@Suite(
    "Ordered and multinomial regressions agree with R",
    .enabled(if: SharedData.isAvailable, "\(SharedData.absence)"))
struct RegressionOracleTests {
    @Test("corporate ratings", arguments: [OrderedLink.logit, .probit])
    func corporate(link: OrderedLink) throws {
        let data = try CorporateRatings()
        let expected = try Oracle(shared: "migration/ordered_\(link.rawValue)_corporate.json")("expected")
        let fit = try OrderedRegression(
            data.design(data.allRows), levels: data.classes, levelCount: 5, link: link,
            names: CorporateRatings.features)
        expectClose(fit.logLikelihood, try expected("log_likelihood").number, absolute: 1e-8)
        let errors = try expected("std_errors")
        for (place, name) in CorporateRatings.features.enumerated() {
            let error = try errors(name).number
            expectClose(
                fit.coefficients[place], try expected("coefficients")(name).number, absolute: 1e-6 * error,
                "\(name)")
            expectClose(fit.standardErrors[place], error, relative: 1e-6, "error of \(name)")
        }
        let cuts = ["A or better|BBB", "BBB|BB", "BB|B", "B|CCC or worse"]
        for (place, name) in cuts.enumerated() {
            let error = try errors(name).number
            expectClose(
                fit.thresholds[0][place], try expected("thresholds")(name).number, absolute: 1e-6 * error,
                "\(name)")
            expectClose(fit.thresholdErrors[0][place], error, relative: 1e-6, "error of \(name)")
        }
        let predictors = fit.linearPredictors(data.design(Array(0..<10)))
        for (row, probabilities) in try expected("probabilities_rows_0_to_9").rows.enumerated() {
            expectClose(fit.distribution(predictors[row]), probabilities, absolute: 1e-8)
        }
    }

    @Test("banks", arguments: [OrderedLink.logit, .probit])
    func banks(link: OrderedLink) throws {
        let text = try SharedData.text("data/rating_histories/bank_ratings_cra.csv")
        let lines = text.split(whereSeparator: \.isNewline)
        let names = lines[0].split(separator: ",").map { String($0.filter { $0 != "\"" }) }
        var rows: [[Double]] = []
        for line in lines.dropFirst() {
            var row: [Double] = []
            for field in line.split(separator: ",") {
                row.append(try #require(Double(String(field.filter { $0 != "\"" }))))
            }
            rows.append(row)
        }
        let expected = try Oracle(shared: "migration/ordered_\(link.rawValue)_banks.json")("expected")
        let features = try expected("coefficients").members.keys.sorted()
        let rating = try #require(names.firstIndex { $0.lowercased() == "rating" }, "a column of ratings")
        let places = try features.map { name -> Int in try #require(names.firstIndex(of: name)) }
        let design = Matrix(rows: rows.map { row in places.map { row[$0] } })
        let fit = try OrderedRegression(
            design, levels: rows.map { min(9, Int($0[rating])) - 1 }, levelCount: 9, link: link,
            names: features)
        expectClose(fit.logLikelihood, try expected("log_likelihood").number, absolute: 1e-8)
        for (place, name) in features.enumerated() {
            expectClose(
                fit.coefficients[place], try expected("coefficients")(name).number, relative: 1e-6, name)
        }
    }

    @Test("multinomial logit")
    func multinomial() throws {
        let data = try CorporateRatings()
        let expected = try Oracle(shared: "migration/multinomial_corporate.json")("expected")
        let fit = try MultinomialRegression(
            data.design(data.allRows), classes: data.classes, classCount: 5, names: CorporateRatings.features)
        expectClose(fit.logLikelihood, try expected("log_likelihood").number, absolute: 1e-6)
        let errors = try expected("std_errors").rows
        for (block, row) in try expected("coefficients").rows.enumerated() {
            let own = [fit.intercepts[block + 1]] + fit.coefficients[block + 1]
            for (place, value) in row.enumerated() {
                // The oracle is a quasi-Newton fit, good to 1e-4 of a standard error.
                expectClose(own[place], value, absolute: 2e-4 * errors[block][place], "class \(block + 1)")
            }
            expectClose(fit.standardErrors[block + 1], Array(errors[block].dropFirst()), relative: 1e-3)
        }
        let probabilities = fit.distributions(data.design(Array(0..<10)))
        for (row, values) in try expected("probabilities_rows_0_to_9").rows.enumerated() {
            expectClose(probabilities.row(row), values, absolute: 1e-5)
        }
    }
}

@Suite("Ordered regression")
struct OrderedRegressionTests {
    /// Rows of a known model: three strata, four levels, two columns.
    static func sample(_ count: Int, seed: UInt64) -> (design: Matrix, levels: [Int], strata: [Int]) {
        var random = SeededGenerator(seed: seed)
        var levels: [Int] = []
        var strata: [Int] = []
        var elements: [Double] = []
        for row in 0..<count {
            let (first, second) = (random.normal(), 3 * random.normal() + 10)
            let stratum = row % 3
            let noise = random.openUniform()
            let score = 0.8 * first - 0.2 * second + 2 + Double(stratum) + log(noise / (1 - noise))
            levels.append(score < -1 ? 0 : score < 0.5 ? 1 : score < 2 ? 2 : 3)
            strata.append(stratum)
            elements += [first, second]
        }
        let design = Matrix(rows: 2, columns: count, columnMajor: elements).transposed
        return (design, levels, strata)
    }

    @Test("a weight of 2 counts a row twice", arguments: [OrderedLink.logit, .probit])
    func weights(link: OrderedLink) throws {
        let (design, levels, strata) = Self.sample(300, seed: 1)
        let weights = levels.indices.map { $0 % 4 == 0 ? 2.0 : 1 }
        let rows = levels.indices.flatMap { $0 % 4 == 0 ? [$0, $0] : [$0] }
        let weighted = try OrderedRegression(
            design, levels: levels, levelCount: 4, strata: strata, strataCount: 3, weights: weights,
            link: link)
        let repeated = try OrderedRegression(
            Matrix(rows: rows.map { design.row($0) }), levels: rows.map { levels[$0] }, levelCount: 4,
            strata: rows.map { strata[$0] }, strataCount: 3, link: link)
        expectClose(weighted.coefficients, repeated.coefficients, relative: 1e-9)
        expectClose(weighted.thresholds[1], repeated.thresholds[1], relative: 1e-9)
        expectClose(weighted.standardErrors, repeated.standardErrors, relative: 1e-7)
    }

    @Test(
        "its estimate is a maximum: every nudge lowers the likelihood",
        arguments: [OrderedLink.logit, .probit])
    func maximum(link: OrderedLink) throws {
        let (design, levels, strata) = Self.sample(400, seed: 2)
        let fit = try OrderedRegression(
            design, levels: levels, levelCount: 4, strata: strata, strataCount: 3, link: link)
        func logLikelihood(_ coefficients: [Double], _ thresholds: [[Double]]) -> Double {
            levels.indices.reduce(0) { sum, row in
                let predictor = coefficients[0] * design[row, 0] + coefficients[1] * design[row, 1]
                let cuts = [-Double.infinity] + thresholds[strata[row]] + [.infinity]
                func cumulative(_ x: Double) -> Double {
                    link == .logit ? 1 / (1 + exp(-x)) : NormalDistribution.standard.cdf(x)
                }
                let level = levels[row]
                return sum
                    + log(cumulative(cuts[level + 1] - predictor) - cumulative(cuts[level] - predictor))
            }
        }
        let best = logLikelihood(fit.coefficients, fit.thresholds)
        expectClose(best, fit.logLikelihood, relative: 1e-12)
        for nudge in [-1e-3, 1e-3] {
            for place in 0..<2 {
                var moved = fit.coefficients
                moved[place] += nudge
                #expect(logLikelihood(moved, fit.thresholds) < best)
            }
            for stratum in 0..<3 {
                for cut in 0..<3 {
                    var moved = fit.thresholds
                    moved[stratum][cut] += nudge
                    #expect(logLikelihood(fit.coefficients, moved) < best)
                }
            }
        }
    }

    @Test("units and shifts of columns change nothing but their coefficients")
    func units() throws {
        let (design, levels, strata) = Self.sample(300, seed: 3)
        var moved = design
        for row in 0..<design.rows { moved[row, 1] = 1e6 * design[row, 1] - 5e8 }
        let plain = try OrderedRegression(
            design, levels: levels, levelCount: 4, strata: strata, strataCount: 3)
        let other = try OrderedRegression(
            moved, levels: levels, levelCount: 4, strata: strata, strataCount: 3)
        expectClose(other.coefficients[1] * 1e6, plain.coefficients[1], relative: 1e-6)
        expectClose(other.logLikelihood, plain.logLikelihood, relative: 1e-10)
    }

    @Test("a level that a stratum does not show has no probability there")
    func missingLevels() throws {
        let (design, drawn, strata) = Self.sample(300, seed: 4)
        var levels = drawn
        for row in levels.indices where strata[row] == 0 && levels[row] == 1 { levels[row] = 2 }
        for row in levels.indices where strata[row] == 2 && levels[row] == 3 { levels[row] = 2 }
        let fit = try OrderedRegression(design, levels: levels, levelCount: 4, strata: strata, strataCount: 4)
        let first = fit.distribution(0.3, stratum: 0)
        #expect(first[1] == 0)
        expectClose(first.reduce(0, +), 1, absolute: 1e-12)
        #expect(fit.distribution(0.3, stratum: 2)[3] == 0)
        let empty = fit.distribution(0.3, stratum: 3)
        #expect(empty.allSatisfy { $0.isNaN }, "a stratum without rows")
    }

    @Test("separated levels are named, and a ridge fits them")
    func separation() throws {
        let values = (0..<60).map { Double($0) }
        let design = Matrix(
            rows: 60, columns: 2,
            columnMajor: values + values.map { ($0 * 7).truncatingRemainder(dividingBy: 11) })
        let levels = values.map { $0 < 20 ? 0 : $0 < 40 ? 1 : 2 }
        do {
            _ = try OrderedRegression(design, levels: levels, levelCount: 3, names: ["clear", "noise"])
            Issue.record("separated levels were fitted")
        } catch {
            // Where the separation is complete, a little of every column may go with it.
            guard case .separated(let columns) = error else { throw error }
            #expect(columns.first == "clear")
        }
        #expect(throws: MigrationError.self) {
            try MultinomialRegression(design, classes: levels, classCount: 3, names: ["clear", "noise"])
        }
        let fit = try OrderedRegression(
            design, levels: levels, levelCount: 3, options: RegressionOptions(ridge: 1))
        #expect(fit.coefficients[0] > 0)
    }

    @Test("hostile input is refused with its place")
    func hostile() throws {
        let (design, levels, _) = Self.sample(60, seed: 5)
        func fit(_ design: Matrix, _ levels: [Int], weights: [Double]? = nil) throws {
            _ = try OrderedRegression(design, levels: levels, levelCount: 4, weights: weights)
        }
        var broken = design
        broken[7, 1] = .nan
        #expect(throws: MigrationError.self) { try fit(broken, levels) }
        broken[7, 1] = .infinity
        #expect(throws: MigrationError.feature(name: "x2", row: 7, value: .infinity)) {
            try fit(broken, levels)
        }
        #expect(throws: MigrationError.state(4, states: 4)) { try fit(design, levels.map { _ in 4 }) }
        #expect(throws: MigrationError.self) { try fit(design, levels.map { _ in 2 }) }
        #expect(throws: MigrationError.self) { try fit(design, levels, weights: levels.map { _ in 0 }) }
        #expect(throws: MigrationError.self) { try fit(design, levels, weights: levels.map { _ in -1 }) }
        #expect(throws: MigrationError.self) { try fit(Matrix(rows: 0, columns: 2), []) }
        var constant = design
        for row in 0..<design.rows { constant[row, 0] = 3 }
        #expect(throws: MigrationError.constant(columns: ["x1"])) { try fit(constant, levels) }
        var twins = design
        for row in 0..<design.rows { twins[row, 0] = 2 * design[row, 1] + 1 }
        do {
            try fit(twins, levels)
            Issue.record("collinear columns were fitted")
        } catch let error as MigrationError {
            guard case .collinear = error else { throw error }
        }
    }
}

@Suite("Multinomial logit")
struct MultinomialRegressionTests {
    @Test("without columns it gives the shares, with offsets it keeps what they say")
    func shares() throws {
        let classes = [0, 0, 1, 2, 2, 2, 1, 0, 2, 2]
        let fit = try MultinomialRegression(Matrix(rows: 10, columns: 0), classes: classes, classCount: 3)
        expectClose(fit.distributions(Matrix(rows: 1, columns: 0)).row(0), [0.3, 0.2, 0.5], absolute: 1e-10)
        // An offset that already says the shares leaves nothing to the intercepts.
        let offsets = Matrix(rows: classes.map { _ in [log(0.3), log(0.2), log(0.5)] })
        let kept = try MultinomialRegression(
            Matrix(rows: 10, columns: 0), classes: classes, classCount: 3, offsets: offsets)
        expectClose(kept.intercepts, [0, 0, 0], absolute: 1e-9)
    }

    @Test("with two classes it is the ordered logit with two levels")
    func twoClasses() throws {
        let (design, levels, _) = OrderedRegressionTests.sample(300, seed: 6)
        let binary = levels.map { min($0, 1) }
        let ordered = try OrderedRegression(design, levels: binary, levelCount: 2)
        let multinomial = try MultinomialRegression(design, classes: binary, classCount: 2)
        expectClose(multinomial.coefficients[1], ordered.coefficients, relative: 1e-7)
        expectClose(multinomial.intercepts[1], -ordered.thresholds[0][0], relative: 1e-7)
        expectClose(multinomial.logLikelihood, ordered.logLikelihood, relative: 1e-11)
    }
}
