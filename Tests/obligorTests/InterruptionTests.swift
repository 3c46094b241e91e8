import Foundation
import Results
import TestSupport
import Testing

@testable import obligor

@Suite("A program that is stopped leaves nothing half-written")
struct InterruptionTests {
    /// The program beside the tests.
    private static let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "obligor")

    private static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: program.path) }

    /// Starts a simulation that would take hours, and waits until it writes.
    ///
    /// Waits on its own thread: were it to share it with other tests, the simulation would go on beside all of them.
    private func start(in folder: TemporaryFolder) throws -> Process {
        let process = Process()
        process.executableURL = Self.program
        process.arguments = ["simulate-table", "--rows", "1000000000", "--out", folder.path("endless.csv")]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        for _ in 0..<3_000 {
            if try folder.names.contains(where: { $0.contains(".partial") }) { return process }
            usleep(10_000)
        }
        process.terminate()
        throw CancellationError()
    }

    @Test(.enabled(if: isBuilt, "needs the program beside the tests"), arguments: [SIGINT, SIGTERM])
    func interruption(signal number: Int32) throws {
        let folder = try TemporaryFolder()
        let process = try start(in: folder)
        kill(process.processIdentifier, number)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 128 + number)
        #expect(try folder.names.isEmpty)
    }

    @Test(.enabled(if: isBuilt, "needs the program beside the tests"))
    func aKilledProgramsRemainsAreNotMistakenForResults() throws {
        let folder = try TemporaryFolder()
        let process = try start(in: folder)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal)
        let names = try folder.names
        #expect(!names.contains("endless.csv"))
        #expect(names.allSatisfy { $0.contains(".partial") })
    }

    @Test func remainsOfARunFolderAreNotARun() throws {
        let folder = try TemporaryFolder()
        let writer = try RunFolderWriter(folder.file("run"), replacing: false)
        try writer.write(Data("{}".utf8), named: RunFolder.modelFileName)
        let remains = try #require(try folder.names.first)
        #expect(throws: ResultsError.self) { try RunFolder(folder.file(remains)) }
        let run = Run("score", folder.path(remains), "--data", "x", "--out", "-")
        #expect(run.status == .badData)
        withExtendedLifetime(writer) {}
    }
}
