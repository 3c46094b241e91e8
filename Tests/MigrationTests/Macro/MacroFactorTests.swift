import LinearAlgebra
import Migration
import Statistics
import TestSupport
import Testing

@Suite("The economy's factor")
struct MacroFactorTests {
    static func cycle() throws -> TransitionMatrix {
        try TransitionMatrix(
            Matrix(rows: [
                [0.90, 0.08, 0.015, 0.005], [0.06, 0.85, 0.07, 0.02], [0.01, 0.09, 0.75, 0.15], [0, 0, 0, 1],
            ]),
            scale: SignalledMoves.scale)
    }

    @Test("is recovered from matrices that it made")
    func recovery() throws {
        let thresholds = MigrationThresholds(try Self.cycle())
        let raw = [-1.6, -0.8, -0.2, 0.1, 0.4, 0.9, 1.2]
        let mean = raw.reduce(0, +) / Double(raw.count)
        let spread = (raw.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(raw.count)).squareRoot()
        let factors = raw.map { ($0 - mean) / spread }
        let periods = try factors.map { factor in
            let matrix = thresholds.matrix(factor: factor, correlation: 0.08).probabilities
            return try MigrationCounts(
                Matrix(rows: (0..<4).map { row in matrix.row(row).map { row < 3 ? 1e6 * $0 : 0 } }),
                scale: SignalledMoves.scale)
        }
        let fit = try MacroFactorFit(periods, mean: try Self.cycle())
        expectClose(fit.correlation, 0.08, absolute: 1e-4)
        expectClose(fit.factors, factors, absolute: 2e-3)
    }

    @Test("scenarios multiply out, and a scenario of the mean with ρ = 0 is the chain itself")
    func scenario() throws {
        let cycle = try Self.cycle()
        let path = try MigrationThresholds(cycle).scenario([0, 0, 0], correlation: 0)
        let power = try cycle.over(periods: 3)
        for row in 0..<4 {
            expectClose(path[2].probabilities.row(row), power.probabilities.row(row), absolute: 1e-12)
        }
        let bad = try MigrationThresholds(cycle).scenario([-2, -2], correlation: 0.1)
        let good = try MigrationThresholds(cycle).scenario([2, 2], correlation: 0.1)
        for row in 0..<3 { #expect(bad[1][row, 3] > good[1][row, 3]) }
    }

    @Test("behind the speculative-grade default rates of 1981–1995 is as published")
    func defaults() throws {
        let rates = [
            0.63, 4.46, 2.96, 3.29, 4.34, 5.73, 2.82, 3.88, 4.70, 8.10, 11.02, 6.10, 2.50, 2.12, 3.54,
        ].map { $0 / 100 }
        let factor = try DefaultRateFactor(rates: rates)
        expectClose(factor.correlation, 0.07445324, absolute: 5e-9)
        expectClose(factor.pd, 0.04444783, absolute: 5e-9)
        let expected = [
            2.561577, -0.242301, 0.417278, 0.251843, -0.196847, -0.671681, 0.492120, -0.012590, -0.330333,
            -1.304469,
            -1.914120, -0.782452, 0.675574, 0.921000, 0.135401,
        ]
        expectClose(factor.factors, expected, absolute: 6e-7)
        #expect(throws: MigrationError.self) { try DefaultRateFactor(rates: [0.1]) }
        #expect(throws: MigrationError.self) { try DefaultRateFactor(rates: [0.1, 0]) }
        #expect(throws: MigrationError.self) { try DefaultRateFactor(rates: [0.1, 0.1]) }
    }

    @Test("needs periods with obligors")
    func refusals() throws {
        let empty = try MigrationCounts(Matrix(rows: 4, columns: 4), scale: SignalledMoves.scale)
        #expect(throws: MigrationError.self) { try MacroFactorFit([empty]) }
        #expect(throws: MigrationError.self) { try MacroFactorFit([empty, empty]) }
    }
}
