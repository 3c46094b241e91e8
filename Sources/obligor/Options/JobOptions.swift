import ArgumentParser
import Foundation
import Logging
import Results

/// Options of verbs that run unattended.
struct JobOptions: ParsableArguments {
    @Option(help: "Log on standard error: none, text or json.")
    var log: LogForm = .none

    @Option(
        help: ArgumentHelp(
            "Write figures of the job to this file, in the text format of Prometheus.", valueName: "file"))
    var metrics: String?

    @Option(
        help: ArgumentHelp("Seconds to wait for another job that has the portfolio.", valueName: "seconds"))
    var wait = 0.0

    func validate() throws {
        guard wait >= 0, wait.isFinite else {
            throw ValidationError("'--wait \(wait)': give seconds, at least 0.")
        }
    }
}
