import TestSupport
import Testing

@testable import Statistics

@Suite("Ranking figures")
struct RankedOutcomesTests {
    /// Hanley & McNeil (1982), table I: five ratings of 58 normal and 51 abnormal images.
    static let normal = [33, 6, 6, 11, 2]
    static let abnormal = [3, 2, 2, 11, 33]

    static func images() -> (risks: [Double], defaulted: [Bool]) {
        var risks: [Double] = []
        var defaulted: [Bool] = []
        for (counts, isDefault) in [(normal, false), (abnormal, true)] {
            for (rating, count) in counts.enumerated() {
                risks += Array(repeating: Double(rating), count: count)
                defaulted += Array(repeating: isDefault, count: count)
            }
        }
        return (risks, defaulted)
    }

    @Test("reproduce a published table")
    func publishedTable() throws {
        let images = Self.images()
        let ranked = try RankedOutcomes(risks: images.risks, defaulted: images.defaulted)
        let estimate = try DeLongEstimate(risks: images.risks, defaulted: images.defaulted)
        // Printed with seven decimals.
        expectClose(ranked.auc, 0.8931711, absolute: 5e-8)
        expectClose(ranked.hanleyMcNeilStandardError, 0.0324866, absolute: 5e-8)
        expectClose(estimate.standardError, 0.0307244, absolute: 5e-8)
    }

    /// PDtoolkit README: six grades with their counts, defaults and PDs.
    @Test("reproduce a published rating portfolio")
    func publishedPortfolio() throws {
        let counts = [47, 35, 93, 53, 131, 141]
        let defaults = [36, 21, 37, 15, 22, 11]
        let pds = [0.7400826, 0.6069830, 0.3750350, 0.2516151, 0.1537853, 0.05]
        var risks: [Double] = []
        var defaulted: [Bool] = []
        for grade in counts.indices {
            risks += Array(repeating: pds[grade], count: counts[grade])
            defaulted += (0..<counts[grade]).map { $0 < defaults[grade] }
        }
        let ranked = try RankedOutcomes(risks: risks, defaulted: defaulted)
        let estimate = try DeLongEstimate(risks: risks, defaulted: defaulted)
        expectClose(ranked.auc, 0.7821032, absolute: 5e-8)
        expectClose(ranked.gini, 0.5642065, absolute: 1e-7)
        expectClose(ranked.hanleyMcNeilStandardError, 0.0247617, absolute: 5e-8)
        expectClose(estimate.standardError, 0.0227122, absolute: 5e-8)
        expectClose(ranked.kolmogorovSmirnov.distance, 0.4357148, absolute: 5e-8)
        // PDs are printed with seven decimals.
        expectClose(
            try ForecastScores(probabilities: risks, defaulted: defaulted).brier, 0.1571555, absolute: 1e-7)
    }

    static func random(
        _ seed: UInt64, rows: Int = 300
    ) -> (risks: [Double], defaulted: [Bool], weights: [Double]) {
        var generator = SeededGenerator(seed: seed)
        // Few distinct risks, so that most are tied.
        let risks = (0..<rows).map { _ in Double(Int.random(in: -20...20, using: &generator)) / 4 }
        let defaulted = risks.map { Double.random(in: -6...6, using: &generator) < $0 }
        return (risks, defaulted, risks.map { _ in Double(Int.random(in: 0...3, using: &generator)) })
    }

    @Test("the area is the share of concordant pairs, one by one", arguments: 1...5 as ClosedRange<UInt64>)
    func areaByPairs(seed: UInt64) throws {
        let data = Self.random(seed)
        var (won, pairs) = (0.0, 0.0)
        for i in data.risks.indices where data.defaulted[i] {
            for j in data.risks.indices where !data.defaulted[j] {
                let weight = data.weights[i] * data.weights[j]
                pairs += weight
                won += weight * (data.risks[i] > data.risks[j] ? 1 : data.risks[i] == data.risks[j] ? 0.5 : 0)
            }
        }
        let ranked = try RankedOutcomes(risks: data.risks, defaulted: data.defaulted, weights: data.weights)
        expectClose(ranked.auc, won / pairs, relative: 1e-12)
    }

    @Test("a weight of two is the row twice", arguments: 1...5 as ClosedRange<UInt64>)
    func weights(seed: UInt64) throws {
        let data = Self.random(seed)
        let copies = data.risks.indices.flatMap { Array(repeating: $0, count: Int(data.weights[$0])) }
        let weighted = try RankedOutcomes(risks: data.risks, defaulted: data.defaulted, weights: data.weights)
        let repeated = try RankedOutcomes(
            risks: copies.map { data.risks[$0] }, defaulted: copies.map { data.defaulted[$0] })
        #expect(weighted.groups == repeated.groups)
        let reweighted = try RankedRisks(data.risks).outcomes(
            defaulted: data.defaulted, weights: data.weights)
        #expect(reweighted.groups == weighted.groups)
        #expect(try GainsTable(weighted) == GainsTable(repeated))
    }

