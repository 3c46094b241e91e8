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

    /// Columns with a tenth of their values missing, every fifth of few values, and derivatives of their rows.
    static func columns(_ count: Int, rows: Int) -> (BinnedData, GradientStore) {
        var draws = Samples.Draws(state: 12)
        let columns = (0..<count).map { feature -> TrainingData.Column in
            .floats(
                (0..<rows).map { _ in
                    draws.next() < 0.1
                        ? .nan : Float(feature % 5 == 0 ? (draws.next() * 4).rounded() : draws.next())
                })
        }
        let data = TrainingData(
            names: columns.indices.map { "c\($0)" }, columns: columns,
            outcomes: [Double](repeating: 0, count: rows))
        let gradients = GradientStore(rowCount: rows)
        for row in 0..<rows {
            gradients.gradients[row] = Float(draws.next() - 0.3)
            gradients.hessians[row] = Float(draws.next())
        }
        let options = BoostingOptions()
        return (BinnedData(data, options: options, workers: .single, instructions: .widest), gradients)
    }

    /// Columns many enough for every way of adding them: several at once, with some left over, in part or apart.
    @Test(
        "of many columns are the sums of a plain loop, whole, in parts, listed and not",
        arguments: [
            (Array(0..<23), 1), (Array(0..<23), 3), (Array(5..<18), 1), (Array(6..<9), 2),
            ([0, 2, 3, 11, 12, 13, 14, 20, 21, 22, 1, 4, 5].sorted(), 2),
        ], [1, 37, 1_500, 3_000])
    func manyColumns(features: ([Int], threads: Int), count: Int) {
        let (binned, gradients) = Self.columns(23, rows: 4_000)
        #expect(binned.bins.lineStride == 32)
        Self.expectPlainSums(binned, gradients, features: features.0, count: count, threads: features.threads)
    }

    /// Lines of one and of two cache lines, of neither, and too long to be copied in blocks.
    @Test(
        "of lines of every length are the sums of a plain loop",
        arguments: [(60, 64), (70, 72), (120, 128), (500, 512), (520, 576)], [2, 700])
    func lineStrides(columns: (count: Int, stride: Int), count: Int) {
        let (binned, gradients) = Self.columns(columns.count, rows: 800)
        #expect(binned.bins.lineStride == columns.stride)
        let all = Array(0..<columns.count)
        for features in [all, Array(all.dropFirst(7)), all.filter { $0 % 3 != 1 }] {
            Self.expectPlainSums(binned, gradients, features: features, count: count, threads: 2)
        }
    }

    /// Holds packed histograms of a range of rows, of listed rows, and of two parts of these against plain sums.
    static func expectPlainSums(
        _ binned: BinnedData, _ gradients: GradientStore, features: [Int], count: Int, threads: Int
    ) {
        let rows = binned.rowCount
        #expect(pack(gradients))
        let workers = Workers(threads: threads)
        let pool = HistogramPool(
            bins: binned.bins, binCounts: binned.mappers.map(\.binCount), leaves: 3, isPacked: true,
            workers: workers)
        let list = AlignedBuffer<UInt32>(count: count)
        for place in 0..<count { list[place] = UInt32(rows - 1 - place) }
        func expected(_ rows: some Sequence<Int>, _ feature: Int) -> [SIMD2<Double>] {
            var sums = [SIMD2<Double>](repeating: .zero, count: binned.mappers[feature].binCount)
            for row in rows {
                let packed = gradients.packed[row]
                sums[binned.bins.bin(row: row, feature: feature)] += SIMD2(
                    Double(packed >> 16), Double(UInt16(truncatingIfNeeded: packed)))
            }
            return sums
        }
        let layout = pool.layout(of: features)
        let listed = (0..<count).map { rows - 1 - $0 }
        pool.build(
            slot: 0, rows: nil, range: 3..<3 + count, gradients: gradients, layout: layout, workers: workers)
        let range = read(pool, binned, slot: 0)
        for feature in features { #expect(range[feature] == expected(3..<3 + count, feature)) }
        pool.build(
            slot: 1, rows: list, range: 0..<count, gradients: gradients, layout: layout, workers: workers)
        let whole = read(pool, binned, slot: 1)
        for feature in features { #expect(whole[feature] == expected(listed, feature)) }
        // Some of them as a child in parts, which leave its sibling in the parent's place.
        let parts = layout.parts(threads: threads)
        #expect(parts.flatMap(\.features) == features)
        #expect(parts.allSatisfy { $0.features.count <= BinLayout.featuresAtOnce })
        let first = 0..<count / 3
        for part in parts {
            pool.derive(part, child: 2, fromParent: 1, rows: list, range: first, gradients: gradients)
        }
        let (child, sibling) = (read(pool, binned, slot: 2), read(pool, binned, slot: 1))
        for feature in features {
            #expect(child[feature] == expected(listed[first], feature))
            #expect(sibling[feature] == expected(listed[first.upperBound...], feature))
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
