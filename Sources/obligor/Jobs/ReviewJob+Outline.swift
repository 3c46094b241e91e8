import Foundation
import Ledger
import Parallelism
import Results
import Review
import Vocabulary

extension ReviewJob {
    /// Says what a review would look at, and writes nothing.
    func outline() throws -> MetricsFile {
        let reading = try ReviewReading(for: self)
        let setAside = reading.records.setAside.count
        let outlook = try ReviewOutlook(
            of: reading.ledger, by: files.basis, options, since: reading.earlier, log: events.log,
            workers: shared.workers)
        try reading.records.checked.ledger.requireRead()
        if command.results.json {
            let result = ReviewResult(
                of: outlook, setAside: setAside, reading.silences, on: options.asOf)
            try invocation.console.write(JSONText.of(result))
        }
        guard tells else { return MetricsFile() }
        var summary = Summary(for: invocation.console)
        summary.heading("A review on \(options.asOf) would look at")
        summary.reasons(outlook.reasons)
        summary.requests(outlook.requests)
        if setAside > 0 { summary.line("and set aside \(Figures.count(setAside)) obligors") }
        for silence in reading.silences { summary.remark(silence.text(asOf: options.asOf)) }
        summary.line("Nothing was written.")
        try summary.print(on: invocation.console)
        return MetricsFile()
    }
}