    @Test("a rising transformation changes no ranking figure", arguments: 1...5 as ClosedRange<UInt64>)
    func monotoneInvariance(seed: UInt64) throws {
        let data = Self.random(seed)
        let before = try RankedOutcomes(risks: data.risks, defaulted: data.defaulted)
        let after = try RankedOutcomes(
            risks: data.risks.map { $0 * $0 * $0 + 7 * $0 }, defaulted: data.defaulted)
        #expect(before.auc == after.auc)
        #expect(before.kolmogorovSmirnov.distance == after.kolmogorovSmirnov.distance)
        #expect(before.averagePrecision == after.averagePrecision)
        #expect(
            try DeLongEstimate(risks: data.risks, defaulted: data.defaulted).variance
                == DeLongEstimate(risks: data.risks.map { $0 * 8 }, defaulted: data.defaulted).variance)
    }

    @Test("turned around, the area is its complement", arguments: 1...5 as ClosedRange<UInt64>)
    func complement(seed: UInt64) throws {
        let data = Self.random(seed)
        let up = try RankedOutcomes(risks: data.risks, defaulted: data.defaulted)
        let down = try RankedOutcomes(risks: data.risks.map { -$0 }, defaulted: data.defaulted)
        expectClose(up.auc + down.auc, 1, relative: 1e-14)
        expectClose(try up.partialAUC(falsePositiveRateUpTo: 1), up.auc, relative: 1e-13)
    }

    @Test("perfect, useless and tied rankings")
    func extremes() throws {
        let defaulted = [false, false, true, true]
        #expect(try RankedOutcomes(risks: [1, 2, 3, 4], defaulted: defaulted).auc == 1)
        #expect(try RankedOutcomes(risks: [4, 3, 2, 1], defaulted: defaulted).auc == 0)
        let tied = try RankedOutcomes(risks: [5, 5, 5, 5], defaulted: defaulted)
        #expect(tied.auc == 0.5)
        #expect(tied.kolmogorovSmirnov.distance == 0)
        #expect(tied.averagePrecision == 0.5)
        #expect(
            try RankedOutcomes(risks: [-.infinity, -0.0, 0, .infinity], defaulted: defaulted).auc == 0.875)
        #expect(try DeLongEstimate(risks: [1, 2, 3, 4], defaulted: defaulted).variance == 0)
    }

    @Test("refuse what cannot be ranked")
    func refusals() {
        #expect(throws: MetricError.empty) { try RankedOutcomes(risks: [], defaulted: []) }
        #expect(throws: MetricError.empty) { try RankedOutcomes(risks: [1], defaulted: [true], weights: [0]) }
        #expect(throws: MetricError.oneClass(defaulted: true)) {
            try RankedOutcomes(risks: [1, 2], defaulted: [true, true])
        }
        #expect(throws: MetricError.oneClass(defaulted: false)) {
            try RankedOutcomes(risks: [1, 2], defaulted: [false, true], weights: [1, 0])
        }
        #expect(throws: MetricError.badValue(row: 1, what: "risk", value: "NaN", expected: "a number")) {
            try RankedOutcomes(risks: [1, .nan], defaulted: [false, true])
        }
        #expect(throws: MetricError.self) { try RankedRisks([1, .nan]) }
        for weight in [-1, Double.nan, .infinity] {
            #expect(throws: MetricError.self) {
                try RankedRisks([1, 2]).outcomes(defaulted: [false, true], weights: [1, weight])
            }
            #expect(throws: MetricError.self) {
                try RankedOutcomes(risks: [1, 2], defaulted: [false, true], weights: [1, weight])
            }
        }
    }

    @Test("the order by bits is the order of numbers", arguments: 1...5 as ClosedRange<UInt64>)
    func risingOrder(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        // Few values are sorted by comparison, many by their bits.
        let count = seed % 2 == 0 ? 500 : 5000
        var values = (0..<count).map { _ in Double(bitPattern: generator.next()) }.filter { !$0.isNaN }
        values += values.prefix(count / 4)
        values += [0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 1, 1]
        let rising = RisingOrder(values)
        let order = rising.positions.map { Int($0) }
        let expected = values.indices.sorted { values[$0] != values[$1] ? values[$0] < values[$1] : $0 < $1 }
        #expect(order == expected)
        #expect(rising.values == expected.map { values[$0] })
    }
}
