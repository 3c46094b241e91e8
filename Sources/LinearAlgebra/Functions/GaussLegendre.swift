import Glibc

/// Gauss–Legendre quadrature on [0, 1].
enum GaussLegendre {
    /// Nodes and weights of the rule with `count` points, exact for polynomials of degree 2·count − 1.
    ///
    /// The nodes are the zeros of the Legendre polynomial, found by Newton's method from Tricomi's approximation;
    /// with its derivative d at a zero x, the weight on [−1, 1] is 2 ÷ ((1 − x²)·d²).
    static func rule(_ count: Int) -> [(node: Double, weight: Double)] {
        (1...count).map { index in
            var zero = cos(.pi * (Double(index) - 0.25) / (Double(count) + 0.5))
            var slope = 1.0
            // Converges quadratically from 1 % away; ten steps are more than enough for any count.
            for _ in 0..<10 {
                let value: Double
                (value, slope) = legendre(count, at: zero)
                zero -= value / slope
            }
            return ((1 + zero) / 2, 1 / ((1 - zero * zero) * slope * slope))
        }
    }

    /// The Legendre polynomial of a degree and its derivative, by the three-term recurrence.
    private static func legendre(_ degree: Int, at x: Double) -> (value: Double, slope: Double) {
        var (previous, value) = (1.0, x)
        for k in stride(from: 2.0, through: Double(degree), by: 1) {
            (previous, value) = (value, ((2 * k - 1) * x * value - (k - 1) * previous) / k)
        }
        return (value, Double(degree) * (x * value - previous) / (x * x - 1))
    }
}
