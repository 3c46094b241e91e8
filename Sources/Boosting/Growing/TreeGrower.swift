import Parallelism

/// Grows one tree at a time on binned rows, best leaf first.
///
/// A step splits one leaf: its rows are dealt to two children, the smaller child's histogram is built, the larger's is
/// what remains of the parent's, and both are searched for their own best split.
final class TreeGrower {
    private let data: BinnedData
    private let options: BoostingOptions
    private let workers: Workers
    private let lists: RowLists
    private var pool: HistogramPool?
    private var poolIsPacked = false
    private var scratch: [[SIMD2<Double>]]

    /// A leaf while the tree grows.
    private struct GrowingLeaf {
        var rows: Range<Int>
        var depth: Int
        var state: SplitFinder.Leaf
        var slot: Int
        var best: SplitFinder.Candidate?
        /// The split above and the side of it, once there is one.
        var parent: (split: Int, isLeft: Bool)?
        /// Features that interaction constraints leave open; `nil` for all.
        var openGroups: [Set<Int>]?
    }

    /// A tree and the rows that each of its leaves holds.
    struct GrownTree {
        var tree: Tree
        /// By leaf, its stretch of ``RowLists/rows``.
        var leafRows: [Range<Int>]
    }

    init(data: BinnedData, options: BoostingOptions, workers: Workers) {
        self.data = data
        self.options = options
        self.workers = workers
        lists = RowLists(bins: data.bins)
        scratch = []
    }

    /// The rows of the leaves of the tree grown last.
    var rows: AlignedBuffer<UInt32> { lists.rows }

    /// Grows a tree.
    ///
    /// - Parameters:
    ///   - gradients: Derivatives by row.
    ///   - sample: Rows to grow on, rising; `nil` for all.
    ///   - features: Features to use, rising.
    ///   - roundingKey: Names the stream of roundings.
    func grow(
        _ gradients: GradientStore, sample: [UInt32]?, features: [Int], roundingKey: UInt64
    ) -> GrownTree {
        let isPacked = gradients.pack(key: roundingKey, workers: workers)
        let pool = histogramPool(isPacked: isPacked)
        let finder = SplitFinder(options: options, unit: isPacked ? gradients.unit : SIMD2(1, 1))
        if let sample { lists.reset(to: sample) } else { lists.reset() }
        let rowCount = sample?.count ?? data.rowCount

        pool.build(
            slot: 0, rows: sample == nil ? nil : lists.rows, range: 0..<rowCount, gradients: gradients,
            workers: workers)
        var root = GrowingLeaf(
            rows: 0..<rowCount, depth: 0,
            state: SplitFinder.Leaf(
                total: total(of: 0, in: pool), rows: rowCount, bounds: ValueBounds(), l2: options.l2),
            slot: 0, openGroups: options.interactions.isEmpty ? nil : options.interactions)
        search([0], in: [root], features: features, finder: finder, pool: pool).forEach { root.best = $0 }

        var leaves = [root]
        var splits: [Tree.Split] = []
        while leaves.count < options.maximumLeaves, let chosen = nextLeaf(leaves) {
            let parent = leaves[chosen]
            guard let candidate = parent.best else { break }
            let leftCount = lists.part(
                parent.rows, feature: candidate.feature,
                goesLeft: table(of: candidate, mapper: data.mappers[candidate.feature]), workers: workers)
            guard min(leftCount, parent.rows.count - leftCount) >= max(1, options.minimumRowsInLeaf) else {
                // Hessians promised more rows than there are: this leaf stays as it is.
                leaves[chosen].best = nil
                continue
            }
            connect(&splits, leaf: parent, candidate: candidate, unit: finder.unit)
            var (left, right) = children(
                of: parent, candidate: candidate, leftCount: leftCount, finder: finder)
            left.parent = (splits.count - 1, true)
            right.parent = (splits.count - 1, false)
            let newSlot = leaves.count
            let leftIsSmaller = leftCount <= right.rows.count
            left.slot = leftIsSmaller ? newSlot : parent.slot
            right.slot = leftIsSmaller ? parent.slot : newSlot
            leaves[chosen] = left
            leaves.append(right)
            guard leaves.count < options.maximumLeaves, canSplit(left) || canSplit(right) else { continue }
            let smaller = leftIsSmaller ? left : right
            pool.build(
                slot: newSlot, rows: lists.rows, range: smaller.rows, gradients: gradients, workers: workers)
            pool.subtract(child: newSlot, fromParent: parent.slot)
            let both = [chosen, leaves.count - 1]
            let found = search(both, in: leaves, features: features, finder: finder, pool: pool)
            for (position, leaf) in both.enumerated() { leaves[leaf].best = found[position] }
        }
        return finish(leaves, splits: splits, gradients: gradients)
    }

