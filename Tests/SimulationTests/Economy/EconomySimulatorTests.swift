import Foundation
import Ledger
import Parallelism
import TestSupport
import Testing
import Vocabulary

@testable import Simulation

@Suite("A simulated economy is the same for the same seed, and a smaller one its head")
struct EconomySimulatorTests {
    private func options(
        _ obligors: Int, _ change: (inout EconomyOptions) -> Void = { _ in }
    ) -> EconomyOptions {
        var options = EconomyOptions()
        options.obligors = obligors
        options.years = 2
        options.invoicesPerYear = 5
        change(&options)
        return options
    }

    private func lines(_ file: EconomyFile, _ texts: EconomyTexts) -> [Substring] {
        String(decoding: texts[file].bytes, as: UTF8.self).split(separator: "\n")
    }

    @Test func fewerObligorsAreTheFirstOfMore() throws {
        let small = try EconomySimulator(options(40)).texts(ofCommunity: 0)
        let large = try EconomySimulator(options(128)).texts(ofCommunity: 0)
        for file in EconomyFile.allCases where file != .rates && file != .links {
            let head = lines(file, small)
            #expect(!head.isEmpty, "\(file)")
            #expect(Array(lines(file, large).prefix(head.count)) == head, "\(file)")
        }
        let links = Set(lines(.links, large))
        #expect(lines(.links, small).allSatisfy { links.contains($0) })
    }

    @Test func recordsHaveTheirColumns() throws {
        let texts = try EconomySimulator(options(128)).texts(ofCommunity: 0)
        for file in EconomyFile.allCases where file != .rates {
            let count = file.columns.count
            for line in lines(file, texts) {
                #expect(
                    line.split(separator: ",", omittingEmptySubsequences: false).count == count, "\(file)")
            }
            #expect(texts[file].rows == lines(file, texts).count)
        }
    }

    @Test func filesDoNotDependOnThreads() throws {
        let folder = try TemporaryFolder()
        let simulator = try EconomySimulator(options(300))
        var contents: [[String: Data]] = []
        for threads in [1, 3] {
            let place = folder.file("\(threads)")
            let writer = try LedgerFolderWriter(place, baseCurrency: .euro)
            let summary = try simulator.write(to: writer, packed: false, workers: Workers(threads: threads))
            var content: [String: Data] = [:]
            for name in try FileManager.default.subpathsOfDirectory(atPath: place.path)
            where name != "truth" {
                content[name] = try Data(contentsOf: place.appending(path: name))
            }
            #expect(content.count == EconomyFile.allCases.count + 7)
            #expect(summary.rows[.obligors] == 300)
            #expect(summary.defaultRate > 0 && summary.defaultRate < 0.1)
            contents.append(content)
        }
        #expect(contents[0] == contents[1])
    }

    @Test func theLedgerHasNoErrors() throws {
        let folder = try TemporaryFolder()
        let simulator = try EconomySimulator(options(200))
        let writer = try LedgerFolderWriter(folder.file("ledger"), baseCurrency: .euro)
        let summary = try simulator.write(to: writer, packed: true, workers: .single)
        let source = try LedgerFolder(folder.file("ledger"), verifyingDigests: true)
        let checked = try TradeLedger.read(from: source, workers: .single)
        #expect(try source.faults(.standard).isEmpty)
        #expect(checked.report.entries.isEmpty, "\(checked.report.entries.map(\.summary))")
        for kind in RecordKind.allCases {
            #expect(checked.ledger.count(of: kind) == summary.rows[kind, default: 0], "\(kind)")
        }
    }

    @Test func currenciesHaveTheirDecimals() throws {
        for currency in TradeCurrency.allCases {
            #expect(try #require(Currency(code: currency.rawValue)).decimals == currency.decimals)
        }
    }

    @Test func theTruthHasTheColumnsOfItsDictionary() throws {
        let folder = try TemporaryFolder()
        let simulator = try EconomySimulator(options(50))
        let writer = try LedgerFolderWriter(folder.file("ledger"), baseCurrency: .euro)
        _ = try simulator.write(to: writer, packed: false, workers: .single)
        for file in TruthFile.all {
            let path = folder.path("ledger/\(EconomySimulator.truthFolder)/\(file.name).csv")
            let header = try String(contentsOfFile: path, encoding: .utf8).prefix { $0 != "\n" }
            #expect(header.split(separator: ",").map(String.init) == file.columns.map(\.name))
        }
    }

    @Test func seedsDiffer() throws {
        let one = try EconomySimulator(options(20)).texts(ofCommunity: 0)
        let two = try EconomySimulator(options(20) { $0.seed = 2 }).texts(ofCommunity: 0)
        #expect(one[.invoices].bytes != two[.invoices].bytes)
    }

    @Test func obligorsOfTheTruthAreThoseOfTheLedger() throws {
        let texts = try EconomySimulator(options(100)).texts(ofCommunity: 0)
        func obligors(_ file: EconomyFile) -> [Substring] {
            lines(file, texts).map { $0.prefix { $0 != "," } }
        }
        #expect(obligors(.obligors) == obligors(.trueObligors))
        #expect(obligors(.obligors).count == 100)
        #expect(Set(obligors(.trueStates)).isSubset(of: Set(obligors(.obligors))))
    }

    @Test func optionsThatMakeNoSenseAreRefused() {
        for change: (inout EconomyOptions) -> Void in [
            { $0.obligors = 0 }, { $0.years = 0 }, { $0.years = 51 }, { $0.firstYear = 99 },
            { $0.invoicesPerYear = .nan }, { $0.macroLoading = -1 }, { $0.sectorStrength = .infinity },
            { $0.contagion = 11 },
        ] { #expect(throws: SimulationError.self) { try EconomySimulator(options(10, change)) } }
    }

    @Test(arguments: [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (123_456, "1234.56"), (100, "1.00")])
    func amountsAreExactDecimals(units: Int, text: String) {
        var record = RecordText(days: DayTexts(from: 0, through: 1))
        record.add(amount: Int64(units), .eur)
        record.add(amount: Int64(units), .jpy)
        record.add(day: 1)
        record.add(day: nil)
        record.add(day: 365)
        record.end()
        let written = String(decoding: record.bytes, as: UTF8.self)
        #expect(written == "\(text),\(units),1970-01-02,,1971-01-01\n")
    }
}
