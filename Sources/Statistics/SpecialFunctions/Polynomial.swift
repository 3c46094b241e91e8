/// Polynomials of fixed degree with coefficients known at compile time.
enum Polynomial {
    /// c₀ + c₁ x + c₂ x² + …, by Horner's rule.
    @inline(__always)
    static func value<let count: Int>(_ coefficients: InlineArray<count, Double>, at x: Double) -> Double {
        var sum = 0.0
        for index in coefficients.indices.reversed() { sum = sum * x + coefficients[index] }
        return sum
    }
}
