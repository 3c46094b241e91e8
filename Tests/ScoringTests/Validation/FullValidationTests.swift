import Glibc
import Parallelism
import Statistics
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Scoring

@Suite("Full validation")
struct FullValidationTests {
    /// The application portfolio of PDtoolkit's README, worst grade first.
    private static let obligors = [47, 35, 93, 53, 131, 141]
    private static let bads = [36, 21, 37, 15, 22, 11]
    private static let pds = [0.740_082_6, 0.606_983_0, 0.375_035_0, 0.251_615_1, 0.153_785_3, 0.05]
    private static let grades: [Grade] = [.cc, .ccc, .b, .bb, .bbb, .a]

    private static func portfolio() -> ValidationSample {
        var (logOdds, defaulted, grades) = ([Double](), [Bool](), [Grade]())
        for place in obligors.indices {
            logOdds += Array(repeating: log(pds[place] / (1 - pds[place])), count: obligors[place])
            defaulted += (0..<obligors[place]).map { $0 < bads[place] }
            grades += Array(repeating: Self.grades[place], count: obligors[place])
        }
        return ValidationSample(
            name: "application", logOdds: logOdds, defaulted: defaulted, grades: grades)
    }

    private func find(
        _ tests: [ValidationTest], _ name: String, _ scope: String = "overall"
    ) throws
        -> ValidationTest
    {
        try #require(tests.first { $0.name == name && $0.scope == scope }, "\(name) \(scope)")
    }

