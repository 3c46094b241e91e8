import Glibc

/// A complex number x + iy.
public struct Complex: Sendable, Hashable {
    /// The real part x.
    public var real: Double
    /// The imaginary part y.
    public var imaginary: Double

    /// x + iy; a real number if `imaginary` is left out.
    @inlinable public init(_ real: Double, _ imaginary: Double = 0) {
        self.real = real
        self.imaginary = imaginary
    }

    /// √(x² + y²), without overflow on the way.
    public var magnitude: Double { hypot(real, imaginary) }

    /// The angle in (−π, π].
    public var argument: Double { atan2(imaginary, real) }

    /// x − iy.
    @inlinable public var conjugate: Complex { Complex(real, -imaginary) }

    /// Whether both parts are finite.
    @inlinable public var isFinite: Bool { real.isFinite && imaginary.isFinite }
}

extension Complex {
    @inlinable static func + (left: Complex, right: Complex) -> Complex {
        Complex(left.real + right.real, left.imaginary + right.imaginary)
    }

    @inlinable static func - (left: Complex, right: Complex) -> Complex {
        Complex(left.real - right.real, left.imaginary - right.imaginary)
    }

    @inlinable static func * (left: Complex, right: Complex) -> Complex {
        Complex(
            left.real * right.real - left.imaginary * right.imaginary,
            left.real * right.imaginary + left.imaginary * right.real)
    }

    @inlinable static func * (factor: Double, number: Complex) -> Complex {
        Complex(factor * number.real, factor * number.imaginary)
    }

    @inlinable static func += (left: inout Complex, right: Complex) { left = left + right }

    @inlinable static func -= (left: inout Complex, right: Complex) { left = left - right }

    /// The quotient by Smith's rule: divides by the larger part first, so that its square cannot overflow.
    static func / (left: Complex, right: Complex) -> Complex {
        if abs(right.real) >= abs(right.imaginary) {
            let ratio = right.imaginary / right.real
            let denominator = right.real + right.imaginary * ratio
            return Complex(
                (left.real + left.imaginary * ratio) / denominator,
                (left.imaginary - left.real * ratio) / denominator)
        }
        let ratio = right.real / right.imaginary
        let denominator = right.real * ratio + right.imaginary
        return Complex(
            (left.real * ratio + left.imaginary) / denominator,
            (left.imaginary * ratio - left.real) / denominator)
    }

    /// The principal square root, with a real part ≥ 0.
    var squareRoot: Complex {
        if imaginary == 0 {
            return real >= 0 ? Complex(real.squareRoot()) : Complex(0, (-real).squareRoot())
        }
        // √((|z| + |x|) ÷ 2) has no cancellation; the other part follows from 2·(its product) = y.
        let half = ((magnitude + abs(real)) / 2).squareRoot()
        let other = imaginary / (2 * half)
        if real >= 0 { return Complex(half, other) }
        return Complex(abs(other), imaginary < 0 ? -half : half)
    }

    /// The principal logarithm, with an imaginary part in (−π, π].
    var logarithm: Complex {
        // Near the unit circle ln|z| = ½·ln(1 + ((x − 1)(x + 1) + y²)), whose argument keeps its digits.
        let size = magnitude
        guard size > 0.5, size < 2 else { return Complex(log(size), argument) }
        let excess = (real - 1) * (real + 1) + imaginary * imaginary
        return Complex(log1p(excess) / 2, argument)
    }

    /// e^z.
    var exponential: Complex {
        guard imaginary != 0 else { return Complex(exp(real)) }
        return Complex(exp(real) * cos(imaginary), exp(real) * sin(imaginary))
    }

    /// sinh z.
    var hyperbolicSine: Complex {
        guard imaginary != 0 else { return Complex(sinh(real)) }
        return Complex(sinh(real) * cos(imaginary), cosh(real) * sin(imaginary))
    }

    /// The principal inverse hyperbolic tangent ½·(ln(1 + z) − ln(1 − z)), for |z| < 1.
    var inverseHyperbolicTangent: Complex {
        guard imaginary != 0 else { return Complex(atanh(real)) }
        return 0.5 * ((Complex(1) + self).logarithm - (Complex(1) - self).logarithm)
    }
}

extension Complex: CustomStringConvertible {
    /// Such as "0.5", "-2.0+1.5i".
    public var description: String {
        if imaginary == 0 { return "\(real)" }
        return "\(real)\(imaginary.sign == .minus ? "-" : "+")\(imaginary.magnitude)i"
    }
}
