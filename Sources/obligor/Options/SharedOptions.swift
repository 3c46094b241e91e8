import ArgumentParser
import Foundation
import Parallelism

/// Options that every verb has.
struct SharedOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Threads to use; results are the same for any number. (default: one per processor)",
            valueName: "n"))
    var threads: Int?

    @Flag(name: .long, help: "Print no progress and no summary.")
    var quiet = false

    func validate() throws {
        guard let threads, !(1...1024).contains(threads) else { return }
        throw ValidationError("'--threads \(threads)': give a number from 1 to 1024.")
    }

    /// The threads as workers.
    var workers: Workers { threads.map(Workers.init(threads:)) ?? .allProcessors }

    /// Progress on the console of an invocation.
    func progress(_ invocation: Invocation) -> Progress {
        Progress(on: invocation.console, isQuiet: quiet)
    }
}

/// The option of verbs that print results.
struct ResultOptions: ParsableArguments {
    @Flag(name: .long, help: "Print the results as JSON instead of a summary.")
    var json = false
}

/// The option of verbs that write a run folder.
struct RunFolderOptions: ParsableArguments {
    @Flag(name: .long, help: "Replace a run folder that is already there.")
    var replace = false
}

/// A file named on the command line.
func file(_ path: String) -> URL { URL(filePath: path) }
