import Glibc

/// One fit of all functions, stopped by the rows that it leaves out.
///
/// Every step fits one function to the derivatives of the loss at the scores so far, so that each corrects what the
/// others have said. Rows that are left out have weight 0 and decide when to stop.
struct AdditiveBag: Sendable {
    private let design: AdditiveDesign
    private let options: AdditiveOptions
    private let number: Int
    /// Rows that are left out.
    private let held: [Int]
    /// By row, 0 for rows that are left out.
    private let weights: [Float]
    private let scores: AlignedBuffer<Double>
    private let gradients: GradientStore
    private let finder: StepFinder
    /// Log-odds of the weighted training rows.
    let base: Double
    /// By feature, log-odds by bin.
    private(set) var functions: [[Double]]
    /// By feature, training rows by bin.
    private var rowsOfBin: [[Double]] = []
    private var grids: [PairGrid] = []
    /// By pair, log-odds by place of its grid.
    private(set) var pairValues: [[Double]] = []
    /// By pair, training rows by place of its grid.
    private var rowsOfPlace: [[Double]] = []

    /// - Parameter held: Rows to leave out, of which some have weight; the others hold both outcomes.
    init(_ design: AdditiveDesign, options: AdditiveOptions, number: Int, held: [Int]) {
        self.design = design
        self.options = options
        self.number = number
        self.held = held
        var weights = design.weights.map(Float.init)
        for row in held { weights[row] = 0 }
        self.weights = weights
        let sums = WeightedSums.sums(design.outcomes, weights) { $0 }
        base = log(sums.value) - log(sums.weight - sums.value)
        scores = AlignedBuffer(repeating: base, count: design.rowCount)
        gradients = GradientStore(rowCount: design.rowCount)
        finder = StepFinder(
            leaves: options.leaves, minimumRows: Double(options.minimumRowsInLeaf),
            minimumHessian: options.minimumHessianInLeaf, l2: options.l2)
        functions = design.mappers.map { [Double](repeating: 0, count: $0.binCount) }
        rowsOfBin = design.bins.indices.map { rowCounts(design.bins[$0], functions[$0].count) }
        fillGradients()
    }

    /// Scores of the rows that are left out.
    var heldScores: [(row: Int, score: Double)] { held.map { ($0, scores[$0]) } }

    // MARK: Functions of one feature

    /// A change of one function by bin or place, and how much it lowers twice the loss before shrinkage.
    private struct Step {
        var changes: [Double] = []
        var gain = 0.0
    }

    /// Takes a cycle of steps of functions of single features.
    mutating func cycle(_ round: Int) {
        take(round, of: design.bins.count, order: options.order) { bag, feature in
            bag.step(feature, round: round)
        } apply: { bag, feature, changes in
            for (bin, change) in changes.enumerated() { bag.functions[feature][bin] += change }
            bag.add(changes, of: bag.design.bins[feature])
        }
    }

    /// Takes as many steps as there are functions, in an order drawn for the round or the one that gains most first.
    private mutating func take(
        _ round: Int, of count: Int, order: AdditiveOptions.Order,
        step: (AdditiveBag, Int) -> Step, apply: (inout AdditiveBag, Int, [Double]) -> Void
    ) {
        guard order == .greedy, round >= options.smoothingRounds else {
            for place in shuffled(count, round: round) {
                let step = step(self, place)
                if !step.changes.isEmpty { apply(&self, place, step.changes) }
            }
            return
        }
        var gains = (0..<count).map { step(self, $0).gain }
        for _ in 0..<count {
            guard let place = gains.indices.max(by: { gains[$0] < gains[$1] }), gains[place] > 0 else {
                return
            }
            let step = step(self, place)
            if !step.changes.isEmpty { apply(&self, place, step.changes) }
            // A share ν of a Newton step leaves (1 − ν)² of what it could gain.
            gains[place] = step.gain * (1 - options.learningRate) * (1 - options.learningRate)
        }
    }

    /// Goes back to functions that were fitted before.
    mutating func restore(_ functions: [[Double]]) {
        self.functions = functions
        rescore()
    }

