import Foundation
import Statistics

/// The set as credit data usually are: every column missing for a tenth of the rows, categories, weights.
extension BenchmarkSet {
    /// Whether a column of the mixed set holds category codes: the two of every ten that hold small whole numbers.
    static func isCategory(_ column: Int) -> Bool { column % 10 >= 8 }

    /// The values of the mixed set, column by column; NaN is missing.
    func mixedNumbers() throws -> [[Float]] {
        let all = try FlatFile.read(folder.appending(path: "mixed_col.f32"), as: Float.self)
        return (0..<columns).map { Array(all[$0 * rows..<($0 + 1) * rows]) }
    }

    /// A weight for every row of the mixed set.
    func weights() throws -> [Float] {
        try FlatFile.read(folder.appending(path: "weights.f32"), as: Float.self)
    }

    /// Strikes a tenth of the values of those columns that have none missing, and draws lognormal weights.
    func writeMixed() throws {
        try writeNumbers()
        let target = folder.appending(path: "weights.f32")
        if FileManager.default.fileExists(atPath: target.path) { return }
        let generator = SeededGenerator(seed: 20_261_128)
        var byRow = [Float](repeating: 0, count: rows * columns)
        var byColumn: [Float] = []
        byColumn.reserveCapacity(rows * columns)
        for (column, values) in try numbers().enumerated() {
            var draws = generator.stream(column)
            let isComplete = !values.contains(where: \.isNaN)
            for row in 0..<rows {
                let value = isComplete && draws.uniform() < 0.1 ? Float.nan : values[row]
                byColumn.append(value)
                byRow[row * columns + column] = value
            }
        }
        try FlatFile.write(byColumn, to: folder.appending(path: "mixed_col.f32"))
        try FlatFile.write(byRow, to: folder.appending(path: "mixed_row.f32"))
        var draws = generator.stream("weights")
        try FlatFile.write((0..<rows).map { _ in Float(exp(0.5 * draws.normal())) }, to: target)
    }
}
