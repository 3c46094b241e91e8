import Glibc
import LinearAlgebra
import Parallelism
import Statistics

/// The columns that a regression reads, made from features with gaps and long tails.
///
/// A feature is held to its 1 % and 99 % quantiles, its gaps are filled with the median, and where 2 % to 98 % are
/// missing a flag says so. Of all columns those enter that say most about the direction of the move at the start, by
/// the score test, none of them correlated with one already chosen by more than 0.9.
struct RegressionColumns: Sendable, Equatable {
    /// A column: a feature, or the flag of its gaps.
    struct Column: Sendable, Equatable {
        var feature: Int
        var isFlag: Bool
        var lower: Double
        var upper: Double
        var median: Double
    }

    let names: [String]
    let columns: [Column]

    /// Chooses columns on learning rows.
    ///
    /// - Parameters:
    ///   - surprise: By row, how much worse (> 0) the next state was than the matrix says; its mean by origin is 0.
    init(
        _ sample: MigrationSample, rows: [Int], surprise: [Double], limit: Int, workers: Workers
    ) throws(MigrationError) {
        var candidates = workers.map(sample.features.count) { index in
            Self.columns(of: index, sample.features[index], rows: rows).compactMap { column in
                Candidate(column, of: sample, rows: rows, surprise: surprise)
            }
        }.flatMap { $0 }
        // The name decides between equal scores, so that the choice is the same everywhere.
        candidates.sort { ($1.score, $0.name) < ($0.score, $1.name) }
        var chosen: [Candidate] = []
        for candidate in candidates where chosen.count < limit {
            let isNew = chosen.allSatisfy { abs($0.correlation(with: candidate)) <= 0.9 }
            if isNew { chosen.append(candidate) }
        }
        names = chosen.map(\.name)
        columns = chosen.map(\.column)
    }

    /// A column that may be chosen.
    private struct Candidate: Sendable {
        let column: Column
        let name: String
        /// With mean 0 and standard deviation 1.
        let values: [Double]
        /// How much it says about the direction of the move; > 0.
        let score: Double

        /// `nil` for a column that is constant or says nothing.
        init?(_ column: Column, of sample: MigrationSample, rows: [Int], surprise: [Double]) {
            let feature = sample.features[column.feature]
            let values = RegressionColumns.standardised(
                rows.map { RegressionColumns.value(of: column, feature[$0]) })
            guard !values.isEmpty else { return nil }
            score = abs(RegressionColumns.product(values, surprise))
            guard score > 0 else { return nil }
            self.column = column
            name = sample.names[column.feature] + (column.isFlag ? " missing" : "")
            self.values = values
        }

        func correlation(with other: Candidate) -> Double {
            RegressionColumns.product(values, other.values) / Double(values.count)
        }
    }

    /// The columns that a feature makes: itself, and the flag of its gaps.
    private static func columns(of index: Int, _ feature: [Double], rows: [Int]) -> [Column] {
        var found: [Column] = []
        let present = rows.map { feature[$0] }.filter { !$0.isNaN }
        if !present.isEmpty,
            let quantiles = try? SampleQuantiles(present.map { min(max($0, -1e300), 1e300) }),
            let lower = try? quantiles.value(0.01), let upper = try? quantiles.value(0.99),
            let median = try? quantiles.value(0.5)
        {
            found.append(Column(feature: index, isFlag: false, lower: lower, upper: upper, median: median))
        }
        let missing = 1 - Double(present.count) / Double(max(1, rows.count))
        if missing >= 0.02, missing <= 0.98 {
            found.append(Column(feature: index, isFlag: true, lower: 0, upper: 1, median: 0))
        }
        return found
    }

    /// Σ aᵢ bᵢ, in eight sums that are joined at the end.
    private static func product(_ a: [Double], _ b: [Double]) -> Double {
        var sums = SIMD8<Double>(repeating: 0)
        let whole = a.count - a.count % 8
        for start in stride(from: 0, to: whole, by: 8) {
            for lane in 0..<8 { sums[lane] += a[start + lane] * b[start + lane] }
        }
        var rest = 0.0
        for place in whole..<a.count { rest += a[place] * b[place] }
        return sums.sum() + rest
    }

    /// The columns of some rows.
    func matrix(_ sample: MigrationSample, rows: [Int]) -> Matrix {
        var elements: [Double] = []
        elements.reserveCapacity(rows.count * columns.count)
        for column in columns {
            let feature = sample.features[column.feature]
            for row in rows { elements.append(Self.value(of: column, feature[row])) }
        }
        return Matrix(rows: rows.count, columns: columns.count, columnMajor: elements)
    }

    private static func value(of column: Column, _ raw: Double) -> Double {
        if column.isFlag { return raw.isNaN ? 1 : 0 }
        return raw.isNaN ? column.median : min(max(raw, column.lower), column.upper)
    }

    /// Mean 0 and standard deviation 1; empty for a constant.
    private static func standardised(_ values: [Double]) -> [Double] {
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
        guard deviation > 1e-12 * max(abs(mean), 1e-300) else { return [] }
        return values.map { ($0 - mean) / deviation }
    }
}
