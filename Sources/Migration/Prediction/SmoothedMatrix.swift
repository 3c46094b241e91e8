import LinearAlgebra

/// A matrix of counts in which no move is impossible.
///
/// pᵢⱼ = (Nᵢⱼ + α qⱼ) ÷ (Nᵢ + α), where α obligors are thought into every state and qⱼ = (N·ⱼ + ½) ÷ (N + K ÷ 2) is how
/// all obligors spread over next states.
struct SmoothedMatrix: Sendable, Equatable {
    /// q.
    let spread: [Double]
    /// P by state but default: rows that sum to 1 with all elements > 0.
    let rows: [[Double]]

    init(_ rows: [MigrationSample.LearningRow], of sample: MigrationSample, prior: Double) {
        let order = sample.scale.count
        var counts = [[Double]](repeating: [Double](repeating: 0, count: order), count: order)
        for entry in rows { counts[sample.origins[entry.row]][entry.state] += entry.weight }
        let columns = (0..<order).map { column in counts.reduce(0) { $0 + $1[column] } }
        let total = columns.reduce(0, +)
        let spread = columns.map { ($0 + 0.5) / (total + 0.5 * Double(order)) }
        self.spread = spread
        self.rows = counts.map { row in
            let sum = row.reduce(0, +) + prior
            return zip(row, spread).map { ($0 + prior * $1) / sum }
        }
    }
}