    // MARK: Steps

    private func nextLeaf(_ leaves: [GrowingLeaf]) -> Int? {
        let open = leaves.indices.filter { leaves[$0].best != nil }
        let shallowest = open.map { leaves[$0].depth }.min()
        let eligible = options.growth == .depthWise ? open.filter { leaves[$0].depth == shallowest } : open
        // The first of equal gains, so that the order never depends on chance.
        return eligible.max {
            let (a, b) = (leaves[$0].best?.gain ?? 0, leaves[$1].best?.gain ?? 0)
            return a != b ? a < b : $0 > $1
        }
    }

    private func canSplit(_ leaf: GrowingLeaf) -> Bool {
        leaf.rows.count >= 2 * options.minimumRowsInLeaf
            && (options.maximumDepth == 0 || leaf.depth < options.maximumDepth)
    }

    /// The best split of each listed leaf over the features open to it; ties go to the first feature.
    private func search(
        _ chosen: [Int], in leaves: [GrowingLeaf], features: [Int], finder: SplitFinder, pool: HistogramPool
    ) -> [SplitFinder.Candidate?] {
        let mappers = data.mappers
        let allowed = chosen.map { leaf in
            canSplit(leaves[leaf])
                ? features.filter { feature in
                    leaves[leaf].openGroups.map { $0.contains { $0.contains(feature) } } ?? true
                }
                : []
        }
        let jobs = allowed.indices.flatMap { position in
            allowed[position].map { (position: position, feature: $0) }
        }
        let pieces = min(jobs.count, jobs.count * 256 > 4096 ? workers.threads : 1)
        let largest = mappers.map(\.binCount).max() ?? 1
        let states = chosen.map { (leaves[$0].state, leaves[$0].slot) }
        let found = workers.map(pieces) { piece -> [SplitFinder.Candidate?] in
            var pairs = [SIMD2<Double>](repeating: .zero, count: largest)
            var best = [SplitFinder.Candidate?](repeating: nil, count: chosen.count)
            for job in jobs[jobs.count * piece / pieces..<jobs.count * (piece + 1) / pieces] {
                let (state, slot) = states[job.position]
                pool.read(
                    slot: slot, feature: job.feature, binCount: mappers[job.feature].binCount, into: &pairs)
                guard
                    let candidate = finder.best(
                        pairs, of: state, feature: job.feature, mapper: mappers[job.feature])
                else { continue }
                if candidate.gain > best[job.position]?.gain ?? -.infinity { best[job.position] = candidate }
            }
            return best
        }
        return chosen.indices.map { position in
            var best: SplitFinder.Candidate?
            for part in found {
                if let candidate = part[position], candidate.gain > best?.gain ?? -.infinity {
                    best = candidate
                }
            }
            return best
        }
    }

    private func children(
        of parent: GrowingLeaf, candidate: SplitFinder.Candidate, leftCount: Int, finder: SplitFinder
    ) -> (left: GrowingLeaf, right: GrowingLeaf) {
        let middle = parent.rows.lowerBound + leftCount
        let right = parent.state.total - candidate.left
        let direction = options.monotone.isEmpty ? 0 : options.monotone[candidate.feature]
        let value = { (sum: SIMD2<Double>) in
            parent.state.bounds.clamped(
                LeafValue.best(sum * finder.unit, l1: self.options.l1, l2: candidate.childL2))
        }
        let bounds = parent.state.bounds.split(
            direction: direction, left: value(candidate.left), right: value(right))
        let groups = parent.openGroups.map { $0.filter { $0.contains(candidate.feature) } }
        func child(_ rows: Range<Int>, _ total: SIMD2<Double>, _ bounds: ValueBounds) -> GrowingLeaf {
            GrowingLeaf(
                rows: rows, depth: parent.depth + 1,
                state: SplitFinder.Leaf(
                    total: total, rows: rows.count, bounds: bounds, l2: candidate.childL2),
                slot: parent.slot, openGroups: groups)
        }
        return (
            child(parent.rows.lowerBound..<middle, candidate.left, bounds.left),
            child(middle..<parent.rows.upperBound, right, bounds.right)
        )
    }

