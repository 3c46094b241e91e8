/// Counts of two characteristics, one by rows and one by columns, and what they say about each other.
public struct ContingencyTable: Sendable, Hashable {
    /// Counts by row, all rows of one length.
    public let counts: [[Double]]
    private let rowSums: [Double]
    private let columnSums: [Double]
    private let total: Double

    /// A table of counts.
    ///
    /// - Parameter counts: By row, finite and ≥ 0; at least two rows and two columns, each of them with a count.
    /// - Throws: ``InferenceError``.
    public init(_ counts: [[Double]]) throws(InferenceError) {
        let width = counts.first?.count ?? 0
        precondition(counts.allSatisfy { $0.count == width }, "rows of different lengths")
        guard counts.count >= 2 else { throw .tooFew(what: "rows", given: counts.count, needed: 2) }
        guard width >= 2 else { throw .tooFew(what: "columns", given: width, needed: 2) }
        for count in counts.joined() where !isWeight(count) {
            throw .badCount(
                what: "count in the table", value: count, expected: weightRange)
        }
        self.counts = counts
        rowSums = counts.map { $0.reduce(0, +) }
        columnSums = (0..<width).map { column in counts.reduce(0) { $0 + $1[column] } }
        total = rowSums.reduce(0, +)
        guard rowSums.allSatisfy({ $0 > 0 }), columnSums.allSatisfy({ $0 > 0 }) else {
            throw .undefined("a row or a column of the table is empty; leave it out")
        }
    }

    /// (rows − 1)(columns − 1).
    public var degreesOfFreedom: Int { (rowSums.count - 1) * (columnSums.count - 1) }

    /// Pearson's Σ (observed − expected)² ÷ expected.
    public var chiSquared: Double {
        sum { observed, expected in (observed - expected) * (observed - expected) / expected }
    }

    /// P(χ² ≥ Pearson's statistic) if the characteristics are independent.
    public var chiSquaredPValue: Double { survival(chiSquared) }

    /// The likelihood-ratio statistic G = 2 Σ observed ln(observed ÷ expected).
    public var g: Double { 2 * sum { observed, expected in Stirling.deviance(observed, mean: expected) } }

    /// P(χ² ≥ G) if the characteristics are independent.
    public var gPValue: Double { survival(g) }

    /// Cramér's V = √(χ² ÷ (n (min(rows, columns) − 1))), from 0 to 1.
    public var cramersV: Double {
        (chiSquared / (total * Double(min(rowSums.count, columnSums.count) - 1))).squareRoot()
    }

    private func sum(_ term: (Double, Double) -> Double) -> Double {
        var sum = 0.0
        for (row, observed) in counts.enumerated() {
            for (column, count) in observed.enumerated() {
                sum += term(count, rowSums[row] * columnSums[column] / total)
            }
        }
        return sum
    }

    private func survival(_ statistic: Double) -> Double {
        IncompleteGamma(shape: Double(degreesOfFreedom) / 2, at: statistic / 2).upper
    }
}
