import Foundation
import Synchronization

@testable import obligor

/// A console that keeps what was printed.
final class RecordingConsole: Console {
    let outputIsTerminal: Bool
    let errorIsTerminal: Bool
    let usesColour: Bool
    let outputWidth: Int? = 80
    private let printed = Mutex<(output: Data, error: String)>((Data(), ""))

    init(isTerminal: Bool = false) {
        outputIsTerminal = isTerminal
        errorIsTerminal = isTerminal
        usesColour = isTerminal
    }

    func write(_ bytes: Data) throws { printed.withLock { $0.output += bytes } }

    func writeError(_ text: String) { printed.withLock { $0.error += text } }

    /// Standard output so far.
    var output: String { printed.withLock { String(decoding: $0.output, as: UTF8.self) } }

    /// Standard error so far.
    var error: String { printed.withLock { $0.error } }
}

/// One run of the program within this process.
struct Run {
    let status: CommandStatus
    let output: String
    let error: String

    init(_ arguments: [String], isTerminal: Bool = false) {
        let console = RecordingConsole(isTerminal: isTerminal)
        status = Program.run(arguments, on: console)
        output = console.output
        error = console.error
    }

    init(_ arguments: String...) { self.init(arguments) }
}
