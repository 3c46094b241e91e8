import TestSupport
import Testing

@testable import Statistics

@Suite("Population stability")
struct PopulationStabilityTests {
    @Test("reproduces a published pair of portfolios")
    func published() throws {
        let psi = try PopulationStability(
            expectedCounts: [99, 72, 196, 100, 267, 266], actualCounts: [47, 35, 93, 53, 131, 141])
        expectClose(psi.index, 0.0022178534, absolute: 5e-11)
        expectClose(try psi.normalCriticalValue(), 0.0306045, absolute: 5e-8)
        expectClose(try #require(try psi.chiSquaredCriticalValue()), 0.0332115, absolute: 5e-8)
    }

    @Test(
        "agrees with the reference over deciles",
        .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)),
        arguments: ScoredSample.names)
    func oracle(name: String) throws {
        let sample = try ScoredSample(name)
        let risks = try sample.risks("a")
        let python = try Oracle(shared: "metrics/\(name)_python.json")("expected")
        let rows = risks.indices
        let halves = (
            rows.filter { $0 % 2 == 0 }.map { risks[$0] }, rows.filter { $0 % 2 == 1 }.map { risks[$0] }
        )
        let classes = (
            rows.filter { !sample.defaulted[$0] }.map { risks[$0] },
            rows.filter { sample.defaulted[$0] }.map { risks[$0] }
        )
        for (key, parts, deciled) in [
            ("psi_even_rows_expected_odd_rows_actual_score_a", halves, halves.0),
            ("psi_good_rows_expected_bad_rows_actual_score_a", classes, risks),
        ] {
            let expected = try python(key)
            let quantiles = try SampleQuantiles(deciled)
            let edges = try (1...9).map { try quantiles.value(Double($0) / 10) }
            expectClose(edges, try expected("edges").numbers, relative: 1e-14)
            // The reference's own edges, since a value on an edge must not fall on the other side by rounding.
            let psi = try PopulationStability(
                expected: parts.0, actual: parts.1, edges: try expected("edges").numbers)
            expectClose(psi.index, try expected("psi").number, relative: 1e-12)
            let counts = psi.bins.map { ($0.expected * psi.expectedCount).rounded() }
            #expect(counts == (try expected("expected_counts").numbers))
            #expect(
                psi.bins.map { ($0.actual * psi.actualCount).rounded() }
                    == (try expected("actual_counts").numbers))
        }
    }

    @Test("is zero for equal shares and the same both ways")
    func laws() throws {
        #expect(try PopulationStability(expectedCounts: [1, 2, 3], actualCounts: [10, 20, 30]).index == 0)
        let forth = try PopulationStability(expectedCounts: [5, 9, 1], actualCounts: [3, 3, 8])
        let back = try PopulationStability(expectedCounts: [3, 3, 8], actualCounts: [5, 9, 1])
        expectClose(forth.index, back.index, relative: 1e-15)
        #expect(forth.bins.allSatisfy { $0.contribution >= 0 && !$0.adjusted })
    }

    @Test("adjusts a bin that one population leaves empty, and says so")
    func zeroCells() throws {
        let psi = try PopulationStability(expectedCounts: [10, 0, 0], actualCounts: [6, 4, 0])
        #expect(psi.bins.map(\.adjusted) == [false, true, false])
        #expect(psi.bins[2].contribution == 0)
        // (4.5 − 0.5)/10 · ln(4.5/0.5).
        expectClose(psi.bins[1].contribution, 0.8788898309344878, relative: 1e-14)
        #expect(psi.index.isFinite)
    }

    @Test("puts a value on an edge above it")
    func edges() throws {
        let psi = try PopulationStability(
            expected: [1, 2, 3], actual: [2, -.infinity, .infinity, 2], edges: [2, 3])
        #expect(psi.bins.map { $0.expected * 3 } == [1, 1, 1])
        #expect(psi.bins.map { $0.actual * 4 } == [1, 2, 1])
        let single = try PopulationStability(expected: [1, 2], actual: [3], edges: [])
        #expect(single.index == 0)
        #expect(try single.chiSquaredCriticalValue() == nil)
    }

    @Test("refuses what cannot be compared")
    func refusals() throws {
        #expect(throws: MetricError.empty) {
            try PopulationStability(expectedCounts: [0, 0], actualCounts: [1, 1])
        }
        #expect(throws: MetricError.empty) { try PopulationStability(expected: [], actual: [1], edges: [1]) }
        for count in [-1, Double.nan, .infinity] {
            #expect(throws: MetricError.self) {
                try PopulationStability(expectedCounts: [count, 1], actualCounts: [1, 1])
            }
        }
        for edges in [[1.0, 1], [2, 1], [.nan]] {
            #expect(throws: MetricError.self) {
                try PopulationStability(expected: [1], actual: [1], edges: edges)
            }
        }
        #expect(throws: MetricError.self) {
            try PopulationStability(expected: [.nan], actual: [1], edges: [0])
        }
        #expect(throws: MetricError.self) {
            try PopulationStability(expectedCounts: [1, 1], actualCounts: [1, 1], zeroCell: 0)
        }
        let psi = try PopulationStability(expectedCounts: [1, 1], actualCounts: [1, 1])
        for level in [0, 1, Double.nan] {
            #expect(throws: MetricError.self) { try psi.normalCriticalValue(significance: level) }
            #expect(throws: MetricError.self) { try psi.chiSquaredCriticalValue(significance: level) }
        }
    }
}
