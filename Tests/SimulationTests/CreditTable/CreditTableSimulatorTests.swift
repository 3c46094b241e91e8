import Parallelism
import Simulation
import Tables
import TestSupport
import Testing
import Vocabulary

@Suite("A simulated credit table is reproducible and as described")
struct CreditTableSimulatorTests {
    private func options(_ change: (inout CreditTableOptions) -> Void = { _ in }) -> CreditTableOptions {
        var options = CreditTableOptions()
        change(&options)
        return options
    }

    /// The table as text: missing numbers, which differ from themselves, compare equal.
    private func text(_ table: Table) -> [[String?]] {
        table.columns.map { column in [column.name] + (0..<table.rowCount).map { column.text(at: $0) } }
    }

    @Test func threadsDoNotMatter() throws {
        let simulator = try CreditTableSimulator(options())
        let alone = try text(simulator.table(rows: 5_000))
        for threads in [2, 7] {
            let shared = try simulator.table(rows: 5_000, workers: Workers(threads: threads))
            #expect(text(shared) == alone)
        }
    }

    @Test func aShorterTableIsTheHeadOfALongerOne() throws {
        let simulator = try CreditTableSimulator(options { $0.years = 3 })
        let long = try simulator.table(rows: 3_000)
        for rows in [0, 1, 1_023, 1_024, 1_500] {
            #expect(try text(simulator.table(rows: rows)) == text(long.slice(0..<rows)))
        }
        let tail = try simulator.table(rows: 1_976, from: 1_024)
        #expect(text(tail) == text(long.slice(1_024..<3_000)))
    }

    @Test func seedsDiffer() throws {
        let one = try CreditTableSimulator(options { $0.seed = 1 }).table(rows: 50)
        let two = try CreditTableSimulator(options { $0.seed = 2 }).table(rows: 50)
        #expect(one["days_beyond_terms"] != two["days_beyond_terms"])
    }

    @Test func columnsAreAsDescribed() throws {
        let table = try CreditTableSimulator(options()).table(rows: 4_000)
        #expect(table.names == CreditTableColumns.descriptions.map(\.schema.name))
        for description in CreditTableColumns.descriptions {
            let column = try table.column(named: description.schema.name)
            #expect(column.type == description.schema.type)
            #expect((column.missingCount > 0) == (description.missing != nil), "\(column.name)")
            if let range = description.schema.range, let values = column.doubles {
                #expect(values.allSatisfy { $0.isNaN || range.contains($0) }, "\(column.name)")
            }
            if case .category(let codes, let levels) = column.values {
                #expect(levels == description.schema.levels)
                #expect(Set(codes).count == levels.count, "\(column.name) lacks a level")
            }
        }
    }

    @Test(arguments: [0.01, 0.04, 0.3], CreditTableOptions.Shape.allCases)
    func theDefaultRateIsMet(rate: Double, shape: CreditTableOptions.Shape) throws {
        let simulator = try CreditTableSimulator(
            options {
                $0.defaultRate = rate
                $0.shape = shape
                $0.seed = 7
            })
        let table = try simulator.table(rows: 10_000)
        let mean = try #require(table["defaulted"]?.doubles).reduce(0, +) / 10_000
        // Chance moves the rate by √(p(1−p)/n); the intercept's own sample adds about 2 % of the rate.
        expectClose(mean, rate, absolute: 4 * (rate * (1 - rate) / 10_000).squareRoot() + 0.05 * rate)
    }

    @Test func outcomesFollowTheTrueLogOdds() throws {
        let simulator = try CreditTableSimulator(options { $0.defaultRate = 0.1 })
        let table = try simulator.table(rows: 20_000)
        let logOdds = try simulator.truth.logOdds(of: table)
        let defaulted = try #require(table["defaulted"]?.doubles)
        let order = logOdds.indices.sorted { logOdds[$0] < logOdds[$1] }
        for decile in 0..<10 {
            let rows = order[decile * 2_000..<(decile + 1) * 2_000]
            let expected = rows.reduce(0) { $0 + ProbabilityOfDefault.value(ofLogOdds: logOdds[$1]) }
            let variance = rows.reduce(0) { sum, row in
                let pd = ProbabilityOfDefault.value(ofLogOdds: logOdds[row])
                return sum + pd * (1 - pd)
            }
            let observed = rows.reduce(0) { $0 + defaulted[$1] }
            expectClose(observed, expected, absolute: 4 * variance.squareRoot() + 1, "decile \(decile)")
        }
    }

