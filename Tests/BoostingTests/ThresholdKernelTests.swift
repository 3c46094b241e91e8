import TestSupport
import Testing

@testable import Boosting

@Suite("The threshold kernel")
struct ThresholdKernelTests {
    /// A histogram of value bins and missing, as packed sums, doubles and rows.
    struct Histogram {
        var pairs: [SIMD2<Double>] = []
        var packed: [Int64] = []
        var exact: [Double] = []
        var counts: [UInt32] = []

        init(bins: Int, seed: UInt64, missing: Bool) {
            var draws = Samples.Draws(state: seed << 20)
            for bin in 0...bins {
                let isEmpty = draws.next() < 0.2 || (bin == bins && !missing)
                let rows = isEmpty ? 0 : UInt32(1 + draws.next() * 40)
                let hessian = Int64(draws.next() * 900) * Int64(rows)
                let gradient = Int64((draws.next() - 0.5) * 900) * Int64(rows)
                counts.append(rows)
                packed.append((gradient << 32) + hessian)
                pairs.append(SIMD2(Double(gradient), Double(hessian)))
                exact += [Double(gradient), Double(hessian)]
            }
        }

        var leaf: SIMD2<Double> { pairs.reduce(.zero, +) }
        var rows: Int { counts.reduce(0) { $0 + Int($1) } }
    }

    /// Every threshold in turn.
    static func plain(
        _ histogram: Histogram, terms: SplitTerms, isCounted: Bool
    ) -> (gain: Double, bin: Int, missingGoesLeft: Bool)? {
        var best: (gain: Double, bin: Int, missingGoesLeft: Bool)?
        let bins = histogram.pairs.count - 1
        let missing = histogram.pairs[bins]
        for missingGoesLeft in missing == .zero ? [false] : [false, true] {
            var left = missingGoesLeft ? missing : .zero
            var rows = missingGoesLeft ? Double(histogram.counts[bins]) : 0
            for bin in 0..<(missing != .zero && !missingGoesLeft ? bins : bins - 1) {
                left += histogram.pairs[bin]
                rows += Double(histogram.counts[bin])
                let gain = terms.gain(left: left, rows: isCounted ? rows : terms.rows(ofHessian: left.y))
                if let gain, gain > best?.gain ?? 0 { best = (gain, bin, missingGoesLeft) }
            }
        }
        return best
    }

    @Test(
        "finds the threshold that trying all of them finds", arguments: [1, 2, 7, 64, 255],
        1...6 as ClosedRange<UInt64>)
    func agreesWithPlainLoop(bins: Int, seed: UInt64) {
        let histogram = Histogram(bins: bins, seed: seed, missing: seed % 2 == 0)
        var options = BoostingOptions()
        options.minimumRowsInLeaf = 15
        options.l1 = seed % 3 == 0 ? 2 : 0
        options.l2 = 3
        var leaf = SplitFinder.Leaf(
            total: histogram.leaf, rows: histogram.rows, bounds: ValueBounds(), l2: 3, slot: 0)
        if seed > 4 { leaf.bounds = ValueBounds(lower: -0.05, upper: 0.1) }
        let unit = SIMD2(0.01, 0.002)
        for direction in [Int8(0), 1, -1] {
            let terms = SplitTerms(options: options, unit: unit, leaf: leaf, direction: direction, l2: 3)
            for counts in [nil, histogram.counts] {
                let expected = Self.plain(histogram, terms: terms, isCounted: counts != nil)
                var scratch = [Double](repeating: 0, count: ThresholdKernel.scratchPerBin * bins)
                /// What every path finds, over packed sums and over pairs, with any instructions.
                func found(toBeat: Double = 0) -> [ThresholdKernel.Threshold?] {
                    Instructions.available.flatMap { instructions in
                        [
                            ThresholdKernel.best(
                                packed: histogram.packed.span, counts: counts, terms: terms, toBeat: toBeat,
                                scratch: &scratch, instructions: instructions),
                            ThresholdKernel.best(
                                exact: histogram.exact.span, counts: counts, terms: terms, toBeat: toBeat,
                                scratch: &scratch, instructions: instructions),
                        ]
                    }
                }
                let all = found()
                #expect(Set(all.map { $0?.gain }).count == 1, "other instructions, other bits")
                if let best = all[0] {
                    for share in [0.5, 1 - 1e-6, 1.01] {
                        for beating in found(toBeat: best.gain * share) {
                            // Found if it beats the other, and never taken for a better one.
                            #expect(beating == best || (share > 1 && beating == nil))
                        }
                    }
                }
                for threshold in all {
                    #expect((threshold == nil) == (expected == nil))
                    guard let threshold, let expected else { continue }
                    expectClose(threshold.gain, expected.gain, absolute: 1e-9, relative: 1e-9)
                    #expect(threshold.bin == expected.bin)
                    #expect((threshold.missingGoesLeft ?? false) == expected.missingGoesLeft)
                }
            }
        }
    }
}
