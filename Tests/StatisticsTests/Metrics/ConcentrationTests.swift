import Statistics
import TestSupport
import Testing

@Suite("Concentration over grades")
struct ConcentrationTests {
    /// The German credit grades of PDtoolkit, development and application.
    private static let development = [99.0, 72, 196, 100, 267, 266]
    private static let application = [47.0, 35, 93, 53, 131, 141]

    @Test("agrees with PDtoolkit's published figures")
    func published() throws {
        let initial = try Concentration(counts: Self.development)
        let current = try Concentration(counts: Self.application)
        expectClose(initial.herfindahl, 0.205446, absolute: 1e-12)
        expectClose(initial.coefficientOfVariation, 0.482_365_0, absolute: 5e-8)
        expectClose(initial.index, 0.116_749_7, absolute: 5e-8)
        expectClose(current.coefficientOfVariation, 0.496_403_1, absolute: 5e-8)
        expectClose(current.index, 0.122_936_3, absolute: 5e-8)
        let test = try #require(current.rise(since: initial))
        expectClose(test.z, 0.073_192_6, absolute: 5e-8)
        expectClose(test.pValue, 0.470_826_4, absolute: 5e-8)
    }

    @Test("its power is the share of rises that are found, and its size without one")
    func power() throws {
        var generator = SeededGenerator(seed: 6)
        // Many grades of normal shares, as Miller's law supposes, whose coefficient of variation is 0.2, then 0.23.
        func state(_ variation: Double) throws -> Concentration {
            try Concentration(counts: (0..<150).map { _ in max(0, 1 + variation * generator.normal()) })
        }
        // A state of exactly 0.2.
        let initial = try Concentration(counts: (0..<150).map { $0 % 2 == 0 ? 1.2 : 0.8 })
        expectClose(initial.coefficientOfVariation, 0.2, absolute: 1e-12)
        var rejected = 0
        for _ in 0..<1_000 {
            let rise = try #require(try state(0.23).rise(since: initial))
            rejected += rise.pValue < 0.05 ? 1 : 0
        }
        let power = try #require(initial.powerOfRise(by: 1.15, significance: 0.05))
        #expect(abs(power - Double(rejected) / 1_000) < 0.04, "\(power) \(rejected)")
        expectClose(try #require(initial.powerOfRise(by: 1, significance: 0.05)), 0.05, absolute: 1e-12)
        // The closed form by hand: K = 6, CV 0.482365, half as much again.
        let published = try Concentration(counts: Self.development)
        let risen = 1.5 * published.coefficientOfVariation
        let gap = 5.squareRoot() * risen / 3 / (risen * (0.5 + risen * risen).squareRoot())
        expectClose(
            try #require(published.powerOfRise(by: 1.5, significance: 0.05)),
            NormalDistribution.standard.survival(1.644_853_626_951_472_7 - gap), absolute: 1e-12)
        let even = try Concentration(counts: [5, 5])
        #expect(even.powerOfRise(by: 2, significance: 0.05) == nil)
    }

    @Test("runs from even to all in one, and cares for neither scale nor order")
    func laws() throws {
        let even = try Concentration(counts: [5, 5, 5, 5])
        #expect(even.index < 1e-12 && even.rise(since: even) == nil)
        expectClose(even.herfindahl, 0.25, absolute: 1e-15)
        let single = try Concentration(counts: [0, 9, 0])
        expectClose([single.herfindahl, single.index], [1, 1], absolute: 1e-12)
        let some = try Concentration(counts: [1, 2, 7])
        let scaled = try Concentration(counts: [70, 10, 20])
        expectClose(some.index, scaled.index, absolute: 1e-14)
        let same = try #require(some.rise(since: some))
        #expect(same.z == 0 && same.pValue == 0.5)
    }

    @Test("refuses what is no portfolio")
    func refusals() {
        #expect(throws: MetricError.empty) { try Concentration(counts: [0, 0]) }
        #expect(throws: MetricError.self) { try Concentration(counts: [1]) }
        #expect(throws: MetricError.self) { try Concentration(counts: [1, -1]) }
        #expect(throws: MetricError.self) { try Concentration(counts: [1, .nan]) }
        #expect(throws: MetricError.self) { try Concentration(counts: [1, .infinity]) }
    }
}
