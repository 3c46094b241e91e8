import Foundation
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
}
