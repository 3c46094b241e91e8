public import Parallelism
public import Tables

extension AdditiveScorer {
    /// η for every row of a table: the one path by which records, batches and streams are scored.
    ///
    /// A row's result depends on nothing but its own values.
    ///
    /// - Throws: ``ScoringError`` if a column is missing or has a type that its term cannot read.
    /// - Complexity: O(rows · terms); about 3 ns per row and ten terms for single-precision columns.
    public func logOdds(of table: Table, workers: Workers = .single) throws(ScoringError) -> [Double] {
        let bound = try BoundScorer(self, table: table)
        return workers.fill(
            table.rowCount, blockSize: BoundScorer.blockRows, repeating: bound.intercept
        ) { rows, block in
            bound.add(rows, to: &block)
        }
    }

    /// Every term's contribution for every row: `result[term][row]`; with the intercept first, they add up to η
    /// to the last bit.
    ///
    /// - Throws: ``ScoringError`` if a column is missing or has a type that its term cannot read.
    public func contributions(of table: Table, workers: Workers = .single) throws(ScoringError) -> [[Double]]
    {
        let bound = try BoundScorer(self, table: table)
        return bound.terms.map { term in
            workers.fill(table.rowCount, blockSize: BoundScorer.blockRows, repeating: 0) { rows, block in
                term.add(rows, to: &block)
            }
        }
    }

    /// η from bin codes: code b of a column contributes the b-th entry of its table, and a code beyond the table
    /// the last one.
    ///
    /// - Parameters:
    ///   - codes: One array per column, all of one length.
    ///   - tables: The contributions of every column by code, 1 to 256 entries each, as many tables as columns.
    ///   - intercept: What is added to every sum.
    public static func logOdds(
        ofBinCodes codes: [[UInt8]], tables: [[Double]], intercept: Double, workers: Workers = .single
    ) -> [Double] {
        precondition(codes.count == tables.count, "\(codes.count) columns for \(tables.count) tables")
        let count = codes.first?.count ?? 0
        precondition(codes.allSatisfy { $0.count == count }, "columns of different lengths")
        let used = (tables.map(\.count).max() ?? 1) - 1
        let padded = tables.map { table -> [Double] in
            precondition((1...256).contains(table.count), "a table of \(table.count) contributions")
            return table + Array(repeating: table[table.count - 1], count: 256 - table.count)
        }
        return workers.fill(count, blockSize: BoundScorer.blockRows, repeating: intercept) { rows, sums in
            ContributionKernel.add(padded, used: used, ofCodes: codes, rows, to: &sums)
        }
    }
}

/// Why a table cannot be scored.
public enum ScoringError: Error, Sendable, Equatable {
    /// The model needs a column that the table does not have.
    case missingColumn(name: String, available: [String])
    /// A column has a type that the model cannot read.
    case wrongType(column: String, expected: String, found: String)
    /// A row has no finite number in the column of the offset; it counts from 0.
    case missingOffset(column: String, row: Int)
    /// The log-odds cannot be taken apart into contributions.
    case notExplainable(reason: String)
}

extension ScoringError: CustomStringConvertible {
    /// The fact, the value and the remedy.
    public var description: String {
        switch self {
        case .missingColumn(let name, let available):
            "the model needs a column '\(name)'; the data has \(available.prefix(12).joined(separator: ", "))"
                + (available.count > 12 ? " and \(available.count - 12) more" : "")
        case .wrongType(let column, let expected, let found):
            "the model needs \(expected) in column '\(column)', which holds \(found): "
                + "read the data with the model's own schema"
        case .missingOffset(let column, let row):
            "row \(row + 1) has no finite number in column '\(column)', the offset that the model adds: "
                + "state it for every row"
        case .notExplainable(let reason): "the model gives no reasons: \(reason)"
        }
    }
}
