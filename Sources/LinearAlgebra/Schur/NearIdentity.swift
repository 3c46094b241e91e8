import Glibc

/// A root T^(1/2ˢ) of an upper triangular matrix that is so near the identity that a Padé approximant of degree m
/// reaches its logarithm and its powers.
struct NearIdentity {
    /// s.
    let halvings: Int
    /// m, at most 7.
    let degree: Int
    /// X = T^(1/2ˢ) − I.
    let excess: UpperTriangle

    /// θₘ for m = 1 … 7: with ‖X‖ up to it, the [m/m] approximants of ln(1 + x) and of (1 + x)^p, 0 < p < 1, are
    /// exact for a matrix that differs from I + X by at most 2⁻⁵³·‖X‖.
    ///
    /// The bounds of Al-Mohy & Higham (2012) and Higham & Lin (2011), evaluated with 120 digits, but relative to X
    /// rather than to I + X: then the logarithm of a matrix near the identity keeps its relative accuracy.
    static let reach = [3.65e-8, 3.758e-4, 8.191e-3, 3.774e-2, 9.248e-2, 1.645e-1, 2.436e-1]

    /// Takes square roots until the approximant of a low degree is exact to rounding.
    ///
    /// Source: Al-Mohy & Higham (2012), "Improved inverse scaling and squaring algorithms for the matrix logarithm",
    /// algorithm 4.1: judges by ‖Xᵏ‖₁^(1/k), which for non-normal matrices is far smaller than ‖X‖₁.
    init(
        _ triangular: UpperTriangle, for operation: MatrixOperation
    ) throws(LinearAlgebraError) {
        var search = RootSearch(triangular)
        while search.degree == nil {
            // Each root halves the logarithm, of which a double allows no more than about 1500 by size alone.
            guard search.halvings < 100 else { throw .notConverged(operation) }
            try search.advance()
        }
        halvings = search.halvings
        degree = search.degree ?? Self.reach.count
        excess = triangular.excess(ofRoot: search.root, halvings: search.halvings)
    }
}

/// The search for the root and the degree.
private struct RootSearch {
    var root: UpperTriangle
    var halvings = 0
    var degree: Int?
    private var extraRoots = 0

    init(_ triangular: UpperTriangle) { root = triangular }

    /// Settles on a degree, or takes a square root.
    mutating func advance() throws(LinearAlgebraError) {
        let reach = NearIdentity.reach
        let excess = root.addingToDiagonal(-1)
        let spread = excess.diagonal.map(\.magnitude).max() ?? 0
        // Powers of X are not smaller than its eigenvalues, so there is no need to look at them yet.
        guard spread <= reach[6] else { return try takeRoot() }
        let square = excess.times(excess)
        let cube = square.times(excess)
        let second = square.oneNorm.squareRoot()
        let third = cbrt(cube.oneNorm)
        if let low = reach[..<2].firstIndex(where: { max(second, third) <= $0 }) {
            degree = low + 1
            return
        }
        let fourth = square.times(square).oneNorm.squareRoot().squareRoot()
        let odd = max(third, fourth)
        if odd <= reach[6] {
            let needed = (2..<7).first { odd <= reach[$0] } ?? 6
            if needed <= 5 {
                degree = needed + 1
                return
            }
            // A root more costs less than the degrees it saves, but not over and over.
            if odd / 2 <= reach[4], extraRoots < 2 {
                extraRoots += 1
                return try takeRoot()
            }
        }
        let fifth = pow(square.times(cube).oneNorm, 0.2)
        let bound = min(odd, max(fourth, fifth))
        if let high = (5..<7).first(where: { bound <= reach[$0] }) {
            degree = high + 1
            return
        }
        try takeRoot()
    }

    private mutating func takeRoot() throws(LinearAlgebraError) {
        root = try root.squareRoot()
        halvings += 1
    }
}

extension UpperTriangle {
    /// T^(1/2ˢ) − I with the diagonal and the one above it from scalar formulas, in which nothing cancels.
    fileprivate func excess(ofRoot root: UpperTriangle, halvings: Int) -> UpperTriangle {
        var result = root.addingToDiagonal(-1)
        guard halvings > 0 else { return result }
        let exponent = scalbn(1, -halvings)
        for index in 0..<order {
            result[index, index] = self[index, index].excessOfRoot(halvings: halvings)
            guard index + 1 < order else { continue }
            result[index, index + 1] =
                self[index, index + 1]
                * DividedDifference.power(exponent, self[index, index], self[index + 1, index + 1])
        }
        return result
    }

    /// Refuses eigenvalues on the closed negative real axis.
    func checkPrincipal(_ operation: MatrixOperation) throws(LinearAlgebraError) {
        for value in diagonal where value.imaginary == 0 && value.real <= 0 {
            throw .noPrincipalValue(of: operation, eigenvalue: value)
        }
    }
}
