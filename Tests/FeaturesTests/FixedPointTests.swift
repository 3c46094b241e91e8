import Foundation
import Testing

@testable import Features

@Suite("Numbers with fixed decimals are those of the C library")
struct FixedPointTests {
    private func expectSame(_ value: Double) {
        for decimals in 0...3 {
            #expect(
                FixedPoint.text(value, decimals: decimals) == String(format: "%.\(decimals)f", value),
                "\(value.debugDescription) to \(decimals)")
        }
    }

    @Test func halvesAndTheirNeighbours() {
        for number in [0, 1, 2, 3, 9, 10, 49, 99, 12_345, 999_999_999] {
            for half in [0.5, 0.05, 0.25, 0.125, 0.005, 0.015, 0.995, 0.45, 0.95] {
                let value = Double(number) + half
                for near in [value, value.nextUp, value.nextDown] {
                    expectSame(near)
                    expectSame(-near)
                }
            }
        }
    }

    @Test func extremes() {
        for value in [0, -0.0, 1e-300, -1e-300, 1e12, 9.99999999999999e12, 1e13, 1e300, 0.1, -0.004] {
            expectSame(value)
        }
        for value in [Double.nan, .infinity, -.infinity] { expectSame(value) }
    }

    @Test func anyNumber() {
        var state: UInt64 = 7
        for _ in 0..<2_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let cents = Double(state >> 34) / 1000
            expectSame(cents)
            expectSame(
                Double(
                    sign: .plus, exponent: Int(state >> 58) - 20,
                    significand: 1 + Double(state >> 12 & 0xFFFF) / 65_536))
        }
    }
}
