import Boosting

/// The cells of a function joined to few segments, so that as little as can be of its shape is lost.
///
/// Cells of numbers are joined with their neighbours, levels with those of like values. Of all partitions into so many
/// segments the one with the least Σ w (f − mean of the segment)² is taken, w being the weight of the training rows in
/// a cell. The cell of missing values is in none.
///
/// Source: Fisher (1958), *On Grouping for Maximum Homogeneity*; exact, by dynamic programming.
struct ShapeSegments {
    /// The cells of every segment: in the order of numbers, or from the safest levels to the riskiest.
    let ranges: [[Int]]

    /// The most cells that are told apart; finer functions are first cut into so many groups of neighbours.
    private static let resolution = 512

    /// The best segments, at most `count`; fewer where fewer keep all but `loss` of the sum of squares.
    init(_ function: AdditiveShapes.Function, count: Int, loss: Double = 0) {
        var cells = Array(0..<function.axis.missingCell)
        if case .category = function.axis {
            cells = cells.filter { function.weights[$0] > 0 }
            cells.sort { (function.values[$0], $0) < (function.values[$1], $1) }
        }
        let size = max(1, (cells.count + Self.resolution - 1) / Self.resolution)
        let groups = stride(from: 0, to: cells.count, by: size).map {
            Array(cells[$0..<min(cells.count, $0 + size)])
        }
        // Sums before every group: weight, w·f and w·f².
        var sums = [SIMD3<Double>(repeating: 0)]
        for group in groups {
            sums.append(
                group.reduce(sums[sums.count - 1]) { sum, cell in
                    let (weight, value) = (function.weights[cell], function.values[cell])
                    return sum + weight * SIMD3(1, value, value * value)
                })
        }
        func cost(_ low: Int, _ high: Int) -> Double {
            let sum = sums[high] - sums[low]
            return sum.x > 0 ? max(0, sum.z - sum.y * sum.y / sum.x) : 0
        }
        let last = groups.count
        guard last > 0 else {
            ranges = []
            return
        }
        var costs = (0...last).map { cost(0, $0) }
        var starts: [[Int]] = [[Int](repeating: 0, count: last + 1)]
        let enough = loss * costs[last]
        while starts.count < min(count, last), costs[last] > enough {
            var next = costs
            var from = [Int](repeating: 0, count: last + 1)
            for high in 1...last {
                for low in 1..<max(1, high) where costs[low] + cost(low, high) < next[high] {
                    (next[high], from[high]) = (costs[low] + cost(low, high), low)
                }
            }
            costs = next
            starts.append(from)
        }
        var bounds = [last]
        for level in starts.indices.reversed() where bounds[0] > 0 {
            bounds.insert(starts[level][bounds[0]], at: 0)
        }
        if bounds[0] > 0 { bounds.insert(0, at: 0) }
        ranges = zip(bounds, bounds.dropFirst()).filter { $0 < $1 }.map { low, high in
            groups[low..<high].flatMap(\.self)
        }
    }
}
