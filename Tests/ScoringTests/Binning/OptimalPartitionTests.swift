import Foundation
import Statistics
import TestSupport
import Testing

@testable import Scoring

/// The best partition by trying all 2^(m−1) of them.
struct ExhaustivePartition {
    let nonDefaults: [Double]
    let defaults: [Double]
    let constraints: OptimalPartition.Constraints

    func best(_ course: OptimalPartition.Course) -> (value: Double, bins: Int)? {
        var best: (value: Double, bins: Int)?
        for pattern in 0..<(1 << (nonDefaults.count - 1)) {
            let cuts = (1..<nonDefaults.count).filter { pattern & 1 << ($0 - 1) != 0 }
            guard let value = value(cuts, course) else { continue }
            let bins = cuts.count + 1
            let enough = (bins >= constraints.minimumBins, (best?.bins ?? 0) >= constraints.minimumBins)
            let isBetter =
                switch enough {
                case (true, true): value > best?.value ?? -.infinity
                case (true, false): true
                case (false, true): false
                case (false, false):
                    bins > best?.bins ?? 0 || bins == best?.bins && value > best?.value ?? -.infinity
                }
            if isBetter { best = (value, bins) }
        }
        return best
    }

    /// The information value of a partition, `nil` if it is not admissible.
    private func value(_ cuts: [Int], _ course: OptimalPartition.Course) -> Double? {
        guard cuts.count < constraints.maximumBins else { return nil }
        for index in constraints.isFixed.indices where constraints.isFixed[index] {
            guard cuts.contains(index) else { return nil }
        }
        let bounds = [0] + cuts + [nonDefaults.count]
        let bins = zip(bounds, bounds.dropFirst()).map { from, to in
            (g: nonDefaults[from..<to].reduce(0, +), b: defaults[from..<to].reduce(0, +))
        }
        let rates = bins.map { $0.g + $0.b > 0 ? $0.b / ($0.g + $0.b) : 0 }
        for bin in bins {
            guard bin.g + bin.b >= constraints.minimumWeight, bin.g + bin.b <= constraints.maximumWeight,
                bin.g >= constraints.minimumNonDefaults, bin.b >= constraints.minimumDefaults
            else { return nil }
        }
        for index in bins.indices.dropFirst() {
            guard abs(rates[index] - rates[index - 1]) >= constraints.minimumRateGap else { return nil }
            if constraints.maximumPValue < 1 {
                let (n1, n2) = (bins[index - 1].g + bins[index - 1].b, bins[index].g + bins[index].b)
                let together = (bins[index - 1].b + bins[index].b) / (n1 + n2)
                let deviation = (together * (1 - together) * (1 / n1 + 1 / n2)).squareRoot()
                let z = deviation > 0 ? (rates[index] - rates[index - 1]) / deviation : 0
                guard erfc(abs(z) / 2.0.squareRoot()) <= constraints.maximumPValue else { return nil }
            }
        }
        let steps = zip(rates, rates.dropFirst()).map { $1 - $0 }
        let turns = steps.indices.map { $0 } + [steps.count]
        let isAllowed =
            switch course {
            case .free: true
            case .ascending: steps.allSatisfy { $0 >= 0 }
            case .descending: steps.allSatisfy { $0 <= 0 }
            case .peak:
                turns.contains { t in steps[..<t].allSatisfy { $0 >= 0 } && steps[t...].allSatisfy { $0 <= 0 }
                }
            case .valley:
                turns.contains { t in steps[..<t].allSatisfy { $0 <= 0 } && steps[t...].allSatisfy { $0 >= 0 }
                }
            }
        guard isAllowed else { return nil }
        let totals = (g: nonDefaults.reduce(0, +), b: defaults.reduce(0, +))
        return bins.reduce(0) { sum, bin in
            if bin.g + bin.b == 0 { return sum }
            let c = bin.g == 0 || bin.b == 0 ? constraints.zeroCellAddition : 0
            let (p, q) = ((bin.g + c) / totals.g, (bin.b + c) / totals.b)
            return sum + (p - q) * log(p / q)
        }
    }
}

@Suite("The optimal partition equals the best of all partitions")
struct OptimalPartitionTests {
    static let courses: [OptimalPartition.Course] = [.free, .ascending, .descending, .peak, .valley]

