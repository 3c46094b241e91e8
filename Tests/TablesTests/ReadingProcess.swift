import Foundation

/// A process that reads one CSV file and says what that took.
struct ReadingProcess {
    /// What it says; `Tests/ReadingProbe` describes the fields.
    struct Report: Decodable {
        let rows: Int
        let types: [String]
        let typedBytes: Int
        let residentBefore: Int
        let residentPeak: Int
        let instructions: [UInt32]
    }

    /// The program beside the tests.
    static let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "ReadingProbe")

    static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: program.path) }

    /// What a skipped test says.
    static let absence: String = "needs the program ReadingProbe beside the tests"

    /// Runs it.
    ///
    /// - Parameters:
    ///   - kernels: What `OBLIGOR_KERNELS` says; `nil` for nothing.
    ///   - copy: Where to write the table.
    static func report(
        on file: String, threads: Int, kernels: String? = nil, copy: String? = nil
    ) throws -> Report {
        let process = Process()
        process.executableURL = program
        process.arguments = [file, "\(threads)"] + [copy].compactMap(\.self)
        var environment = ProcessInfo.processInfo.environment
        environment["OBLIGOR_KERNELS"] = kernels
        process.environment = environment
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return try JSONDecoder().decode(Report.self, from: said)
    }
}
