import Parallelism

/// Grows one tree at a time on binned rows, best leaf first.
///
/// A step splits one leaf: its rows are dealt to two children, the smaller child's histogram is built, the larger's is
/// what remains of the parent's, and both are searched for their own best split.
final class TreeGrower {
    private let data: BinnedData
    private let options: BoostingOptions
    private let workers: Workers
    private let instructions: Instructions
    /// Whether histograms may be built from rounded gradients.
    private let allowsPacking: Bool
    /// The rows of the leaves, those of the tree grown last between trees.
    let lists: RowLists
    private let largestBinCount: Int
    private let groups: [Set<Int>]?
    private var pool: HistogramPool?
    private var poolIsPacked = false

    /// A leaf while the tree grows.
    private struct GrowingLeaf {
        var rows: Range<Int>
        var depth: Int
        var state: SplitFinder.Leaf
        var best: SplitFinder.Candidate?
        /// The split above and the side of it, once there is one.
        var parent: (split: Int, isLeft: Bool)?
        /// Groups of features that interaction constraints leave open; `nil` for all.
        var openGroups: [Set<Int>]?
        /// Features that may be asked about next.
        var features: [Int] = []
    }

    /// What a tree is grown from.
    struct Request {
        /// Derivatives by row.
        var gradients: GradientStore
        /// Rows to grow on, rising; `nil` for all.
        var sample: [UInt32]?
        /// Features of the tree, rising.
        var features: [Int]
        /// Draws the features of single splits.
        var sampler: Sampler
        var output: Int
        /// Names the stream of roundings.
        var roundingKey: UInt64
        /// The value of a leaf from the places of its rows in ``RowLists/rows``, where second derivatives do not give
        /// it.
        var renewedValue: ((Range<Int>) -> Double?)?
    }

    /// A tree and the rows that each of its leaves holds.
    struct GrownTree {
        var tree: Tree
        /// By leaf, its stretch of ``RowLists/rows``.
        var leafRows: [Range<Int>]
    }

    init(
        data: BinnedData, options: BoostingOptions, workers: Workers, instructions: Instructions,
        allowsPacking: Bool = true
    ) {
        self.data = data
        self.options = options
        self.workers = workers
        self.instructions = instructions
        self.allowsPacking = allowsPacking
        lists = RowLists(bins: data.bins, instructions: instructions)
        largestBinCount = data.mappers.map(\.binCount).max() ?? 1
        groups = options.interactions.isEmpty ? nil : options.groups(ofFeatures: data.mappers.count)
    }

    /// Grows a tree.
    func grow(_ request: Request) -> GrownTree {
        var growth = start(request)
        while growth.leaves.count < options.maximumLeaves, let chosen = nextLeaf(growth.leaves) {
            if let now = growth.neighbours?.bounds(of: chosen), now != growth.leaves[chosen].state.bounds {
                // Neighbours have moved since this leaf was searched.
                growth.leaves[chosen].state.bounds = now
                search([chosen], in: &growth)
                continue
            }
            split(chosen, in: &growth)
        }
        return finish(&growth)
    }

    // MARK: Steps

    /// A tree while it grows.
    private struct Growth {
        let request: Request
        let finder: SplitFinder
        let layout: BinLayout
        /// The layout, a few features a part.
        let parts: [BinLayout]
        var leaves: [GrowingLeaf]
        var splits: [Tree.Split] = []
        var neighbours: NeighbourBounds?
        var searches = 0
    }

    private func start(_ request: Request) -> Growth {
        let isPacked =
            allowsPacking
            && request.gradients.pack(
                key: request.roundingKey, leafRows: options.minimumRowsInLeaf, workers: workers,
                instructions: instructions)
        let pool = histogramPool(isPacked: isPacked)
        let layout = pool.layout(of: request.features)
        if let sample = request.sample { lists.reset(to: sample) } else { lists.reset(workers) }
        let rowCount = request.sample?.count ?? data.rowCount
        pool.build(
            slot: 0, rows: request.sample == nil ? nil : lists.rows, range: 0..<rowCount,
            gradients: request.gradients, layout: layout, workers: workers)
        let finder = SplitFinder(
            options: options, unit: isPacked ? request.gradients.unit : SIMD2(1, 1), pool: pool,
            instructions: instructions)
        let total = total(of: pool, feature: request.features[0])
        let root = GrowingLeaf(
            rows: 0..<rowCount, depth: 0,
            state: SplitFinder.Leaf(
                total: total, rows: rowCount, bounds: ValueBounds(), l2: options.l2, slot: 0),
            openGroups: groups)
        var growth = Growth(
            request: request, finder: finder, layout: layout, parts: layout.parts(threads: workers.threads),
            leaves: [root])
        if options.monotoneMethod == .intermediate, options.monotone.contains(where: { $0 != 0 }) {
            growth.neighbours = NeighbourBounds(
                directions: options.monotone, mappers: data.mappers,
                value: LeafValue.best(total * finder.unit, l1: options.l1, l2: options.l2))
        }
        openFeatures(ofLeaf: 0, in: &growth)
        search([0], in: &growth)
        return growth
    }

