public import LinearAlgebra

/// How many obligors moved between states from one snapshot to the next.
public struct MigrationCounts: Sendable, Equatable {
    /// The states.
    public let scale: RatingScale
    /// N, shape (K, K): obligors in the row's state at a snapshot and the column's at the next.
    public let moves: Matrix
    /// By state, obligors in it at a snapshot that were not rated at the next.
    public let withdrawn: [Double]

    /// Counts that were taken elsewhere.
    ///
    /// - Throws: ``MigrationError/shape(rows:columns:states:)``,
    ///   ``MigrationError/element(row:column:value:expected:)``.
    public init(_ moves: Matrix, withdrawn: [Double]? = nil, scale: RatingScale) throws(MigrationError) {
        let order = scale.count
        let withdrawn = withdrawn ?? [Double](repeating: 0, count: order)
        guard moves.rows == order, moves.columns == order, withdrawn.count == order else {
            throw .shape(rows: moves.rows, columns: moves.columns, states: order)
        }
        for row in 0..<order {
            for (column, value) in (moves.row(row) + [withdrawn[row]]).enumerated() {
                guard value >= 0, value.isFinite else {
                    throw .element(row: row, column: column, value: value, expected: "a number of obligors")
                }
            }
        }
        self.init(unchecked: moves, withdrawn: withdrawn, scale: scale)
    }

    init(unchecked moves: Matrix, withdrawn: [Double], scale: RatingScale) {
        self.scale = scale
        self.moves = moves
        self.withdrawn = withdrawn
    }

    /// Obligors by state at the start of their interval whose next state is known.
    public var totals: [Double] { (0..<scale.count).map { moves.row($0).reduce(0, +) } }

    /// All obligors by state at the start of their interval.
    public var starters: [Double] { zip(totals, withdrawn).map { $0 + $1 } }

    /// The sum of two counts, as over two intervals.
    public static func + (left: MigrationCounts, right: MigrationCounts) -> MigrationCounts {
        precondition(left.scale == right.scale, "counts on different scales")
        return MigrationCounts(
            unchecked: left.moves + right.moves,
            withdrawn: zip(left.withdrawn, right.withdrawn).map { $0 + $1 },
            scale: left.scale)
    }
}

/// Counting from histories and from snapshots.
extension MigrationCounts {
    /// The moves of each interval between successive snapshots.
    ///
    /// An obligor counts if it is rated, and not in default, at the start; default in between is found at the end, also
    /// if the rating had been withdrawn before.
    ///
    /// - Parameters:
    ///   - histories: The histories.
    ///   - snapshots: Rising times, in years; at least two.
    /// - Returns: One count per interval.
    /// - Throws: ``MigrationError/time(_:expected:)``, ``MigrationError/noObservations(what:)``.
    public static func byInterval(
        _ histories: RatingHistories, snapshots: [Double]
    ) throws(MigrationError) -> [MigrationCounts] {
        guard snapshots.count >= 2 else { throw .noObservations(what: "fewer than two snapshots") }
        for (earlier, later) in zip(snapshots, snapshots.dropFirst()) where !(later > earlier) {
            throw .time(later, expected: "later than the snapshot before, \(earlier)")
        }
        let scale = histories.scale
        let order = scale.count
        let absorbing = scale.defaultState.map { UInt8($0) }
        let intervals = snapshots.count - 1
        // By interval, row by row, with one column more for those no longer rated.
        var tally = [Int](repeating: 0, count: intervals * order * (order + 1))
        for obligor in 0..<histories.obligorCount {
            let last = histories.offsets[obligor + 1]
            var index = histories.offsets[obligor]
            var before = RatingHistories.unrated
            for (position, time) in snapshots.enumerated() {
                if time < histories.times[histories.offsets[obligor]] { continue }
                while index + 1 < last, histories.times[index + 1] <= time { index += 1 }
                var state = histories.states[index]
                if time >= histories.end, state != absorbing { state = RatingHistories.unrated }
                if before != RatingHistories.unrated, before != absorbing {
                    let column = state == RatingHistories.unrated ? order : Int(state)
                    tally[((position - 1) * order + Int(before)) * (order + 1) + column] += 1
                }
                before = state
            }
        }
        return (0..<intervals).map { interval in
            var moves = Matrix(rows: order, columns: order)
            var withdrawn: [Double] = []
            for row in 0..<order {
                let start = (interval * order + row) * (order + 1)
                for column in 0..<order { moves[row, column] = Double(tally[start + column]) }
                withdrawn.append(Double(tally[start + order]))
            }
            return MigrationCounts(unchecked: moves, withdrawn: withdrawn, scale: scale)
        }
    }

    /// The moves between neighbouring rows of a list of snapshots.
    ///
    /// - Parameters:
    ///   - obligors: Whose snapshot a row is; rows of one obligor stand together.
    ///   - periods: Number of the snapshot; rising within an obligor. Only moves to the very next number count.
    ///   - states: The state, < K.
    ///   - scale: The states.
    /// - Throws: ``MigrationError/state(_:states:)``; ``MigrationError/noObservations(what:)`` if lengths differ.
    public init(
        obligors: [Int32], periods: [Int32], states: [UInt8], scale: RatingScale
    ) throws(MigrationError) {
        guard obligors.count == periods.count, periods.count == states.count else {
            throw .noObservations(
                what: "columns of \(obligors.count), \(periods.count) and \(states.count) rows")
        }
        let order = scale.count
        if let outside = states.first(where: { Int($0) >= order }) {
            throw .state(Int(outside), states: order)
        }
        var tally = [Int](repeating: 0, count: 256 * 256)
        let (ids, numbers, codes) = (obligors.span, periods.span, states.span)
        for row in 1..<max(1, ids.count)
        where ids[row] == ids[row - 1] && numbers[row] == numbers[row - 1] &+ 1 {
            tally[Int(codes[row - 1]) << 8 | Int(codes[row])] &+= 1
        }
        var moves = Matrix(rows: order, columns: order)
        for from in 0..<order {
            for to in 0..<order { moves[from, to] = Double(tally[from << 8 | to]) }
        }
        self.init(unchecked: moves, withdrawn: [Double](repeating: 0, count: order), scale: scale)
    }
}
