import Foundation
import Parallelism
import Statistics
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Scoring

@Suite("Binning of degenerate input")
struct VariableBinningDegenerateTests {
    private func fit(
        _ values: [Double], _ defaulted: [Bool], _ change: (inout BinningOptions) -> Void = { _ in }
    ) throws -> VariableBinning {
        try BinningObservations(Column(name: "x", values: .double(values)), defaulted).binning(change)
    }

    @Test("a constant has one bin that says nothing")
    func constant() throws {
        let binning = try fit([7, 7, 7, 7], [true, false, false, false])
        #expect(binning.bins.count == 1)
        #expect(binning.iv == 0)
        #expect(binning.bins[0].woe == 0)
        #expect(binning.diagnostics == [.singleBin])
        #expect(binning.table.totals.gini == 0)
        #expect(binning.table.totals.normalizedHHI == 1)
        #expect(binning.woe(of: -3) == 0)
    }

    @Test("one class is refused, also when weights leave only one")
    func oneClass() throws {
        #expect(throws: BinningError.oneClass(variable: "x", defaults: 0, nonDefaults: 3)) {
            try fit([1, 2, 3], [false, false, false])
        }
        #expect(throws: BinningError.oneClass(variable: "x", defaults: 2, nonDefaults: 0)) {
            try BinningObservations(
                Column(name: "x", values: .double([1, 2, 3])), [true, true, false], [1, 1, 0]
            ).binning()
        }
        #expect(throws: BinningError.oneClass(variable: "x", defaults: 0, nonDefaults: 0)) { try fit([], []) }
    }

    @Test("all missing: one bin, and numbers are treated as unseen")
    func allMissing() throws {
        for treatment in UnseenTreatment.allCases {
            let binning = try fit([.nan, .nan, .nan], [true, false, false]) { $0.unseen = treatment }
            #expect(binning.bins.map(\.members) == [[.missing]])
            #expect(binning.diagnostics == [.noOrdinaryValues])
            #expect(binning.woe(of: 3) == 0)
            #expect(
                try binning.woes(of: Column(name: "x", values: .double([1, .nan, .infinity]))) == [0, 0, 0])
        }
    }

    @Test("missing, special codes and infinities have bins only if they occurred")
    func sideBins() throws {
        let values = (0..<100).map(Double.init)
        let defaulted = (0..<100).map { $0 % 3 == 0 || $0 > 80 }
        let codes = [
            SpecialCode(name: "none", numbers: [-1, -2]), SpecialCode(name: "refused", numbers: [-3]),
        ]
        let plain = try fit(values, defaulted) { $0.specialCodes = codes }
        #expect(plain.bins.allSatisfy { $0.isOrdinary })
        let full = try fit(
            values + [.nan, -2, .infinity, -.infinity, -1], defaulted + [true, true, false, true, false]
        ) { $0.specialCodes = codes }
        #expect(
            full.bins.filter { !$0.isOrdinary }.map(\.members) == [
                [.special("none")], [.negativeInfinity], [.positiveInfinity], [.missing],
            ])
        #expect(full.binIndex(of: -1) == full.binIndex(of: -2))
        #expect(full.bins[full.binIndex(of: .nan)].isAdjusted)
        // A code that never occurred is unseen, not an ordinary number.
        #expect(full.binIndex(of: -3) == full.neutralIndex)
        #expect(full.binIndex(of: -4) == 0)
        // What has no bin of its own.
        #expect(plain.binIndex(of: .nan) == plain.neutralIndex)
        #expect(plain.binIndex(of: -1) == plain.neutralIndex)
        #expect(plain.binIndex(of: .infinity) == plain.bins.count - 1)
        #expect(plain.binIndex(of: -.infinity) == 0)
    }

    @Test("treatments of the unseen", arguments: UnseenTreatment.allCases)
    func unseen(treatment: UnseenTreatment) throws {
        let levels: [(String?, Double, Double)] = [
            ("a", 400, 20), ("b", 100, 30), ("c", 300, 40), ("rare", 2, 1), ("rarer", 1, 1),
        ]
        let binning = try BinningObservations(levels: levels).binning { options in
            options.unseen = treatment
            options.unseenMissing = treatment
            options.rareLevels = .ownBin
        }
        let expected =
            switch treatment {
            case .neutral: binning.neutralIndex
            case .worst: binning.bins.indices.min { binning.bins[$0].woe < binning.bins[$1].woe }
            case .mostFrequent: binning.binIndex(ofLevel: "a")
            case .rareLevels: binning.binIndex(ofLevel: "rare")
            }
        #expect(binning.binIndex(ofLevel: "never") == expected)
        #expect(binning.binIndex(ofLevel: nil) == expected)
        #expect(binning.diagnostics.contains(.pooledLevels(count: 2)))
        let column = Column(name: "x", values: .text(["a", "never", nil]))
        #expect(try binning.binIndices(of: column).map(Int.init).dropFirst().allSatisfy { $0 == expected })
    }

    @Test("a bin without defaults is kept, adjusted and reported")
    func zeroCell() throws {
        let observations = BinningObservations(counts: [(0, 500, 0), (1, 300, 40), (2, 200, 60)])
        let binning = try observations.binning()
        #expect(binning.bins.map(\.isAdjusted) == [true, false, false])
        expectClose(binning.bins[0].woe, log((500.5 / 1000) / (0.5 / 100)), relative: 1e-14)
        expectClose(
            binning.table.rows[0].iv, (500.5 / 1000 - 0.5 / 100) * log((500.5 / 1000) / (0.5 / 100)),
            relative: 1e-14)
        #expect(binning.table.rows[0].isAdjusted)
        #expect(binning.table.totals.hellinger.isFinite && binning.table.totals.jensenShannon.isFinite)
        let smaller = try observations.binning { $0.zeroCellAddition = 0.1 }
        #expect(smaller.bins[0].woe > binning.bins[0].woe)
        let merged = try observations.binning { $0.minimumDefaults = 1 }
        #expect(merged.bins.allSatisfy { !$0.isAdjusted })
    }

    @Test("a variable that separates the classes is cut where it does")
    func separation() throws {
        let values = (0..<400).map(Double.init)
        let binning = try fit(values, values.map { $0 >= 150 })
        #expect(binning.cuts == [149.5])
        #expect(binning.bins.allSatisfy { $0.isAdjusted })
        #expect(binning.iv.isFinite)
    }

    @Test("denormal and huge numbers, and neighbouring doubles")
    func extremeNumbers() throws {
        let tiny = Double.leastNonzeroMagnitude
        let distinct: [Double] = [
            -.greatestFiniteMagnitude, -1.0.nextUp, -1, -2 * tiny, -tiny, 0, tiny, 2 * tiny, 1, 1.0.nextUp,
            .greatestFiniteMagnitude,
        ]
        let values = distinct.flatMap { Array(repeating: $0, count: 40) }
        let defaulted = values.indices.map { $0 % 40 < 2 * ($0 / 40) + 1 }
        let binning = try fit(values, defaulted) { options in
            options.minimumBinShare = 0
            options.trend = .ascending
        }
        #expect(binning.bins.count == distinct.count)
        #expect(distinct.map(binning.binIndex(of:)) == Array(distinct.indices))
        #expect(binning.binIndex(of: -0.0) == binning.binIndex(of: 0))
    }

    @Test("a cut point belongs to the bin above it")
    func halfOpen() throws {
        let binning = try fit([1, 2, 3, 4], [true, false, true, false]) { options in
            options.prebinning = .cuts([3, 2])
            options.optimizes = false
        }
        #expect(binning.cuts == [2, 3])
        #expect([1.9, 2, 2.9, 3].map(binning.binIndex(of:)) == [0, 1, 1, 2])
        #expect(binning.bins.map(\.rows) == [1, 1, 2])
    }

    @Test("fixed cuts stay, and what they violate is given up by name")
    func fixedCuts() throws {
        let values = (0..<200).map(Double.init)
        let defaulted = values.map { Int($0) % 10 < 2 + Int($0) / 50 }
        let binning = try fit(values, defaulted) { options in
            options.fixedCuts = [3, 150]
            options.trend = .descending
        }
        #expect(binning.cuts.contains(3) && binning.cuts.contains(150))
        #expect(binning.diagnostics == [.constraintGivenUp(.trend), .constraintGivenUp(.binSize)])
        let free = try fit(values, defaulted) { $0.fixedCuts = [100] }
        #expect(free.cuts.contains(100))
        #expect(free.diagnostics.isEmpty)
        // A fixed cut where nothing is: an empty bin of WOE 0.
        let empty = try fit(values, defaulted) { $0.fixedCuts = [1000] }
        #expect(empty.bins.last?.weight == 0 && empty.bins.last?.woe == 0)
        #expect(empty.table.totals.iv.isFinite && empty.table.totals.normalizedHHI.isFinite)
    }

    @Test("bounds that cannot be met are given up, not met by silence")
    func unreachableBounds() throws {
        let values = (0..<100).map(Double.init)
        let defaulted = values.map { Int($0) % 4 == 0 }
        let few = try fit(
            values + Array(repeating: .nan, count: 4000), defaulted + (0..<4000).map { $0 % 9 == 0 })
        #expect(few.bins.count == 2)
        #expect(few.diagnostics == [.constraintGivenUp(.binSize), .singleBin])
        let many = try fit(values, defaulted) { options in
            options.minimumBins = 30
            options.trend = .none
        }
        #expect(many.bins.count == 17)
        #expect(many.diagnostics == [.fewerBinsThanAsked(asked: 30, reached: many.bins.count)])
        let defaults = try fit(values, defaulted) { $0.minimumDefaults = 1000 }
        #expect(defaults.diagnostics == [.constraintGivenUp(.classCounts), .singleBin])
    }

    @Test("categories by the ten thousand, most of them rare")
    func hugeCardinality() throws {
        var generator = SeededGenerator(seed: 5)
        let codes = (0..<30_000).map { _ in
            UInt32(exp(generator.uniform() * log(12_000.0)))
        }
        let defaulted = codes.map { generator.bernoulli($0 % 3 == 0 ? 0.3 : 0.1) }
        let column = Column(
            name: "x", values: .category(codes: codes, levels: (0..<12_001).map { "level \($0)" }))
        for pooling in RareLevels.allCases {
            for share in [0, 0.001, 0.5] {
                let binning = try VariableBinning(
                    fitting: column, defaulted: defaulted,
                    options: {
                        var options = BinningOptions()
                        options.rareLevels = pooling
                        options.rareLevelShare = share
                        return options
                    }())
                #expect(binning.table.totals.rows == 30_000)
                #expect(binning.bins.count <= 21)
                let indices = try binning.binIndices(of: column)
                #expect(indices.allSatisfy { Int($0) < binning.bins.count })
                var counts = Array(repeating: 0, count: binning.bins.count)
                for index in indices { counts[Int(index)] += 1 }
                #expect(counts == binning.bins.map(\.rows))
            }
        }
    }

    @Test("one level, no level, the empty level and a level listed twice")
    func oddLevels() throws {
        let one = try BinningObservations(levels: [("a", 30, 10)]).binning()
        #expect(one.bins.count == 1 && one.iv == 0)
        let none = try BinningObservations(levels: [(nil, 30, 10)]).binning()
        #expect(none.bins.map(\.members) == [[.missing]])
        let empty = try BinningObservations(levels: [("", 30, 10), ("b", 10, 10)]).binning()
        #expect(empty.binIndex(ofLevel: "") == 0)
        let twice = Column(name: "x", values: .category(codes: [0, 1, 2, 2], levels: ["a", "a", "b"]))
        let binning = try VariableBinning(
            fitting: twice, defaulted: [true, false, false, false])
        #expect(binning.bins.flatMap(\.members).count == 2)
        #expect(binning.table.totals.rows == 4)
    }

    @Test("unusable options are named", arguments: 0..<18)
    func invalidOptions(index: Int) throws {
        let changes: [(String, (inout BinningOptions) -> Void)] = [
            ("maximumPrebins", { $0.maximumPrebins = 0 }),
            ("minimumPrebinShare", { $0.minimumPrebinShare = 0.6 }),
            ("minimumBins", { $0.minimumBins = 0 }),
            ("maximumBins", { $0.maximumBins = 0 }),
            ("minimumBinShare", { $0.minimumBinShare = .nan }),
            ("maximumBinShare", { $0.maximumBinShare = 0 }),
            ("minimumBinWeight", { $0.minimumBinWeight = -1 }),
            ("minimumDefaults", { $0.minimumDefaults = .infinity }),
            ("minimumRateGap", { $0.minimumRateGap = 2 }),
            ("maximumPValue", { $0.maximumPValue = 0 }),
            ("rareLevelShare", { $0.rareLevelShare = 1 }),
            ("zeroCellAddition", { $0.zeroCellAddition = 0 }),
            ("fixedCuts", { $0.fixedCuts = [.nan] }),
            ("cuts", { $0.prebinning = .cuts([1, .infinity]) }),
            ("groups", { $0.prebinning = .groups([["a"], ["a"]]) }),
            (
                "specialCodes",
                { $0.specialCodes = [.init(name: "a", numbers: [1]), .init(name: "b", numbers: [1])] }
            ),
            ("specialCodes", { $0.specialCodes = [.init(name: "a", numbers: [.nan])] }),
            ("prebinning", { $0.prebinning = .groups([["1"], ["2"]]) }),
        ]
        let (name, change) = changes[index]
        do {
            _ = try fit([1, 2], [true, false], change)
            Issue.record("\(name) was accepted")
        } catch let error as BinningError {
            guard case .invalidOption(let option, _, _) = error else {
                Issue.record("\(error) instead of \(name)")
                return
            }
            #expect(option == name)
            #expect(error.description.contains(name))
        }
    }

    @Test("lengths, weights, types and names that do not fit are refused")
    func refusals() throws {
        let column = Column(name: "x", values: .double([1, 2]))
        #expect(throws: BinningError.unequalLengths(variable: "x", rows: 2, outcomes: 1, weights: nil)) {
            try VariableBinning(fitting: column, defaulted: [true])
        }
        #expect(throws: BinningError.invalidWeight(row: 1, value: -1)) {
            try VariableBinning(fitting: column, defaulted: [true, false], weights: [1, -1])
        }
        #expect(throws: BinningError.invalidWeight(row: 0, value: .greatestFiniteMagnitude)) {
            try VariableBinning(
                fitting: column, defaulted: [true, false],
                weights: [.greatestFiniteMagnitude, .greatestFiniteMagnitude])
        }
        for scale in [1e-300, 1e300] {
            let scaled = try VariableBinning(
                fitting: Column(name: "x", values: .double([1, 1, 2, 2])),
                defaulted: [true, false, true, false], weights: [1, 5, 3, 4].map { $0 * scale })
            #expect(scaled.iv.isFinite && scaled.bins.count == 2)
        }
        let text = Column(name: "x", values: .text(["a", "b"]))
        #expect(throws: BinningError.self) {
            var options = BinningOptions()
            options.kind = .numeric
            return try VariableBinning(fitting: text, defaulted: [true, false], options: options)
        }
        let binning = try VariableBinning(fitting: column, defaulted: [true, false])
        #expect(
            throws: BinningError.wrongType(
                variable: "x", column: "text", expected: "numbers, as at the fit")
        ) { try binning.woes(of: text) }
        #expect(throws: BinningError.duplicateVariable(name: "x")) { try BinningSet([binning, binning]) }
        let set = try BinningSet([binning])
        #expect(throws: BinningError.missingVariable(name: "x", available: ["y"])) {
            let table = try Table(columns: [Column(name: "y", values: .double([1]))])
            return try set.woes(of: table, workers: .single)
        }
        #expect(set["y"] == nil && set["x"] == binning)
    }

    @Test("numbers of every type are binned alike")
    func columnTypes() throws {
        let values = (0..<60).map { Double($0 % 12) }
        let defaulted = (0..<60).map { $0 % 12 > 6 || $0 % 5 == 0 }
        let expected = try fit(values, defaulted)
        let columns: [Column.Values] = [
            .float(values.map(Float.init)), .integer(values.map(Int64.init)),
            .day(values.map { CalendarDay(daysSince1970: Int32($0)) }),
        ]
        for values in columns {
            let binning = try BinningObservations(Column(name: "x", values: values), defaulted).binning()
            #expect(binning == expected)
            let numbers = try expected.woes(of: Column(name: "x", values: values))
            #expect(numbers == (try binning.woes(of: Column(name: "x", values: values))))
        }
        let flag = Column(name: "x", values: .flag([0, 1, 1, 0, Column.missingFlag, 0]))
        let binning = try VariableBinning(
            fitting: flag, defaulted: [false, true, true, false, false, true],
            options: {
                var options = BinningOptions()
                options.trend = .none
                return options
            }())
        #expect(binning.bins.count == 3)
        #expect(binning.bins[2].members == [.missing])
    }

    @Test("numbers can be binned as categories")
    func numbersAsCategories() throws {
        let values = (0..<90).map { Double($0 % 3) }
        let defaulted = (0..<90).map { $0 % 3 == 1 || $0 % 7 == 0 }
        let binning = try fit(values, defaulted) { options in
            options.kind = .categorical
            options.specialCodes = [SpecialCode(name: "two", numbers: [2])]
        }
        #expect(binning.bins.map(\.label) == ["0", "1", "two"])
        #expect(binning.woe(of: 1) == binning.woe(ofLevel: "1"))
        let integers = Column(name: "x", values: .integer([0, 1, 2, 3, Column.missingInteger]))
        #expect(try binning.binIndices(of: integers) == [0, 1, 2, 3, 3])
    }
}
