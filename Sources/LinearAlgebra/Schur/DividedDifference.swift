import Glibc

/// Divided differences f[a, b] = (f(a) − f(b)) ÷ (a − b), without cancellation where a and b are close: what a
/// function of [[a, t], [0, b]] has beside its diagonal, per unit of t.
enum DividedDifference {
    /// Of the principal logarithm.
    ///
    /// Source: Higham (2008), *Functions of Matrices*, equation (11.28).
    static func logarithm(_ a: Complex, _ b: Complex) -> Complex {
        if a == b { return Complex(1) / a }
        guard let (halfLogRatio, _) = close(a, b) else { return (b.logarithm - a.logarithm) / (b - a) }
        return 2 * halfLogRatio / (b - a)
    }

    /// Of the principal power z^p.
    ///
    /// Source: Higham & Lin (2011), "A Schur–Padé algorithm for fractional powers of a matrix", equation (5.6).
    static func power(_ exponent: Double, _ a: Complex, _ b: Complex) -> Complex {
        if a == b { return exponent * ((exponent - 1) * a.logarithm).exponential }
        guard let (halfLogRatio, logProduct) = close(a, b) else {
            return (b.power(exponent) - a.power(exponent)) / (b - a)
        }
        let mean = (exponent / 2 * logProduct).exponential
        return 2 * (mean * (exponent * halfLogRatio).hyperbolicSine) / (b - a)
    }

    /// ½·(ln b − ln a), from the small quotient (b − a) ÷ (b + a), and ln a + ln b; nil if a and b are far apart.
    private static func close(_ a: Complex, _ b: Complex) -> (halfLogRatio: Complex, logProduct: Complex)? {
        guard (b - a).magnitude <= (b + a).magnitude / 2 else { return nil }
        let logRatio = b.logarithm - a.logarithm
        // The artanh is that of the nearer branch; across the negative axis the logarithms differ by 2πi more.
        let turns = ((logRatio.imaginary - .pi) / (2 * .pi)).rounded(.up)
        let half = ((b - a) / (b + a)).inverseHyperbolicTangent + Complex(0, turns * .pi)
        return (half, a.logarithm + b.logarithm)
    }
}

extension Complex {
    /// The principal power z^p = e^(p ln z), z ≠ 0.
    func power(_ exponent: Double) -> Complex { (exponent * logarithm).exponential }

    /// z^(1/2ᵏ) − 1 without cancellation.
    ///
    /// z^(1/2ᵏ) − 1 = (z − 1) ÷ Π (z^(1/2ʲ) + 1), j = 1 … k.
    ///
    /// Source: Al-Mohy (2012), "A more accurate Briggs method for the logarithm", algorithm 2.
    func excessOfRoot(halvings: Int) -> Complex {
        guard halvings > 0 else { return self - Complex(1) }
        var root = self
        var remaining = halvings
        if abs(argument) >= .pi / 2 {
            // In the left half plane z − 1 is no small difference, but √z − 1 may be.
            root = root.squareRoot
            remaining -= 1
        }
        let difference = root - Complex(1)
        guard remaining > 0 else { return difference }
        var product = Complex(1)
        for _ in 0..<remaining {
            root = root.squareRoot
            product = product * (Complex(1) + root)
        }
        return difference / product
    }
}
