import Glibc
import TestSupport
import Testing

@testable import LinearAlgebra

@Suite("Divided differences")
struct DividedDifferenceTests {
    @Test("of close real numbers do not cancel", arguments: [1e-1, 1e-5, 1e-10, 1e-15, 0])
    func closeNumbers(gap: Double) {
        let (a, b) = (Complex(2), Complex(2 + gap))
        let exact = b.real - a.real
        let slope = exact == 0 ? 0.5 : log1p(exact / 2) / exact
        expectClose(DividedDifference.logarithm(a, b).real, slope, relative: 1e-15)
        let power = exact == 0 ? 0.25 * pow(2, -0.75) : pow(2, 0.25) * expm1(0.25 * log1p(exact / 2)) / exact
        expectClose(DividedDifference.power(0.25, a, b).real, power, relative: 2e-15)
    }

    @Test("of distant numbers are the plain quotient")
    func distantNumbers() {
        let (a, b) = (Complex(1), Complex(100))
        expectClose(DividedDifference.logarithm(a, b).real, log(100) / 99, relative: 1e-15)
        expectClose(DividedDifference.power(0.5, a, b).real, 9.0 / 99, relative: 1e-15)
    }

    @Test("across the negative axis span the whole turn", arguments: [1e-1, 1e-3, 1e-8])
    func acrossTheCut(angle: Double) {
        // ln(−1 ± iε) = ln|z| ± i(π − φ): their difference is almost 2πi over 2iε.
        let (a, b) = (Complex(-1, -angle), Complex(-1, angle))
        let half = .pi - atan(angle)
        let logarithm = DividedDifference.logarithm(a, b)
        expectClose(logarithm.real, half / angle, relative: 1e-14)
        expectClose(logarithm.imaginary, 0, absolute: 1e-14 * half / angle)
        let power = DividedDifference.power(0.5, a, b)
        expectClose(power.real, pow(1 + angle * angle, 0.25) * sin(half / 2) / angle, relative: 1e-14)
        // And the other way round.
        expectClose(DividedDifference.logarithm(b, a).real, half / angle, relative: 1e-14)
    }
}
