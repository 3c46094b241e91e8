import Parallelism

/// Histograms of gradient and hessian by feature and bin, a slot per leaf.
///
/// A slot holds packed integers or pairs of doubles; in either case its sums do not depend on how the work was
/// shared out.
@safe
final class HistogramPool: @unchecked Sendable {
    // Sendable holds because a slot is written by one step at a time, whose threads write disjoint parts.

    private let bins: BinStore
    private let binCounts: [Int]
    /// By feature, its first bin in a slot.
    private let offsets: [Int]
    private let slotSize: Int
    private let packedSums: AlignedBuffer<Int64>
    private let exactSums: AlignedBuffer<Double>
    private let isPacked: Bool
    private let slots: Int

    /// - Parameters:
    ///   - binCounts: By feature, the number of its bins.
    ///   - leaves: Slots for so many leaves; threads need further ones of their own.
    ///   - isPacked: Whether sums are of packed integers.
    init(bins: BinStore, binCounts: [Int], leaves: Int, isPacked: Bool, workers: Workers) {
        self.bins = bins
        self.binCounts = binCounts
        var offsets: [Int] = []
        var next = 0
        for count in binCounts {
            offsets.append(next)
            // Whole cache lines, and no multiple of 256 bins, so that equal bins of features do not share cache sets.
            let size = (count + 7) & ~7
            next += size % 256 == 0 ? size + 8 : size
        }
        self.offsets = offsets
        slotSize = next
        self.isPacked = isPacked
        slots = leaves
        packedSums = AlignedBuffer(count: isPacked ? (leaves + workers.threads - 1) * slotSize : 0)
        exactSums = AlignedBuffer(count: isPacked ? 0 : leaves * slotSize * 2)
    }

    /// Where the histograms of some features lie.
    func layout(of features: [Int]) -> BinLayout {
        BinLayout(features, offsets: offsets, stride: bins.lineStride)
    }

    /// Rows below which a histogram is not worth a second thread.
    private static let rowsPerPiece = 4096

    /// Fills a slot from listed rows, or from a range of all rows.
    func build(
        slot: Int, rows: AlignedBuffer<UInt32>?, range: Range<Int>, gradients: GradientStore,
        layout: BinLayout, workers: Workers
    ) {
        if isPacked {
            buildPacked(
                slot: slot, rows: rows, range: range, gradients: gradients, layout: layout, workers: workers)
        } else {
            buildExact(
                slot: slot, rows: rows, range: range, gradients: gradients, layout: layout, workers: workers)
        }
    }

    private func buildPacked(
        slot: Int, rows: AlignedBuffer<UInt32>?, range: Range<Int>, gradients: GradientStore,
        layout: BinLayout, workers: Workers
    ) {
        let pieces = max(1, min(workers.threads, range.count / Self.rowsPerPiece))
        workers.forEach(pieces) { piece in
            // Piece 0 fills the slot itself, the others slots behind those of the leaves.
            let place = (piece == 0 ? slot : self.slots + piece - 1) * self.slotSize
            self.packedSums.withMutableSpan(place..<place + self.slotSize) { $0.update(repeating: 0) }
            let first = range.lowerBound + range.count * piece / pieces
            let last = range.lowerBound + range.count * (piece + 1) / pieces
            self.bins.addPacked(
                rows: rows, range: first..<last, packed: gradients.packed, layout: layout,
                to: self.packedSums, at: place, slotSize: self.slotSize)
        }
        for piece in 1..<max(1, pieces) {
            combine(slot, with: slots + piece - 1, &+)
        }
    }

