import LinearAlgebra

/// What is assumed of obligors whose rating is withdrawn (NR) before the next snapshot.
public enum WithdrawalRule: String, Sendable, Hashable, CaseIterable {
    /// They would have moved like the others: they are left out of their row.
    case excluded
    /// They would have moved for certain, and like the others that moved.
    case proportional
    /// They stay what they were, and count among those who did not default.
    ///
    /// Source: EBA/GL/2017/16, paragraph 81: obligors that leave remain in the denominator of the default rate.
    case keptInDenominator
    /// They are a state of their own, which is not left.
    case state
    /// They defaulted: an upper bound of PD.
    case defaulted
}

extension MigrationCounts {
    /// The cohort estimate of the transition matrix under a rule for withdrawals.
    ///
    /// pᵢⱼ = Nᵢⱼ ÷ Nᵢ after the rule has dealt with withdrawals. A state in which nobody was keeps its obligors, and so
    /// does default.
    ///
    /// - Throws: ``MigrationError/scale(reason:)`` if the rule needs default and the scale has none, or a state more
    ///   than the scale can take.
    public func matrix(_ rule: WithdrawalRule = .excluded) throws(MigrationError) -> TransitionMatrix {
        if rule == .state { return try matrixWithWithdrawnState() }
        let last = scale.defaultState
        if rule == .defaulted, last == nil {
            throw .scale(reason: "it does not end in default, to which withdrawals could be counted")
        }
        var probabilities = moves
        for row in 0..<scale.count {
            var counts = moves.row(row)
            let gone = withdrawn[row]
            let moved = counts.reduce(0, +) - counts[row]
            switch rule {
            case .excluded, .state: break
            case .keptInDenominator: counts[row] += gone
            case .defaulted: counts[last ?? row] += gone
            case .proportional:
                // Where nobody else moved there is nothing to be like.
                if moved > 0 {
                    for column in counts.indices where column != row { counts[column] *= 1 + gone / moved }
                } else {
                    counts[row] += gone
                }
            }
            let total = counts.reduce(0, +)
            for column in counts.indices {
                probabilities[row, column] =
                    total > 0 && row != last ? counts[column] / total : column == row ? 1 : 0
            }
        }
        return TransitionMatrix(computed: probabilities, scale: scale)
    }

    /// The mean of the matrices of several intervals, in which every interval counts alike however many obligors it
    /// has; a row is that of the intervals with anybody in its state.
    ///
    /// The matrix of the sum of counts gives every obligor the same weight instead.
    ///
    /// - Throws: ``MigrationError/noObservations(what:)`` without intervals; as ``matrix(_:)``.
    public static func averageMatrix(
        _ intervals: [MigrationCounts], _ rule: WithdrawalRule = .excluded
    ) throws(MigrationError) -> TransitionMatrix {
        guard let first = intervals.first else { throw .noObservations(what: "no intervals to average over") }
        // Where nobody ever was, the pooled matrix has what stands for that.
        let pooled = try intervals.dropFirst().reduce(first, +).matrix(rule)
        var mean = pooled.probabilities
        for row in 0..<pooled.scale.count {
            guard let state = first.scale.position(of: pooled.scale.labels[row]) else { continue }
            let known = intervals.filter { (rule == .excluded ? $0.totals : $0.starters)[state] > 0 }
            guard !known.isEmpty else { continue }
            let rows = try known.map { interval throws(MigrationError) in
                try interval.matrix(rule).probabilities.row(row)
            }
            for column in 0..<mean.columns {
                mean[row, column] = rows.reduce(0) { $0 + $1[column] } / Double(rows.count)
            }
        }
        return TransitionMatrix(computed: mean, scale: pooled.scale)
    }

    private func matrixWithWithdrawnState() throws(MigrationError) -> TransitionMatrix {
        // NR stands before default, which stays last.
        let position = scale.defaultState ?? scale.count
        var labels = scale.labels
        labels.insert("NR", at: position)
        let wider = try RatingScale(labels, endsInDefault: scale.endsInDefault)
        var probabilities = Matrix.identity(wider.count)
        let starters = starters
        for row in 0..<scale.count where starters[row] > 0 && row != scale.defaultState {
            var counts = moves.row(row)
            counts.insert(withdrawn[row], at: position)
            let widerRow = row < position ? row : row + 1
            for column in counts.indices { probabilities[widerRow, column] = counts[column] / starters[row] }
        }
        return TransitionMatrix(computed: probabilities, scale: wider)
    }
}