    /// Splits a leaf at its best candidate, and searches the children for theirs.
    private func split(_ chosen: Int, in growth: inout Growth) {
        let parent = growth.leaves[chosen]
        guard let candidate = parent.best else { return }
        let pool = growth.finder.pool
        let table = table(of: candidate, mapper: data.mappers[candidate.feature])
        let leftCount = lists.part(
            parent.rows, feature: candidate.feature, goesLeft: table, workers: workers)
        guard min(leftCount, parent.rows.count - leftCount) >= options.minimumRowsInLeaf else {
            recount(chosen, in: &growth)
            return
        }
        connect(&growth.splits, leaf: parent, candidate: candidate, unit: growth.finder.unit)
        var (left, right) = children(of: parent, candidate: candidate, leftCount: leftCount)
        left.parent = (growth.splits.count - 1, true)
        right.parent = (growth.splits.count - 1, false)
        hold(&left, &right, apartBy: candidate, table: table, parent: parent, leaf: chosen, in: &growth)
        let newSlot = growth.leaves.count
        let leftIsSmaller = leftCount <= right.rows.count
        if leftIsSmaller { left.state.slot = newSlot } else { right.state.slot = newSlot }
        growth.leaves[chosen] = left
        growth.leaves.append(right)
        guard growth.leaves.count < options.maximumLeaves, canSplit(left) || canSplit(right) else { return }
        let both = [chosen, growth.leaves.count - 1]
        for leaf in both { openFeatures(ofLeaf: leaf, in: &growth) }
        let rows = leftIsSmaller ? left.rows : right.rows
        if pool.worksInParts(rows: rows.count) {
            deriveAndSearch(both, child: newSlot, parent: parent.state.slot, rows: rows, in: &growth)
            return
        }
        pool.build(
            slot: newSlot, rows: lists.rows, range: rows, gradients: growth.request.gradients,
            layout: growth.layout, workers: workers)
        pool.subtract(child: newSlot, fromParent: parent.state.slot, workers: workers)
        search(both, in: &growth)
    }

    /// Hessians promised more rows than there are: counts the rows of every bin and searches the leaf again.
    private func recount(_ leaf: Int, in growth: inout Growth) {
        growth.leaves[leaf].best = nil
        if growth.leaves[leaf].state.counts != nil { return }
        growth.leaves[leaf].state.counts = growth.finder.pool.rowCounts(
            lists.rows, range: growth.leaves[leaf].rows, layout: growth.layout, workers: workers)
        search([leaf], in: &growth)
    }

    private func nextLeaf(_ leaves: [GrowingLeaf]) -> Int? {
        var next: (leaf: Int, gain: Double, depth: Int)?
        for (number, leaf) in leaves.enumerated() {
            guard let gain = leaf.best?.gain else { continue }
            let depth = options.growth == .depthWise ? leaf.depth : 0
            // The first of equal gains, so that the order never depends on chance.
            if let known = next, depth > known.depth || (depth == known.depth && gain <= known.gain) {
                continue
            }
            next = (number, gain, depth)
        }
        return next?.leaf
    }

    private func canSplit(_ leaf: GrowingLeaf) -> Bool {
        leaf.rows.count >= 2 * options.minimumRowsInLeaf
            && (options.maximumDepth == 0 || leaf.depth < options.maximumDepth)
    }

