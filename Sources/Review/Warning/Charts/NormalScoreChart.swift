import Glibc
import Statistics

/// The one-sided CUSUM of standard normal scores, W ← max(0, W + z − k).
///
/// Source: Page (1954), "Continuous inspection schemes", *Biometrika* 41; Hawkins & Olwell (1998), *Cumulative Sum
/// Charts and Charting for Quality Improvement*.
public struct NormalScoreChart: Sendable, Equatable {
    /// k, half the shift looked for, in standard deviations.
    public let reference: Double

    /// A chart with a reference value k ≥ 0.
    public init(reference: Double) {
        precondition(reference >= 0 && reference.isFinite, "a reference value of \(reference)")
        self.reference = reference
    }

    private static let nodes = GaussLegendre.unit(32)

    /// The mean number of scores until the statistic first exceeds a height, from 0.
    ///
    /// The integral equation L(s) = 1 + L(0) Φ(k − s) + ∫₀ʰ L(x) φ(x + k − s) dx, by 32 points of Gauss and Legendre.
    ///
    /// - Parameter shift: The mean of the scores; 0 is in control.
    ///
    /// Source: van Dobben de Bruyn (1968), *Cumulative Sum Tests*.
    public func runLength(to height: Double, shift: Double = 0) -> Double {
        let normal = NormalDistribution.standard
        let k = reference - shift
        guard height > 0 else { return 1 / normal.survival(k) }
        // Unknowns: L at the nodes, then L(0).
        let points = Self.nodes.map { (x: $0.x * height, weight: $0.weight * height) } + [(x: 0, weight: 0)]
        let size = points.count
        var rows = [[Double]](repeating: [Double](repeating: 0, count: size + 1), count: size)
        for (row, start) in points.enumerated() {
            for (column, point) in points.enumerated() where point.weight > 0 {
                rows[row][column] = -point.weight * normal.density(point.x + k - start.x)
            }
            rows[row][size - 1] -= normal.cdf(k - start.x)
            rows[row][row] += 1
            rows[row][size] = 1
        }
        return Self.solved(&rows)[size - 1]
    }

    /// Gaussian elimination with row pivoting of a few equations, the right side in the last column.
    private static func solved(_ rows: inout [[Double]]) -> [Double] {
        let size = rows.count
        for pivot in 0..<size {
            let best = (pivot..<size).max { abs(rows[$0][pivot]) < abs(rows[$1][pivot]) } ?? pivot
            rows.swapAt(pivot, best)
            for row in pivot + 1..<size {
                let factor = rows[row][pivot] / rows[pivot][pivot]
                guard factor != 0 else { continue }
                for column in pivot...size { rows[row][column] -= factor * rows[pivot][column] }
            }
        }
        var solution = [Double](repeating: 0, count: size)
        for row in stride(from: size - 1, through: 0, by: -1) {
            var value = rows[row][size]
            for column in row + 1..<max(row + 1, size) { value -= rows[row][column] * solution[column] }
            solution[row] = value / rows[row][row]
        }
        return solution
    }
}

/// Points and weights of Gauss and Legendre.
private enum GaussLegendre {
    /// Those of the interval from 0 to 1, by Newton's method from Tricomi's first guess.
    static func unit(_ count: Int) -> [(x: Double, weight: Double)] {
        (0..<count).map { index in
            var x = cos(.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
            var slope = 1.0
            for _ in 0..<20 {
                var (before, value) = (1.0, x)
                for degree in 2...count {
                    let next =
                        (Double(2 * degree - 1) * x * value - Double(degree - 1) * before) / Double(degree)
                    (before, value) = (value, next)
                }
                slope = Double(count) * (x * value - before) / (x * x - 1)
                let step = value / slope
                x -= step
                if abs(step) < 1e-15 { break }
            }
            return ((1 - x) / 2, 1 / ((1 - x * x) * slope * slope))
        }
    }
}