    @Test func columnsAreCorrelatedHeavyTailedAndMissingWithMeaning() throws {
        let table = try CreditTableSimulator(options()).table(rows: 20_000)
        func numbers(_ name: String) throws -> [Double] { try #require(table[name]?.doubles) }
        let delay = try numbers("days_beyond_terms")
        let equity = try numbers("equity_ratio")
        let pairs = zip(delay, equity).filter { !$1.isNaN }
        #expect(correlation(pairs.map(\.0), pairs.map(\.1)) < -0.1)
        #expect(correlation(try numbers("overdue_share"), delay) > 0.35)
        #expect(kurtosis(delay) > 4)
        #expect(kurtosis(equity.filter { !$0.isNaN }) > 4)
        let defaulted = try numbers("defaulted")
        func rate(_ condition: (Int) -> Bool) -> Double {
            let rows = defaulted.indices.filter(condition)
            return rows.reduce(0) { $0 + defaulted[$1] } / Double(rows.count)
        }
        #expect(rate { equity[$0].isNaN } > 1.2 * rate { !equity[$0].isNaN })
        let bureau = try numbers("bureau_score")
        expectClose(rate { bureau[$0].isNaN }, rate { !bureau[$0].isNaN }, relative: 0.3)
    }

    @Test func theEconomyMovesAllObligorsOfAYear() throws {
        let simulator = try CreditTableSimulator(
            options {
                $0.years = 5
                $0.macroSensitivity = 0.8
                $0.defaultRate = 0.1
            })
        let table = try simulator.table(rows: 20_000)
        guard case .day(let days) = try table.column(named: "as_of").values else { return }
        let defaulted = try #require(table["defaulted"]?.doubles)
        let rates = Dictionary(grouping: defaulted.indices) { days[$0] }.mapValues { rows in
            rows.reduce(0) { $0 + defaulted[$1] } / Double(rows.count)
        }
        #expect(rates.count == 5)
        let best = try #require(simulator.macroFactor.max { $0.value < $1.value }).key
        let worst = try #require(simulator.macroFactor.min { $0.value < $1.value }).key
        #expect(try #require(rates[worst]) > #require(rates[best]))
        #expect(rates.keys.allSatisfy { $0.parts.month == 12 && $0.parts.day == 31 })
    }

    @Test func optionsThatMakeNoSenseAreRefused() {
        for change: (inout CreditTableOptions) -> Void in [
            { $0.defaultRate = 0 }, { $0.defaultRate = 1 }, { $0.defaultRate = .nan }, { $0.years = 0 },
            { $0.years = 101 }, { $0.macroSensitivity = -1 }, { $0.macroSensitivity = .infinity },
        ] { #expect(throws: SimulationError.self) { try CreditTableSimulator(options(change)) } }
    }

    @Test func theDictionaryOnDiskIsThatOfTheCode() throws {
        let parts = [EconomySimulator.dictionary, CreditTableColumns.dictionary]
        try Golden.expect(
            parts.joined(separator: "\n"), part: "simulated data", of: "datasets/DICTIONARY.md")
    }

    private func correlation(_ left: [Double], _ right: [Double]) -> Double {
        let count = Double(left.count)
        let leftMean = left.reduce(0, +) / count
        let rightMean = right.reduce(0, +) / count
        let products = zip(left, right).map { ($0 - leftMean) * ($1 - rightMean) }.reduce(0, +)
        let leftSquares = left.map { ($0 - leftMean) * ($0 - leftMean) }.reduce(0, +)
        let rightSquares = right.map { ($0 - rightMean) * ($0 - rightMean) }.reduce(0, +)
        return products / (leftSquares * rightSquares).squareRoot()
    }

    private func kurtosis(_ values: [Double]) -> Double {
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let squares = values.map { ($0 - mean) * ($0 - mean) }
        let variance = squares.reduce(0, +) / count
        return squares.map { $0 * $0 }.reduce(0, +) / count / (variance * variance)
    }
}
