import ArgumentParser
import Foundation
import Ledger
import Review

/// `obligor check`: whether a ledger can be used, and what is wrong with it.
struct CheckCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a ledger and say what is wrong with it.",
        discussion: """
            Reports duplicates, orphans, reversed dates, amounts that cannot be, unknown currencies, over-allocation, \
            gaps and changed files, each with its file, its first lines and how often. An error gives status 3, and \
            other commands refuse the ledger as well, but for files that are not those of ledger.json: only 'check' \
            compares them.

              obligor check ledger
              obligor check ledger --treat reversed-dates=error --treat gap=error
            """)

    @Argument(help: "The ledger folder, or a store.", completion: .directory)
    var ledger: String

    @Option(
        help: ArgumentHelp(
            "Treat a kind of fault as error, warning or repair; may be repeated.", valueName: "check=severity"
        ))
    var treat: [String] = []

    @OptionGroup var results: ResultOptions
    @OptionGroup var shared: SharedOptions

    func perform(_ invocation: Invocation) throws {
        let policy = try policy()
        let progress = shared.progress(invocation)
        progress.begin("reading \(ledger)")
        let source = try LedgerPlace(ledger, verifyingDigests: true).ledger()
        let report: CheckReport
        var refusal: LedgerError?
        do throws(LedgerError) {
            let found = try TradeLedger.read(from: source, policy: policy, workers: shared.workers).report
            // Of a store without some records, what its import found is what there is to be said.
            report = try (source as? any ReducedLedgerSource)?.leftOut()?.report ?? found
        } catch {
            progress.end()
            guard case .refused(let found) = error else { throw error }
            report = found
            refusal = error
        }
        progress.end()
        try ReportText.print(report, json: results.json, isQuiet: false, on: invocation.console)
        if let refusal { throw refusal }
    }

    private func policy() throws -> CheckPolicy {
        var policy = CheckPolicy.standard
        for text in treat {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let check = CheckKind(rawValue: parts[0]),
                let severity = Severity(rawValue: parts[1])
            else {
                let kinds = CheckKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw CommandFailure.usage(
                    "--treat \(text): give check=severity, the check being one of \(kinds)")
            }
            guard let changed = policy.setting(check, to: severity) else {
                let allowed = check.allowed.map(\.rawValue).joined(separator: " or ")
                throw CommandFailure.usage("--treat \(text): \(check.rawValue) may be \(allowed)")
            }
            policy = changed
        }
        return policy
    }
}