    @Test("PDtoolkit's battery: every grade and all together")
    func battery() throws {
        let tests = FullValidation(of: Self.portfolio(), against: .init(auc: 0.79465)).tests
        let expected: [(String, [Double])] = [
            ("binomial", [0.4159984, 0.6059111, 0.3613128, 0.3479606, 0.3621511, 0.0966087]),
            ("Jeffreys", [0.35159815, 0.53854844, 0.32231637, 0.29276184, 0.31876653, 0.07085215]),
            ("normal", [0.34293973, 0.53370338, 0.32475205, 0.29914802, 0.32669329, 0.06346722]),
        ]
        for (name, pValues) in expected {
            for (grade, pValue) in zip(Self.grades, pValues) {
                let test = try find(tests, name, "grade:\(grade)")
                // PDs are published to seven digits.
                expectClose(try #require(test.pValue), pValue, absolute: 2e-6, "\(name) \(grade)")
                #expect(test.verdict == .pass && test.family == .calibration)
            }
        }
        // The same counts two-sided, by the zone that their probability falls into, and by the parts of Brier's score.
        let counts = Self.portfolio().gradeCounts
        for (grade, count) in counts {
            let kupiec = try find(tests, "Kupiec", "grade:\(grade)")
            let (n, d, p) = (Double(count.obligors), Double(count.defaults), count.meanPD)
            let ratio = -2 * ((n - d) * log((1 - p) / (1 - d / n)) + d * log(p / (d / n)))
            expectClose(try #require(kupiec.statistic), ratio, relative: 1e-6)
            let light = try find(tests, "traffic light", "grade:\(grade)")
            #expect(light.pValue == (try find(tests, "binomial", "grade:\(grade)")).pValue)
            let zone = try #require(light.pValue)
            #expect(
                light.meaning.hasPrefix(zone > 0.5 ? "green" : zone > 0.2 ? "yellow" : "orange")
                    && (light.verdict == .warn) == (zone <= 0.2))
        }
        let brier = try find(tests, "Brier decomposition")
        let total = Double(counts.reduce(0) { $0 + $1.count.obligors })
        let rate = Double(counts.reduce(0) { $0 + $1.count.defaults }) / total
        let reliability = counts.reduce(0.0) { sum, part in
            let gap = part.count.rate - part.count.meanPD
            return sum + Double(part.count.obligors) * gap * gap / total
        }
        let resolution = counts.reduce(0.0) { sum, part in
            let gap = part.count.rate - rate
            return sum + Double(part.count.obligors) * gap * gap / total
        }
        expectClose(try #require(brier.statistic), reliability, relative: 1e-9)
        expectClose(
            try #require(brier.estimate), reliability - resolution + rate * (1 - rate), relative: 1e-9)
        #expect(try #require(try find(tests, "divergence").estimate) > 0)
        let overGrades = try find(tests, "Hosmer-Lemeshow over grades")
        expectClose(try #require(overGrades.statistic), 3.1860938, absolute: 2e-5)
        expectClose(try #require(overGrades.pValue), 0.7851538, absolute: 2e-6)
        #expect(overGrades.degreesOfFreedom == 6)
        let neighbours = zip(Self.grades.dropFirst(), Self.grades).map { "neighbours:\($0)|\($1)" }
        for (scope, pValue) in zip(neighbours, [0.05319294, 0.02028868, 0.08176299, 0.03889198, 0.01161535]) {
            expectClose(try #require(try find(tests, "heterogeneity", scope).pValue), pValue, absolute: 5e-8)
        }
        expectClose(try #require(try find(tests, "AUC").estimate), 0.7821032, absolute: 5e-8)
        expectClose(try #require(try find(tests, "accuracy ratio").estimate), 0.5642065, absolute: 1e-7)
        expectClose(try #require(try find(tests, "KS").estimate), 0.4357148, absolute: 5e-8)
        let fall = try find(tests, "AUC against development")
        expectClose(try #require(fall.statistic), 0.5067005 * 0.0247617 / 0.0227122, relative: 1e-5)
        expectClose(try #require(try find(tests, "Spiegelhalter").statistic), 1.27008, absolute: 1e-5)
        expectClose(try #require(try find(tests, "Spiegelhalter").pValue), 0.2040554, absolute: 1e-6)
    }

    @Test("concentration by exposure is that of what the grades owe")
    func exposures() throws {
        var sample = Self.portfolio()
        #expect(
            !FullValidation(of: sample, options: .init(replicates: 0)).tests.contains {
                $0.name == "Herfindahl by exposure"
            })
        // The worst grade, 47 obligors, owes 3 each, the others 1.
        sample.exposures = (sample.grades ?? []).map { $0 == .cc ? 3 : 1 }
        let tests = FullValidation(of: sample, options: .init(replicates: 0)).tests
        let total = Double(3 * 47 + 35 + 93 + 53 + 131 + 141)
        let shares = [3 * 47.0, 35, 93, 53, 131, 141, 0, 0, 0].map { $0 / total }
        let weighted = try find(tests, "Herfindahl by exposure")
        expectClose(try #require(weighted.statistic), shares.reduce(0) { $0 + $1 * $1 }, relative: 1e-12)
        let plain = try find(tests, "Herfindahl")
        #expect(plain.statistic != weighted.statistic && weighted.verdict == .pass)
        // All of it with one grade.
        sample.exposures = (sample.grades ?? []).map { $0 == .a ? 1 : 0 }
        let single = try find(
            FullValidation(of: sample, options: .init(replicates: 0)).tests, "Herfindahl by exposure")
        expectClose(try #require(single.estimate), 1, absolute: 1e-12)
        #expect(single.verdict == .warn)
        sample.exposures = sample.logOdds.map { _ in 0 }
        #expect(
            !FullValidation(of: sample, options: .init(replicates: 0)).tests.contains {
                $0.name == "Herfindahl by exposure"
            })
    }

    @Test("development takes two degrees of freedom, and is not compared with itself")
    func development() throws {
        let other = Self.portfolio()
        let own = ValidationSample(
            name: "training", logOdds: other.logOdds, defaulted: other.defaulted, grades: other.grades,
            isDevelopment: true)
        let tests = FullValidation(
            of: own, against: .init(auc: 0.9, gradeCounts: [1, 2, 3, 4, 5, 6, 7, 8, 9])
        ).tests
        expectClose(
            try #require(try find(tests, "Hosmer-Lemeshow over grades").pValue), 0.5271800, absolute: 2e-6)
        #expect(!tests.contains { $0.name.hasSuffix("against development") })
    }

    @Test("p-values are adjusted among the tests that are read together, and verdicts follow")
    func holm() throws {
        let full = FullValidation(of: Self.portfolio(), against: .init(auc: 0.79465))
        let groups = Dictionary(
            grouping: full.tests.filter { $0.pValue != nil && $0.rule != .settled }, by: \.group)
        #expect(groups.count >= 6)
        for members in groups.values {
            let adjusted = try MultipleTesting.holm(members.compactMap(\.pValue))
            #expect(members.compactMap(\.adjustedPValue) == adjusted)
            for test in members where test.rule == .rejectionIsBad {
                let expected: ValidationTest.Verdict =
                    (test.adjustedPValue ?? 1) < 0.05 ? .fail : (test.pValue ?? 1) < 0.05 ? .warn : .pass
                #expect(test.verdict == expected)
            }
        }
        for test in full.tests {
            #expect(!test.meaning.isEmpty && !test.meaning.contains("\n"))
            if let power = test.power { #expect(power >= 0 && power <= 1 + 1e-12, "\(test.name)") }
            if let interval = test.interval, let estimate = test.estimate, test.name != "KS" {
                #expect(interval.contains(estimate), "\(test.name) \(test.scope)")
            }
        }
    }

    @Test("the power of a count test is the chance of a count that rejects")
    func power() throws {
        for kind in CountTests.Kind.allCases {
            let power = try #require(kind.power(400, 0.02, 0.03, 0.05))
            let law = try BinomialDistribution(trials: 400, probability: 0.03)
            var expected = 0.0
            for defaults in 0...400 {
                let rate = try DefaultRate(defaults: defaults, of: 400)
                if try #require(kind.pValue(rate, 0.02)) < 0.05 { expected += law.probability(defaults) }
            }
            expectClose(power, expected, relative: 1e-9)
        }
    }

    /// Obligors in two industries and five years; the second industry's PDs are far too low, and the last years' ranks
    /// are noise.
    private static func troubled(_ rows: Int = 6_000) -> ValidationSample {
        var generator = SeededGenerator(seed: 31)
        var (logOdds, defaulted) = ([Double](), [Bool]())
        var (industries, years) = ([String?](), [String?]())
        for row in 0..<rows {
            let forecast = -3 + generator.normal()
            let isTroubled = row % 4 == 0
            let year = 2019 + row % 5
            let truth = (year == 2023 ? -3 + generator.normal() : forecast) + (isTroubled ? 1.5 : 0)
            logOdds.append(forecast)
            defaulted.append(generator.bernoulli(1 / (1 + exp(-truth))))
            industries.append(row % 97 == 0 ? nil : isTroubled ? "construction" : "retail")
            years.append("\(year)")
        }
        var sample = ValidationSample(
            name: "later", logOdds: logOdds, defaulted: defaulted,
            grades: logOdds.map { $0 < -4 ? .a : $0 < -3 ? .bbb : $0 < -2 ? .bb : .b })
        sample.dimensions = [.init(name: "industry", levels: industries)]
        sample.periods = years
        return sample
    }

    @Test("finds the industry whose PDs are too low, the grades that mix it, and the year without ranking")
    func parts() throws {
        let full = FullValidation(of: Self.troubled())
        #expect(try find(full.tests, "calibration of part", "industry:construction").verdict == .fail)
        #expect(try find(full.tests, "calibration of part", "industry:retail").verdict == .pass)
        #expect(try find(full.tests, "homogeneity", "grade:BB industry:construction").verdict == .fail)
        #expect(try find(full.tests, "AUC of the last period", "time:2023").verdict == .fail)
        #expect(try find(full.tests, "normal over periods").verdict == .fail)
        #expect(try find(full.tests, "AUC").verdict == .pass)
        #expect(
            full.segments.map(\.level) == ["construction", "retail", "2019", "2020", "2021", "2022", "2023"])
        let retail = try #require(full.segments.first { $0.level == "retail" })
        let rows = Self.troubled().dimensions[0].levels.indices.filter {
            Self.troubled().dimensions[0].levels[$0] == "retail"
        }
        #expect(retail.evaluation.rows == rows.count)
        #expect(
            full.roc.count <= 201 && full.roc.first?.falsePositiveRate == 0
                && full.roc.last?.truePositiveRate == 1)
        #expect(
            zip(full.roc, full.roc.dropFirst()).allSatisfy { $0.falsePositiveRate <= $1.falsePositiveRate })
        // No number of threads changes anything.
        let again = FullValidation(of: Self.troubled(), workers: Workers(threads: 3))
        #expect(again.tests == full.tests && again.segments == full.segments)
    }

    @Test("corrections by hand that know something help, and those that know nothing harm")
    func overrides() throws {
        var generator = SeededGenerator(seed: 8)
        var (logOdds, defaulted, helpful, harmful) = ([Double](), [Bool](), [Grade?](), [Grade?]())
        let scale = Grade.performing
        var grades: [Grade] = []
        for _ in 0..<4_000 {
            let seen = generator.normal()
            let hidden = generator.normal()
            logOdds.append(-2.5 + seen)
            defaulted.append(generator.bernoulli(1 / (1 + exp(2.5 - seen - 1.5 * hidden))))
            let rank = max(1, min(7, Int((4 + 1.3 * seen).rounded())))
            grades.append(scale[rank])
            helpful.append(scale[rank + (hidden > 1 ? 1 : hidden < -1 ? -1 : 0)])
            harmful.append(
                generator.bernoulli(0.05) ? nil : scale[rank + (generator.bernoulli(0.5) ? 1 : -1)])
        }
        func tests(_ given: [Grade?]) throws -> ValidationTest {
            var sample = ValidationSample(
                name: "given", logOdds: logOdds, defaulted: defaulted, grades: grades)
            sample.givenGrades = given
            let tests = FullValidation(of: sample).tests
            #expect(try find(tests, "override rate").estimate != nil)
            return try find(tests, "AUC of corrected grades")
        }
        let good = try tests(helpful)
        #expect(good.verdict == .pass && (good.estimate ?? 0) > 0.02)
        // The model ranks what experts made of its grades, chance would do so in half of the pairs.
        var sample = ValidationSample(
            name: "given", logOdds: logOdds, defaulted: defaulted, grades: grades)
        sample.givenGrades = helpful
        let agreement = try find(
            FullValidation(of: sample, options: .init(replicates: 0)).tests, "generalised AUC")
        let auc = try #require(agreement.estimate)
        #expect(agreement.verdict == .pass && auc > 0.8 && auc < 1)
        #expect(try #require(agreement.interval).contains(auc))
        let bad = try tests(harmful)
        #expect(bad.verdict == .fail && (bad.estimate ?? 0) < 0)
        // Nobody corrects: nothing to say.
        #expect(!FullValidation(of: Self.portfolio()).tests.contains { $0.family == .overrides })
    }

    @Test("one class, one row, none, equal and huge log-odds are undefined, never a trap")
    func degenerate() {
        let cases: [([Double], [Bool])] = [
            ([], []), ([-2], [false]), ([-2, -2, -2], [false, false, false]), ([-2, 1], [true, true]),
            ([-3, -3, -3, -3], [true, false, true, false]),
            ([-1e9, 1e9, 700, -700], [false, true, true, false]),
            ([-800, 800], [true, false]),
        ]
        for (logOdds, defaulted) in cases {
            var sample = ValidationSample(
                name: "odd", logOdds: logOdds, defaulted: defaulted, grades: logOdds.map { _ in .bb })
            sample.dimensions = [.init(name: "industry", levels: logOdds.map { _ in nil })]
            sample.periods = logOdds.map { _ in "2020" }
            sample.givenGrades = logOdds.map { _ in nil }
            let full = FullValidation(of: sample, against: .init(auc: 0.7))
            for test in full.tests {
                #expect(test.pValue.map { $0 >= 0 && $0 <= 1 } ?? true, "\(test.name) \(logOdds)")
            }
        }
        let weighted = ValidationSample(
            name: "weighted", logOdds: [-2, -1, 0, 1], defaulted: [false, true, false, true],
            weights: [1, 2, 1, 3])
        let full = FullValidation(of: weighted)
        #expect(full.remarks.count == 1 && !full.tests.contains { $0.name == "binomial" })
    }

    @Test("gates count failed tests, and judge shifts on other populations only")
    func gates() throws {
        let full = FullValidation(of: Self.troubled())
        let figures = FullFigures(full, stability: nil)
        let failures = full.tests.count { $0.verdict == .fail && $0.family == .calibration }
        #expect(failures > 1 && figures.failures[.calibration] == failures)
        let gates = ValidationGates(gates: [
            .init(.maximumFailedCalibration, Double(failures)), .init(.maximumFailedCalibration, 1),
            .init(.maximumCalibrationError, 0.5), .init(.maximumPSI, 0.1),
            .init(.maximumFailedConcentration, 0),
        ])
        #expect(gates.needFullValidation)
        let evaluation = Evaluation(logOdds: [-1, 1], defaulted: [false, true])
        let verdicts = gates.verdicts(
            on: GateFigures(evaluation, on: "later", full: figures), development: nil)
        // A shift that nobody measured does not pass.
        #expect(verdicts.map(\.passes) == [true, false, true, false, true])
        let development = gates.verdicts(
            on: GateFigures(evaluation, on: "training", isDevelopment: true, full: figures), development: nil)
        #expect(development.map(\.gate.figure).contains(.maximumPSI) == false)
        #expect(!ValidationGates(gates: [.init(.minimumAUC, 0.5)]).needFullValidation)
    }
}

@Suite("Stability since development")
struct StabilityReportTests {
    @Test("the training rows have not moved, others are told by variable", arguments: 0..<3)
    func shifts(kind: Int) throws {
        let recipes = [
            SmallCredit.logisticRecipe, SmallCredit.recipe(.scorecard(ScorecardRecipe())),
            SmallTrees.recipe { options in
                options.rounds = 8
                options.stopping = .none
            },
        ]
        let table = try SmallCredit.table(rows: 1_200)
        let model = try ModelTrainer(recipes[kind]).train(table).model
        let own = try #require(
            try StabilityReport(of: model, on: table, logOdds: model.logOdds(of: table)))
        #expect(own.variables.map(\.name) == ["score"] + model.scorer.columns)
        for variable in own.variables {
            #expect(variable.index < 1e-12 && variable.verdict == .pass, "\(variable.name)")
            expectClose(variable.bins.reduce(0) { $0 + $1.actual }, 1, absolute: 1e-12)
        }
        let fresh = try SmallCredit.table(rows: 1_200, seed: 99)
        let other = try #require(
            try StabilityReport(of: model, on: fresh, logOdds: model.logOdds(of: fresh)))
        #expect(other.variables.allSatisfy { $0.verdict == .pass && $0.index > 0 })
        // Everybody pays later by twenty days.
        let later = try fresh.setting(
            Column(
                name: "delay",
                values: .integer((fresh["delay"]?.doubles ?? []).map { Int64($0) + 20 })))
        let moved = try #require(
            try StabilityReport(of: model, on: later, logOdds: model.logOdds(of: later)))
        for variable in moved.variables where variable.name != "score" {
            #expect((variable.verdict == .fail) == (variable.name == "delay"), "\(variable.name)")
            #expect((variable.pointShift != nil) == (model.scorecard != nil))
        }
        for variable in other.variables {
            // The normal law's critical value is close to that of χ².
            let (normal, exact) = (
                try #require(variable.normalCritical), try #require(variable.critical)
            )
            #expect(normal > 0 && abs(normal / exact - 1) < 0.15, "\(variable.name) \(normal) \(exact)")
        }
        guard let scorecard = model.scorecard else { return }
        // What the characteristics have moved adds up to what the mean score has.
        let points = try scorecard.pointsScorer()
        func mean(_ table: Table) throws -> Double {
            let scores = try points.logOdds(of: table)
            return scores.reduce(0, +) / Double(scores.count)
        }
        expectClose(
            moved.variables.compactMap(\.pointShift).reduce(0, +), try mean(later) - mean(table),
            absolute: 1e-9)
    }

    @Test("columns part observations as they are, by quintile or by period")
    func dimensions() throws {
        let sizes = ValidationSample.Dimension(
            Column(name: "size", values: .double([5, 1, 9, .nan, 3, 7, 2, 8, 4, 6, 10])))
        #expect(Set(sizes.levels.compactMap { $0 }).count == 5 && sizes.levels[3] == nil)
        #expect(
            sizes.levels[1]?.hasPrefix("1: below") == true && sizes.levels[10]?.hasPrefix("5: from") == true)
        let industry = ValidationSample.Dimension(
            Column(
                name: "industry", values: .category(codes: [0, 1, Column.missingCode], levels: ["a", "b"])))
        #expect(industry.levels == ["a", "b", nil])
        let counts = ValidationSample.Dimension(Column(name: "count", values: .integer([3, 1, 3])))
        #expect(counts.levels == ["3", "1", "3"])
        let days = ["2022-01-31", "2022-11-02", "2023-05-05"].compactMap { CalendarDay(iso8601: $0) }
        #expect(Column(name: "day", values: .day(days)).periods == ["2022-Q1", "2022-Q4", "2023-Q2"])
        let more = days + [try #require(CalendarDay(iso8601: "2024-02-01"))]
        #expect(Column(name: "day", values: .day(more)).periods == ["2022", "2022", "2023", "2024"])
        let constant = ValidationSample.Dimension(Column(name: "x", values: .double([2, 2, 2])))
        #expect(Set(constant.levels.compactMap { $0 }).count == 1)
    }
}