    /// The step of one function; empty for none.
    private func step(_ feature: Int, round: Int) -> Step {
        let mapper = design.mappers[feature]
        let sums = histogram(design.bins[feature], count: mapper.binCount, rows: rowsOfBin[feature])
        var (positions, missing) = (Array(0..<mapper.missingBin), sums[mapper.missingBin])
        if case .category = mapper.rule {
            // Missing is one level among others, and levels without rows have no place.
            missing = StepFinder.Sum()
            let smoothing = options.categorySmoothing
            let ratios = sums.map { $0.gradient / ($0.hessian + smoothing + 1e-300) }
            positions = sums.indices.filter { sums[$0].rows > 0 }.sorted {
                (ratios[$0], $0) < (ratios[$1], $1)
            }
        }
        var totals = [StepFinder.Sum()]
        totals.reserveCapacity(positions.count + 1)
        for position in positions { totals.append(totals[totals.count - 1] + sums[position]) }
        let direction = design.directions[feature]
        let isDrawn = round < options.smoothingRounds
        let levels =
            isDrawn
            ? finder.drawn(totals: totals, missing: missing, key: key(round, feature, purpose: 1))
            : finder.best(totals: totals, missing: missing, direction: direction)
        guard !levels.isEmpty else { return Step() }
        var step = Step(changes: [Double](repeating: 0, count: mapper.binCount))
        for (level, value) in zip(levels, finder.values(levels, direction: direction)) {
            for place in level.low..<level.high {
                step.changes[positions[place]] = options.learningRate * value
            }
            if level.hasMissing { step.changes[mapper.missingBin] = options.learningRate * value }
            step.gain += finder.worth(level.sum, at: value)
        }
        return step
    }

    // MARK: Functions of pairs

    /// How much each of some pairs says beyond its two features, at the scores so far.
    ///
    /// - Parameters:
    ///   - pairs: Features, counted from 0.
    ///   - ranks: By feature, the place of every bin along the pair's side; empty for features in no pair.
    ///   - sizes: By feature, places along a side.
    func strengths(of pairs: [(Int, Int)], ranks: [[UInt16]], sizes: [Int]) -> [Double] {
        // So many rows tell strong pairs from weak ones.
        let stride = max(1, design.rowCount / 50_000)
        let rows = Swift.stride(from: 0, to: design.rowCount, by: stride).filter { weights[$0] > 0 }
        let pairsOfRow = gradients.gradients.withSpan(0..<design.rowCount) { gradient in
            gradients.hessians.withSpan(0..<design.rowCount) { hessian in
                rows.map { SIMD2(Double(gradient[$0]), Double(hessian[$0])) }
            }
        }
        let places = ranks.indices.map { feature in
            ranks[feature].isEmpty ? [] : rows.map { ranks[feature][Int(design.bins[feature][$0])] }
        }
        return pairs.map { first, second in
            let (height, width) = (sizes[first], sizes[second])
            var sums = [StepFinder.Sum](repeating: StepFinder.Sum(), count: height * width)
            let (across, along) = (places[first], places[second])
            for row in pairsOfRow.indices {
                let place = Int(across[row]) * width + Int(along[row])
                sums[place].gradient += pairsOfRow[row].x
                sums[place].hessian += pairsOfRow[row].y
                sums[place].rows += 1
            }
            return CrossFinder(rows: height, columns: width, finder: finder).strength(
                totals: cumulated(sums, rows: height, columns: width))
        }
    }

    /// Starts functions of pairs, on top of those of single features, which stay as they are.
    mutating func start(_ grids: [PairGrid]) {
        self.grids = grids
        pairValues = grids.map { [Double](repeating: 0, count: $0.rows * $0.columns) }
        rowsOfPlace = grids.map { rowCounts($0.places, $0.rows * $0.columns) }
    }

    /// Takes a cycle of steps of functions of pairs.
    mutating func pairCycle(_ round: Int) {
        take(round, of: grids.count, order: options.pairOrder) { bag, pair in
            bag.pairStep(pair, round: round)
        } apply: { bag, pair, changes in
            for (place, change) in changes.enumerated() { bag.pairValues[pair][place] += change }
            bag.add(changes, of: bag.grids[pair].places)
        }
    }

    /// The step of the function of a pair; empty for none.
    private func pairStep(_ pair: Int, round: Int) -> Step {
        let grid = grids[pair]
        let sums = histogram(grid.places, count: grid.rows * grid.columns, rows: rowsOfPlace[pair])
        let totals = cumulated(sums, rows: grid.rows, columns: grid.columns)
        let cross = CrossFinder(rows: grid.rows, columns: grid.columns, finder: finder)
        let blocks =
            round < options.smoothingRounds
            ? cross.drawn(totals: totals, key: key(round, pair, purpose: 2)) : cross.best(totals: totals)
        guard !blocks.isEmpty else { return Step() }
        var step = Step(changes: [Double](repeating: 0, count: grid.rows * grid.columns))
        for block in blocks {
            let value = finder.value(block.sum)
            step.gain += finder.worth(block.sum, at: value)
            for row in block.rows {
                for column in block.columns {
                    step.changes[row * grid.columns + column] = options.learningRate * value
                }
            }
        }
        return step
    }

