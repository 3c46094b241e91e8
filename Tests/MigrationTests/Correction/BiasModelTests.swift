import Foundation
import LinearAlgebra
import Migration
import Statistics
import TestSupport
import Testing

/// Cases of known biases: twelve analysts, half of them without, eight industries and five regions.
struct BiasedCases {
    var cases: [BiasModel.Case] = []
    /// The bias of every level, by dimension.
    var biases: [String: [String: Double]] = [:]

    init(seed: UInt64, cases size: Int = 1200) {
        var random = SeededGenerator(seed: seed)
        var byDimension: [[Double]] = []
        for (name, count, spread) in [("analyst", 12, 0.6), ("industry", 8, 0.4), ("region", 5, 0.3)] {
            let values = (0..<count).map { index in
                name == "analyst" && index % 2 == 1 ? 0 : random.normal(standardDeviation: spread)
            }
            byDimension.append(values)
            biases[name] = Dictionary(
                uniqueKeysWithValues: values.enumerated().map { (Self.level(name, $0), $1) })
        }
        let obligors = (0..<size / 3).map { _ in
            (levels: byDimension.map { random.integer(below: $0.count) }, own: random.normal() * 0.4)
        }
        for index in 0..<size {
            let number = index % obligors.count
            let obligor = obligors[number]
            let bias = zip(byDimension, obligor.levels).reduce(0) { $0 + $1.0[$1.1] }
            cases.append(
                BiasModel.Case(
                    obligor: number,
                    levels: zip(["analyst", "industry", "region"], obligor.levels).map {
                        Self.level($0, $1)
                    },
                    notches: bias + obligor.own + random.normal()))
        }
    }

    private static func level(_ dimension: String, _ index: Int) -> String { "\(dimension)-\(10 + index)" }
}

