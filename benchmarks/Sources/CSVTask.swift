import Foundation
import Parallelism
import Tables

/// A CSV file into typed columns, types inferred.
enum CSVTask {
    static func run(_ job: Job) throws {
        let isWholeName = job.variant.contains(".csv")
        let file = job.folder.appending(path: isWholeName ? job.variant : "\(job.variant).csv")
        // Into the page cache first, as for the peers.
        let handle = try FileHandle(forReadingFrom: file)
        while try handle.read(upToCount: 1 << 24)?.isEmpty == false {}
        var options = CSVOptions()
        options.workers = Workers(threads: job.threads)
        let reader = CSVReader(options)
        let measurement = try Measurement(repeats: job.repeats) { try reader.read(file.path) }
        guard measurement.value.rowCount == job.rows else { throw BenchmarkError.wrongResult("row count") }
        let bytes = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int ?? 0
        try measurement.report(job, ["bytes": bytes])
    }
}
