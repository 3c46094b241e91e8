import ArgumentParser
import Foundation

/// A verb of the command line.
protocol Verb: ParsableCommand {
    /// Does what was asked.
    func perform(_ invocation: Invocation) throws
}

/// One use of the program: the command line and where to print.
struct Invocation {
    /// The command line without the program's name.
    let arguments: [String]
    /// Where to print.
    let console: any Console
    /// The clock that what comes in is held against.
    var now: @Sendable () -> Date = { Date() }
    /// When it began.
    let startedAt = Date()
}
