import Parallelism

/// Histograms of gradient and hessian by feature and bin, a slot per leaf.
///
/// A slot holds packed integers or pairs of doubles; in either case its sums do not depend on how the work was
/// shared out.
@safe
final class HistogramPool: @unchecked Sendable {
    // Sendable holds because a slot is written by one step at a time, whose threads write disjoint parts.

    private let bins: BinStore
    /// Entries per feature; no multiple of 256, so that equal bins of all features do not share cache sets.
    private let sumStride: Int
    private let slotSize: Int
    private let packedSums: AlignedBuffer<Int64>
    private let exactSums: AlignedBuffer<Double>
    private let isPacked: Bool
    private let slots: Int

    /// - Parameters:
    ///   - leaves: Slots for so many leaves; threads need further ones of their own.
    ///   - isPacked: Whether sums are of packed integers.
    init(bins: BinStore, largestBinCount: Int, leaves: Int, isPacked: Bool, workers: Workers) {
        self.bins = bins
        sumStride = ((bins.isWide ? largestBinCount : 256) + 8) & ~7
        slotSize = bins.lineStride * sumStride
        self.isPacked = isPacked
        slots = leaves
        packedSums = AlignedBuffer(count: isPacked ? (leaves + workers.threads - 1) * slotSize : 0)
        exactSums = AlignedBuffer(count: isPacked ? 0 : leaves * slotSize * 2)
    }

    /// Rows below which a histogram is not worth a second thread.
    private static let rowsPerPiece = 4096

    /// Fills a slot from listed rows, or from a range of all rows.
    func build(
        slot: Int, rows: AlignedBuffer<UInt32>?, range: Range<Int>, gradients: GradientStore, workers: Workers
    ) {
        if isPacked {
            buildPacked(slot: slot, rows: rows, range: range, gradients: gradients, workers: workers)
        } else {
            buildExact(slot: slot, rows: rows, range: range, gradients: gradients, workers: workers)
        }
    }

    private func buildPacked(
        slot: Int, rows: AlignedBuffer<UInt32>?, range: Range<Int>, gradients: GradientStore, workers: Workers
    ) {
        let pieces = max(1, min(workers.threads, range.count / Self.rowsPerPiece))
        workers.forEach(pieces) { piece in
            // Piece 0 fills the slot itself, the others slots behind those of the leaves.
            let place = (piece == 0 ? slot : self.slots + piece - 1) * self.slotSize
            self.packedSums.withMutableSpan(place..<place + self.slotSize) { $0.update(repeating: 0) }
            let first = range.lowerBound + range.count * piece / pieces
            let last = range.lowerBound + range.count * (piece + 1) / pieces
            self.bins.addPacked(
                rows: rows, range: first..<last, packed: gradients.packed, to: self.packedSums, at: place,
                sumStride: self.sumStride)
        }
        for piece in 1..<max(1, pieces) {
            combine(slot, with: slots + piece - 1, &+)
        }
    }

    private func buildExact(
        slot: Int, rows: AlignedBuffer<UInt32>?, range: Range<Int>, gradients: GradientStore, workers: Workers
    ) {
        let place = slot * slotSize * 2
        let features = bins.featureCount
        let pieces = max(1, min(workers.threads, features, range.count / Self.rowsPerPiece))
        workers.forEach(pieces) { piece in
            let mine = features * piece / pieces..<features * (piece + 1) / pieces
            let part =
                place + 2 * mine.lowerBound * self.sumStride..<place + 2 * mine.upperBound * self.sumStride
            self.exactSums.withMutableSpan(part) { $0.update(repeating: 0) }
            self.bins.addExact(
                rows: rows, range: range, gradients: gradients.gradients, hessians: gradients.hessians,
                features: mine, to: self.exactSums, at: place, sumStride: self.sumStride)
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
    func read(slot: Int, feature: Int, binCount: Int, into pairs: inout [SIMD2<Double>]) {
        precondition(pairs.count >= binCount)
        if isPacked {
            let place = slot * slotSize + feature * sumStride
            packedSums.withSpan(place..<place + binCount) { sums in
                for bin in sums.indices {
                    // The hessian is in the low half and not negative, so the high half is the gradient exactly.
                    pairs[bin] = SIMD2(Double(sums[bin] >> 32), Double(UInt32(truncatingIfNeeded: sums[bin])))
                }
            }
        } else {
            let place = (slot * slotSize + feature * sumStride) * 2
            exactSums.withSpan(place..<place + 2 * binCount) { sums in
                for bin in 0..<binCount { pairs[bin] = SIMD2(sums[2 * bin], sums[2 * bin + 1]) }
            }
        }
    }
}
