import Vocabulary

/// What a portfolio would be granted, in total and by grade, for comparing policies.
public struct PortfolioTotals: Sendable, Hashable {
    /// All obligors.
    public private(set) var total = Sums()
    /// By grade, AAA to D.
    public private(set) var grades = [Sums](repeating: Sums(), count: Grade.allCases.count)

    /// Sums over some obligors; amounts in minor units.
    public struct Sums: Sendable, Hashable {
        /// Obligors.
        public internal(set) var obligors = 0
        /// Sum of limits.
        public internal(set) var limit: Int64 = 0
        /// Sum of what is used.
        public internal(set) var exposure: Int64 = 0
        /// Sum of what can still be used.
        public internal(set) var available: Int64 = 0
        /// Obligors that use more than their limit.
        public internal(set) var overLimit = 0
        /// By how much, together.
        public internal(set) var excess: Int64 = 0
        /// Sum of expected losses.
        public internal(set) var expectedLoss: Int64 = 0
        /// Sum of terms weighted by exposure, in days times minor units.
        var weightedTerms = 0.0

        /// Payment terms weighted by exposure, days; `nil` where nothing is used.
        public var meanTermsDays: Double? { exposure > 0 ? weightedTerms / Double(exposure) : nil }

        fileprivate mutating func add(_ row: GradedRow) {
            obligors += 1
            limit = limit.addingClamped(row.limit)
            exposure = exposure.addingClamped(row.exposure)
            available = available.addingClamped(row.available)
            if row.exposure > row.limit {
                overLimit += 1
                excess = excess.addingClamped(row.exposure - row.limit)
            }
            expectedLoss = expectedLoss.addingClamped(row.expectedLoss)
            weightedTerms += Double(row.termsDays) * Double(row.exposure)
        }
    }

    /// The totals of graded rows.
    init(_ rows: [GradedRow]) {
        for row in rows {
            grades[Int(row.finalRank)].add(row)
            total.add(row)
        }
    }
}

extension Int64 {
    /// The sum, or the largest number where it would be larger.
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }
}
