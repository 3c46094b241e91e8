import LinearAlgebra
import Statistics

extension MarkovTest {
    /// The chance that a test finds what there is: P(χ² of d degrees of freedom and non-centrality ν > its critical
    /// value); NaN without degrees of freedom.
    ///
    /// - Parameters:
    ///   - noncentrality: ν ≥ 0: the statistic at the expected counts.
    ///   - level: The level of the test.
    static func power(noncentrality: Double, degreesOfFreedom: Int, level: Double = 0.05) -> Double {
        let freedom = Double(degreesOfFreedom)
        guard let central = try? ChiSquaredDistribution(degreesOfFreedom: freedom),
            let shifted = try? NoncentralChiSquaredDistribution(
                degreesOfFreedom: freedom, noncentrality: noncentrality)
        else { return .nan }
        return shifted.survival(central.quantile(upperTail: level))
    }

    /// The power of ``timeHomogeneity(_:)`` if in the later half of the intervals all moves to worse states were so
    /// many times as likely.
    ///
    /// - Parameters:
    ///   - multiple: > 0, such as 1.25.
    ///   - level: The level of the test.
    public static func timeHomogeneityPower(
        _ intervals: [MigrationCounts], downgrades multiple: Double, level: Double = 0.05
    ) throws(MigrationError) -> Double {
        let later =
            Array(repeating: false, count: intervals.count / 2)
            + Array(repeating: true, count: intervals.count - intervals.count / 2)
        let test = try timeHomogeneity(expected(intervals, isChanged: later, multiple))
        return power(noncentrality: test.statistic, degreesOfFreedom: test.degreesOfFreedom, level: level)
    }

    /// The power of ``firstOrder(_:)`` if obligors that came from a better state were so many times as likely to go on
    /// to a worse one.
    public static func firstOrderPower(
        _ counts: [MigrationCounts], downgrades multiple: Double, level: Double = 0.05
    ) throws(MigrationError) -> Double {
        guard let first = counts.first else { throw .noObservations(what: "no runs of three snapshots") }
        var changed: [MigrationCounts] = []
        let pooled = pooledRows(counts)
        for (before, count) in counts.enumerated() {
            var moves = count.moves
            for row in 0..<first.scale.count {
                let total = count.moves.row(row).reduce(0, +)
                let law = before < row ? shifted(pooled[row], row: row, multiple) : pooled[row]
                for column in law.indices { moves[row, column] = total * law[column] }
            }
            changed.append(MigrationCounts(unchecked: moves, withdrawn: count.withdrawn, scale: count.scale))
        }
        let test = try firstOrder(changed)
        return power(noncentrality: test.statistic, degreesOfFreedom: test.degreesOfFreedom, level: level)
    }

    private static func expected(
        _ counts: [MigrationCounts], isChanged: [Bool], _ multiple: Double
    ) -> [MigrationCounts] {
        let pooled = pooledRows(counts)
        return zip(counts, isChanged).map { count, isChanged in
            var moves = count.moves
            for row in pooled.indices {
                let total = count.moves.row(row).reduce(0, +)
                let law = isChanged ? shifted(pooled[row], row: row, multiple) : pooled[row]
                for column in law.indices { moves[row, column] = total * law[column] }
            }
            return MigrationCounts(unchecked: moves, withdrawn: count.withdrawn, scale: count.scale)
        }
    }

    private static func pooledRows(_ counts: [MigrationCounts]) -> [[Double]] {
        guard let first = counts.first else { return [] }
        return (0..<first.scale.count).map { row in
            let sums = (0..<first.scale.count).map { column in counts.reduce(0) { $0 + $1.moves[row, column] }
            }
            let total = sums.reduce(0, +)
            return sums.map { total > 0 ? $0 / total : 0 }
        }
    }

    /// A row in which moves to worse states are so many times as likely, the others keeping their proportions.
    private static func shifted(_ law: [Double], row: Int, _ multiple: Double) -> [Double] {
        let worse = law[(row + 1)...].reduce(0, +)
        let raised = min(0.999, worse * multiple)
        guard worse > 0, worse < 1 else { return law }
        return law.enumerated().map { $0 > row ? $1 * raised / worse : $1 * (1 - raised) / (1 - worse) }
    }
}

extension MigrationCounts {
    /// By the state before, the moves of obligors over runs of three snapshots: what ``MarkovTest/firstOrder(_:)``
    /// reads.
    ///
    /// - Throws: as ``byInterval(_:snapshots:)``.
    public static func byStateBefore(
        _ histories: RatingHistories, snapshots: [Double]
    ) throws(MigrationError) -> [MigrationCounts] {
        guard snapshots.count >= 3 else { throw .noObservations(what: "fewer than three snapshots") }
        let order = histories.scale.count
        var moves = [Matrix](repeating: Matrix(rows: order, columns: order), count: order)
        for obligor in 0..<histories.obligorCount {
            let states = snapshots.map { histories.state(of: obligor, at: $0) }
            for place in 2..<states.count {
                guard let before = states[place - 2], let from = states[place - 1], let to = states[place],
                    from != histories.scale.defaultState
                else { continue }
                moves[before][from, to] += 1
            }
        }
        return moves.map {
            MigrationCounts(
                unchecked: $0, withdrawn: [Double](repeating: 0, count: order), scale: histories.scale)
        }
    }
}
