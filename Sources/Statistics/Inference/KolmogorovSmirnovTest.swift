/// Whether two samples come from one distribution: the two-sample Kolmogorov–Smirnov test.
public struct KolmogorovSmirnovTest: Sendable, Hashable {
    /// Largest gap D of the two distribution functions.
    public let distance: Double
    private let first: Int
    private let second: Int

    /// Compares two samples.
    ///
    /// - Throws: ``InferenceError``: an empty sample or NaN.
    /// - Complexity: O(n + m).
    public init(_ first: [Double], _ second: [Double]) throws(InferenceError) {
        distance = try rankedSamples(first, second).kolmogorovSmirnov.distance
        self.first = first.count
        self.second = second.count
    }

    /// The exact p-value for samples with n · m up to a million, the asymptotic one beyond.
    ///
    /// With ties both are too large, never too small.
    public var pValue: Double {
        first <= 1_000_000 / second ? exactPValue : asymptoticPValue
    }

    /// P(D ≥ the one observed) over all orders of two samples without ties.
    ///
    /// Every order is a path over a grid of n by m; the share u of the paths to a node that have touched a gap of D is
    /// the mean of the shares at the two nodes before it. Only sums of positive numbers, so small p keep their digits.
    ///
    /// Source: Hodges (1958), *Arkiv för Matematik* 3.
    ///
    /// - Complexity: O(n m).
    public var exactPValue: Double {
        let (n, m) = (Double(first), Double(second))
        // Gaps are multiples of 1 ÷ (n m); half of one absorbs the rounding of D.
        let limit = distance * n * m - 0.5
        var touched = Array(repeating: 0.0, count: second + 1)
        for i in 0...first {
            for j in 0...second {
                if abs(Double(i) * m - Double(j) * n) >= limit {
                    touched[j] = 1
                } else if i == 0 {
                    touched[j] = j == 0 ? 0 : touched[j - 1]
                } else if j > 0 {
                    let (up, along) = (Double(i), Double(j))
                    touched[j] = (up * touched[j] + along * touched[j - 1]) / (up + along)
                }
            }
        }
        return touched[second]
    }

    /// P(D ≥ the one observed) of one sample of n m ÷ (n + m) values, rounded, against its distribution: exact up
    /// to 140 values and in small tails, within 5e-6 elsewhere.
    public var asymptoticPValue: Double {
        let effective = (Double(first) * Double(second) / Double(first + second)).rounded(.toNearestOrEven)
        return KolmogorovLaw.survival(distance, count: max(1, Int(effective)))
    }
}
