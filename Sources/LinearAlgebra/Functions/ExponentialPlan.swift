import Glibc

/// The degree and the scaling with which a matrix is exponentiated, and the powers found on the way.
struct ExponentialPlan {
    /// m of the [m/m] Padé approximant.
    private(set) var degree = 13
    /// s: the approximant is taken of A/2ˢ and squared s times.
    private(set) var squarings = 0
    /// The powers of B = A/2ᵉ.
    private var powers: EvenPowers<Matrix>
    /// e; 0 unless A is so large that its powers would overflow.
    private let prescaling: Int

    /// θₘ, up to which the approximant of degree m has a backward error of at most 2⁻⁵³.
    ///
    /// It is compared with those ‖Aᵏ‖^(1/k) that bound the error. Source: Al-Mohy & Higham (2009), table 3.1 and
    /// algorithm 6.1, which lowers θ₁₃ to 4.25.
    private static let reach: [(degree: Int, theta: Double)] = [
        (3, 1.495585217958292e-2), (5, 2.539398330063230e-1), (7, 9.504178996162932e-1),
        (9, 2.097847961257068),
    ]
    private static let reachOf13 = 4.25

    /// Chooses degree and scaling.
    init(_ matrix: Matrix) throws(LinearAlgebraError) {
        let largest = matrix.largestMagnitude
        prescaling = largest > 0x1p60 ? Int(largest.exponent) - 60 : 0
        let base = matrix.scaled(byPowerOfTwo: -prescaling)
        powers = EvenPowers(base)

        // Of the degrees that need no scaling the lowest, by its bound from the powers it depends on.
        let bounds = [(4, 6), (4, 6), (6, 8), (6, 8)]
        for ((degree, theta), (first, second)) in zip(Self.reach, bounds) {
            let reached = max(try powers.root(first), try powers.root(second))
            if scalbn(reached, prescaling) <= theta,
                try base.extraHalvings(degree: degree, halved: -prescaling) == 0
            {
                self.degree = degree
                return
            }
        }
        let even = max(try powers.root(6), try powers.root(8))
        let odd = max(try powers.root(8), try powers.root(10))
        let halvings = min(even, odd) > 0 ? log2(min(even, odd) / Self.reachOf13) : -.infinity
        squarings = max(0, prescaling + Int(max(halvings.rounded(.up), -1100)))
        squarings += try base.extraHalvings(degree: 13, halved: squarings - prescaling)
    }

    /// rₘ(A/2ˢ) = q(A/2ˢ)⁻¹ p(A/2ˢ).
    func approximant() throws(LinearAlgebraError) -> Matrix {
        let terms = try PadeTerms(powers.halved(squarings - prescaling), degree: degree)
        return try terms.quotient()
    }
}

extension Matrix {
    /// By how many halvings more the approximant of a degree is accurate although A and |A| differ.
    ///
    /// max(⌈log₂(c·‖|A|²ᵐ⁺¹‖₁ ÷ (‖A‖₁·2⁻⁵³)) ÷ 2m⌉, 0), where c = (m!)² ÷ ((2m)!·(2m + 1)!) is the first coefficient of
    /// the backward error, of A after it has been halved so often.
    ///
    /// Source: Al-Mohy & Higham (2009), the function ℓ of section 5.
    func extraHalvings(degree: Int, halved: Int) throws(LinearAlgebraError) -> Int {
        let norm = oneNorm
        guard norm > 0 else { return 0 }
        // log₂ c, summed up: (m!)² ÷ ((2m)!·(2m + 1)!) = 1 ÷ Π (m + k)² ÷ (2m + 1), k = 1 … m.
        let logCoefficient = (1...degree).reduce(-log2(Double(2 * degree + 1))) { sum, index in
            sum - 2 * log2(Double(degree + index))
        }
        let offset = logCoefficient + 53 - Double(2 * degree * halved)
        // ‖|A|ᵏ‖ ≤ ‖A‖ᵏ often settles it without the power.
        guard offset + Double(2 * degree) * log2(norm) > 0 else { return 0 }
        let excess = offset + (try logNormOfMagnitude(power: 2 * degree + 1)) - log2(norm)
        guard excess > 0 else { return 0 }
        return Int((excess / Double(2 * degree)).rounded(.up))
    }

    /// The binary logarithm of ‖|A|ᵏ‖₁.
    ///
    /// The norm of a matrix without negative elements is the largest element of 1ᵀ|A|ᵏ. Summed in logarithms,
    /// because the 27th power overflows early.
    private func logNormOfMagnitude(power: Int) throws(LinearAlgebraError) -> Double {
        let magnitudes = Matrix(rows: rows, columns: columns, columnMajor: storage.map { abs($0) })
        var sums = [Double](repeating: 1, count: columns)
        var logarithm = 0.0
        for _ in 0..<power {
            sums = try magnitudes.transposedTimes(sums)
            let largest = sums.max() ?? 0
            guard largest > 0 else { return -.infinity }
            logarithm += log2(largest)
            for column in sums.indices { sums[column] /= largest }
        }
        return logarithm
    }
}
