import Boosting
import Glibc
import Parallelism

/// Raw scores of rows of single-precision numbers that lie one after the other, in a batch and row by row, and what
/// features contribute to them.
enum BoostingPredictTask {
    /// The forests that are scored, trained on the set of so many rows.
    static let shapes = ["500x31", "500x63", "500x255"]
    static let forestRows = 100_000

    static func runBatch(_ job: Job) throws {
        let rows = try BenchmarkSet(job).rowMajorNumbers()
        let predictor = try Predictor(forest(job))
        let workers = Workers(threads: job.threads)
        let measurement = try Measurement(repeats: job.repeats) {
            predictor.rawScores(rowMajor: rows.span, workers: workers)
        }
        try measurement.report(job, ["mean_score": mean(measurement.value)])
    }

    /// Rows that are taken in turn, and calls that are timed one by one.
    private static let (latencyRows, latencyCalls) = (4096, 20_000)

    static func runLatency(_ job: Job) throws {
        let set = BenchmarkSet(job)
        let all = try set.rowMajorNumbers()
        let rows = (0..<latencyRows).map { Array(all[$0 * set.columns..<($0 + 1) * set.columns]) }
        let predictor = try Predictor(forest(job))
        let scores = rows.map { predictor.rawScores(of: $0.span)[0] }
        var sum = 0.0
        let measurement = try Measurement(repeats: 1) {
            var nanoseconds = [Double](repeating: 0, count: latencyCalls)
            for call in 0..<latencyCalls {
                let row = rows[call % latencyRows]
                let started = monotonicNanoseconds()
                sum += predictor.rawScores(of: row.span)[0]
                nanoseconds[call] = Double(monotonicNanoseconds() - started)
            }
            return nanoseconds.sorted()
        }
        let times = measurement.value
        let timed = (0..<latencyCalls).reduce(0) { $0 + scores[$1 % latencyRows] }
        guard sum == timed else {
            throw BenchmarkError.wrongResult("sum of scores \(sum), expected \(timed)")
        }
        try measurement.report(
            job,
            [
                "seconds": times[latencyCalls / 2] * 1e-9, "min": times[0] * 1e-9,
                "max": times[latencyCalls - 1] * 1e-9, "n": latencyCalls,
                "p99_us": times[latencyCalls * 99 / 100] * 1e-3, "rows_per_s": 1e9 / times[latencyCalls / 2],
                "mean_score": mean(scores),
            ])
    }

    /// Rows that are explained.
    private static let explainedRows = 4000

    static func runAttribution(_ job: Job) throws {
        let set = BenchmarkSet(job)
        let rows = Array(try set.rowMajorNumbers().prefix(explainedRows * set.columns))
        let explainer = try TreeExplainer(forest(job))
        let workers = Workers(threads: job.threads)
        let measurement = try Measurement(repeats: job.repeats) {
            try explainer.contributions(rowMajor: rows.span, workers: workers)
        }
        let seconds = measurement.wall.sorted()[measurement.wall.count / 2]
        try measurement.report(
            job,
            [
                "rows_per_s": Double(explainedRows) / seconds,
                "mean_absolute": mean(measurement.value.values.map(abs)),
            ])
    }

    private static func forest(_ job: Job) throws -> Forest {
        try BenchmarkSet(root: job.data, rows: forestRows, columns: job.columns).forest(job.variant)
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    private static func monotonicNanoseconds() -> Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
