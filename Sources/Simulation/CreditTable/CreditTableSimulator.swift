import Glibc
public import Parallelism
import Statistics
public import Tables
public import Vocabulary

/// Simulates a table of trade-credit obligors whose true log-odds of default are known.
///
/// Row r depends on the options and on r alone: rows are drawn in blocks of ``blockSize``, each from its own stream
/// of the seed, so a shorter table is the head of a longer one, and the number of threads does not matter. The
/// intercept that gives the population its default rate is found by bisection on a sample of its own.
public struct CreditTableSimulator: Sendable {
    /// Rows per stream; part of what a seed means.
    public static let blockSize = 1024

    /// The options.
    public let options: CreditTableOptions
    /// The true model.
    public let truth: TrueModel
    /// The state of the economy in each year, standard normal, good years positive; all 0 without sensitivity.
    public let macroFactor: [CalendarDay: Double]

    /// A simulator.
    ///
    /// - Complexity: Draws 16,384 obligors to find the intercept.
    public init(_ options: CreditTableOptions) throws(SimulationError) {
        self.options = try options.validated()
        let root = SeededGenerator(seed: options.seed)
        var macroFactor: [CalendarDay: Double] = [:]
        for year in 0..<options.years {
            var random = root.stream("macro").stream(year)
            macroFactor[Self.asOf(year)] = options.macroSensitivity > 0 ? random.normal() : 0
        }
        self.macroFactor = macroFactor
        var terms = TrueModel.terms(options.shape)
        if options.macroSensitivity > 0 {
            terms.append(TrueModel.Term(-options.macroSensitivity, .day("as_of", macroFactor)))
        }
        truth = TrueModel(intercept: Self.intercept(options), terms: terms)
    }

    /// A table with columns as in ``CreditTableColumns``.
    ///
    /// - Parameters:
    ///   - rows: Number of obligors.
    ///   - start: The row of the population to begin with, a multiple of ``blockSize``, so that a large table can be
    ///     made in parts.
    public func table(rows: Int, from start: Int = 0, workers: Workers = .single) throws(TableError) -> Table
    {
        precondition(rows >= 0 && start >= 0 && start.isMultiple(of: Self.blockSize), "rows from \(start)")
        let first = start / Self.blockSize
        // An empty table still has its columns, so there is always a block.
        let blocks = max(1, (rows + Self.blockSize - 1) / Self.blockSize)
        let parts = try workers.tryMap(blocks) { block throws(TableError) in
            try self.block(first + block, rows: min(Self.blockSize, rows - block * Self.blockSize))
        }
        return try Table.concatenating(parts)
    }

    /// The first rows of a block.
    private func block(_ number: Int, rows: Int) throws(TableError) -> Table {
        let root = SeededGenerator(seed: options.seed)
        var random = root.stream("obligors").stream(number)
        var chance = root.stream("outcomes").stream(number)
        var columns = CreditTableColumns(capacity: rows)
        for row in 0..<rows {
            let year = min(options.years - 1, Int(random.uniform() * Double(options.years)))
            columns.append(
                Obligor(using: &random), id: number * Self.blockSize + row + 1, asOf: Self.asOf(year))
        }
        let known = try Table(columns: columns.columns)
        let defaulted = try truth.logOdds(of: known).map { logOdds in
            chance.uniform() < ProbabilityOfDefault.value(ofLogOdds: logOdds) ? UInt8(1) : 0
        }
        return try Table(columns: known.columns + [Column(name: "defaulted", values: .flag(defaulted))])
    }

    /// The observation date of a year: the last day of 2019 and after.
    static func asOf(_ year: Int) -> CalendarDay {
        // Every year has a last day of December, so the second part is never used.
        CalendarDay(year: 2019 + year, month: 12, day: 31) ?? CalendarDay(daysSince1970: 0)
    }

    /// The intercept α with mean 1 ÷ (1 + e^−(α + Xβ)) equal to the default rate over 16,384 obligors, by bisection;
    /// the economy enters as one normal draw per obligor.
    private static func intercept(_ options: CreditTableOptions) -> Double {
        var economy = SeededGenerator(seed: 0).stream("economy")
        let logOdds = referenceLogOdds[options.shape, default: []].map {
            $0 - options.macroSensitivity * economy.normal()
        }
        var lower = -60.0
        var upper = 60.0
        // 60 halvings leave less than one unit in the last place.
        for _ in 0..<60 {
            let middle = (lower + upper) / 2
            let mean =
                logOdds.reduce(0) { $0 + ProbabilityOfDefault.value(ofLogOdds: $1 + middle) }
                / Double(logOdds.count)
            if mean < options.defaultRate { lower = middle } else { upper = middle }
        }
        return (lower + upper) / 2
    }

    /// Log-odds without intercept and economy of 16,384 obligors, the same for every seed.
    private static let referenceLogOdds: [CreditTableOptions.Shape: [Double]] = {
        var random = SeededGenerator(seed: 0).stream("reference")
        var columns = CreditTableColumns(capacity: 16_384)
        for row in 0..<16_384 { columns.append(Obligor(using: &random), id: row, asOf: asOf(0)) }
        do throws(TableError) {
            let table = try Table(columns: columns.columns)
            var logOdds: [CreditTableOptions.Shape: [Double]] = [:]
            for shape in CreditTableOptions.Shape.allCases {
                logOdds[shape] = try TrueModel(intercept: 0, terms: TrueModel.terms(shape)).logOdds(of: table)
            }
            return logOdds
        } catch {
            preconditionFailure("the simulated columns contradict the true model: \(error)")
        }
    }()
}
