import Foundation
import Ledger
import LinearAlgebra
import Migration
import Parallelism
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Simulation

@Suite("Estimators find the truth in the files that are written")
struct TruthFilesTests {
    /// Files of a simulated ledger as they were written, by name.
    private struct WrittenLedger: Sendable {
        private var files: [String: [[String: String]]] = [:]
        let lastDay: CalendarDay

        init(_ change: (inout EconomyOptions) -> Void) throws {
            var options = EconomyOptions()
            options.obligors = 20 * Community.size
            options.invoicesPerYear = 1
            change(&options)
            let simulator = try EconomySimulator(options)
            lastDay = simulator.calendar.lastDay
            let folder = try TemporaryFolder()
            let writer = try LedgerFolderWriter(folder.file("ledger"), baseCurrency: .euro)
            _ = try simulator.write(to: writer, packed: false, workers: .allProcessors)
            for name in ["ratings"] + TruthFile.all.map({ "\(EconomySimulator.truthFolder)/\($0.name)" }) {
                files[name] = try Self.read(folder.path("ledger/\(name).csv"))
            }
        }

        /// Rows by column name; empty fields are left out.
        private static func read(_ path: String) throws -> [[String: String]] {
            let table = try CSVReader(CSVOptions()).read(path)
            return (0..<table.rowCount).map { row in
                var values: [String: String] = [:]
                for column in table.names { values[column] = table[column]?.text(at: row) }
                return values
            }
        }

        /// The rows of a file.
        func rows(_ name: String) throws -> [[String: String]] { try #require(files[name]) }
    }

    private static let plain = Result { try WrittenLedger(Population.plain) }
    private static let full = Result { try WrittenLedger { _ in } }

