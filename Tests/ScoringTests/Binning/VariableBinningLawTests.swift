import Foundation
import LinearAlgebra
import Parallelism
import Statistics
import Tables
import TestSupport
import Testing

@testable import Scoring

@Suite("Laws of binning")
struct VariableBinningLawTests {
    static let seeds = 1...6 as ClosedRange<UInt64>

    static func messyOptions(_ options: inout BinningOptions) {
        options.specialCodes = [SpecialCode(name: "no record", numbers: [-999])]
        options.maximumPrebins = 30
        options.minimumPrebinShare = 0.02
    }

    @Test("the transform agrees with the table for every row", arguments: seeds)
    func transformAgreesWithTable(seed: UInt64) throws {
        let observations = BinningObservations.messy(rows: 1500, seed: seed)
        let binning = try observations.binning(Self.messyOptions)
        let indices = try binning.binIndices(of: observations.column)
        let small = try binning.smallBinIndices(of: observations.column)
        let woes = try binning.woes(of: observations.column)
        let values = try #require(observations.column.doubles)
        var counts = Array(repeating: ClassCounts(), count: binning.bins.count)
        for row in values.indices {
            let index = Int(indices[row])
            #expect(index == binning.binIndex(of: values[row]) && index == Int(small[row]))
            #expect(woes[row] == binning.bins[index].woe && woes[row] == binning.woe(of: values[row]))
            counts[index].add(defaulted: observations.defaulted[row], weight: 1)
        }
        #expect(counts.map(\.rows) == binning.bins.map(\.rows))
        #expect(counts.map(\.defaults) == binning.bins.map(\.defaults))
        #expect(counts.map(\.nonDefaults) == binning.bins.map(\.nonDefaults))
    }

    @Test("the table's totals are the data's", arguments: seeds)
    func totals(seed: UInt64) throws {
        let observations = BinningObservations.messy(rows: 700, seed: seed)
        let table = try observations.binning(Self.messyOptions).table
        let defaults = Double(observations.defaulted.filter(\.self).count)
        #expect(table.totals.rows == 700)
        #expect(table.totals.weight == 700)
        #expect(table.totals.defaults == defaults)
        expectClose(table.rows.reduce(0) { $0 + $1.share }, 1, absolute: 1e-14)
        expectClose(table.rows.reduce(0) { $0 + $1.defaultShare }, 1, absolute: 1e-14)
        expectClose(table.rows.reduce(0) { $0 + $1.iv }, table.totals.iv, relative: 1e-14)
        #expect((0...1).contains(table.totals.gini))
        #expect((0...1).contains(table.totals.ks))
        // Ranked by default rate the curve is concave: the Gini coefficient, twice its area, lies between that of the
        // triangle and that of the trapezium with the largest distance for height.
        let (ks, gini) = (table.totals.ks, table.totals.gini)
        #expect(ks <= gini + 1e-14 && gini <= 2 * ks - ks * ks + 1e-14)
        #expect((0...1).contains(table.totals.qualityScore))
    }

    @Test("the order of the rows is irrelevant", arguments: seeds)
    func rowOrder(seed: UInt64) throws {
        let observations = BinningObservations.messy(rows: 900, seed: seed)
        var generator = SeededGenerator(seed: seed).stream("order")
        let order = generator.permutation(900)
        let values = try #require(observations.column.doubles)
        let shuffled = BinningObservations(
            Column(name: "x", values: .double(order.map { values[$0] })),
            order.map { observations.defaulted[$0] })
        #expect(try observations.binning(Self.messyOptions) == shuffled.binning(Self.messyOptions))
    }

    @Test("a weight of 2 is the row twice, and a weight of 0 is no row", arguments: seeds)
    func weights(seed: UInt64) throws {
        let observations = BinningObservations.messy(rows: 800, seed: seed)
        var generator = SeededGenerator(seed: seed).stream("weights")
        let times = (0..<800).map { _ in generator.integer(below: 4) }
        let values = try #require(observations.column.doubles)
        let rows = times.indices.flatMap { row in Array(repeating: row, count: times[row]) }
        let repeated = try BinningObservations(
            Column(name: "x", values: .double(rows.map { values[$0] })),
            rows.map { observations.defaulted[$0] }
        ).binning(Self.messyOptions)
        let weighted = try BinningObservations(
            observations.column, observations.defaulted, times.map(Double.init)
        ).binning(Self.messyOptions)
        #expect(weighted.bins.map(\.members) == repeated.bins.map(\.members))
        #expect(weighted.bins.map(\.woe) == repeated.bins.map(\.woe))
        #expect(weighted.bins.map(\.defaults) == repeated.bins.map(\.defaults))
        #expect(weighted.bins.map(\.nonDefaults) == repeated.bins.map(\.nonDefaults))
        #expect(weighted.trend == repeated.trend)
    }

