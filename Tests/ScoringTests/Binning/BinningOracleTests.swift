import Foundation
import Statistics
import TestSupport
import Testing

@testable import Scoring

@Suite("Bins reach the exact optimum on the pre-bins of optbinning")
struct BinningOracleTests {
    static let oracle = Result { try Oracle(fixture: "binning/optbinning", in: .module) }

    @Test("numbers: every variable, trend and bound on the bins", arguments: 0..<24)
    func numericOptimum(index: Int) throws {
        let variable = try Self.oracle.get()("numeric").list[index]
        let splits = try variable("splits").numbers
        let counts = try zip(variable("non_defaults").numbers, variable("defaults").numbers)
        let values = [try #require(splits.first) - 1] + splits
        let observations = BinningObservations(
            counts: zip(values, counts).map { ($0, $1.0, $1.1) })
        for aCase in try variable("cases").list {
            let trend = try #require(BinningTrend(rawValue: aCase("trend").text))
            let binning = try observations.binning { options in
                options.prebinning = .cuts(splits)
                options.trend = trend
                options.maximumBins = try? aCase("maximum_bins").integer
                options.minimumBinShare = 0
                options.minimumBinWeight = (try? variable("minimum_bin_count").number) ?? .nan
            }
            let name = "\(try variable("variable").text) \(trend)"
            // Sums of some twenty terms: rounding is of the order of 1e-16.
            expectClose(binning.ordinaryIV, try aCase("exact").number, absolute: 1e-12, name)
            let solver = try aCase("solver").number
            #expect(binning.iv >= solver - 1e-12, "\(name)")
            #expect(binning.trend == trend)
        }
    }

    @Test("categories: at least the solver's value under the same constraints", arguments: 0..<8)
    func categoricalOptimum(index: Int) throws {
        let variable = try Self.oracle.get()("categorical").list[index]
        let levels = try variable("levels").list.map { level in
            (try? level("level").text, try level("non_defaults").number, try level("defaults").number)
        }
        let observations = BinningObservations(levels: levels)
        for aCase in try variable("cases").list {
            let cutoff = try? aCase("cutoff").number
            let binning = try observations.binning { options in
                options.rareLevelShare = cutoff ?? 0
                options.rareLevels = .ownBin
            }
            let solver = try aCase("iv").number
            #expect(binning.iv >= solver - 1e-12, "case \(index), cutoff \(cutoff as Any)")
            let total = binning.nonDefaults + binning.defaults
            for bin in binning.bins where bin.isOrdinary && !bin.isRarePool {
                #expect(bin.weight >= 0.05 * total)
            }
        }
    }

    /// Every partition of the levels in the order of their default rates, tried one by one.
    @Test("categories: the best of all partitions", arguments: 0..<30)
    func bestOfAllPartitions(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed)).stream("levels")
        let count = 3 + generator.integer(below: 7)
        let levels = (0..<count).map { place in
            (
                String?.some("L\(place)"), Double(20 + generator.integer(below: 200)),
                Double(1 + generator.integer(below: 60))
            )
        }
        let least = [0, 0.05, 0.15][generator.integer(below: 3)]
        let binning = try BinningObservations(levels: levels).binning { options in
            options.minimumBinShare = least
            options.rareLevelShare = 0
        }
        let ordered = levels.sorted { $0.2 / ($0.1 + $0.2) < $1.2 / ($1.1 + $1.2) }
        let total = (g: levels.reduce(0) { $0 + $1.1 }, b: levels.reduce(0) { $0 + $1.2 })
        var best = -Double.infinity
        for cuts in 0..<(1 << (count - 1)) {
            var bins = [(g: 0.0, b: 0.0)]
            for (place, level) in ordered.enumerated() {
                bins[bins.count - 1].g += level.1
                bins[bins.count - 1].b += level.2
                if place < count - 1, cuts >> place & 1 == 1 { bins.append((0, 0)) }
            }
            guard bins.allSatisfy({ $0.g + $0.b >= least * (total.g + total.b) * (1 - 1e-12) }) else {
                continue
            }
            best = max(
                best,
                bins.reduce(0) { sum, bin in
                    let (p, q) = (bin.g / total.g, bin.b / total.b)
                    return sum + (p - q) * log(p / q)
                })
        }
        expectClose(binning.iv, best, absolute: 1e-12)
    }
}
