public import Parallelism

/// Resamples whole clusters, such as obligors with all their observations, with replacement.
///
/// Observations of one obligor are alike, so resampling them one by one would make intervals too narrow. Replicate r
/// draws from stream r of the generator alone, so replicates are the same on any number of threads.
///
/// Source: Davison & Hinkley (1997), *Bootstrap Methods and their Application*, §3.8.
public struct ClusterBootstrap: Sendable {
    private let members: [[Int]]

    /// Groups rows by cluster.
    ///
    /// - Parameter clusters: The cluster of each row, any labels.
    /// - Throws: ``MetricError/empty`` for no rows.
    public init<Label: Hashable>(clusters: [Label]) throws(MetricError) {
        var places: [Label: Int] = [:]
        var members: [[Int]] = []
        for (row, label) in clusters.enumerated() {
            if let place = places[label] {
                members[place].append(row)
            } else {
                places[label] = members.count
                members.append([row])
            }
        }
        guard !members.isEmpty else { throw .empty }
        self.members = members
    }

    /// Every row is a cluster of its own: the ordinary bootstrap.
    ///
    /// - Throws: ``MetricError/empty`` for no rows.
    public init(rows: Int) throws(MetricError) {
        try self.init(clusters: Array(0..<max(0, rows)))
    }

    /// Number of rows.
    public var rowCount: Int { members.reduce(0) { $0 + $1.count } }

    /// Number of clusters.
    public var clusterCount: Int { members.count }

    /// The rows of one replicate: as many clusters as there are, drawn with replacement.
    public func rows(ofReplicate replicate: Int, generator: SeededGenerator) -> [Int] {
        var stream = generator.stream(replicate)
        var rows: [Int] = []
        for _ in members.indices { rows += members[stream.integer(below: members.count)] }
        return rows
    }

    /// How often each row is drawn in one replicate: weights that stand for the replicate without copying rows.
    public func weights(ofReplicate replicate: Int, generator: SeededGenerator) -> [Double] {
        var stream = generator.stream(replicate)
        var weights = [Double](repeating: 0, count: rowCount)
        for _ in members.indices {
            for row in members[stream.integer(below: members.count)] { weights[row] += 1 }
        }
        return weights
    }

    /// A statistic on every replicate, in order.
    ///
    /// - Parameters:
    ///   - replicates: How many, ≥ 1.
    ///   - statistic: Worked out from the rows of a replicate; `nil` where it does not exist there.
    public func replicate<Value: Sendable>(
        _ replicates: Int, generator: SeededGenerator, workers: Workers = .single,
        _ statistic: @Sendable ([Int]) -> Value?
    ) -> [Value?] {
        workers.map(replicates) { statistic(rows(ofReplicate: $0, generator: generator)) }
    }
}
