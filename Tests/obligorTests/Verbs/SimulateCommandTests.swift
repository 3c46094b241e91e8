import Foundation
import Ledger
import Simulation
import TestSupport
import Testing

@testable import obligor

@Suite("simulate writes a ledger with its truth")
struct SimulateCommandTests {
    @Test func theLedgerCanBeReadAndIsNotReplacedUnasked() throws {
        let folder = try TemporaryFolder()
        let arguments = [
            "simulate", "--obligors", "30", "--years", "1", "--invoices-per-year", "4", "--out",
            folder.path("ledger"), "--threads", "1",
        ]
        let run = Run(arguments)
        #expect(run.status == .done, "\(run.error)")
        #expect(run.output.contains("obligors") && run.output.contains("defaults"))
        let ledger = try LedgerFolder(folder.file("ledger"), verifyingDigests: true)
        #expect(ledger.manifest.origin["seed"] == "1")
        #expect(try ledger.faults(.standard).isEmpty)
        #expect(try TradeLedger.read(from: ledger).ledger.obligorCount == 30)
        let states = folder.file("ledger/\(EconomySimulator.truthFolder)/states.csv.gz")
        #expect(FileManager.default.fileExists(atPath: states.path))

        let again = Run(arguments)
        #expect(again.status == .failed)
        #expect(again.error.contains("already exists"))
        let replaced = Run(arguments + ["--replace", "--quiet", "--seed", "2"])
        #expect(replaced.status == .done, "\(replaced.error)")
        #expect(replaced.output.isEmpty)
        #expect(try LedgerFolder(folder.file("ledger")).manifest.origin["seed"] == "2")
        #expect(try folder.names == ["ledger"])
    }
}
