import Glibc
import Statistics
import TestSupport
import Testing
import Vocabulary

@testable import Scoring

/// The power that every test states, against the share of rejections where the alternative is true: counted exactly
/// where counts are few, simulated elsewhere.
@Suite("The power that tests state is the share of rejections")
struct TestPowerTests {
    private static let replications = 400

    /// Shares of that many replications differ from the truth by three standard errors at most, and the normal law is
    /// itself some hundredths off.
    private func expectPower(
        _ stated: Double?, _ rejections: Int, of count: Int = replications, slack: Double = 0.03,
        _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let stated = try #require(stated, "\(name) states no power", sourceLocation: sourceLocation)
        let share = Double(rejections) / Double(count)
        let noise = 3 * (share * (1 - share) / Double(count)).squareRoot()
        #expect(
            abs(stated - share) <= noise + slack, "\(name) states \(stated) and rejects \(share)",
            sourceLocation: sourceLocation)
        // A power of nearly 0 or 1 would be no test of the formula.
        #expect(share > 0.1 && share < 0.97, "\(name) rejects \(share)", sourceLocation: sourceLocation)
    }

    private func count(_ defaults: Int, of obligors: Int, pd: Double) -> OutcomeCount {
        var count = OutcomeCount()
        for place in 0..<obligors { count.add(pd, defaulted: place < defaults) }
        return count
    }

    @Test("Kupiec's and the traffic light's: sums over all counts", arguments: [(80, 0.01), (150, 0.06)])
    func counts(obligors: Int, pd: Double) throws {
        let tests = CountTests(sample: "counts", options: ValidationOptions())
        let truth = try BinomialDistribution(trials: obligors, probability: 1.5 * pd)
        var (kupiec, light) = (0.0, 0.0)
        var stated: [String: Double] = [:]
        for defaults in 0...obligors where truth.probability(defaults) > 1e-12 {
            for test in tests.tests(ofPart: count(defaults, of: obligors, pd: pd), scope: "grade:B") {
                stated[test.name] = test.power
                if test.name == "Kupiec", try #require(test.pValue) < 0.05 {
                    kupiec += truth.probability(defaults)
                }
                if test.name == "traffic light", test.verdict == .warn {
                    light += truth.probability(defaults)
                }
            }
        }
        expectClose(try #require(stated["Kupiec"]), kupiec, absolute: 1e-9)
        expectClose(try #require(stated["traffic light"]), light, absolute: 1e-9)
    }

    @Test("the correlated test's: simulated years in which the PD is too low by half")
    func correlated() throws {
        let (obligors, pd) = (300, 0.04)
        let tests = CountTests(sample: "years", options: ValidationOptions())
        func correlated(_ defaults: Int) throws -> ValidationTest {
            try #require(
                tests.overall(count(defaults, of: obligors, pd: pd)).first {
                    $0.name == "correlated binomial"
                })
        }
        // The fewest defaults that reject.
        var (low, critical) = (12, 100)
        while critical - low > 1 {
            let middle = (low + critical) / 2
            if try #require(correlated(middle).pValue) < 0.05 { critical = middle } else { low = middle }
        }
        let test = try correlated(12)
        let model = try OneFactorModel(assetCorrelation: RegulatoryCapital(pd: pd).assetCorrelation)
        var generator = SeededGenerator(seed: 5)
        let years = 2_000
        let rejections = (0..<years).count { _ in
            let rate = model.conditionalPD(1.5 * pd, factor: generator.normal())
            return (0..<obligors).count { _ in generator.bernoulli(rate) } >= critical
        }
        try expectPower(test.power, rejections, of: years, slack: 0, "correlated binomial")
        // So few independent obligors say as much, and the interval of the rate is as wide as theirs.
        let effective = try DefaultRate(defaults: 12, of: obligors).effectiveObligors(
            correlation: model.defaultCorrelation(pd))
        #expect(effective < 60)
        let own = try DefaultRate(defaults: 12, of: obligors).interval()
        let interval = try #require(test.interval)
        #expect(interval.upperBound - interval.lowerBound > 1.5 * (own.upperBound - own.lowerBound))
        #expect(test.meaning.contains("independent ones"))
    }

    /// A portfolio whose PDs are all too low by half, in two grades and two industries.
    private static func portfolio(_ generator: inout SeededGenerator) -> ValidationSample {
        let count = 900
        let logOdds = (0..<count).map { _ in -2.9 + 0.8 * generator.normal() }
        let industries = (0..<count).map { _ in generator.bernoulli(0.3) ? "steel" : "other" }
        let defaulted = logOdds.map { logOdds in
            generator.bernoulli(min(1, 1.5 * ProbabilityOfDefault.value(ofLogOdds: logOdds)))
        }
        var sample = ValidationSample(
            name: "low", logOdds: logOdds, defaulted: defaulted, grades: logOdds.map { $0 < -2.4 ? .bb : .b })
        sample.dimensions = [.init(name: "industry", levels: industries)]
        return sample
    }

    @Test("Spiegelhalter's, the normal one's and that of a part: PDs that are all too low by half")
    func tooLow() throws {
        let generator = SeededGenerator(seed: 11)
        let options = ValidationOptions(replicates: 0)
        struct Seen { var rejected = 0, power = 0.0 }
        var seen: [String: Seen] = [:]
        for replication in 0..<Self.replications {
            var stream = generator.stream(replication)
            let sample = Self.portfolio(&stream)
            func note(_ name: String, _ isRejected: Bool, _ power: Double) {
                seen[name, default: Seen()].rejected += isRejected ? 1 : 0
                seen[name, default: Seen()].power += power
            }
            let pds = Array(sample.pds.prefix(400))
            let spiegelhalter = try SpiegelhalterTest(
                probabilities: pds, defaulted: Array(sample.defaulted.prefix(400)))
            note(
                "Spiegelhalter", spiegelhalter.pValue < 0.05,
                spiegelhalter.power(if: pds.map { min(1, 1.5 * $0) }, significance: 0.05))
            let few = sample.count(0..<400)
            let reach = NormalDistribution.standard.quantile(upperTail: 0.05)
            note("normal", few.z > reach, few.power(above: reach, factor: 1.5))
            let parts = PartTests(sample: sample, options: options).tests()
            let part = try #require(parts.first { $0.scope == "industry:steel" })
            note("calibration of part", try #require(part.pValue) < 0.05, try #require(part.power))
        }
        for (name, seen) in seen {
            try expectPower(seen.power / Double(Self.replications), seen.rejected, name)
        }
        #expect(seen.count == 3)
    }

    @Test("those of few: a part, and grades corrected to better and to worse, by sums over all counts")
    func few() throws {
        let options = ValidationOptions(replicates: 0)
        let (obligors, pd) = (90, 0.04)
        let logOdds = log(pd / (1 - pd))
        var stated: [String: Double] = [:]
        var shares: [String: Double] = [:]
        for defaults in 0...obligors {
            // The first obligors default; all are moved, or all are of one industry, beside one of another.
            var sample = ValidationSample(
                name: "few", logOdds: Array(repeating: logOdds, count: obligors + 1),
                defaulted: (0...obligors).map { $0 < defaults },
                grades: Array(repeating: .bb, count: obligors + 1))
            sample.dimensions = [
                .init(name: "industry", levels: (0...obligors).map { $0 < obligors ? "few" : "one" })
            ]
            for (direction, grade, factor) in [("better", Grade.bbb, 1.5), ("worse", .b, 1 / 1.5)] {
                sample.givenGrades = (0...obligors).map { $0 < obligors ? grade : nil }
                let truth = try BinomialDistribution(trials: obligors, probability: factor * pd)
                let test = try #require(
                    OverrideTests(sample: sample, options: options).tests().first {
                        $0.scope == "moved:\(direction)"
                    })
                stated[direction] = test.power
                if try #require(test.pValue) < 0.05 {
                    shares[direction, default: 0] += truth.probability(defaults)
                }
            }
            let part = try #require(
                PartTests(sample: sample, options: options).tests().first { $0.scope == "industry:few" })
            stated["part"] = part.power
            let truth = try BinomialDistribution(trials: obligors, probability: 1.5 * pd)
            if try #require(part.pValue) < 0.05 { shares["part", default: 0] += truth.probability(defaults) }
        }
        for name in ["better", "worse", "part"] {
            expectClose(try #require(stated[name]), shares[name] ?? 0, absolute: 1e-9, name)
        }
    }

    @Test("homogeneity's: a riskier part, and grades corrected against the model's word")
    func homogeneity() throws {
        let generator = SeededGenerator(seed: 23)
        let options = ValidationOptions(replicates: 0)
        let pd = 0.06
        var (rejected, power) = (0, 0.0)
        var (borneOut, corrections) = (0, 0.0)
        for replication in 0..<Self.replications {
            var stream = generator.stream(replication)
            let isPart = (0..<1_500).map { $0 < 400 }
            let defaulted = isPart.map { stream.bernoulli($0 ? 1.5 * pd : pd) }
            var sample = ValidationSample(
                name: "parts", logOdds: Array(repeating: log(pd / (1 - pd)), count: isPart.count),
                defaulted: defaulted, grades: Array(repeating: .bb, count: isPart.count))
            sample.dimensions = [.init(name: "industry", levels: isPart.map { $0 ? "part" : "rest" })]
            let tests = GradeTests(sample: sample, options: options).tests(against: nil)
            let test = try #require(tests.first { $0.scope == "grade:BB industry:part" })
            rejected += try #require(test.pValue) < 0.05 ? 1 : 0
            power += try #require(test.power)
            // The part was moved to a better grade, and its PD is half as much again.
            let moved = sample.count(0..<400)
            let reach = NormalDistribution.standard.quantile(upperTail: 0.05)
            borneOut += moved.z > reach ? 1 : 0
            corrections += moved.power(above: reach, factor: 1.5)
        }
        try expectPower(power / Double(Self.replications), rejected, "homogeneity")
        try expectPower(corrections / Double(Self.replications), borneOut, "defaults after correction")
    }

    @Test("homogeneity's of few: given the defaults of the grade")
    func homogeneityOfFew() throws {
        // 30 obligors of a part, 200 others, 12 defaults of all: the part's share of them is noncentral hypergeometric.
        let pd = 0.05
        let ratio = (1.5 * pd / (1 - 1.5 * pd)) / (pd / (1 - pd))
        let (part, rest) = (
            try BinomialDistribution(trials: 30, probability: 0.1),
            try BinomialDistribution(trials: 200, probability: 0.1)
        )
        func weight(_ ofPart: Int) -> Double {
            part.probability(ofPart) * rest.probability(12 - ofPart) * pow(ratio, Double(ofPart))
        }
        let total = (0...12).reduce(0) { $0 + weight($1) }
        var share = 0.0
        var stated: Double?
        for ofPart in 0...12 {
            let defaulted = (0..<230).map { $0 < 30 ? $0 < ofPart : $0 - 30 < 12 - ofPart }
            var sample = ValidationSample(
                name: "few", logOdds: Array(repeating: log(pd / (1 - pd)), count: 230), defaulted: defaulted,
                grades: Array(repeating: .bb, count: 230))
            sample.dimensions = [
                .init(name: "industry", levels: (0..<230).map { $0 < 30 ? "part" : "rest" })
            ]
            let tests = GradeTests(sample: sample, options: ValidationOptions()).tests(against: nil)
            let test = try #require(tests.first { $0.scope == "grade:BB industry:part" })
            stated = test.power
            if try #require(test.pValue) < 0.05 { share += weight(ofPart) / total }
        }
        expectClose(try #require(stated), share, absolute: 1e-9)
        #expect(share > 0.02)
    }

    @Test("that of corrected grades: corrections that cost the AUC what is stated")
    func corrections() throws {
        func sample(_ obligors: Int, _ generator: inout SeededGenerator) -> ValidationSample {
            let logOdds = (0..<obligors).map { _ in -1.5 + 1.2 * generator.normal() }
            let ranks = logOdds.map { max(0, min(8, Int((5 + 1.5 * ($0 + 1.5)).rounded()))) }
            var sample = ValidationSample(
                name: "corrected", logOdds: logOdds,
                defaulted: logOdds.map { generator.bernoulli(ProbabilityOfDefault.value(ofLogOdds: $0)) },
                grades: ranks.map { Grade.performing[$0] })
            sample.givenGrades = ranks.map { rank in
                Grade.performing[max(0, min(8, rank + Int((1.6 * generator.normal()).rounded())))]
            }
            return sample
        }
        var generator = SeededGenerator(seed: 41)
        func test(_ sample: ValidationSample, _ options: ValidationOptions) throws -> ValidationTest {
            let tests = OverrideTests(sample: sample, options: options).tests()
            return try #require(tests.first { $0.name == "AUC of corrected grades" })
        }
        let drop = -(try #require(test(sample(40_000, &generator), ValidationOptions()).estimate))
        let options = ValidationOptions(alternativeAUCDrop: drop, replicates: 0)
        var (rejected, power) = (0, 0.0)
        for replication in 0..<Self.replications {
            var stream = generator.stream(replication)
            let test = try test(sample(260, &stream), options)
            rejected += try #require(test.pValue) < 0.05 ? 1 : 0
            power += try #require(test.power)
        }
        try expectPower(power / Double(Self.replications), rejected, "AUC of corrected grades")
    }

    @Test("that over periods: default rates that lie above their forecasts")
    func periods() throws {
        var generator = SeededGenerator(seed: 3)
        let (gap, deviation, years) = (0.006, 0.011, 15)
        var (rejected, power) = (0, 0.0)
        let replications = 2_000
        for _ in 0..<replications {
            let gaps = (0..<years).map { _ in gap + deviation * generator.normal() }
            let test = try #require(MultiplePeriodTest(gaps: gaps))
            rejected += test.pValue < 0.05 ? 1 : 0
            power += try #require(test.power(if: gap, significance: 0.05))
        }
        // Each states it for the variation that it saw, whose mean lies within two hundredths.
        try expectPower(
            power / Double(replications), rejected, of: replications, slack: 0.02, "normal over periods")
        let known = try #require(MultiplePeriodTest(gaps: [-1, 0, 1]))
        // SciPy: nct.sf(2.9199855803537256, 2, √3)
        expectClose(
            try #require(known.power(if: 1, significance: 0.05)), 0.321_836_409_148_460_2, absolute: 1e-8)
    }

    @Test("every test with a p-value states its power, but a normal one that is not judged")
    func all() throws {
        var generator = SeededGenerator(seed: 9)
        var sample = Self.portfolio(&generator)
        sample.periods = (0..<900).map { "\(2018 + $0 % 6)" }
        let ranks = (sample.grades ?? []).map(\.rank)
        sample.givenGrades = ranks.map { rank in
            Grade.performing[rank + (generator.bernoulli(0.2) ? generator.bernoulli(0.5) ? 1 : -1 : 0)]
        }
        sample.exposures = (0..<900).map { Double($0) }
        let full = FullValidation(
            of: sample, against: .init(auc: 0.75, gradeCounts: [0, 1, 2, 40, 300, 400, 20, 3, 1]),
            options: ValidationOptions(replicates: 0))
        for test in full.tests where test.pValue != nil {
            if test.name == "normal", test.rule == .settled { continue }
            let power = try #require(test.power, "\(test.name) \(test.scope)")
            #expect(power >= 0 && power <= 1 + 1e-12, "\(test.name) \(test.scope)")
        }
        #expect(Set(full.tests.filter { $0.pValue != nil }.map(\.name)).count >= 20)
    }
}
