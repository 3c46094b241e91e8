import Glibc
import LinearAlgebra
import Parallelism
import Scoring

/// A path of 100 elastic-net penalties, geometric from the largest down to 1e-4 of it.
enum PathTask {
    private static let count = 100
    private static let ratio = 1e-4

    static func run(_ job: Job) throws {
        let (features, defaulted) = try BenchmarkSet(job).standardised()
        let mixing = Double(job.variant) ?? 1
        let top = largestPenalty(features, defaulted) / mixing
        let grid = (0..<count).map { top * pow(ratio, Double($0) / Double(count - 1)) }
        let net = ElasticNet(
            ElasticNetOptions(
                mixing: mixing, grid: .values(grid), standardise: false,
                workers: Workers(threads: job.threads)))
        let measurement = try Measurement(repeats: job.repeats) {
            try net.path(features, defaulted: defaulted)
        }
        let objectives = measurement.value.points.map { point in
            let slopes = point.coefficients.dropFirst()
            let absolute = slopes.reduce(0) { $0 + abs($1) }
            let squares = slopes.reduce(0) { $0 + $1 * $1 }
            return meanLogLoss(features, defaulted, point.coefficients)
                + point.penalty * (mixing * absolute + (1 - mixing) / 2 * squares)
        }
        try measurement.report(job, ["objectives": objectives])
    }

    /// The largest |Σ (y − ȳ) x| ÷ n of a column.
    private static func largestPenalty(_ features: Matrix, _ defaulted: [Bool]) -> Double {
        let rows = features.rows
        let rate = Double(defaulted.count { $0 }) / Double(rows)
        let elements = features.elements.span
        var largest = 0.0
        for column in 0..<features.columns {
            var sum = 0.0
            for row in 0..<rows { sum += ((defaulted[row] ? 1 : 0) - rate) * elements[column * rows + row] }
            largest = max(largest, abs(sum) / Double(rows))
        }
        return largest
    }
}
