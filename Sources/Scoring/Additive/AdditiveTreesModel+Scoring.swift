import Parallelism
import Tables

extension AdditiveTreesModel {
    /// η for every row of a table: the functions of single columns in their order, then those of pairs.
    func logOdds(of table: Table, workers: Workers) throws(ScoringError) -> [Double] {
        let bound = try BoundShapes(self, table: table)
        return workers.fill(
            table.rowCount, blockSize: BoundScorer.blockRows, repeating: functions.intercept
        ) { rows, block in
            bound.add(rows, to: &block)
        }
    }

    /// What every column contributes, `result[column][row]`: its own function, and half of every function of a pair.
    func contributions(of table: Table, workers: Workers) throws(ScoringError) -> [[Double]] {
        let bound = try BoundShapes(self, table: table)
        let blockRows = BoundScorer.blockRows
        let blocks = workers.map((table.rowCount + blockRows - 1) / blockRows) { block in
            var contributions: [Double] = []
            bound.appendContributions(
                block * blockRows..<min(table.rowCount, (block + 1) * blockRows), to: &contributions)
            return contributions
        }
        return inputs.indices.map { column in
            blocks.flatMap { block in
                let rows = block.count / inputs.count
                return block[column * rows..<(column + 1) * rows]
            }
        }
    }
}

/// Functions tied to the columns of one table.
struct BoundShapes: Sendable {
    private let functions: BoundScorer
    private let pairs: [BoundPair]

    private struct BoundPair: Sendable {
        let first: Int
        let second: Int
        let row: BoundTerm
        let column: BoundTerm
        let width: Int
        let values: [Double]
    }

    /// - Throws: ``ScoringError`` if a column is missing or has a type that cannot be read.
    init(_ model: AdditiveTreesModel, table: Table) throws(ScoringError) {
        functions = try BoundScorer(model.functions, table: table)
        var pairs: [BoundPair] = []
        for pair in model.pairs {
            // Every column of a pair has a function of its own, so it was found above.
            guard let first = table[pair.row.column], let second = table[pair.column.column] else { continue }
            pairs.append(
                BoundPair(
                    first: pair.first, second: pair.second, row: try BoundTerm(pair.row, column: first),
                    column: try BoundTerm(pair.column, column: second), width: pair.width,
                    values: pair.values))
        }
        self.pairs = pairs
    }

    /// Adds all functions for some rows; `sums[0]` belongs to `rows.lowerBound`.
    func add(_ rows: Range<Int>, to sums: inout MutableSpan<Double>) {
        functions.add(rows, to: &sums)
        for pair in pairs {
            let values = values(of: pair, rows)
            for index in values.indices { sums[index] += values[index] }
        }
    }

    /// Appends what every column contributes to some rows, one column behind the other.
    func appendContributions(_ rows: Range<Int>, to contributions: inout [Double]) {
        let start = contributions.count
        functions.appendContributions(rows, to: &contributions)
        for pair in pairs {
            let values = values(of: pair, rows)
            for feature in [pair.first, pair.second] {
                let first = start + feature * rows.count
                for index in values.indices { contributions[first + index] += 0.5 * values[index] }
            }
        }
    }

    private func values(of pair: BoundPair, _ rows: Range<Int>) -> [Double] {
        var across = [Double](repeating: 0, count: rows.count)
        var along = [Double](repeating: 0, count: rows.count)
        var cells = across.mutableSpan
        pair.row.add(rows, to: &cells)
        cells = along.mutableSpan
        pair.column.add(rows, to: &cells)
        return across.indices.map { pair.values[Int(across[$0]) * pair.width + Int(along[$0])] }
    }
}
