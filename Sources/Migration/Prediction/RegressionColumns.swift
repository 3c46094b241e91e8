import Glibc
import LinearAlgebra
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
    init(_ sample: MigrationSample, rows: [Int], surprise: [Double], limit: Int) throws(MigrationError) {
        var candidates: [(column: Column, name: String, values: [Double], score: Double)] = []
        for (index, feature) in sample.features.enumerated() {
            let present = rows.map { feature[$0] }.filter { !$0.isNaN }
            if !present.isEmpty,
                let quantiles = try? SampleQuantiles(present.map { min(max($0, -1e300), 1e300) }),
                let lower = try? quantiles.value(0.01), let upper = try? quantiles.value(0.99),
                let median = try? quantiles.value(0.5)
            {
                candidates.append(
                    (
                        Column(feature: index, isFlag: false, lower: lower, upper: upper, median: median),
                        sample.names[index], [], 0
                    ))
            }
            let missing = 1 - Double(present.count) / Double(max(1, rows.count))
            if missing >= 0.02, missing <= 0.98 {
                candidates.append(
                    (
                        Column(feature: index, isFlag: true, lower: 0, upper: 1, median: 0),
                        sample.names[index] + " missing", [], 0
                    ))
            }
        }
        for place in candidates.indices {
            let column = candidates[place].column
            let values = Self.standardised(
                rows.map { Self.value(of: column, sample.features[column.feature][$0]) })
            candidates[place].values = values
            candidates[place].score = abs(zip(values, surprise).reduce(0) { $0 + $1.0 * $1.1 })
        }
        candidates = candidates.filter { !$0.values.isEmpty && $0.score > 0 }
        // The name decides between equal scores, so that the choice is the same everywhere.
        candidates.sort { ($1.score, $0.name) < ($0.score, $1.name) }
        var chosen: [Int] = []
        for (place, candidate) in candidates.enumerated() where chosen.count < limit {
            let isNew = chosen.allSatisfy { other in
                let product = zip(candidate.values, candidates[other].values).reduce(0) { $0 + $1.0 * $1.1 }
                return abs(product) / Double(rows.count) <= 0.9
            }
            if isNew { chosen.append(place) }
        }
        names = chosen.map { candidates[$0].name }
        columns = chosen.map { candidates[$0].column }
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