    /// Decides which features a leaf may ask about.
    private func openFeatures(ofLeaf leaf: Int, in growth: inout Growth) {
        guard canSplit(growth.leaves[leaf]) else { return }
        var features = growth.request.features
        if let groups = growth.leaves[leaf].openGroups {
            features = features.filter { feature in groups.contains { $0.contains(feature) } }
        }
        growth.leaves[leaf].features = growth.request.sampler.features(
            of: features, output: growth.request.output, node: growth.searches)
        growth.searches += 1
    }

    /// The best split of each listed leaf over the features open to it; ties go to the first feature.
    private func search(_ chosen: [Int], in growth: inout Growth) {
        let (mappers, finder, largest) = (data.mappers, growth.finder, largestBinCount)
        let states = chosen.map { growth.leaves[$0].state }
        let open = features(openTo: chosen, in: growth)
        // A feature takes a microsecond or less; a second thread costs several. Threads that come late find less.
        let isLong = open.joined().count * largest > 8192
        let pieces = isLong ? min(open.map(\.count).max() ?? 0, 4 * workers.threads) : 1
        let found = workers.map(pieces) { piece -> [SplitFinder.Candidate?] in
            var scratch = SplitFinder.Scratch(largestBinCount: largest)
            return states.indices.map { position in
                let features = open[position]
                return finder.best(
                    of: states[position], among: features[features.indices.piece(piece, of: pieces)],
                    mappers: mappers, scratch: &scratch)
            }
        }
        keep(found, of: chosen, in: &growth)
    }

    /// Fills a new leaf's histograms, takes them out of its parent's, and searches both leaves, a few features at a
    /// time while theirs are at hand: what is shared out is one round of work instead of three.
    private func deriveAndSearch(
        _ chosen: [Int], child: Int, parent: Int, rows: Range<Int>, in growth: inout Growth
    ) {
        let (mappers, finder, largest, parts) = (data.mappers, growth.finder, largestBinCount, growth.parts)
        let (lists, gradients) = (lists.rows, growth.request.gradients)
        let states = chosen.map { growth.leaves[$0].state }
        let open = features(openTo: chosen, in: growth)
        let crew = 2 * growth.layout.features.count * largest > 8192 ? workers : .single
        let found = crew.map(parts.count) { piece -> [SplitFinder.Candidate?] in
            finder.pool.derive(
                parts[piece], child: child, fromParent: parent, rows: lists, range: rows, gradients: gradients
            )
            var scratch = SplitFinder.Scratch(largestBinCount: largest)
            return states.indices.map { position in
                let features = open[position].elements(within: parts[piece].features)
                return finder.best(
                    of: states[position], among: features, mappers: mappers, scratch: &scratch)
            }
        }
        keep(found, of: chosen, in: &growth)
    }

    /// The features that each of some leaves may ask about, rising; none where a leaf cannot be split.
    private func features(openTo chosen: [Int], in growth: Growth) -> [[Int]] {
        chosen.map { canSplit(growth.leaves[$0]) ? growth.leaves[$0].features : [] }
    }

    /// Gives each leaf the best of what the pieces found, which are in the order of the features.
    private func keep(_ found: [[SplitFinder.Candidate?]], of chosen: [Int], in growth: inout Growth) {
        for (position, leaf) in chosen.enumerated() {
            var best: SplitFinder.Candidate?
            for part in found {
                if let candidate = part[position], candidate.gain > best?.gain ?? -.infinity {
                    best = candidate
                }
            }
            growth.leaves[leaf].best = best
        }
    }

    private func children(
        of parent: GrowingLeaf, candidate: SplitFinder.Candidate, leftCount: Int
    ) -> (left: GrowingLeaf, right: GrowingLeaf) {
        let middle = parent.rows.lowerBound + leftCount
        let groups = parent.openGroups.map { $0.filter { $0.contains(candidate.feature) } }
        func child(_ rows: Range<Int>, _ total: SIMD2<Double>) -> GrowingLeaf {
            GrowingLeaf(
                rows: rows, depth: parent.depth + 1,
                state: SplitFinder.Leaf(
                    total: total, rows: rows.count, bounds: parent.state.bounds, l2: candidate.childL2,
                    slot: parent.state.slot),
                openGroups: groups)
        }
        return (
            child(parent.rows.lowerBound..<middle, candidate.left),
            child(middle..<parent.rows.upperBound, parent.state.total - candidate.left)
        )
    }