@Suite("Biases of grades given by hand")
struct BiasModelTests {
    @Test("two cases do not make a bias, two hundred do")
    func pooling() throws {
        var random = SeededGenerator(seed: 5)
        var cases: [BiasModel.Case] = []
        for index in 0..<800 {
            let analyst = index % 4
            cases.append(
                BiasModel.Case(
                    obligor: index, levels: ["a\(analyst)"],
                    notches: (analyst == 0 ? 0.8 : 0) + random.normal()))
        }
        for index in 0..<2 {
            cases.append(BiasModel.Case(obligor: 900 + index, levels: ["new"], notches: 1.2))
        }
        let model = try BiasModel(cases, dimensions: ["analyst"])
        let many = try #require(model.biases.first { $0.level == "a0" })
        let few = try #require(model.biases.first { $0.level == "new" })
        #expect(many.isFlagged && many.notches > 0.5 && many.cases == 200)
        #expect(!few.isFlagged && few.notches < 0.8, "\(few)")
        #expect(
            few.interval.upperBound - few.interval.lowerBound > 2
                * (many.interval.upperBound - many.interval.lowerBound))
    }

    @Test("agrees with the integral over the spread of one balanced dimension")
    func balanced() throws {
        // With n cases of each level the level's mean is N(u, s² ÷ n) and u given σ_f has the shrunk mean b ȳ, b = n
        // σ_f² ÷ (n σ_f² + s²); the posterior of σ_f is that of normal means under a half-Cauchy prior, a sum in one
        // dimension.
        var random = SeededGenerator(seed: 6)
        let (levels, size) = (8, 30)
        var cases: [BiasModel.Case] = []
        var means = [Double](repeating: 0, count: levels)
        for level in 0..<levels {
            let bias = 0.4 * random.normal()
            for index in 0..<size {
                let value = bias + random.normal()
                means[level] += value / Double(size)
                cases.append(
                    BiasModel.Case(obligor: level * size + index, levels: ["\(level)"], notches: value))
            }
        }
        let model = try BiasModel(cases, dimensions: ["analyst"], iterations: 3000, draws: 40_000)
        let within = (model.noise * model.noise + model.obligorSpread * model.obligorSpread) / Double(size)
        let interval = model.biases[0].interval
        let normal = NormalDistribution.standard
        var (total, shrinks, below, above) = (0.0, 0.0, 0.0, 0.0)
        var spread = 0.0005
        while spread < 30 {
            let variance = spread * spread + within
            let likelihood = means.reduce(0) { $0 - log(variance) / 2 - $1 * $1 / (2 * variance) }
            let weight = exp(likelihood) / (1 + spread * spread)
            let shrink = spread * spread / variance
            let (mean, deviation) = (shrink * means[0], (shrink * within).squareRoot())
            total += weight
            shrinks += weight * shrink
            below += weight * normal.cdf((interval.lowerBound - mean) / deviation)
            above += weight * normal.survival((interval.upperBound - mean) / deviation)
            spread += 0.001
        }
        // Of 40,000 draws the mean has a standard error near 0.001, and a tail of 2.5 % one of 0.0008.
        for (level, bias) in model.biases.enumerated() {
            expectClose(bias.notches, shrinks / total * means[level], absolute: 0.006)
        }
        expectClose(below / total, 0.025, absolute: 0.004)
        expectClose(above / total, 0.025, absolute: 0.004)
        // The maximum of the likelihood: σ_f² = mean of squared means − s² ÷ n, s² pooled within levels.
        let between = model.spreads[0] * model.spreads[0]
        expectClose(
            between, means.reduce(0) { $0 + $1 * $1 } / Double(levels) - within, relative: 1e-3)
    }

    @Test("spreads settle where the likelihood of all cases together is flat")
    func likelihood() throws {
        // Unbalanced: obligors of one to four cases, analysts of few and many, some levels not known.
        var random = SeededGenerator(seed: 8)
        var cases: [BiasModel.Case] = []
        for obligor in 0..<60 {
            let own = 0.7 * random.normal()
            for _ in 0...random.integer(below: 4) {
                let analyst = min(random.integer(below: 9), random.integer(below: 9))
                let region = random.integer(below: 4)
                let bias = 0.6 * Double(analyst % 3 - 1) + 0.5 * Double(region % 2)
                cases.append(
                    BiasModel.Case(
                        obligor: obligor,
                        levels: ["a\(analyst)", region == 3 ? nil : "r\(region)"],
                        notches: bias + own + random.normal()))
            }
        }
        let dimensions = ["analyst", "region"]
        let model = try BiasModel(cases, dimensions: dimensions, iterations: 100_000, draws: 100)
        func logLikelihood(_ spreads: [Double]) throws -> Double {
            var covariance = Matrix(rows: cases.count, columns: cases.count)
            for (row, one) in cases.enumerated() {
                for (column, other) in cases.enumerated() {
                    if row == column { covariance[row, column] += spreads[3] * spreads[3] }
                    if one.obligor == other.obligor { covariance[row, column] += spreads[2] * spreads[2] }
                    for dimension in 0..<2 where one.levels[dimension] == other.levels[dimension] {
                        guard one.levels[dimension] != nil else { continue }
                        covariance[row, column] += spreads[dimension] * spreads[dimension]
                    }
                }
            }
            let notches = cases.map(\.notches)
            let factor = try Cholesky(covariance)
            let product = zip(notches, try factor.solve(notches)).reduce(0) { $0 + $1.0 * $1.1 }
            return -(factor.logDeterminant + product) / 2
        }
        let spreads = model.spreads + [model.obligorSpread, model.noise]
        #expect(spreads.allSatisfy { $0 > 0.05 }, "\(spreads)")
        for place in spreads.indices {
            let values = try [1.001, 0.999].map { factor in
                var moved = spreads
                moved[place] *= factor
                return try logLikelihood(moved)
            }
            expectClose((values[0] - values[1]) / 0.002, 0, absolute: 1e-3)
        }
    }

    @Test("the same seed gives the same biases, another one other draws")
    func reproducible() throws {
        let truth = BiasedCases(seed: 3, cases: 300)
        let names = ["analyst", "industry", "region"]
        let first = try BiasModel(truth.cases, dimensions: names, iterations: 30, draws: 200)
        #expect(try BiasModel(truth.cases, dimensions: names, iterations: 30, draws: 200) == first)
        let other = try BiasModel(
            truth.cases, dimensions: names, iterations: 30, draws: 200,
            generator: SeededGenerator(seed: 2))
        #expect(other.biases != first.biases)
        #expect(throws: MigrationError.self) {
            try BiasModel(truth.cases, dimensions: names, draws: 99)
        }
    }

    @Test("refuses what is no case")
    func refusals() {
        #expect(throws: MigrationError.self) { try BiasModel([], dimensions: ["analyst"]) }
        #expect(throws: MigrationError.self) {
            try BiasModel(
                [
                    BiasModel.Case(obligor: 0, levels: ["a"], notches: .nan),
                    BiasModel.Case(obligor: 1, levels: [nil], notches: 1),
                ], dimensions: ["analyst"])
        }
    }
}

@Suite("A second look")
struct SecondLookTests {
    static let terms = SecondLook.Terms(
        notches: 2, worth: .loss(pds: [0.01, 0.05, 0.2, 1], lossGivenDefault: 0.6))