    /// Every constraint alone, and all together.
    static let settings: [String: @Sendable (inout OptimalPartition.Constraints) -> Void] = [
        "none": { _ in },
        "maximumBins": { $0.maximumBins = 3 },
        "minimumBins": { $0.minimumBins = 4 },
        "unreachable minimumBins": { constraints in
            constraints.minimumBins = 6
            constraints.minimumWeight = 50
        },
        "minimumWeight": { $0.minimumWeight = 45 },
        "maximumWeight": { $0.maximumWeight = 90 },
        "minimumDefaults": { $0.minimumDefaults = 5 },
        "minimumNonDefaults": { $0.minimumNonDefaults = 20 },
        "minimumRateGap": { $0.minimumRateGap = 0.1 },
        "maximumPValue": { $0.maximumPValue = 0.2 },
        "isFixed": { $0.isFixed = [false, false, true, false, false, true, false, false] },
        "zeroCellAddition": { $0.zeroCellAddition = 0.01 },
        "together": { constraints in
            constraints.maximumBins = 4
            constraints.minimumBins = 2
            constraints.minimumWeight = 30
            constraints.minimumDefaults = 1
            constraints.minimumRateGap = 0.02
            constraints.maximumPValue = 0.6
        },
    ]

    @Test("under every constraint and trend", arguments: settings.keys.sorted())
    func agreesWithExhaustiveSearch(setting name: String) throws {
        let setting = try #require(Self.settings[name])
        var generator = SeededGenerator(seed: 7).stream(name)
        for round in 0..<40 {
            let preBins = [ClassCounts].random(1 + round % 8, &generator)
            let nonDefaults = preBins.map(\.nonDefaults)
            let defaults = preBins.map(\.defaults)
            guard nonDefaults.contains(where: { $0 > 0 }), defaults.contains(where: { $0 > 0 }) else {
                continue
            }
            var constraints = OptimalPartition.Constraints()
            setting(&constraints)
            constraints.isFixed = Array(constraints.isFixed.prefix(preBins.count))
            let exhaustive = ExhaustivePartition(
                nonDefaults: nonDefaults, defaults: defaults, constraints: constraints)
            let partition = OptimalPartition(
                nonDefaults: nonDefaults, defaults: defaults, constraints: constraints)
            for course in Self.courses {
                let found = partition.solve(course)
                let expected = exhaustive.best(course)
                #expect((found == nil) == (expected == nil), "\(name), \(course), round \(round)")
                guard let found, let expected else { continue }
                expectClose(
                    found.value, expected.value, absolute: 1e-12, "\(name), \(course), round \(round)")
                if found.cuts.count + 1 < constraints.minimumBins {
                    #expect(found.cuts.count + 1 == expected.bins)
                }
            }
        }
    }

    @Test("neighbours of one rate are one bin")
    func equalRatesAreMerged() throws {
        let partition = OptimalPartition(
            nonDefaults: [90, 180, 50], defaults: [10, 20, 50], constraints: .init())
        #expect(try #require(partition.solve(.free)).cuts == [2])
    }

    @Test("the penalised likelihood is maximised as exactly")
    func likelihoodAgreesWithExhaustiveSearch() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<50 {
            let preBins = [ClassCounts].random(7, &generator)
            let (g, b) = (preBins.map(\.nonDefaults), preBins.map(\.defaults))
            var best = -Double.infinity
            for pattern in 0..<64 {
                let bounds = [0] + (1..<7).filter { pattern & 1 << ($0 - 1) != 0 } + [7]
                let value = zip(bounds, bounds.dropFirst()).reduce(0.0) { sum, bin in
                    let (good, bad) = (g[bin.0..<bin.1].reduce(0, +), b[bin.0..<bin.1].reduce(0, +))
                    let logLikelihood =
                        (bad > 0 ? bad * log(bad / (good + bad)) : 0)
                        + (good > 0 ? good * log(good / (good + bad)) : 0)
                    return sum + 2 * logLikelihood - 3
                }
                best = max(best, value)
            }
            let partition = OptimalPartition(
                nonDefaults: g, defaults: b, constraints: .init(), objective: .likelihood(penaltyPerBin: 3))
            expectClose(try #require(partition.solve(.free)).value, best, absolute: 1e-10)
        }
    }
}
