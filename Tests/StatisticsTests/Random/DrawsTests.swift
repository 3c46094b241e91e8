import Glibc
import TestSupport
import Testing

@testable import Statistics

/// Sample moments and frequencies of fixed seeds, within five standard errors of what the distribution says.
@Suite("Draws follow their distributions")
struct DrawsTests {
    static let count = 20_000

    private func expectMoments(
        mean: Double, variance: Double, fourthMoment: Double,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ draw: (inout SeededGenerator) -> Double
    ) {
        var generator = SeededGenerator(seed: 42)
        let values = (0..<Self.count).map { _ in draw(&generator) }
        let n = Double(Self.count)
        let average = values.reduce(0, +) / n
        let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
        expectClose(
            average, mean, absolute: 5 * (variance / n).squareRoot(), "mean", sourceLocation: sourceLocation)
        expectClose(
            spread, variance, absolute: 5 * ((fourthMoment - variance * variance) / n).squareRoot(),
            "variance",
            sourceLocation: sourceLocation)
    }

    @Test func uniform() {
        expectMoments(mean: 0.5, variance: 1 / 12.0, fourthMoment: 1 / 80.0) { $0.uniform() }
        expectMoments(mean: 0.5, variance: 1 / 12.0, fourthMoment: 1 / 80.0) { $0.openUniform() }
        expectMoments(mean: 1, variance: 16 / 12.0, fourthMoment: 256 / 80.0) { $0.uniform(from: -1, to: 3) }
    }

    @Test func uniformStaysInside() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<1000 {
            let value = generator.uniform()
            #expect(value >= 0 && value < 1)
            let open = generator.openUniform()
            #expect(open > 0 && open < 1)
            // Two neighbouring doubles leave the lower one as the only value.
            #expect(generator.uniform(from: 1, to: 1.0.nextUp) == 1)
            #expect(generator.uniform(from: 2, to: 2) == 2)
        }
    }

    @Test func normal() {
        expectMoments(mean: 2, variance: 9, fourthMoment: 243) {
            $0.normal(mean: 2, standardDeviation: 3)
        }
    }

    @Test func exponential() {
        expectMoments(mean: 2, variance: 4, fourthMoment: 144) { $0.exponential(mean: 2) }
    }

    @Test(arguments: [0.05, 0.5, 1, 2.5, 300])
    func gamma(shape: Double) {
        // The fourth central moment of a gamma number is 3 k (k + 2) θ⁴.
        expectMoments(mean: shape * 2, variance: shape * 4, fourthMoment: 48 * shape * (shape + 2)) {
            $0.gamma(shape: shape, scale: 2)
        }
    }

    @Test func beta() {
        expectMoments(mean: 0.4, variance: 0.04, fourthMoment: 0.0016 * 3) { $0.beta(2, 3) }
        var generator = SeededGenerator(seed: 4)
        // Shapes whose gamma numbers underflow still give numbers near both ends.
        let extreme = (0..<200).map { _ in generator.beta(0.001, 0.001) }
        #expect(extreme.allSatisfy { $0 >= 0 && $0 <= 1 })
        #expect(extreme.contains { $0 < 1e-3 } && extreme.contains { $0 > 0.999 })
    }

    @Test func studentT() {
        expectMoments(mean: 0, variance: 1.25, fourthMoment: 6.25) { $0.studentT(degreesOfFreedom: 10) }
    }

    @Test func bernoulli() {
        var generator = SeededGenerator(seed: 6)
        let hits = (0..<Self.count).count { _ in generator.bernoulli(0.02) }
        expectClose(Double(hits), 400, absolute: 100)
        #expect(!(0..<100).contains { _ in generator.bernoulli(0) })
        #expect((0..<100).allSatisfy { _ in generator.bernoulli(1) })
    }

    @Test func integersAreEven() {
        var generator = SeededGenerator(seed: 8)
        var counts = Array(repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[generator.integer(below: 7)] += 1 }
        #expect(counts.allSatisfy { abs($0 - 10_000) < 500 })
        #expect(generator.integer(below: 1) == 0)
    }

    /// With a bound of 3 · 2⁶¹ a remainder would favour the lower numbers two to one; rejection keeps them even.
    @Test func integersOfHugeBoundsAreUnbiased() {
        var generator = SeededGenerator(seed: 9)
        let bound = 3 << 61
        let low = (0..<20_000).count { _ in generator.integer(below: bound) < 1 << 61 }
        expectClose(Double(low), 20_000 / 3.0, absolute: 5 * (20_000 * 2 / 9.0).squareRoot())
    }

    @Test func shufflesReachEveryOrderEvenly() {
        var generator = SeededGenerator(seed: 10)
        var counts: [[Int]: Int] = [:]
        for _ in 0..<12_000 {
            var elements = [1, 2, 3, 4]
            generator.shuffle(&elements)
            counts[elements, default: 0] += 1
        }
        #expect(counts.count == 24)
        #expect(counts.values.allSatisfy { abs($0 - 500) < 110 })
    }

    @Test func samplesAreDifferentNumbers() {
        var generator = SeededGenerator(seed: 11)
        let sample = generator.sample(10, below: 12)
        #expect(Set(sample).count == 10 && sample.allSatisfy { (0..<12).contains($0) })
        #expect(generator.sample(0, below: 0) == [])
        #expect(generator.permutation(1) == [0])
        #expect(generator.permutation(50).sorted() == Array(0..<50))
        var nothing: [Int] = []
        generator.shuffle(&nothing)
        #expect(nothing.isEmpty)
    }
}
