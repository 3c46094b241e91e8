import Foundation
import Parallelism
import TestSupport
import Testing

@testable import Boosting

@Suite("The kernels of gradients")
struct GradientKernelTests {
    /// Gradients of both signs and of sizes from 1e-6 to 1, hessians between 0 and 1, some of either 0.
    static func store(rows: Int) -> GradientStore {
        let store = GradientStore(rowCount: rows)
        var draws = Samples.Draws(state: 77)
        for row in 0..<rows {
            let size = draws.next() < 0.1 ? 0 : pow(10, -6 * draws.next())
            store.gradients[row] = Float(draws.next() < 0.4 ? -size : size)
            store.hessians[row] = Float(draws.next() < 0.1 ? 0 : draws.next())
        }
        return store
    }

    /// Row k belongs to lane k % 8; each lane is summed in the order of its rows, and the lanes in theirs.
    static func plainExtent(_ store: GradientStore, _ rows: Range<Int>) -> GradientStore.Extent {
        var lanes = [GradientStore.Extent](repeating: GradientStore.Extent(), count: 8)
        for (number, row) in rows.enumerated() {
            let (size, hessian) = (abs(store.gradients[row]), store.hessians[row])
            lanes[number % 8].largest.x = max(lanes[number % 8].largest.x, size)
            lanes[number % 8].largest.y = max(lanes[number % 8].largest.y, hessian)
            lanes[number % 8].sum += SIMD2(Double(size), Double(hessian))
            lanes[number % 8].squares += Double(size) * Double(size)
        }
        return lanes.reduce(into: GradientStore.Extent()) { total, lane in
            total.largest = pointwiseMax(total.largest, lane.largest)
            total.sum += lane.sum
            total.squares += lane.squares
        }
    }

    @Test(
        "the extent is that of a plain loop to the bit, with any instructions",
        arguments: [0..<1, 3..<10, 0..<8, 5..<14, 0..<1000, 7..<8192])
    func extent(rows: Range<Int>) {
        let store = Self.store(rows: 8192)
        let expected = Self.plainExtent(store, rows)
        for instructions in Instructions.available {
            #expect(store.extent(of: rows, instructions: instructions) == expected)
        }
        let sum = rows.reduce(0) { $0 + Double(abs(store.gradients[$1])) }
        // At most 8,192 roundings of 2^-53 apart.
        expectClose(expected.sum.x, sum, relative: 1e-12)
    }

    @Test("gradients that are no numbers are never rounded", arguments: [Float.nan, .infinity, -.infinity])
    func notFinite(value: Float) {
        for place in [0, 5, 99] {
            let store = Self.store(rows: 100)
            store.gradients[place] = value
            for instructions in Instructions.available {
                #expect(!store.pack(key: 1, leafRows: 1, workers: .single, instructions: instructions))
            }
        }
    }

    /// The noise of a row by the hash that the kernel defines, 16 bits for the gradient and 16 for the hessian.
    static func noise(row: Int, key: UInt32) -> (gradient: Float, hessian: Float) {
        var x = UInt32(truncatingIfNeeded: row) &* 0x9e37_79b9 &+ key
        x ^= x >> 16
        x = x &* 0x7feb_352d
        x ^= x >> 15
        x = x &* 0x846c_a68b
        x ^= x >> 16
        return ((Float(x & 0xffff) + 0.5) / 65_536, (Float(x >> 16) + 0.5) / 65_536)
    }

    @Test("rounding is that of a plain loop to the bit, with any instructions", arguments: [1, 13, 9000])
    func rounding(rows: Int) {
        for instructions in Instructions.available {
            let store = Self.store(rows: rows)
            store.gradients[0] = -0.75
            store.hessians[0] = 0.5
            #expect(store.pack(key: 9, leafRows: rows, workers: .single, instructions: instructions))
            let levels = Float(GradientStore.levels(rows: rows))
            let scale = SIMD2(levels, levels) / Self.plainExtent(store, 0..<rows).largest
            let key = UInt32(truncatingIfNeeded: SplitMix.hash(9))
            for row in 0..<rows {
                let noise = Self.noise(row: row, key: key)
                let gradient = (store.gradients[row] * scale.x + noise.gradient).rounded(.down)
                let hessian = (store.hessians[row] * scale.y + noise.hessian).rounded(.down)
                #expect(store.packed[row] >> 16 == Int32(gradient))
                #expect(UInt16(truncatingIfNeeded: store.packed[row]) == UInt16(hessian))
            }
        }
    }

    @Test(
        "derivatives of the binary loss are those of the formula, with any instructions",
        arguments: [true, false])
    func binary(isWeighted: Bool) {
        let scores: [Double] =
            [-800, -40, -3, -1e-9, 0, 0.3, 2, 37, 750] + (0..<60).map { Double($0) / 7 - 4 }
        let outcomes = scores.indices.map { Float($0 % 2) }
        let weights = isWeighted ? scores.indices.map { Float($0 % 5) } : []
        let buffer = AlignedBuffer<Double>(count: scores.count)
        for row in scores.indices { buffer[row] = scores[row] }
        var bits: Set<[UInt32]> = []
        for instructions in Instructions.available {
            let store = GradientStore(rowCount: scores.count)
            GradientKernel.binary(
                store, rows: 0..<5, scores: buffer, outcomes: outcomes, weights: weights,
                instructions: instructions)
            GradientKernel.binary(
                store, rows: 5..<scores.count, scores: buffer, outcomes: outcomes, weights: weights,
                instructions: instructions)
            for row in scores.indices {
                let weight = isWeighted ? Double(weights[row]) : 1
                // On the side of the smaller probability, where nothing cancels.
                let small = exp(-abs(scores[row])) / (1 + exp(-abs(scores[row])))
                let gap =
                    (scores[row] < 0) == (outcomes[row] == 0) ? small : 1 - small
                let sign: Double = outcomes[row] == 0 ? 1 : -1
                // Single precision rounds to 6e-8 of a value, and p to 1.1e-16 where it is near 1.
                expectClose(
                    Double(store.gradients[row]), sign * weight * gap, absolute: 1.2e-16 * weight,
                    relative: 1e-7)
                // Below its smallest normal number single precision rounds to 1e-45.
                expectClose(
                    Double(store.hessians[row]), weight * small * (1 - small), absolute: 2e-45, relative: 1e-7
                )
            }
            bits.insert(
                scores.indices.flatMap {
                    [store.gradients[$0].bitPattern, store.hessians[$0].bitPattern]
                })
        }
        #expect(bits.count == 1)
    }
}
