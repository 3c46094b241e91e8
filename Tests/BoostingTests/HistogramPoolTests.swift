import Parallelism
import TestSupport
import Testing

@testable import Boosting

@Suite("Histograms")
struct HistogramPoolTests {
    static let data = Samples.credit(rows: 20_000)

    static func setUp(maximumBins: Int) -> (BinnedData, GradientStore) {
        var options = BoostingOptions()
        options.maximumBins = maximumBins
        let binned = BinnedData(data, options: options, workers: .single, instructions: .widest)
        let gradients = GradientStore(rowCount: data.rowCount)
        var draws = Samples.Draws(state: 3)
        for row in 0..<data.rowCount {
            gradients.gradients[row] = Float(draws.next() - 0.3)
            gradients.hessians[row] = Float(draws.next())
        }
        return (binned, gradients)
    }

    static func pack(_ gradients: GradientStore, threads: Int = 1) -> Bool {
        gradients.pack(
            key: 5, leafRows: 20, workers: Workers(threads: threads), instructions: .widest)
    }

    static func read(_ pool: HistogramPool, _ binned: BinnedData, slot: Int) -> [[SIMD2<Double>]] {
        binned.mappers.indices.map { feature in
            var pairs = [SIMD2<Double>](repeating: .zero, count: binned.mappers[feature].binCount)
            pool.read(slot: slot, feature: feature, into: &pairs)
            return pairs
        }
    }

    @Test(
        "are the sums of a plain loop, bytes or wide, on any number of threads", arguments: [255, 5000],
        [(1, [0, 1, 2, 3]), (2, [0, 1, 2, 3]), (7, [0, 1, 2, 3]), (2, [1, 3])])
    func plainLoop(maximumBins: Int, crew: (threads: Int, features: [Int])) {
        let (threads, features) = crew
        let (binned, gradients) = Self.setUp(maximumBins: maximumBins)
        #expect(binned.bins.isWide == (maximumBins > 255))
        #expect(Self.pack(gradients, threads: threads))
        let rows = AlignedBuffer<UInt32>(count: 15_000)
        for place in 0..<rows.count { rows[place] = UInt32(place + place / 3) }
        for isPacked in [true, false] {
            let pool = HistogramPool(
                bins: binned.bins, binCounts: binned.mappers.map(\.binCount), leaves: 2,
                isPacked: isPacked, workers: Workers(threads: threads))
            pool.build(
                slot: 1, rows: rows, range: 0..<rows.count, gradients: gradients,
                layout: pool.layout(of: features), workers: Workers(threads: threads))
            let histograms = Self.read(pool, binned, slot: 1)
            for feature in features {
                let pairs = histograms[feature]
                var expected = [SIMD2<Double>](repeating: .zero, count: pairs.count)
                for place in 0..<rows.count {
                    let row = Int(rows[place])
                    let packed = gradients.packed[row]
                    expected[binned.bins.bin(row: row, feature: feature)] +=
                        isPacked
                        ? SIMD2(Double(packed >> 16), Double(UInt16(truncatingIfNeeded: packed)))
                        : SIMD2(Double(gradients.gradients[row]), Double(gradients.hessians[row]))
                }
                #expect(pairs == expected)
            }
        }
    }

    @Test("of a parent are those of its children together", arguments: [true, false])
    func subtraction(isPacked: Bool) {
        let (binned, gradients) = Self.setUp(maximumBins: 255)
        #expect(Self.pack(gradients))
        let pool = HistogramPool(
            bins: binned.bins, binCounts: binned.mappers.map(\.binCount), leaves: 3, isPacked: isPacked,
            workers: .single)
        let layout = pool.layout(of: [0, 1, 2, 3])
        pool.build(
            slot: 0, rows: nil, range: 0..<20_000, gradients: gradients, layout: layout, workers: .single)
        pool.build(
            slot: 1, rows: nil, range: 0..<7000, gradients: gradients, layout: layout, workers: .single)
        pool.build(
            slot: 2, rows: nil, range: 7000..<20_000, gradients: gradients, layout: layout, workers: .single)
        pool.subtract(child: 1, fromParent: 0, workers: Workers(threads: 2))
        let (difference, sibling) = (Self.read(pool, binned, slot: 0), Self.read(pool, binned, slot: 2))
        for (left, right) in zip(difference.joined(), sibling.joined()) {
            expectClose(left.x, right.x, absolute: 1e-9)
            expectClose(left.y, right.y, absolute: 1e-9)
        }
    }

    @Test("rounding to 16 bits is unbiased and its sums near the exact ones")
    func rounding() {
        let (_, gradients) = Self.setUp(maximumBins: 255)
        #expect(Self.pack(gradients))
        var (packed, exact) = (SIMD2<Double>.zero, SIMD2<Double>.zero)
        for row in 0..<gradients.packed.count {
            let value = gradients.packed[row]
            packed += SIMD2(Double(value >> 16), Double(UInt16(truncatingIfNeeded: value))) * gradients.unit
            exact += SIMD2(Double(gradients.gradients[row]), Double(gradients.hessians[row]))
        }
        // The sum of 20,000 roundings has a standard deviation below half a unit times the root of their number.
        let reach = 5 * 0.5 * 20_000.0.squareRoot()
        expectClose(packed.x, exact.x, absolute: reach * gradients.unit.x)
        expectClose(packed.y, exact.y, absolute: reach * gradients.unit.y)
    }

    @Test("weights of very different size are not rounded")
    func unevenWeights() {
        let gradients = GradientStore(rowCount: 1000)
        for row in 0..<1000 {
            gradients.gradients[row] = row == 0 ? 1e6 : 0.01
            gradients.hessians[row] = row == 0 ? 1e6 : 0.01
        }
        // One row outweighs all: rounding is judged by the sum of squares, which that row is.
        _ = Self.pack(gradients)
        for row in 0..<1000 { gradients.gradients[row] = row < 5 ? 1000 : 0.5 }
        for row in 0..<1000 { gradients.hessians[row] = 0 }
        #expect(!Self.pack(gradients))
    }
}
