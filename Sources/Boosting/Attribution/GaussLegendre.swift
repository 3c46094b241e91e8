import Glibc

/// Gauss-Legendre quadrature on [0, 1]: n points integrate polynomials of degree 2n − 1 exactly.
///
/// Of its own, since Boosting stands on kernels and threads alone.
enum GaussLegendre {
    /// Points, falling, and their weights, which sum to 1.
    ///
    /// Newton's method on the Legendre polynomial from the points' asymptotic places.
    ///
    /// Source: Abramowitz & Stegun (1964), 25.4.29 and 22.16.6.
    static func rule(points n: Int) -> [(point: Double, weight: Double)] {
        precondition(n >= 1, "\(n) points")
        return (0..<n).map { index in
            var x = cos(.pi * (Double(index) + 0.75) / (Double(n) + 0.5))
            var slope = 1.0
            // Quadratic convergence: five steps reach the last digit, the others change nothing.
            for _ in 0..<8 {
                var (before, current) = (0.0, 1.0)
                for degree in 1...n {
                    let next =
                        (Double(2 * degree - 1) * x * current - Double(degree - 1) * before) / Double(degree)
                    (before, current) = (current, next)
                }
                slope = Double(n) * (x * current - before) / (x * x - 1)
                x -= current / slope
            }
            return ((1 + x) / 2, 1 / ((1 - x * x) * slope * slope))
        }
    }
}