    /// Appends the split and makes the parent's branch lead to it; branches to leaves are set at the end.
    private func connect(
        _ splits: inout [Tree.Split], leaf: GrowingLeaf, candidate: SplitFinder.Candidate, unit: SIMD2<Double>
    ) {
        let mapper = data.mappers[candidate.feature]
        let condition: Tree.Condition =
            switch candidate.leftBins {
            case .upTo(let bin): .atMost(mapper.threshold(above: bin))
            case .oneOf(let bins): .oneOf(mapper.codes(inBins: bins))
            }
        let number = splits.count
        splits.append(
            Tree.Split(
                feature: candidate.feature, condition: condition, missingGoesLeft: candidate.missingGoesLeft,
                left: .leaf(0), right: .leaf(0), gain: candidate.gain, cover: (leaf.state.total * unit).y))
        attach(.split(number), to: leaf.parent, in: &splits)
    }

    private func attach(
        _ child: Tree.Child, to parent: (split: Int, isLeft: Bool)?, in splits: inout [Tree.Split]
    ) {
        guard let parent else { return }
        if parent.isLeft { splits[parent.split].left = child } else { splits[parent.split].right = child }
    }

    /// Values from the exact gradients of every leaf's rows, summed in fixed blocks.
    private func finish(_ leaves: [GrowingLeaf], splits: [Tree.Split], gradients: GradientStore) -> GrownTree
    {
        let blockRows = 8192
        let blocks = leaves.indices.flatMap { leaf in
            stride(from: leaves[leaf].rows.lowerBound, to: leaves[leaf].rows.upperBound, by: blockRows).map {
                (leaf: leaf, rows: $0..<min($0 + blockRows, leaves[leaf].rows.upperBound))
            }
        }
        let rows = lists.rows
        let parts = workers.map(blocks.count) { gradients.sum(over: rows, blocks[$0].rows) }
        var sums = [SIMD2<Double>](repeating: .zero, count: leaves.count)
        for (block, part) in zip(blocks, parts) { sums[block.leaf] += part }
        var tree = Tree(splits: splits, leaves: [])
        for (number, leaf) in leaves.enumerated() {
            let value = LeafValue.best(sums[number], l1: options.l1, l2: leaf.state.l2)
            tree.leaves.append(
                Tree.Leaf(
                    value: leaf.state.bounds.clamped(value) * options.learningRate,
                    cover: max(0, sums[number].y)))
            attach(.leaf(number), to: leaf.parent, in: &tree.splits)
        }
        return GrownTree(tree: tree, leafRows: leaves.map(\.rows))
    }

    // MARK: Parts

    private func histogramPool(isPacked: Bool) -> HistogramPool {
        if let pool, poolIsPacked == isPacked { return pool }
        let fresh = HistogramPool(
            bins: data.bins, largestBinCount: data.mappers.map(\.binCount).max() ?? 1,
            leaves: options.maximumLeaves, isPacked: isPacked, workers: workers)
        pool = fresh
        poolIsPacked = isPacked
        return fresh
    }

    private func total(of slot: Int, in pool: HistogramPool) -> SIMD2<Double> {
        let count = data.mappers[0].binCount
        var pairs = [SIMD2<Double>](repeating: .zero, count: count)
        pool.read(slot: slot, feature: 0, binCount: count, into: &pairs)
        return pairs.reduce(.zero, +)
    }

    private func table(of candidate: SplitFinder.Candidate, mapper: BinMapper) -> [UInt8] {
        var table = [UInt8](repeating: 0, count: data.bins.isWide ? 65_536 : 256)
        switch candidate.leftBins {
        case .upTo(let bin): for left in 0...bin { table[left] = 1 }
        case .oneOf(let bins): for left in bins { table[left] = 1 }
        }
        table[mapper.missingBin] = candidate.missingGoesLeft ? 1 : 0
        return table
    }
}