    private func buildExact(
        slot: Int, rows: AlignedBuffer<UInt32>?, range: Range<Int>, gradients: GradientStore,
        layout: BinLayout, workers: Workers
    ) {
        let place = slot * slotSize * 2
        let pieces = max(1, min(workers.threads, layout.features.count, range.count / Self.rowsPerPiece))
        exactSums.withMutableSpan(place..<place + 2 * slotSize) { $0.update(repeating: 0) }
        workers.forEach(pieces) { piece in
            self.bins.addExact(
                rows: rows, range: range, gradients: gradients.gradients, hessians: gradients.hessians,
                layout: pieces == 1 ? layout : layout.part(piece, of: pieces), to: self.exactSums, at: place,
                slotSize: self.slotSize)
        }
    }

    /// Turns a parent's slot into that of the sibling of a child: parent − child.
    func subtract(child: Int, fromParent parent: Int) {
        if isPacked {
            combine(parent, with: child, &-)
            return
        }
        exactSums.withMutableSpan(parent * slotSize * 2..<(parent + 1) * slotSize * 2) { parent in
            exactSums.withSpan(child * slotSize * 2..<(child + 1) * slotSize * 2) { child in
                for index in child.indices { parent[index] -= child[index] }
            }
        }
    }

    @inline(__always)
    private func combine(_ slot: Int, with other: Int, _ operation: (Int64, Int64) -> Int64) {
        packedSums.withMutableSpan(slot * slotSize..<(slot + 1) * slotSize) { target in
            packedSums.withSpan(other * slotSize..<(other + 1) * slotSize) { source in
                for index in source.indices { target[index] = operation(target[index], source[index]) }
            }
        }
    }

    /// Copies one feature's histogram as (gradient, hessian) pairs, in units of the gradient store's ``GradientStore/unit``
    /// where packed, else in units of the loss.
    func read(slot: Int, feature: Int, into pairs: inout [SIMD2<Double>]) {
        let binCount = binCounts[feature]
        precondition(pairs.count >= binCount)
        let place = slot * slotSize + offsets[feature]
        if isPacked {
            packedSums.withSpan(place..<place + binCount) { sums in
                for bin in sums.indices {
                    // The hessian is in the low half and not negative, so the high half is the gradient exactly.
                    pairs[bin] = SIMD2(Double(sums[bin] >> 32), Double(UInt32(truncatingIfNeeded: sums[bin])))
                }
            }
        } else {
            exactSums.withSpan(2 * place..<2 * (place + binCount)) { sums in
                for bin in 0..<binCount { pairs[bin] = SIMD2(sums[2 * bin], sums[2 * bin + 1]) }
            }
        }
    }

    /// Numbers of listed rows by bin.
    func rowCounts(_ rows: AlignedBuffer<UInt32>, range: Range<Int>, layout: BinLayout) -> RowCounts {
        RowCounts(
            counts: bins.rowCounts(rows, range: range, layout: layout, slotSize: slotSize), offsets: offsets)
    }

    /// The best threshold on one feature; `nil` if none is allowed and worth more than the minimum gain.
    func bestThreshold(
        slot: Int, feature: Int, terms: SplitTerms, counts: RowCounts?, scratch: inout [Double],
        instructions: Instructions
    ) -> ThresholdKernel.Threshold? {
        let binCount = binCounts[feature]
        let place = slot * slotSize + offsets[feature]
        return isPacked
            ? packedSums.withSpan(place..<place + binCount) { sums in
                ThresholdKernel.best(
                    packed: sums, counts: counts?.of(feature, binCount: binCount), terms: terms,
                    scratch: &scratch, instructions: instructions)
            }
            : exactSums.withSpan(2 * place..<2 * (place + binCount)) { sums in
                ThresholdKernel.best(
                    exact: sums, counts: counts?.of(feature, binCount: binCount), terms: terms,
                    scratch: &scratch, instructions: instructions)
            }
    }
}

/// Rows of one leaf by feature and bin.
struct RowCounts: Sendable {
    fileprivate let counts: [UInt32]
    fileprivate let offsets: [Int]

    /// The rows in every bin of a feature.
    func of(_ feature: Int, binCount: Int) -> [UInt32] {
        Array(counts[offsets[feature]..<offsets[feature] + binCount])
    }
}