    private func day(_ text: String?) throws -> Int {
        Int(try #require(text.flatMap { CalendarDay(iso8601: $0) }).daysSince1970)
    }

    private func rank(_ text: String?) throws -> Int {
        try #require(text.flatMap(Grade.init(rawValue:))).rank
    }

    @Test func theDurationEstimateFindsTheGenerator() throws {
        let written = try Self.plain.get()
        var actions: [RatingAction] = []
        var numbers: [String: Int] = [:]
        func years(_ day: Int) -> Double { Double(day) / 365.25 }
        for row in try written.rows("truth/obligors") {
            let number = numbers.count
            numbers[try #require(row["obligor"])] = number
            actions.append(
                RatingAction(
                    obligor: number, time: years(try day(row["first_day"])),
                    state: try rank(row["entry_state"])))
            if let left = row["left"] {
                actions.append(RatingAction(obligor: number, time: years(try day(left) + 1), state: nil))
            }
        }
        for row in try written.rows("truth/transitions") where row["from"] != "D" {
            let number = try #require(row["obligor"].flatMap { numbers[$0] })
            actions.append(
                RatingAction(obligor: number, time: years(try day(row["day"])), state: try rank(row["to"])))
        }
        let end = years(Int(written.lastDay.daysSince1970))
        let estimate = try DurationEstimate(RatingHistories(actions, scale: .grades, end: end))
        var compared = 0
        for row in try written.rows("truth/generator") {
            let (from, to) = (try rank(row["from"]), try rank(row["to"]))
            guard from != to, from != Grade.d.rank else { continue }
            let rate = try #require(row["per_year"].flatMap(Double.init))
            let expected = rate * estimate.exposure[from]
            // Poisson numbers of moves; those who come back after a default begin a second history that is left out.
            expectClose(
                estimate.moves[from, to], expected, absolute: 4.5 * expected.squareRoot() + 1, "\(row)")
            compared += 1
        }
        #expect(compared == 81)
    }

    @Test func defaultsComeAtTheRealisedPDs() throws {
        let written = try Self.full.get()
        var failed: [String: [Int]] = [:]
        for row in try written.rows("truth/defaults") {
            failed[try #require(row["obligor"]), default: []].append(try day(row["day"]))
        }
        var left: [String: Int] = [:]
        for row in try written.rows("truth/obligors") {
            if let text = row["left"] { left[try #require(row["obligor"])] = try day(text) }
        }
        var (expected, variance, known, observed) = (0.0, 0.0, 0.0, 0.0)
        for row in try written.rows("truth/states") where row["state"] != "D" {
            let id = try #require(row["obligor"])
            let start = try day(row["quarter_end"])
            let date = CalendarDay(daysSince1970: Int32(start))
            let end = Int(date.adding(months: 12).daysSince1970)
            // Years that do not overlap, of those who stay.
            guard date.parts.month == 12, end <= Int(written.lastDay.daysSince1970), left[id] ?? .max > end
            else {
                continue
            }
            let pd = try #require(row["pd_realised"].flatMap(Double.init))
            expected += pd
            variance += pd * (1 - pd)
            known += try #require(row["pd"].flatMap(Double.init))
            if (failed[id] ?? []).contains(where: { $0 > start && $0 <= end }) { observed += 1 }
        }
        #expect(observed > 60)
        expectClose(observed, expected, absolute: 4 * variance.squareRoot())
        // What could be known is right on average over economies; of one of them, within what its factor may do.
        #expect(known > observed / 2.5 && known < observed * 2.5, "\(known) \(observed)")
    }

    @Test func overridesAverageToTheBiases() throws {
        let written = try Self.full.get()
        var own: [String: (analyst: String, bias: Double)] = [:]
        for row in try written.rows("truth/obligors") {
            own[try #require(row["obligor"])] = (
                try #require(row["analyst"]), try #require(row["bias"].flatMap(Double.init))
            )
        }
        var errors: [String: [Double]] = [:]
        var model: (obligor: String, rank: Int)?
        for row in try written.rows("ratings") {
            let id = try #require(row["obligor"])
            let given = try rank(row["grade"])
            if row["origin"] == "model" {
                model = (id, given)
            } else if let before = model, before.obligor == id, (3...5).contains(before.rank),
                let truth = own[id]
            {
                #expect(row["author"] == truth.analyst)
                errors[truth.analyst, default: []].append(Double(given - before.rank) - truth.bias)
            }
        }
        let stated = try written.rows("truth/biases").filter { $0["kind"] == "analyst" }
        #expect(errors.count == stated.count)
        for (analyst, notches) in errors {
            let count = Double(notches.count)
            let mean = notches.reduce(0, +) / count
            let variance = notches.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
            expectClose(mean, 0, absolute: 4 * (variance / count).squareRoot() + 0.02, analyst)
        }
    }

    @Test func matricesAreThoseOfTheGeneratorUnderTheMacroFactor() throws {
        let written = try Self.full.get()
        let loading = EconomyOptions().macroLoading
        var factors: [String: Double] = [:]
        for row in try written.rows("truth/macro") {
            let factor: Double = try #require(row["factor"].flatMap(Double.init))
            factors[try #require(row["quarter_end"])] = factor
        }
        var sums: [String: Double] = [:]
        var downgrades: [(factor: Double, share: Double)] = []
        for row in try written.rows("truth/matrices") {
            let quarter = try #require(row["quarter_end"])
            let probability = try #require(row["probability"].flatMap(Double.init))
            sums["\(quarter) \(row["from"] ?? "")", default: 0] += probability
            if row["from"] == "BBB", row["to"] == "BB" {
                downgrades.append((try #require(factors[quarter]), probability))
            }
        }
        #expect(sums.values.allSatisfy { abs($0 - 1) < 1e-9 })
        #expect(loading > 0)
        // The worse the economy, the likelier the downgrade; equal steps of the tilt give equal matrices.
        let ordered = downgrades.sorted { $0.factor > $1.factor }.map(\.share)
        for (better, worse) in zip(ordered, ordered.dropFirst()) { #expect(better <= worse) }
        #expect(Set(ordered).count > 8)
    }
}
