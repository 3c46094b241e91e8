import Foundation
import Statistics
import Tables
import TestSupport
import Testing

@testable import Scoring

@Suite("Binnings are saved, replayed and changed by hand")
struct VariableBinningReplayTests {
    private func samples() throws -> [(BinningObservations, VariableBinning)] {
        let numeric = BinningObservations.messy(rows: 900, seed: 4)
        let levels: [(String?, Double, Double)] = [
            ("a", 400, 21), ("b", 100, 30), ("c\"\n", 300, 40), ("rare", 2, 1), ("refused", 50, 3),
            (nil, 30, 0),
        ]
        let categorical = BinningObservations(levels: levels)
        let codes = [
            SpecialCode(name: "no record", numbers: [-999]),
            SpecialCode(name: "refused", levels: ["refused"]),
        ]
        return try [numeric, categorical].map { observations in
            (
                observations,
                try observations.binning { options in
                    options.specialCodes = codes
                    options.rareLevels = .ownBin
                    options.unseenMissing = .worst
                }
            )
        }
    }

    @Test("what is read equals what was written, and transforms alike")
    func roundTrip() throws {
        for (observations, binning) in try samples() {
            let data = try JSONEncoder().encode(binning)
            let read = try JSONDecoder().decode(VariableBinning.self, from: data)
            #expect(read == binning)
            #expect(read.table == binning.table)
            #expect(try read.woes(of: observations.column) == binning.woes(of: observations.column))
            let set = try BinningSet([binning])
            #expect(try JSONDecoder().decode(BinningSet.self, from: JSONEncoder().encode(set)) == set)
        }
        var options = BinningOptions()
        options.prebinning = .groups([["a", "b"], ["c"]])
        options.maximumPValue = 0.05
        options.specialCodes = [SpecialCode(name: "none", numbers: [-1])]
        #expect(
            try JSONDecoder().decode(BinningOptions.self, from: JSONEncoder().encode(options)) == options)
    }

    @Test("counting the same data again gives the same binning")
    func recounting() throws {
        for (observations, binning) in try samples() {
            #expect(
                try binning.recounted(
                    on: observations.column, defaulted: observations.defaulted, weights: observations.weights)
                    == binning)
        }
    }

    @Test("a file that contradicts itself is refused")
    func damagedFiles() throws {
        let (_, numeric) = try samples()[0]
        let text = String(decoding: try JSONEncoder().encode(numeric), as: UTF8.self)
        func refused(_ change: (inout [String: Any]) throws -> Void) throws {
            var object = try #require(
                try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            try change(&object)
            let data = try JSONSerialization.data(withJSONObject: object)
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(VariableBinning.self, from: data) }
        }
        func bins(_ object: [String: Any]) throws -> [[String: Any]] {
            try #require(object["bins"] as? [[String: Any]])
        }
        try refused { $0["bins"] = [[String: Any]]() }
        try refused { $0["zeroCellAddition"] = 0 }
        try refused { $0["kind"] = "categorical" }
        try refused { $0["trend"] = "sideways" }
        try refused { object in
            var bins = try bins(object)
            bins[0]["woe"] = 0.123
            object["bins"] = bins
        }
        try refused { object in
            var bins = try bins(object)
            bins[0]["defaults"] = -1
            object["bins"] = bins
        }
        try refused { object in
            var bins = try bins(object)
            bins.remove(at: 1)
            object["bins"] = bins
        }
        try refused { object in
            var bins = try bins(object)
            bins.append(bins[bins.count - 1])
            object["bins"] = bins
        }
        try refused { object in
            var bins = try bins(object)
            bins[0]["members"] = [[String: Any]]()
            object["bins"] = bins
        }
        try refused { $0["specialCodes"] = [[String: Any]]() }
    }

    @Test("mutated files are read or refused, never a trap", arguments: HostileInput.binnings.seeds)
    func mutatedFiles(seed: Int) throws {
        let samples = try samples()
        var generator = SeededGenerator(seed: UInt64(seed))
        for (_, binning) in samples {
            let bytes = Array(try JSONEncoder().encode(binning))
            for _ in 0..<HostileInput.binnings.perSeed / samples.count {
                var mutated = bytes
                for _ in 0...generator.integer(below: 3) {
                    let place = generator.integer(below: mutated.count)
                    switch generator.integer(below: 3) {
                    case 0: mutated[place] = UInt8(generator.integer(below: 128))
                    case 1: mutated.remove(at: place)
                    default: mutated.insert(UInt8(ascii: "9"), at: place)
                    }
                }
                if let read = try? JSONDecoder().decode(VariableBinning.self, from: Data(mutated)) {
                    #expect(read.table.totals.iv.isFinite)
                    _ = read.binIndex(of: 0.3)
                    _ = read.binIndex(ofLevel: "a")
                }
            }
        }
    }

    @Test("merging by hand: neighbours, levels, and missing into an interval")
    func merging() throws {
        let (observations, binning) = try samples()[0]
        let missing = binning.binIndex(of: .nan)
        let joined = try binning.merging([0, missing])
        #expect(joined.bins.count == binning.bins.count - 1)
        #expect(joined.binIndex(of: .nan) == 0)
        #expect(joined.bins[0].label == "\(binning.bins[0].label), missing")
        #expect(joined.bins[0].weight == binning.bins[0].weight + binning.bins[missing].weight)
        // The merged binning is the same as counting anew with it.
        #expect(
            try joined.recounted(on: observations.column, defaulted: observations.defaulted) == joined)
        let read = try JSONDecoder().decode(VariableBinning.self, from: JSONEncoder().encode(joined))
        #expect(read == joined)

        let (_, categorical) = try samples()[1]
        let levels = try categorical.merging([0, categorical.bins.count - 1])
        #expect(levels.binIndex(ofLevel: nil) == 0)
    }

    @Test("what cannot be merged is refused")
    func refusedMerges() throws {
        let values = (0..<300).map(Double.init)
        let binning = try BinningObservations(
            Column(name: "x", values: .double(values)), values.map { Int($0) % 10 < Int($0) / 40 }
        ).binning()
        #expect(binning.bins.count >= 3)
        #expect(throws: BinningError.self) { try binning.merging([0, 2]) }
        #expect(throws: BinningError.self) { try binning.merging([0]) }
        #expect(throws: BinningError.self) { try binning.merging([0, 99]) }
    }

    @Test("cuts and groups read off a binning reproduce it")
    func splitsReproduce() throws {
        let (observations, binning) = try samples()[0]
        let again = try observations.binning { options in
            options.specialCodes = binning.specialCodes
            options.unseenMissing = binning.unseenMissing
            options.prebinning = .cuts(binning.cuts)
            options.optimizes = false
        }
        #expect(again.bins == binning.bins)
    }

    @Test("labels")
    func labels() throws {
        #expect(HalfOpenInterval(lower: nil, upper: 1.5).label == "(-inf, 1.5)")
        #expect(HalfOpenInterval(lower: -2, upper: .infinity).label == "[-2, inf)")
        #expect(!HalfOpenInterval(lower: nil, upper: nil).contains(.nan))
        #expect(
            HalfOpenInterval(lower: 1, upper: 2).contains(1)
                && !HalfOpenInterval(lower: 1, upper: 2).contains(2))
        let many = (0..<15).map { BinMember.level("l\($0)") } + [.rareLevel("x"), .rareLevel("y")]
        let bin = Bin(members: many, rows: 1, nonDefaults: 1, defaults: 0, woe: 0)
        #expect(bin.label.hasSuffix("l11, and 3 more, 2 rare levels"))
    }
}
