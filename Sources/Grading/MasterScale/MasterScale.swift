public import Vocabulary

/// PD bounds that turn a probability of default into a grade.
///
/// Each of the nine performing grades covers the PDs from the bound of the grade before it (0 for AAA) to below its
/// own; a PD on a bound belongs to the worse grade. The last bound is 1 and included, so every PD has a grade. `D` is
/// default itself: an event, never the consequence of a score.
///
/// The comparison is between doubles as they are printed, so whoever applies the bounds to a PD in a file
/// finds the same grade.
public struct MasterScale: Sendable, Equatable {
    /// Upper PD bounds of AAA to C, fractions, strictly rising, the last one 1.
    public let upperBounds: [Double]

    /// A scale from the upper PD bounds of AAA to C.
    public init(upperBounds: [Double]) throws(MasterScaleError) {
        let grades = Grade.performing
        guard upperBounds.count == grades.count else {
            throw .wrongCount(upperBounds.count, expected: grades.count)
        }
        var lower = 0.0
        for (grade, bound) in zip(grades, upperBounds) {
            guard bound > lower, bound <= 1 else {
                throw .badBound(grade: grade, bound: bound, above: lower)
            }
            lower = bound
        }
        guard lower == 1 else { throw .lastBoundBelowOne(lower) }
        self.upperBounds = upperBounds
    }

    /// A scale whose bounds grow by a constant factor: bound k of AAA to CC is first · factor^(k−1), that of C is 1.
    ///
    /// Equal factors are equal steps in log PD, the scale on which PDs can be told apart with equal effort.
    public static func geometric(first: Double, factor: Double) throws(MasterScaleError) -> MasterScale {
        var bounds = [first]
        for _ in 2..<Grade.performing.count { bounds.append(bounds[bounds.count - 1] * factor) }
        return try MasterScale(upperBounds: bounds + [1])
    }

    /// The scale used where none is given: geometric from 0.04 % by a factor of 2.5.
    ///
    /// AAA ends at 0.04 %, AA 0.1 %, A 0.25 %, BBB 0.625 %, BB 1.5625 %, B 3.90625 %, CCC 9.765625 %, CC
    /// 24.4140625 %, C 100 %. The first bound is near the regulatory PD floor of 0.05 %, below which there is
    /// next to no evidence to tell grades apart. The factor puts the border of investment grade (BBB to BB) near
    /// 0.6 %, where agencies' one-year default rates have it, leaves six grades for the PDs between 0.1 % and
    /// 25 % where trade credit lives, and is wide enough to tell neighbours apart: 1 % from 2.5 % takes some
    /// 1,200 obligors in each (two proportions, 5 % level on two sides, power 80 %).
    public static let standard = MasterScale(verified: [
        0.0004, 0.001, 0.0025, 0.00625, 0.015625, 0.0390625, 0.09765625, 0.244140625, 1,
    ])

    private init(verified: [Double]) { upperBounds = verified }
}

extension MasterScale {
    /// The grade of a PD: AAA to C.
    public func grade(of pd: ProbabilityOfDefault) -> Grade {
        grade(ofPD: pd.value)
    }

    /// The grade of a probability of default given as a fraction in [0, 1].
    public func grade(ofPD value: Double) -> Grade {
        // Bounds rise, so those above the PD are those of its grade and all worse ones. Counting them takes no branch
        // that depends on the PD; 1 is below no bound, and belongs to the last grade.
        var above = 0
        for bound in upperBounds { above += value < bound ? 1 : 0 }
        return Grade.performing[min(upperBounds.count - above, upperBounds.count - 1)]
    }

    /// The PDs of a grade: from `lowerBound` to below `upperBound` (1 is included in C); `nil` for D.
    public func bounds(of grade: Grade) -> Range<Double>? {
        guard grade != .d else { return nil }
        let lower = grade.rank == 0 ? 0 : upperBounds[grade.rank - 1]
        return lower..<upperBounds[grade.rank]
    }

    /// The PD that stands for a grade: the geometric mean of its bounds, and 1 for D.
    ///
    /// AAA, whose lower bound is 0, is given the same width as AA in log PD: its midpoint is
    /// u₁·√(u₁ ÷ u₂) with u₁ and u₂ the upper bounds of AAA and AA.
    public func midpoint(of grade: Grade) -> Double {
        guard let bounds = bounds(of: grade) else { return 1 }
        if grade.rank == 0 { return bounds.upperBound * (bounds.upperBound / upperBounds[1]).squareRoot() }
        return bounds.lowerBound.squareRoot() * bounds.upperBound.squareRoot()
    }
}

/// Why numbers are not the bounds of a master scale.
public enum MasterScaleError: Error, Sendable, Equatable {
    /// Not one bound per performing grade.
    case wrongCount(Int, expected: Int)
    /// A bound that is not above the one before it, not at most 1, or no number.
    case badBound(grade: Grade, bound: Double, above: Double)
    /// The worst grade would leave PDs without a grade.
    case lastBoundBelowOne(Double)
}

extension MasterScaleError: CustomStringConvertible {
    /// One line: the fact and the remedy.
    public var description: String {
        switch self {
        case .wrongCount(let count, let expected):
            "\(count) PD bounds: give \(expected), one for each grade from AAA to C"
        case .badBound(let grade, let bound, let above):
            "the PD bound of \(grade) is \(bound): give a fraction above \(above) and at most 1"
        case .lastBoundBelowOne(let bound):
            "the PD bound of C is \(bound): give 1, so that every PD has a grade"
        }
    }
}