    /// Sets the bounds of two new leaves so that monotone constraints hold.
    private func hold(
        _ left: inout GrowingLeaf, _ right: inout GrowingLeaf, apartBy candidate: SplitFinder.Candidate,
        table: [UInt8], parent: GrowingLeaf, leaf: Int, in growth: inout Growth
    ) {
        if options.monotone.isEmpty { return }
        let values = [left.state.total, right.state.total].map { sum in
            parent.state.bounds.clamped(
                LeafValue.best(sum * growth.finder.unit, l1: options.l1, l2: candidate.childL2))
        }
        if growth.neighbours != nil {
            growth.neighbours?.split(
                leaf, feature: candidate.feature, goesLeft: table, leftValue: values[0], rightValue: values[1]
            )
            left.state.bounds = growth.neighbours?.bounds(of: leaf) ?? left.state.bounds
            right.state.bounds = growth.neighbours?.bounds(of: growth.leaves.count) ?? right.state.bounds
        } else {
            (left.state.bounds, right.state.bounds) = parent.state.bounds.split(
                direction: options.direction(of: candidate.feature), left: values[0], right: values[1])
        }
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

    /// Values from the exact gradients of every leaf's rows, summed in fixed blocks of the data.
    private func finish(_ growth: inout Growth) -> GrownTree {
        let (leaves, gradients, lists) = (growth.leaves, growth.request.gradients, lists)
        let parts = workers.map(lists.blockCount) { block in
            leaves.map { gradients.sum(over: lists.rows, lists.stretch(of: $0.rows, inBlock: block)) }
        }
        var sums = [SIMD2<Double>](repeating: .zero, count: leaves.count)
        for part in parts {
            for leaf in leaves.indices { sums[leaf] += part[leaf] }
        }
        let largest = options.largestLeafValue
        var tree = Tree(splits: growth.splits, leaves: [])
        for (number, leaf) in leaves.enumerated() {
            let free =
                growth.request.renewedValue?(leaf.rows)
                ?? LeafValue.best(sums[number], l1: options.l1, l2: leaf.state.l2)
            let wanted = max(-largest, min(largest, free))
            let value = growth.neighbours?.settle(number, on: wanted) ?? leaf.state.bounds.clamped(wanted)
            tree.leaves.append(
                Tree.Leaf(value: value * options.learningRate, cover: max(0, sums[number].y)))
            attach(.leaf(number), to: leaf.parent, in: &tree.splits)
        }
        return GrownTree(tree: tree, leafRows: leaves.map(\.rows))
    }

    // MARK: Parts

    private func histogramPool(isPacked: Bool) -> HistogramPool {
        if let pool, poolIsPacked == isPacked { return pool }
        let mostLeaves = max(2, data.rowCount / options.minimumRowsInLeaf)
        let fresh = HistogramPool(
            bins: data.bins, binCounts: data.mappers.map(\.binCount),
            leaves: min(options.maximumLeaves, mostLeaves), isPacked: isPacked, workers: workers)
        pool = fresh
        poolIsPacked = isPacked
        return fresh
    }

    private func total(of pool: HistogramPool, feature: Int) -> SIMD2<Double> {
        var pairs = [SIMD2<Double>](repeating: .zero, count: data.mappers[feature].binCount)
        pool.read(slot: 0, feature: feature, into: &pairs)
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

extension BoostingOptions {
    /// The most that a leaf may add before shrinkage.
    var largestLeafValue: Double {
        if let maximumLeafValue { return maximumLeafValue }
        switch objective {
        case .binary, .softmax, .ordinal, .poisson: return 5
        case .squared, .quantile: return .infinity
        }
    }

    /// The groups of features that may meet; a feature in none meets no other.
    func groups(ofFeatures count: Int) -> [Set<Int>] {
        let listed = interactions.reduce(into: Set<Int>()) { $0.formUnion($1) }
        return interactions + (0..<count).filter { !listed.contains($0) }.map { [$0] }
    }
}

extension [Int] {
    /// Of rising numbers, those from the first to the last of other rising ones.
    fileprivate func elements(within others: [Int]) -> ArraySlice<Int> {
        guard let first = others.first, let last = others.last else { return [] }
        return self[span.lowerBound(of: first)..<span.lowerBound(of: last + 1)]
    }
}
