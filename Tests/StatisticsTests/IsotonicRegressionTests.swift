import Statistics
import TestSupport
import Testing

@Suite("Isotonic regression")
struct IsotonicRegressionTests {
    @Test("pools the textbook example")
    func byHand() throws {
        let fit = try IsotonicRegression(
            x: [1, 2, 3, 4, 5], y: [1, 3, 2, 4, 3.5], weights: [1, 1, 1, 1, 3])
        #expect(fit.blocks.map(\.value) == [1, 2.5, 3.625])
        #expect(fit.blocks.map(\.weight) == [1, 2, 4])
        #expect([0, 1, 2.5, 3.5, 9].map(fit.value(at:)) == [1, 1, 2.5, 3.0625, 3.625])
    }

    static func points(_ seed: UInt64) -> (x: [Double], y: [Double], weights: [Double]) {
        var generator = SeededGenerator(seed: seed)
        let x = (0..<200).map { _ in Double(Int.random(in: 0...60, using: &generator)) }
        return (
            x, x.map { $0 / 10 + Double.random(in: -3...3, using: &generator) },
            x.map { _ in Double.random(in: 0.1...3, using: &generator) }
        )
    }

    @Test("rises strictly from block to block and keeps the mean", arguments: 1...5 as ClosedRange<UInt64>)
    func laws(seed: UInt64) throws {
        let (x, y, weights) = Self.points(seed)
        let fit = try IsotonicRegression(x: x, y: y, weights: weights)
        #expect(
            zip(fit.blocks, fit.blocks.dropFirst()).allSatisfy { $0.value < $1.value && $0.upper < $1.lower })
        let mean = zip(y, weights).reduce(0) { $0 + $1.0 * $1.1 }
        expectClose(fit.blocks.reduce(0) { $0 + $1.value * $1.weight }, mean, relative: 1e-12)
    }

    @Test(
        "is the least-squares fit: min over upper sets of max over lower sets",
        arguments: 1...3 as ClosedRange<UInt64>)
    func minimax(seed: UInt64) throws {
        let (x, y, weights) = Self.points(seed)
        let fit = try IsotonicRegression(x: x, y: y, weights: weights)
        let positions = Set(x).sorted()
        var sums = [SIMD2<Double>](repeating: .zero, count: positions.count)
        for row in x.indices {
            let place = try #require(positions.firstIndex(of: x[row]))
            sums[place] += SIMD2(weights[row] * y[row], weights[row])
        }
        func mean(_ points: ClosedRange<Int>) -> Double {
            let total: SIMD2<Double> = sums[points].reduce(.zero, +)
            return total.x / total.y
        }
        for i in positions.indices {
            // f(xᵢ) = max over a ≤ i of min over b ≥ i of the mean of points a … b.
            var value = -Double.infinity
            for a in 0...i {
                var lowest = Double.infinity
                for b in i..<positions.count { lowest = min(lowest, mean(a...b)) }
                value = max(value, lowest)
            }
            expectClose(fit.value(at: positions[i]), value, absolute: 1e-12)
        }
    }

    @Test("refuses what it cannot fit")
    func refusals() {
        #expect(throws: MetricError.empty) { try IsotonicRegression(x: [], y: []) }
        #expect(throws: MetricError.empty) { try IsotonicRegression(x: [1], y: [1], weights: [0]) }
        #expect(throws: MetricError.self) { try IsotonicRegression(x: [.nan], y: [1]) }
        #expect(throws: MetricError.self) { try IsotonicRegression(x: [1], y: [.infinity]) }
        #expect(throws: MetricError.self) { try IsotonicRegression(x: [1], y: [1], weights: [-1]) }
    }
}

@Suite("Venn and Abers's probabilities")
struct VennAbersPredictorTests {
    @Test(
        "are isotonic regressions with the new observation among the others",
        arguments: 1...4 as ClosedRange<UInt64>)
    func reference(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let scores = (0..<60).map { _ in (6 * generator.normal()).rounded() }
        let outcomes = scores.map { generator.bernoulli(max(0, min(1, 0.4 + 0.03 * $0))) ? 1.0 : 0 }
        let weights = scores.map { _ in Double(generator.integer(below: 3)) }
        let predictor = try VennAbersPredictor(x: scores, y: outcomes, weights: weights)
        for score in stride(from: -20.0, through: 20, by: 0.5) {
            let (p0, p1) = predictor.probabilities(at: score)
            for (outcome, value) in [(0.0, p0), (1, p1)] {
                let with = try IsotonicRegression(
                    x: scores + [score], y: outcomes + [outcome], weights: weights + [1])
                expectClose(value, with.value(at: score), absolute: 1e-13, "\(score)")
            }
            #expect(p0 <= p1)
            let probability = predictor.probability(at: score)
            #expect(probability >= p0 && probability <= p1 && probability > 0 && probability < 1)
        }
    }

    @Test("never fall, and close in on the truth with more rows")
    func laws() throws {
        var generator = SeededGenerator(seed: 12)
        let scores = (0..<6_000).map { _ in generator.uniform() }
        let outcomes = scores.map { generator.bernoulli($0) ? 1.0 : 0 }
        let predictor = try VennAbersPredictor(x: scores, y: outcomes)
        let grid = stride(from: 0.0, through: 1, by: 0.01).map { $0 }
        let probabilities = grid.map(predictor.probability(at:))
        #expect(zip(probabilities, probabilities.dropFirst()).allSatisfy { $0 <= $1 })
        for (score, probability) in zip(grid, probabilities) where score > 0.05 && score < 0.95 {
            expectClose(probability, score, absolute: 0.1)
        }
    }

    @Test("one row, one class and what is no number")
    func degenerate() throws {
        let single = try VennAbersPredictor(x: [3], y: [1])
        expectClose(single.probability(at: 3), 1 / 1.5, absolute: 1e-15)
        let none = try VennAbersPredictor(x: [1, 2, 3], y: [0, 0, 0])
        #expect(none.probabilities(at: 2).ifNot == 0 && none.probabilities(at: 9).ifSo == 1)
        #expect(none.probabilities(at: .nan).ifNot.isNaN)
        #expect(throws: MetricError.empty) { try VennAbersPredictor(x: [], y: []) }
        #expect(throws: MetricError.empty) { try VennAbersPredictor(x: [1], y: [1], weights: [0]) }
        #expect(throws: MetricError.self) { try VennAbersPredictor(x: [1], y: [2]) }
        #expect(throws: MetricError.self) { try VennAbersPredictor(x: [.infinity], y: [1]) }
    }
}
