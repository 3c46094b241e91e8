import CKernels
public import Vocabulary

/// What grading says of one obligor; amounts in minor units of the policy's currency, all 0 without a policy.
///
/// In the layout of the kernel that fills it.
public struct GradedRow: Sendable, Hashable, BitwiseCopyable {
    /// The limit.
    public internal(set) var limit: Int64 = 0
    /// What is used of it.
    public internal(set) var exposure: Int64 = 0
    /// PD · LGD · exposure, to the nearest minor unit.
    public internal(set) var expectedLoss: Int64 = 0
    /// Payment terms, days.
    public internal(set) var termsDays: UInt16 = 0
    /// Rank of the grade that follows from the PD alone, 0 for AAA.
    public internal(set) var rawRank: UInt8 = 0
    /// Rank of the final grade, 0 for AAA to 9 for D.
    public internal(set) var finalRank: UInt8 = 0

    /// What can still be delivered on credit: limit less exposure, 0 where more is used than granted.
    public var available: Int64 { max(0, limit - exposure) }
    /// The grade that follows from the PD alone.
    public var rawGrade: Grade { Grade.byRank[Int(rawRank)] }
    /// The final grade.
    public var finalGrade: Grade { Grade.byRank[Int(finalRank)] }
}

extension Grade {
    /// AAA to D, kept: `allCases` makes a new list each time.
    static let byRank = allCases
}

/// Calls of the vector kernel that grants limits and terms.
struct PolicyKernel: Sendable {
    private let policy: obligor_policy

    init(_ policy: CreditPolicy) {
        var kernel = obligor_policy()
        func table(_ value: (CreditPolicy.Entry) -> Double) -> [Double] {
            policy.grades.map(value) + [Double](repeating: 0, count: 16 - policy.grades.count)
        }
        Self.set(&kernel.own_capital, table { Double($0.ownCapital) })
        Self.set(&kernel.turnover, table { Double($0.turnover) })
        Self.set(&kernel.without_figures, table { Double($0.withoutFigures) })
        Self.set(&kernel.maximum, table { Double($0.maximum) })
        Self.set(&kernel.terms, table { Double($0.termsDays) })
        Self.set(&kernel.loss, table(\.lossGivenDefault))
        kernel.minor_per_major = Double(policy.currency.minorUnitsPerMajor)
        kernel.step = Double(policy.roundedDownTo)
        kernel.new_months = Double(policy.newCustomer.months)
        kernel.new_terms = Double(policy.newCustomer.termsDays)
        kernel.new_share = Double(policy.newCustomer.share)
        self.policy = kernel
    }

    private static func set<Row>(_ places: inout Row, _ values: [Double]) {
        // SAFETY: C's arrays of 16 doubles are tuples of as many, and there are 16 values.
        unsafe withUnsafeMutableBytes(of: &places) { bytes in
            for (place, value) in values.enumerated() {
                unsafe bytes.storeBytes(of: value, toByteOffset: 8 * place, as: Double.self)
            }
        }
    }

    /// Columns that a policy reads, from the first row on; `nil` where nothing is known of anybody.
    struct Figures {
        var ownCapital: ColumnPart?
        var turnover: ColumnPart?
        var exposure: ColumnPart?
        var monthsKnown: ColumnPart?
    }

    /// Appends a row for every rank; those whose bit is set in `blocked` get no limit and no terms.
    func grant(
        _ rows: inout OutputSpan<GradedRow>, raw: [UInt8], final: [UInt8], pds: Span<Double>,
        figures: Figures,
        blocked: [UInt64], instructions: ConditionKernel.Instructions = .widest
    ) {
        let count = raw.count
        precondition(final.count == count && pds.count == count && rows.freeCapacity >= count)
        // The kernel looks at the lowest four bits of a rank, and its tables have 16 places.
        precondition(blocked.count * 64 >= count)
        for column in [figures.ownCapital, figures.turnover, figures.exposure, figures.monthsKnown] {
            precondition(column.map { $0.first >= 0 && $0.first + count <= $0.values.count } ?? true)
        }
        // SAFETY: all columns have `count` values from their first on and there is room for as many rows, as was just
        // checked; the kernel gives every one a value. GradedRow has the layout of its record: three numbers of 64
        // bits, one of 16, two of 8, 32 bytes apart.
        unsafe withUnsafe(figures.ownCapital) { capital in
            unsafe withUnsafe(figures.turnover) { turnover in
                unsafe withUnsafe(figures.exposure) { exposure in
                    unsafe withUnsafe(figures.monthsKnown) { months in
                        unsafe pds.withUnsafeBufferPointer { pds in
                            unsafe rows.withUnsafeMutableBufferPointer { rows, appended in
                                guard let start = rows.baseAddress, let risks = pds.baseAddress else {
                                    return
                                }
                                let target = unsafe start + appended
                                appended += count
                                var policy = policy
                                unsafe obligor_grant(
                                    instructions.kernelValue, &policy, raw, final, risks, capital, turnover,
                                    exposure, months, blocked, count,
                                    UnsafeMutableRawPointer(target).assumingMemoryBound(
                                        to: obligor_granted.self))
                            }
                        }
                    }
                }
            }
        }
    }

    private func withUnsafe(_ part: ColumnPart?, _ body: (UnsafePointer<Double>?) -> Void) {
        guard let part else {
            body(nil)
            return
        }
        unsafe part.values.withUnsafeBufferPointer { values in
            unsafe body(values.baseAddress.map { unsafe $0 + part.first })
        }
    }
}
