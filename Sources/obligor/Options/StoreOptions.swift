import ArgumentParser
import Foundation

/// Options of verbs that change a store.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Who does this, for the audit trail. (default: the user of the machine)", valueName: "name"))
    var by: String?

    @Option(
        help: ArgumentHelp(
            "Seconds to wait for another job that has the portfolio.", valueName: "seconds"))
    var wait: Double = 0

    func validate() throws {
        guard (0...86_400).contains(wait) else {
            throw ValidationError("'--wait \(wait)': give seconds from 0 to 86400.")
        }
        if let by, by.trimmingCharacters(in: .whitespaces).isEmpty {
            throw ValidationError("'--by': give a name.")
        }
    }

    /// Who does it.
    var author: String { by ?? NSUserName() }
}
