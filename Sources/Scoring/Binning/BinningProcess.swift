public import Parallelism
public import Tables

/// Bins many variables under common options, with exceptions by name.
public struct BinningProcess: Sendable, Equatable {
    /// The options of every variable that has none of its own.
    public var options: BinningOptions
    /// Options of single variables, which replace the common ones.
    public var overrides: [String: BinningOptions]

    /// A process with common options and exceptions.
    public init(options: BinningOptions = .init(), overrides: [String: BinningOptions] = [:]) {
        self.options = options
        self.overrides = overrides
    }

    /// Bins columns, several at a time; the result does not depend on the number of threads.
    ///
    /// - Parameters:
    ///   - columns: The variables, with names of their own and equally many rows.
    ///   - defaulted: One per row.
    ///   - weights: One per row, finite and ≥ 0, or `nil` for ones.
    ///   - workers: The threads to use.
    /// - Throws: ``BinningError`` of the first column that cannot be binned, or for a name that appears twice.
    public func fit(
        _ columns: [Column], defaulted: [Bool], weights: [Double]? = nil, workers: Workers
    ) throws(BinningError) -> BinningSet {
        let groups = (columns.count + Self.groupSize - 1) / Self.groupSize
        let variables = try workers.tryMap(groups) { group throws(BinningError) in
            var buffers = SortBuffers()
            var fitted: [VariableBinning] = []
            for column in columns.dropFirst(group * Self.groupSize).prefix(Self.groupSize) {
                fitted.append(
                    try VariableBinning(
                        fitting: column, defaulted, weights, overrides[column.name] ?? options, &buffers))
            }
            return fitted
        }
        return try BinningSet(variables.flatMap(\.self))
    }

    /// Variables that one thread bins in the same memory.
    private static let groupSize = 4
}