    @Test("is worth what a change is worth, by hand")
    func value() {
        let later = Matrix(rows: [[0.5, 0.3, 0.15, 0.05], [0.1, 0.2, 0.6, 0.1], [0, 0, 1, 0]])
        let look = SecondLook(
            origins: [0, 2, 2], now: later, later: later, exposures: [100, 1000, 5], terms: Self.terms)
        // Row 0: 0.15 · 60 · 0.19 + 0.05 · 60 · 0.99; row 1: 0.1 · 600 · 0.19 up; to default it is one notch, no
        // change.
        #expect(look.queue.map(\.row) == [1, 0, 2])
        expectClose(look.queue[1].expectedValue, 0.15 * 60 * 0.19 + 0.05 * 60 * 0.99, absolute: 1e-12)
        expectClose(look.queue[0].expectedValue, 0.1 * 600 * 0.19, absolute: 1e-12)
        expectClose(look.queue[0].probability, 0.1, absolute: 1e-12)
        expectClose(look.queue[0].better, 0.1, absolute: 1e-12)
        #expect(look.queue[1].supported == 0 && look.queue[0].supported == 2)
        #expect(look.queue[2].probability == 0 && look.queue[2].expectedValue == 0)
        let plain = SecondLook(
            origins: [0, 2, 2], now: later, later: later, terms: SecondLook.Terms(notches: 2))
        expectClose(plain.queue[0].expectedValue, 0.15 * 2 + 0.05 * 3, absolute: 1e-12)
    }

    @Test("queues of the past are counted by tenths")
    func record() {
        let rows = 40
        let later = Matrix(
            rows: (0..<rows).map { row in
                let p = 0.9 - Double(row) / 50
                return [1 - p, 0, p, 0]
            })
        let origins = [Int](repeating: 0, count: rows)
        let look = SecondLook(origins: origins, now: later, later: later, terms: Self.terms)
        let came = (0..<rows).map { $0 < 8 ? 2 : 0 }
        let record = QueueRecord(
            [look.queue], came: [came], exposures: [origins.map { _ in 1 }], terms: Self.terms, share: 0.25)
        expectClose(record.baseRate, 0.2, absolute: 1e-15)
        expectClose(record.liftByDecile, [5, 5, 0, 0, 0, 0, 0, 0, 0, 0], absolute: 1e-12)
        #expect(record.suggested == 10 && record.changed == 8)
        expectClose(record.saved, 8 * 0.6 * 0.19, absolute: 1e-12)
        let unknown = QueueRecord(
            [look.queue], came: [came.map { _ in nil }], exposures: [origins.map { _ in 1 }],
            terms: Self.terms)
        #expect(unknown.cases == 0 && unknown.baseRate == 0)
    }

    @Test("similar cases are the nearest in standard deviations")
    func similar() {
        let cases = SimilarCases(
            [[0, 0], [1, 1000], [2, 0], [0, 3000], [0, 10]], owners: [0, 1, 2, 3, 4])
        #expect(cases.nearest(3, to: [0, 0]) { $0 != 0 } == [4, 1, 2])
        #expect(cases.nearest(9, to: [0, 0]) { $0 != 0 } == [4, 1, 2, 3])
        #expect(cases.nearest(0, to: [0, 0]) { _ in true } == [])
        #expect(cases.nearest(3, to: [.nan, 0]) { _ in true } == [])
        #expect(SimilarCases([], owners: []).nearest(3, to: []) { _ in true } == [])
    }

    @Test("of an owner only the nearest case counts")
    func similarOfOwners() {
        var generator = SeededGenerator(seed: 5)
        // Whole numbers, so that many distances are equal.
        let points = (0..<200).map { _ in
            (0..<2).map { _ in generator.uniform(from: 0, to: 8).rounded() }
        }
        let owners = (0..<200).map { $0 % 40 }
        let cases = SimilarCases(points, owners: owners)
        let scales = (0..<2).map { axis -> Double in
            let values = points.map { $0[axis] }
            let mean = values.reduce(0, +) / 200
            return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 200).squareRoot()
        }
        for target in points.prefix(20) {
            var seen: Set<Int> = []
            let sorted = points.indices.filter { $0 % 3 != 0 }.map { place in
                (
                    distance: zip(zip(points[place], target), scales).reduce(0.0) { sum, pair in
                        let gap = pair.0.0 / pair.1 - pair.0.1 / pair.1
                        return sum + gap * gap
                    }, place: place
                )
            }.sorted { ($0.distance, $0.place) < ($1.distance, $1.place) }
            let expected = sorted.filter { seen.insert(owners[$0.place]).inserted }.prefix(6).map(\.place)
            #expect(cases.nearest(6, to: target) { $0 % 3 != 0 } == expected)
        }
    }
}
