import LinearAlgebra
public import Parallelism
public import Statistics

/// Resamples obligors, each with all its moves, for intervals of a matrix.
///
/// Moves of one obligor are alike, so that resampling moves one by one would make intervals too narrow. Replicate r
/// draws as many obligors as there are from stream r of the generator. Obligors with the same moves are kept once.
///
/// Source: Hanson & Schuermann (2006), "Confidence intervals for probabilities of default", *Journal of Banking &
/// Finance* 30.
public struct ObligorBootstrap: Sendable {
    /// The states.
    public let scale: RatingScale
    /// Obligors with at least one move, stays included.
    public let obligorCount: Int
    /// By obligor, which list of moves it has.
    private let lists: [UInt32]
    /// Cells from · (K + 1) + to of every list, one after the other; column K is withdrawal.
    private let cells: [UInt16]
    private let offsets: [Int]

    /// The moves between successive snapshots of histories.
    ///
    /// - Throws: as ``MigrationCounts/byInterval(_:snapshots:)``.
    public init(_ histories: RatingHistories, snapshots: [Double]) throws(MigrationError) {
        guard snapshots.count >= 2 else { throw .noObservations(what: "fewer than two snapshots") }
        for (earlier, later) in zip(snapshots, snapshots.dropFirst()) where !(later > earlier) {
            throw .time(later, expected: "later than the snapshot before, \(earlier)")
        }
        let order = histories.scale.count
        var gatherer = Gatherer()
        for obligor in 0..<histories.obligorCount {
            var before: Int?
            var moves: [UInt16] = []
            for time in snapshots {
                let state = time < histories.end ? histories.state(of: obligor, at: time) : nil
                // Default is known for ever, also after the end of observation.
                let known =
                    state
                    ?? (histories.state(of: obligor, at: time) == histories.scale.defaultState
                        ? histories.scale.defaultState : nil)
                if let from = before, from != histories.scale.defaultState {
                    moves.append(UInt16(from * (order + 1) + (known ?? order)))
                }
                before = known
            }
            gatherer.add(moves)
        }
        self.init(gatherer, scale: histories.scale)
        guard obligorCount > 0 else { throw .noObservations(what: "no obligor was rated at a snapshot") }
    }

    /// The moves between neighbouring rows of a list of snapshots, as
    /// ``MigrationCounts/init(obligors:periods:states:scale:)`` counts them.
    ///
    /// - Throws: ``MigrationError/state(_:states:)``, ``MigrationError/noObservations(what:)``.
    public init(
        obligors: [Int32], periods: [Int32], states: [UInt8], scale: RatingScale
    ) throws(MigrationError) {
        guard obligors.count == periods.count, periods.count == states.count else {
            throw .noObservations(
                what: "columns of \(obligors.count), \(periods.count) and \(states.count) rows")
        }
        if let outside = states.first(where: { Int($0) >= scale.count }) {
            throw .state(Int(outside), states: scale.count)
        }
        var gatherer = Gatherer()
        var moves: [UInt16] = []
        for row in obligors.indices {
            if row > 0, obligors[row] != obligors[row - 1] {
                gatherer.add(moves)
                moves.removeAll(keepingCapacity: true)
            } else if row > 0, periods[row] == periods[row - 1] &+ 1 {
                moves.append(UInt16(Int(states[row - 1]) * (scale.count + 1) + Int(states[row])))
            }
        }
        gatherer.add(moves)
        self.init(gatherer, scale: scale)
        guard obligorCount > 0 else { throw .noObservations(what: "no two snapshots in succession") }
    }

    private init(_ gatherer: Gatherer, scale: RatingScale) {
        self.scale = scale
        lists = gatherer.lists
        cells = gatherer.cells
        offsets = gatherer.offsets
        obligorCount = gatherer.lists.count
    }

    /// Keeps every different list of moves once.
    private struct Gatherer {
        var lists: [UInt32] = []
        var cells: [UInt16] = []
        var offsets = [0]
        private var places: [[UInt16]: UInt32] = [:]

        mutating func add(_ moves: [UInt16]) {
            guard !moves.isEmpty else { return }
            if let place = places[moves] {
                lists.append(place)
                return
            }
            let place = UInt32(places.count)
            places[moves] = place
            lists.append(place)
            cells += moves
            offsets.append(cells.count)
        }
    }

    /// The counts of one replicate.
    public func counts(ofReplicate replicate: Int, generator: SeededGenerator) -> MigrationCounts {
        var stream = generator.stream(replicate)
        var weights = [UInt32](repeating: 0, count: offsets.count - 1)
        for _ in 0..<obligorCount { weights[Int(lists[stream.integer(below: obligorCount)])] &+= 1 }
        return counts(weights)
    }

    /// The counts of the obligors themselves.
    public var counts: MigrationCounts {
        var weights = [UInt32](repeating: 0, count: offsets.count - 1)
        for list in lists { weights[Int(list)] += 1 }
        return counts(weights)
    }

    private func counts(_ weights: [UInt32]) -> MigrationCounts {
        let order = scale.count
        var tally = [Int](repeating: 0, count: order * (order + 1))
        let (cells, offsets, weights) = (cells.span, offsets.span, weights.span)
        for list in weights.indices where weights[list] > 0 {
            let weight = Int(weights[list])
            for place in offsets[list]..<offsets[list + 1] { tally[Int(cells[place])] &+= weight }
        }
        var moves = Matrix(rows: order, columns: order)
        var withdrawn = [Double](repeating: 0, count: order)
        for from in 0..<order {
            for to in 0..<order { moves[from, to] = Double(tally[from * (order + 1) + to]) }
            withdrawn[from] = Double(tally[from * (order + 1) + order])
        }
        return MigrationCounts(unchecked: moves, withdrawn: withdrawn, scale: scale)
    }

    /// Percentile intervals of the cells of the cohort matrix.
    ///
    /// - Parameters:
    ///   - replicates: From 2.
    ///   - workers: Threads; the result does not depend on them.
    /// - Throws: ``MigrationError``.
    public func intervals(
        _ rule: WithdrawalRule = .excluded, level: Double = 0.95, replicates: Int = 1000,
        generator: SeededGenerator, workers: Workers = .single
    ) throws(MigrationError) -> MatrixIntervals {
        _ = try MatrixIntervals.checked(level)
        guard replicates >= 2 else {
            throw .badOption(name: "replicates", value: "\(replicates)", expected: "at least 2")
        }
        let drawn = try workers.tryMap(replicates) { replicate throws(MigrationError) in
            try counts(ofReplicate: replicate, generator: generator).matrix(rule).probabilities
        }
        var lower = drawn[0]
        var upper = drawn[0]
        for row in 0..<lower.rows {
            for column in 0..<lower.columns {
                do throws(MetricError) {
                    let quantiles = try SampleQuantiles(drawn.map { $0[row, column] })
                    lower[row, column] = try quantiles.value((1 - level) / 2)
                    upper[row, column] = try quantiles.value(1 - (1 - level) / 2)
                } catch {
                    throw .noObservations(what: "no replicates (\(error))")
                }
            }
        }
        return MatrixIntervals(lower: lower, upper: upper, level: level)
    }
}
