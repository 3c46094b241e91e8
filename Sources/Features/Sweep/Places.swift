/// Where an obligor stands among all, as of every date.
struct Places: Sendable {
    private let open: [Double]
    private let scores: [[Double]]
    private let indices: [[Double]]

    /// - Parameters:
    ///   - states: By obligor and date.
    ///   - dates: Number of as-of dates.
    init(states: [ObligorState], dates: Int) {
        var open = [Double](repeating: 0, count: dates)
        var scores = [[Double]](repeating: [], count: dates)
        var indices = scores
        for (place, state) in states.enumerated() where state.isKnown {
            let asOf = place % dates
            open[asOf] += state.open
            if !state.score.isNaN { scores[asOf].append(state.score) }
            if state.paid > 0 { indices[asOf].append(state.index / state.paid) }
        }
        self.open = open
        self.scores = scores.map { $0.sorted() }
        self.indices = indices.map { $0.sorted() }
    }

    /// A figure of an obligor in a state.
    func value(_ figure: PlaceFigure, _ state: ObligorState, at asOf: Int) -> Double {
        switch figure {
        case .open: open[asOf]
        case .scoreRank: state.score.isNaN ? .nan : Self.rank(state.score, in: scores[asOf])
        case .indexRank:
            state.paid > 0 ? Self.rank(state.index / state.paid, in: indices[asOf]) : .nan
        }
    }

    /// (how many are lower + ½ · how many are equal) ÷ how many there are.
    private static func rank(_ value: Double, in sorted: [Double]) -> Double {
        let lower = sorted.firstIndex(inOrder: { $0 >= value })
        let upper = sorted.firstIndex(inOrder: { $0 > value })
        return (Double(lower) + 0.5 * Double(upper - lower)) / Double(sorted.count)
    }
}
