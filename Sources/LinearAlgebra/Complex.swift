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

    /// √(x² + y²), without overflow.
    public var magnitude: Double { hypot(real, imaginary) }

    /// x − iy.
    @inlinable public var conjugate: Complex { Complex(real, -imaginary) }

    /// Whether both parts are finite.
    @inlinable public var isFinite: Bool { real.isFinite && imaginary.isFinite }
}

extension Complex: CustomStringConvertible {
    /// Such as "0.5", "-2.0+1.5i".
    public var description: String {
        if imaginary == 0 { return "\(real)" }
        return "\(real)\(imaginary.sign == .minus ? "-" : "+")\(imaginary.magnitude)i"
    }
}