    @Test("a rising function of the values changes nothing but the cut points", arguments: seeds)
    func monotoneRelabelling(seed: UInt64) throws {
        let observations = BinningObservations.messy(rows: 900, seed: seed)
        let values = try #require(observations.column.doubles)
        let relabelled = try BinningObservations(
            Column(name: "x", values: .double(values.map { $0 == -999 ? $0 : 40 * exp($0) + 7 })),
            observations.defaulted
        ).binning { options in
            Self.messyOptions(&options)
            // exp(−∞) is an ordinary number.
            options.specialCodes.append(SpecialCode(name: "nothing", numbers: [7]))
        }
        let binning = try observations.binning(Self.messyOptions)
        #expect(relabelled.bins.map(\.woe).sorted() == binning.bins.map(\.woe).sorted())
        #expect(relabelled.trend == binning.trend)
        #expect(
            relabelled.bins.filter(\.isOrdinary).map(\.rows) == binning.bins.filter(\.isOrdinary).map(\.rows))
    }

    @Test("the information value never rises when bins are merged", arguments: seeds)
    func merging(seed: UInt64) throws {
        var binning = try BinningObservations.messy(rows: 1200, seed: seed).binning { options in
            Self.messyOptions(&options)
            options.trend = .none
        }
        var generator = SeededGenerator(seed: seed).stream("merges")
        while binning.bins.count > 1 {
            let ordinary = binning.bins.filter(\.isOrdinary).count
            let first = generator.integer(below: max(1, ordinary - 1))
            let second = ordinary > 1 ? first + 1 : binning.bins.count - 1
            let merged = try binning.merging([first, second])
            #expect(merged.iv <= binning.iv + 1e-14)
            #expect(merged.bins.count == binning.bins.count - 1)
            #expect(merged.defaults == binning.defaults && merged.nonDefaults == binning.nonDefaults)
            binning = merged
        }
        expectClose(binning.iv, 0, absolute: 1e-14)
    }

    @Test("every asked trend and constraint holds in the result", arguments: BinningTrend.allCases)
    func constraintsHold(trend: BinningTrend) throws {
        for seed in Self.seeds {
            let observations = BinningObservations.messy(rows: 2000, seed: seed)
            let binning = try observations.binning { options in
                Self.messyOptions(&options)
                options.trend = trend
                options.maximumBins = 6
                options.maximumPValue = 0.3
                options.minimumRateGap = 0.01
            }
            #expect(binning.diagnostics.allSatisfy { $0 == .singleBin })
            let bins = binning.bins.filter(\.isOrdinary)
            let rates = bins.map(\.defaultRate)
            #expect(bins.count <= 6)
            #expect(bins.allSatisfy { $0.weight >= 100 })
            let steps = zip(rates, rates.dropFirst()).map { $1 - $0 }
            #expect(steps.allSatisfy { abs($0) >= 0.01 })
            let turns = zip(steps, steps.dropFirst()).map { $0 > 0 && $1 < 0 || $0 < 0 && $1 > 0 }
            switch binning.trend {
            case .ascending: #expect(steps.allSatisfy { $0 > 0 })
            case .descending: #expect(steps.allSatisfy { $0 < 0 })
            case .peak:
                #expect(turns.filter(\.self).count <= 1 && (steps.last ?? -1 < 0 || steps.first ?? 1 > 0))
            case .valley:
                #expect(turns.filter(\.self).count <= 1 && (steps.last ?? 1 > 0 || steps.first ?? -1 < 0))
            case .none: #expect(trend == .none)
            case .automatic, .automaticMonotone, .largestIV: Issue.record("a choice instead of a trend")
            }
            let tests = binning.table.neighbours
            #expect(tests.count == max(0, bins.count - 1))
            #expect(tests.allSatisfy { $0.pValue <= 0.3 })
        }
    }

    @Test("an automatic trend never has less information than the better monotone one", arguments: seeds)
    func automaticTrend(seed: UInt64) throws {
        let observations = BinningObservations.messy(rows: 1500, seed: seed)
        func iv(_ trend: BinningTrend) throws -> Double {
            try observations.binning { options in
                Self.messyOptions(&options)
                options.trend = trend
            }.ordinaryIV
        }
        let (ascending, descending) = (try iv(.ascending), try iv(.descending))
        let (peak, valley) = (try iv(.peak), try iv(.valley))
        #expect(try iv(.automatic) >= max(ascending, descending) - 1e-14)
        #expect(try iv(.automaticMonotone) == max(ascending, descending))
        #expect(try iv(.largestIV) == max(ascending, descending, peak, valley))
        #expect(try iv(.none) >= max(peak, valley) - 1e-14)
    }

    @Test("noise is seldom bent, a real bend is found")
    func automaticTrendIsRobust() throws {
        var bent = 0
        var found = 0
        for seed in 0..<40 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let values = (0..<3000).map { _ in generator.normal() }
            let noise = values.map { _ in generator.bernoulli(0.1) }
            let bend = values.map { generator.bernoulli(0.05 + 0.2 * $0 * $0 / (1 + $0 * $0)) }
            let column = Column(name: "x", values: .double(values))
            let onNoise = try BinningObservations(column, noise).binning()
            let onBend = try BinningObservations(column, bend).binning()
            if onNoise.trend == .peak || onNoise.trend == .valley { bent += 1 }
            if onBend.trend == .valley { found += 1 }
        }
        #expect(bent <= 1)
        #expect(found == 40)
    }

    @Test("the same bins for any number of threads")
    func threads() throws {
        let sets = (0..<11 as Range<UInt64>).map { BinningObservations.messy(rows: 400, seed: $0) }
        let columns = try sets.enumerated().map { index, set in
            Column(name: "x\(index)", values: .double(try #require(set.column.doubles)))
        }
        let defaulted = sets[0].defaulted
        let process = BinningProcess(overrides: ["x3": BinningOptions()])
        let one = try process.fit(columns, defaulted: defaulted, workers: .single)
        for threads in [2, 7] {
            #expect(try process.fit(columns, defaulted: defaulted, workers: Workers(threads: threads)) == one)
        }
        let table = try Table(columns: columns)
        let woes = try one.woes(of: table, workers: Workers(threads: 3))
        for (index, column) in columns.enumerated() {
            #expect(woes.column(index) == (try one.variables[index].woes(of: column)))
            #expect(
                one.variables[index]
                    == (try VariableBinning(fitting: column, defaulted: defaulted)))
        }
    }
}
