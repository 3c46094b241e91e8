import Foundation
import Ledger
import Parallelism
import Tables
import TestSupport
import Testing

@testable import Simulation

@Suite("The sample ledger is what the simulator writes")
struct SampleLedgerTests {
    private static let place = Golden.checkout.appending(path: "datasets/sample-ledger")

    /// The options that `ledger.json` records.
    private func options(_ manifest: LedgerManifest) throws -> EconomyOptions {
        func number(_ key: String) throws -> Double {
            try #require(manifest.origin[key].flatMap(Double.init))
        }
        var options = EconomyOptions()
        options.seed = UInt64(try number("seed"))
        options.obligors = Int(try number("obligors"))
        options.years = Int(try number("years"))
        options.firstYear = Int(try number("firstYear"))
        options.invoicesPerYear = try number("invoicesPerYear")
        options.macroLoading = try number("macroLoading")
        options.sectorStrength = try number("sectorStrength")
        options.contagion = try number("contagion")
        return options
    }

    /// The first records of a file as they are written, every field taken as text.
    private func head(_ file: EconomyFile, rows: Int) throws -> [UInt8] {
        let folder = file.isTruth ? Self.place.appending(path: EconomySimulator.truthFolder) : Self.place
        var options = CSVOptions()
        options.schema = try Schema(file.columns.map { ColumnSchema(name: $0, type: .text) })
        let table = try CSVReader(options).read(folder.appending(path: "\(file.name).csv.gz").path)
        return CSVFormatter().records(of: table, rows: 0..<rows)
    }

    @Test func itsFilesAreThoseOfItsManifest() throws {
        let ledger = try LedgerFolder(Self.place, verifyingDigests: true)
        #expect(try ledger.faults(.standard).isEmpty)
        let rows = Dictionary(uniqueKeysWithValues: ledger.manifest.files.map { ($0.name, $0.rows) })
        #expect(rows["obligors.csv.gz"] == 1_500)
        #expect(rows.count == RecordKind.allCases.count)
    }

    @Test func itsHeadIsWhatTheSeedGives() throws {
        let simulator = try EconomySimulator(options(LedgerFolder(Self.place).manifest))
        let texts = simulator.texts(ofCommunity: 0)
        for file in EconomyFile.allCases {
            let text = file == .rates ? simulator.rates() : texts[file]
            #expect(text.rows > 0)
            #expect(try head(file, rows: text.rows) == text.bytes, "\(file)")
        }
    }
}