    /// Goes back to functions of pairs that were fitted before.
    mutating func restore(pairs values: [[Double]]) {
        pairValues = values
        rescore()
    }

    private func cumulated(_ sums: [StepFinder.Sum], rows: Int, columns: Int) -> [StepFinder.Sum] {
        let stride = columns + 1
        var totals = [StepFinder.Sum](repeating: StepFinder.Sum(), count: (rows + 1) * stride)
        for row in 0..<rows {
            var line = StepFinder.Sum()
            for column in 0..<columns {
                line = line + sums[row * columns + column]
                totals[(row + 1) * stride + column + 1] = totals[row * stride + column + 1] + line
            }
        }
        return totals
    }

    // MARK: Rows

    /// Sums of derivatives by bin, with the training rows there are.
    private func histogram(_ bins: [UInt16], count: Int, rows: [Double]) -> [StepFinder.Sum] {
        // Even and odd rows have sums of their own, so that neighbours in one bin need not wait for each other.
        var sums = [SIMD2<Double>](repeating: .zero, count: 2 * count)
        gradients.gradients.withSpan(0..<bins.count) { gradient in
            gradients.hessians.withSpan(0..<bins.count) { hessian in
                let bins = bins.span
                var target = sums.mutableSpan
                for row in bins.indices {
                    target[2 * Int(bins[row]) + row & 1] += SIMD2(
                        Double(gradient[row]), Double(hessian[row]))
                }
            }
        }
        return (0..<count).map { bin in
            let sum = sums[2 * bin] + sums[2 * bin + 1]
            return StepFinder.Sum(gradient: sum.x, hessian: sum.y, rows: rows[bin])
        }
    }

    private func rowCounts(_ bins: [UInt16], _ count: Int) -> [Double] {
        var counts = [Double](repeating: 0, count: count)
        for row in bins.indices where weights[row] > 0 { counts[Int(bins[row])] += 1 }
        return counts
    }

    /// Moves the scores of all rows by a change of one function, and the derivatives with them.
    private func add(_ changes: [Double], of bins: [UInt16]) {
        move(by: changes, of: bins)
        fillGradients()
    }

    private func move(by changes: [Double], of bins: [UInt16]) {
        scores.withMutableSpan(0..<bins.count) { scores in
            let (bins, changes) = (bins.span, changes.span)
            for row in bins.indices { scores[row] += changes[Int(bins[row])] }
        }
    }

    private func rescore() {
        scores.withMutableSpan(0..<scores.count) { $0.update(repeating: base) }
        for (function, bins) in zip(functions, design.bins) { move(by: function, of: bins) }
        for (values, grid) in zip(pairValues, grids) { move(by: values, of: grid.places) }
        fillGradients()
    }

    private func fillGradients() {
        GradientKernel.binary(
            gradients, rows: 0..<design.rowCount, scores: scores, outcomes: design.outcomes, weights: weights,
            instructions: design.instructions)
    }

    /// Mean log loss of the rows that are left out.
    func heldLoss() -> Double {
        var (sum, total) = (0.0, 0.0)
        for row in held {
            let (weight, score) = (design.weights[row], scores[row])
            let towards = design.outcomes[row] > 0 ? -score : score
            // −ln p = ln(1 + e^−η) for a default, without overflow.
            sum += weight * (max(towards, 0) + log1p(exp(-abs(towards))))
            total += weight
        }
        return sum / total
    }

    // MARK: Draws

    private func key(_ round: Int, _ place: Int, purpose: UInt64) -> UInt64 {
        SplitMix.hash(
            SplitMix.hash(SplitMix.hash(options.seed &+ purpose) &+ UInt64(number)) &+ UInt64(round) << 20
                &+ UInt64(place))
    }

    /// The order of the steps of a cycle, so that no function always comes first.
    private func shuffled(_ count: Int, round: Int) -> [Int] {
        let keys = (0..<count).map { key(round, $0, purpose: 0) }
        return keys.indices.sorted { keys[$0] < keys[$1] }
    }
}

/// The grid of a pair, and where every row lies in it.
struct PairGrid: Sendable {
    let rows: Int
    let columns: Int
    /// By row of the data, its place in the grid.
    let places: [UInt16]
}
