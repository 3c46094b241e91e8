import LinearAlgebra
import Migration
import Statistics
import TestSupport
import Testing

/// Cases of known biases: analysts, half of them without, and regions.
struct BiasedCases {
    var cases: [BiasModel.Case] = []
    var analysts: [Double] = []

    init(seed: UInt64, analysts count: Int = 12, cases size: Int = 1200, unbiased: Bool = false) {
        var random = SeededGenerator(seed: seed)
        let biases = (0..<count).map { index in
            unbiased || index % 2 == 1 ? 0 : random.normal(standardDeviation: 0.6)
        }
        analysts = biases
        let regions = (0..<4).map { _ in unbiased ? 0 : random.normal(standardDeviation: 0.3) }
        let obligors = (0..<size / 3).map { _ in
            (
                analyst: random.integer(below: count), region: random.integer(below: 4),
                own: random.normal() * 0.4
            )
        }
        for index in 0..<size {
            let obligor = index % obligors.count
            let one = obligors[obligor]
            cases.append(
                BiasModel.Case(
                    obligor: obligor, levels: ["analyst-\(10 + one.analyst)", "region-\(one.region)"],
                    notches: biases[one.analyst] + regions[one.region] + one.own + random.normal()))
        }
    }
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

    @Test("agrees with the closed form of one balanced dimension")
    func balanced() throws {
        // With n cases of each level the posterior mean is n σ_f² ÷ (n σ_f² + σ²) times the level's mean.
        var random = SeededGenerator(seed: 6)
        let levels = 8
        let size = 30
        var cases: [BiasModel.Case] = []
        var means = [Double](repeating: 0, count: levels)
        for level in 0..<levels {
            let bias = random.normal()
            for index in 0..<size {
                let value = bias + random.normal()
                means[level] += value / Double(size)
                cases.append(
                    BiasModel.Case(obligor: level * size + index, levels: ["\(level)"], notches: value))
            }
        }
        let model = try BiasModel(cases, dimensions: ["analyst"], iterations: 3000)
        let between = model.spreads[0] * model.spreads[0]
        let within = model.noise * model.noise + model.obligorSpread * model.obligorSpread
        let shrink = Double(size) * between / (Double(size) * between + within)
        for (level, bias) in model.biases.enumerated() {
            expectClose(bias.notches, shrink * means[level], absolute: 1e-9)
            let spread = 1.959963984540054 * (between * (1 - shrink)).squareRoot()
            expectClose(bias.interval.upperBound - bias.notches, spread, relative: 1e-9)
        }
        // The maximum of the likelihood: σ_f² = mean of squared means − σ² ÷ n, σ² pooled within levels.
        let squares = means.reduce(0) { $0 + $1 * $1 } / Double(levels)
        expectClose(between, squares - within / Double(size), relative: 1e-3)
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
        // Row 0: 0.15 · 60 · 0.19 + 0.05 · 60 · 0.99; row 1: 0.1 · 600 · 0.19 up; to default it is one notch, no change.
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
        let cases = SimilarCases([[0, 0], [1, 1000], [2, 0], [0, 3000], [0, 10]])
        #expect(cases.nearest(3, to: [0, 0]) { $0 != 0 } == [4, 1, 2])
        #expect(SimilarCases([]).nearest(3, to: []) { _ in true } == [])
    }
}
