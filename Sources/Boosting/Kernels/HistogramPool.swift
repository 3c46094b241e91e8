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
        (offsets, slotSize) = Self.offsets(binCounts, isWide: bins.isWide)
        self.isPacked = isPacked
        slots = leaves
        packedSums = AlignedBuffer(count: isPacked ? (leaves + workers.threads - 1) * slotSize : 0)
        exactSums = AlignedBuffer(count: isPacked ? 0 : leaves * slotSize * 2)
    }

    /// Where the histogram of each feature begins in a slot, and the size of a slot.
    ///
    /// Bytes are added fastest at a fixed stride, which pays unless most of it is never used.
    private static func offsets(_ binCounts: [Int], isWide: Bool) -> (offsets: [Int], size: Int) {
        // Whole cache lines, and no multiple of 256 bins, so that equal bins of features do not share cache sets.
        let sizes = binCounts.map { count in
            let size = (count + 7) & ~7
            return size % 256 == 0 ? size + 8 : size
        }
        let uniform = binCounts.count * BinLayout.binStride
        if !isWide, 2 * sizes.reduce(0, +) >= uniform {
            return (binCounts.indices.map { $0 * BinLayout.binStride }, uniform)
        }
        var next = 0
        let offsets = sizes.map { size in
            defer { next += size }
            return next
        }
        return (offsets, next)
    }

    /// Where the histograms of some features lie.
    func layout(of features: [Int]) -> BinLayout {
        BinLayout(features, offsets: offsets, stride: bins.lineStride)
    }

    /// Rows that a thread adds before it takes others, and sums that it adds up or takes apart.
    ///
    /// Whoever is done waits for the pieces that others are at, so these take a tenth of a millisecond at most.
    private static let (rowsPerPiece, sumsPerPiece) = (2048, 2048)

    /// In how many pieces rows are added.
    private func pieces(rows: Int, workers: Workers) -> Int {
        workers.threads == 1 ? 1 : max(1, rows / Self.rowsPerPiece)
    }

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
        let pieces = pieces(rows: range.count, workers: workers)
        // Thread 0 fills the slot itself, the others slots behind those of the leaves, as far as they come.
        let hasBegun = (0..<workers.threads).map { _ in Flag() }
        workers.forEach(pieces) { piece, thread in
            let place = (thread == 0 ? slot : self.slots + thread - 1) * self.slotSize
            if hasBegun[thread].raise() {
                self.packedSums.withMutableSpan(place..<place + self.slotSize) { $0.update(repeating: 0) }
            }
            self.bins.addPacked(
                rows: rows, range: range.piece(piece, of: pieces), packed: gradients.packed, layout: layout,
                to: self.packedSums, at: place, slotSize: self.slotSize)
        }
        let others = (1..<workers.threads).filter { hasBegun[$0].isRaised }
        if !hasBegun[0].isRaised {
            packedSums.withMutableSpan(slot * slotSize..<(slot + 1) * slotSize) { $0.update(repeating: 0) }
        }
        if others.isEmpty { return }
        forEachStretch(workers) { stretch in
            for thread in others {
                self.combine(slot, with: self.slots + thread - 1, stretch, &+)
            }
        }
    }

    /// Whether a thread has begun; raised by that thread alone, read after the join.
    private final class Flag: @unchecked Sendable {
        // Sendable holds because one thread touches it before the join, and the caller after it.
        private(set) var isRaised = false

        /// Raises the flag; false if it was up.
        func raise() -> Bool {
            if isRaised { return false }
            isRaised = true
            return true
        }
    }

    /// Runs `body` over all stretches of a slot's sums.
    private func forEachStretch(_ workers: Workers, _ body: @Sendable (Range<Int>) -> Void) {
        let pieces = workers.threads == 1 ? 1 : max(1, slotSize / Self.sumsPerPiece)
        workers.forEach(pieces) { piece in
            body((0..<self.slotSize).piece(piece, of: pieces))
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
    func subtract(child: Int, fromParent parent: Int, workers: Workers) {
        if isPacked {
            forEachStretch(workers) { self.combine(parent, with: child, $0, &-) }
            return
        }
        exactSums.withMutableSpan(parent * slotSize * 2..<(parent + 1) * slotSize * 2) { parent in
            exactSums.withSpan(child * slotSize * 2..<(child + 1) * slotSize * 2) { child in
                for index in child.indices { parent[index] -= child[index] }
            }
        }
    }

    /// Whether a leaf's rows lie in the cache well enough to be read once for every few features.
    func worksInParts(rows: Int) -> Bool {
        isPacked && rows * bins.lineStride * (bins.isWide ? 2 : 1) <= 1 << 19
    }

    /// Fills a child's slot with some features and takes them out of its parent's slot, which becomes the sibling's.
    ///
    /// For packed sums.
    func derive(
        _ part: BinLayout, child: Int, fromParent parent: Int, rows: AlignedBuffer<UInt32>, range: Range<Int>,
        gradients: GradientStore
    ) {
        let place = child * slotSize
        for feature in part.features {
            let room = room(of: feature)
            packedSums.withMutableSpan(place + room.lowerBound..<place + room.upperBound) {
                $0.update(repeating: 0)
            }
        }
        bins.addPacked(
            rows: rows, range: range, packed: gradients.packed, layout: part, to: packedSums, at: place,
            slotSize: slotSize)
        for feature in part.features { combine(parent, with: child, room(of: feature), &-) }
    }

    /// Where a feature's histogram lies in a slot.
    private func room(of feature: Int) -> Range<Int> {
        offsets[feature]..<(feature + 1 < offsets.count ? offsets[feature + 1] : slotSize)
    }

    @inline(__always)
    private func combine(
        _ slot: Int, with other: Int, _ stretch: Range<Int>, _ operation: (Int64, Int64) -> Int64
    ) {
        let (to, from) = (slot * slotSize + stretch.lowerBound, other * slotSize + stretch.lowerBound)
        packedSums.withMutableSpan(to..<to + stretch.count) { target in
            packedSums.withSpan(from..<from + stretch.count) { source in
                for index in source.indices { target[index] = operation(target[index], source[index]) }
            }
        }
    }

    /// Copies one feature's histogram as (gradient, hessian) pairs, in units of the gradient store's
    /// ``GradientStore/unit`` where packed, else in units of the loss.
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
    func rowCounts(
        _ rows: AlignedBuffer<UInt32>, range: Range<Int>, layout: BinLayout, workers: Workers
    ) -> RowCounts {
        // Every piece counts into a slot of its own.
        let pieces = min(pieces(rows: range.count, workers: workers), 2 * workers.threads)
        let parts = workers.map(pieces) { piece in
            self.bins.rowCounts(
                rows, range: range.piece(piece, of: pieces), layout: layout, slotSize: self.slotSize)
        }
        var counts = parts[0]
        for part in parts.dropFirst() {
            for bin in counts.indices { counts[bin] += part[bin] }
        }
        return RowCounts(counts: counts, offsets: offsets)
    }

    /// The best threshold on one feature; `nil` if none is allowed and worth more than the minimum gain, and perhaps if
    /// none is worth more than `toBeat`.
    func bestThreshold(
        slot: Int, feature: Int, terms: SplitTerms, counts: RowCounts?, toBeat: Double,
        scratch: inout [Double], instructions: Instructions
    ) -> ThresholdKernel.Threshold? {
        let binCount = binCounts[feature]
        let place = slot * slotSize + offsets[feature]
        return isPacked
            ? packedSums.withSpan(place..<place + binCount) { sums in
                ThresholdKernel.best(
                    packed: sums, counts: counts?.of(feature, binCount: binCount), terms: terms,
                    toBeat: toBeat, scratch: &scratch, instructions: instructions)
            }
            : exactSums.withSpan(2 * place..<2 * (place + binCount)) { sums in
                ThresholdKernel.best(
                    exact: sums, counts: counts?.of(feature, binCount: binCount), terms: terms,
                    toBeat: toBeat, scratch: &scratch, instructions: instructions)
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
