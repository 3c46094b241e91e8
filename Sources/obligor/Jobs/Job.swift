import Foundation
import Logging

/// A job while it runs: its log, and the figures that it leaves.
struct Job {
    let name: String
    let log: Logger
    private let metrics: String?
    private let startedAt: Date

    init(_ name: String, _ options: JobOptions, _ invocation: Invocation) {
        self.name = name
        log = .ofJob(name, options.log, on: invocation.console)
        metrics = options.metrics
        startedAt = invocation.startedAt
    }

    /// Does the work, and says how it ended.
    func run(_ work: () throws -> MetricsFile) throws {
        var figures = MetricsFile()
        do {
            log.info("started")
            figures = try work()
        } catch {
            log.error("failed", metadata: ["reason": "\(error)"])
            close(&figures, isDone: false)
            // Why the work failed matters more than that its figures cannot be written either.
            try? metrics.map(figures.write)
            throw error
        }
        let seconds = Date().timeIntervalSince(startedAt)
        log.info("finished", metadata: ["seconds": "\((seconds * 1000).rounded() / 1000)"])
        close(&figures, isDone: true)
        try metrics.map(figures.write)
    }

    private func close(_ figures: inout MetricsFile, isDone: Bool) {
        let now = Date()
        let job = [("job", name)]
        figures.gauge(
            "obligor_job_success", "Whether the last run of the job did its work.", [(job, isDone ? 1 : 0)])
        figures.gauge(
            "obligor_job_finished_timestamp_seconds", "When the last run of the job ended.",
            [(job, now.timeIntervalSince1970.rounded())])
        figures.gauge(
            "obligor_job_duration_seconds", "How long the last run of the job took.",
            [(job, now.timeIntervalSince(startedAt))])
        if let peak = Self.peakMemory {
            figures.gauge(
                "obligor_job_peak_memory_bytes", "The most memory that the job had.", [(job, peak)])
        }
    }

    /// The largest resident size of this process, in bytes.
    private static var peakMemory: Double? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kilobytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
        else { return nil }
        return Double(kilobytes).map { $0 * 1024 }
    }
}
