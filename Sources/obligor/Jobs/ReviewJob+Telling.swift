import Foundation
import Ledger
import Logging
import Reporting
import Results
import Review
import Vocabulary

extension ReviewJob {
    /// Tells whoever wants to know that the run folder has this review already.
    func tellAlreadyDone(_ run: RunFolder, at out: String, _ progress: Progress) throws -> MetricsFile {
        job.log.info("already done", metadata: ["run": "\(out)", "digest": "\(run.record.digest ?? "")"])
        if tells { try invocation.console.print("\(out) is this review already: nothing was changed.") }
        try draw(run, progress)
        try printJSON(of: run, .alreadyDone)
        return try figures(of: run)
    }

    /// Tells whoever wants to know what the review found.
    func tell(
        _ findings: ReviewFindings, in run: RunFolder, at out: String, _ progress: Progress
    ) throws -> MetricsFile {
        try draw(run, progress)
        let (review, monitored) = (findings.review, findings.monitored)
        monitored.record.tell(job.log)
        job.log.info(
            "reviewed", metadata: review.logged(as: out, on: options.asOf, alarms: monitored.alerts.count))
        try summarise(findings, out)
        try printJSON(of: run, .done)
        for (_, reason) in review.refused.prefix(20) {
            job.log.warning("an obligor was set aside", metadata: ["reason": "\(reason)"])
        }
        return try figures(of: run)
    }

    /// Draws the report, if one is asked for and not there already.
    private func draw(_ run: RunFolder, _ progress: Progress) throws {
        guard let folder = command.report else { return }
        let page = file(folder).appending(path: Report.pageName)
        // A review that was done before has its report, unless it was stopped in between.
        if !command.run.replace, FileManager.default.fileExists(atPath: page.path) {
            job.log.info("the report is there already", metadata: ["report": "\(folder)"])
            return
        }
        let before = try command.previous.map { try RunFolder(file($0)) }
        try command.pages.draw(
            run, comparedTo: before, to: file(folder), replacing: command.run.replace, progress)
        job.log.info("report written", metadata: ["report": "\(folder)"])
        if tells { try invocation.console.print("Report: \(page.relativePath)") }
    }

    /// Prints what the run folder says, if that is asked for.
    private func printJSON(of run: RunFolder, _ status: ReviewResult.Status) throws {
        guard command.results.json, let out = command.out else { return }
        try invocation.console.write(
            JSONText.of(ReviewResult(of: run, status, at: out, report: command.report)))
    }

    private func summarise(_ findings: ReviewFindings, _ out: String) throws {
        guard tells else { return }
        var summary = Summary(for: invocation.console)
        summary.review(findings.review, day: "\(options.asOf)", out: out)
        summary.monitoring(findings.monitored.record)
        if let shadow = findings.shadow { summary.shadow(shadow) }
        summary.corrections(decisions)
        if let remark = findings.migrations?.remark { summary.remark(remark) }
        for silence in findings.silences { summary.remark(silence.text(asOf: options.asOf)) }
        try summary.print(on: invocation.console)
    }

    /// Figures of a finished review; none where nobody wants them.
    private func figures(of run: RunFolder) throws -> MetricsFile {
        command.job.metrics == nil ? MetricsFile() : try MetricsFile(ofReview: run)
    }
}

extension PortfolioReview {
    /// What a line of a log says of the review.
    fileprivate func logged(as run: String, on day: CalendarDay, alarms: Int) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "run": "\(run)", "as_of": "\(day)", "rated": "\(portfolio.obligors.count { $0.grade != nil })",
            "set_aside": "\(refused.count)", "refresh_requests": "\(requests.count)", "alarms": "\(alarms)",
        ]
        for movement in PortfolioRecord.Movement.allCases {
            metadata[movement.rawValue] = "\(portfolio.obligors.count { $0.movement == movement })"
        }
        return metadata
    }
}
