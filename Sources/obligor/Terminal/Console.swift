import Foundation
import Synchronization

/// Where a command prints: results to standard output, everything else to standard error.
protocol Console: Sendable {
    /// Whether standard output is a terminal that a person reads.
    var outputIsTerminal: Bool { get }
    /// Whether standard error is a terminal that a person reads.
    var errorIsTerminal: Bool { get }
    /// Whether colour is welcome on standard output.
    var usesColour: Bool { get }

    /// Characters in a line of standard output; `nil` leaves it to the terminal.
    var outputWidth: Int? { get }

    /// Writes bytes to standard output.
    func write(_ bytes: Data) throws
    /// Writes text to standard error as it is.
    func writeError(_ text: String)
}

extension Console {
    /// Prints a line to standard output.
    func print(_ line: String) throws { try write(Data((line + "\n").utf8)) }

    /// Prints a line to standard error.
    func note(_ line: String) { writeError(line + "\n") }
}

/// The console of this process.
struct ProcessConsole: Console {
    let outputIsTerminal = isTerminal(1)
    let errorIsTerminal = isTerminal(2)
    let usesColour: Bool
    let outputWidth: Int? = nil

    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        // https://no-color.org: any value but an empty one turns colour off.
        usesColour =
            outputIsTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }

    func write(_ bytes: Data) throws {
        do { try FileHandle.standardOutput.write(contentsOf: bytes) } catch {
            let reason = (error as NSError).localizedFailureReason ?? "it does not take more"
            throw CommandFailure(
                status: .failed,
                description: "cannot write standard output: \(reason): nothing more is written")
        }
    }

    func writeError(_ text: String) {
        // There is nowhere left to say that standard error cannot be written.
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }

    private static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }
}
