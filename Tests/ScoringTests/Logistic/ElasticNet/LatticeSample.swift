import Foundation
import LinearAlgebra

@testable import Scoring

/// Observations made by integer arithmetic, the same as in `Fixtures/glmnet-lattice.R`.
struct LatticeSample {
    var columns: [[Double]]
    var defaulted: [Bool]
    /// 1, 1.5 and 2 in turn.
    var weights: [Double]
    /// Between −0.5 and 0.5.
    var offset: [Double]

    var rows: Int { defaulted.count }
    var names: [String] { columns.indices.map { "x\($0 + 1)" } }
    var features: Matrix { Matrix(rows: rows, columns: columns.count, columnMajor: columns.flatMap { $0 }) }

    /// Columns of very different units, related to the outcome or to each other in part.
    init(rows: Int = 150, units: [Double] = [0.01, 0.1, 1, 2, 10, 1000]) {
        let lattice = units.indices.map { j in
            (0..<rows).map { i in (i * (3 * j + 5) + (i / (j + 2)) * 7) % (11 + 2 * j) - 5 - j }
        }
        columns = zip(lattice, units).map { values, unit in values.map { Double($0) * unit } }
        defaulted = (0..<rows).map { i in
            let risk = 35 + 5 * lattice[0][i] - 3 * lattice[1][i] + 4 * lattice[2][i] + lattice[5][i]
            return (i * 37 + (i * i) % 23 * 11) % 100 < risk
        }
        weights = (0..<rows).map { 1 + Double($0 % 3) / 2 }
        offset = (0..<rows).map { Double($0 % 5 - 2) / 4 }
    }

    /// Only some of the rows, in the given order, any of them more than once.
    func selecting(_ rows: [Int]) -> LatticeSample {
        var selection = self
        selection.columns = columns.map { column in rows.map { column[$0] } }
        selection.defaulted = rows.map { defaulted[$0] }
        selection.weights = rows.map { weights[$0] }
        selection.offset = rows.map { offset[$0] }
        return selection
    }

    /// The weighted standard deviation of every column, divisor Σ w.
    func deviations(weights: [Double]) -> [Double] {
        let total = weights.reduce(0, +)
        return columns.map { column in
            let mean = zip(weights, column).reduce(0) { $0 + $1.0 * $1.1 } / total
            let squares = zip(weights, column).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
            return (squares / total).squareRoot()
        }
    }

    /// The slope of (1 ÷ W) Σ w [log(1 + e^η) − yη] along β₀ and every βⱼ, from the definition.
    func slopes(at coefficients: [Double], weights: [Double]? = nil, offset: [Double]? = nil) -> [Double] {
        let weights = weights ?? Array(repeating: 1, count: rows)
        let total = weights.reduce(0, +)
        var slopes = [Double](repeating: 0, count: columns.count + 1)
        for row in 0..<rows {
            var logOdds = coefficients[0] + (offset?[row] ?? 0)
            for column in columns.indices { logOdds += coefficients[column + 1] * columns[column][row] }
            let residual = weights[row] * (1 / (1 + exp(-logOdds)) - (defaulted[row] ? 1 : 0)) / total
            slopes[0] += residual
            for column in columns.indices { slopes[column + 1] += residual * columns[column][row] }
        }
        return slopes
    }
}
