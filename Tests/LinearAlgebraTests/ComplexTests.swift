import Glibc
import TestSupport
import Testing

@testable import LinearAlgebra

@Suite("Complex numbers")
struct ComplexTests {
    static let points: [Complex] = [
        Complex(1), Complex(-1, 1e-9), Complex(-1, -1e-9), Complex(0, 2), Complex(0, -2), Complex(3, 4),
        Complex(-5, 12), Complex(1e-200, 1e-200), Complex(-1e200, 1e200), Complex(1, 1e-12),
        Complex(0.6, 0.8),
    ]

    @Test("have square roots in the right half plane that square back", arguments: points)
    func squareRoot(point: Complex) {
        let root = point.squareRoot
        #expect(root.real >= 0)
        let square = root * root
        #expect((square - point).magnitude <= 4e-16 * point.magnitude)
    }

    @Test("have logarithms whose exponentials they are", arguments: points)
    func logarithm(point: Complex) {
        let logarithm = point.logarithm
        #expect(abs(logarithm.imaginary) <= .pi)
        let back = logarithm.exponential
        // An error of one unit in a logarithm of size 460 moves the exponential by as many.
        #expect((back - point).magnitude <= 2e-13 * point.magnitude)
    }

    @Test("keep the digits of the logarithm near the unit circle")
    func logarithmNearUnitCircle() {
        // ln|1 + iy| = ½·ln(1 + y²), which is y²/2 where |1 + iy| itself rounds to 1.
        expectClose(Complex(1, 0x1p-30).logarithm.real, 0x1p-61, relative: 1e-15)
        expectClose(Complex(cos(0.5), sin(0.5)).logarithm.imaginary, 0.5, relative: 1e-15)
        expectClose(Complex(1 + 0x1p-40).logarithm.real, log1p(0x1p-40), relative: 1e-15)
    }

    @Test("divide what they multiply", arguments: points)
    func division(point: Complex) {
        let other = Complex(-0.3, 0.7)
        let quotient = (point * other) / point
        expectClose(quotient.real, other.real, relative: 1e-15)
        expectClose(quotient.imaginary, other.imaginary, relative: 1e-15)
        #expect(point / point == Complex(1) || ((point / point) - Complex(1)).magnitude <= 3e-16)
    }

    @Test(
        "have hyperbolic functions that invert each other",
        arguments: [Complex(0.3, 0.2), Complex(-0.1, 0.4)])
    func hyperbolic(point: Complex) {
        let tangent = point.hyperbolicSine / (0.5 * (point.exponential + (-1 * point).exponential))
        #expect((tangent.inverseHyperbolicTangent - point).magnitude <= 1e-15)
    }

    @Test("have roots minus 1 without cancellation")
    func excessOfRoot() {
        for value in [3.0, 0.01, 1 + 1e-10, 1e-300] {
            expectClose(
                Complex(value).excessOfRoot(halvings: 20).real, expm1(log(value) * 0x1p-20), relative: 1e-14)
        }
        let turned = Complex(-1, 1e-3).excessOfRoot(halvings: 10)
        let expected = (0x1p-10 * Complex(-1, 1e-3).logarithm).exponential - Complex(1)
        #expect((turned - expected).magnitude <= 1e-15)
        #expect(Complex(-1, 1e-3).excessOfRoot(halvings: 0) == Complex(-2, 1e-3))
    }

    @Test("print as numbers")
    func description() {
        #expect(Complex(0.5).description == "0.5")
        #expect(Complex(-2, 1.5).description == "-2.0+1.5i")
        #expect(Complex(0, -2).description == "0.0-2.0i")
    }
}
