import Parallelism
import Scoring
import Tables

/// Optimal WOE bins of every column of single-precision numbers.
enum BinningTask {
    static func run(_ job: Job) throws {
        let set = BenchmarkSet(job)
        let columns = try set.numbers().enumerated().map { Column(name: "x\($0)", values: .float($1)) }
        let defaulted = try set.defaulted()
        var options = BinningOptions()
        // "auto" is each tool's own default; any other variant is the trend that both are asked for.
        if let trend = BinningTrend(rawValue: job.variant) { options.trend = trend }
        let process = BinningProcess(options: options)
        let measurement = try Measurement(repeats: job.repeats) {
            try process.fit(columns, defaulted: defaulted, workers: Workers(threads: job.threads))
        }
        try measurement.report(job, ["iv_sum": measurement.value.variables.reduce(0) { $0 + $1.iv }])
    }
}
