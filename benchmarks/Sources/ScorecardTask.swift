import Foundation
import Parallelism
import Scoring
import Tables

/// Points of every row: from raw single-precision values, or from bin codes.
enum ScorecardTask {
    static func run(_ job: Job) throws {
        let set = BenchmarkSet(job)
        let card = try set.card()
        let workers = Workers(threads: job.threads)
        if job.variant == "codes" {
            let codes = try set.codes()
            let measurement = try Measurement(repeats: job.repeats) {
                AdditiveScorer.logOdds(ofBinCodes: codes, tables: card.points, intercept: 0, workers: workers)
            }
            return try report(measurement, job)
        }
        let table = try Table(
            columns: zip(card.columns, try set.numbers()).map { Column(name: $0, values: .float($1)) })
        let scorer = try AdditiveScorer(
            intercept: 0,
            terms: zip(card.columns, zip(card.thresholds, card.points)).map { name, part in
                AdditiveScorer.Term(
                    column: name,
                    shape: .steps(
                        AdditiveScorer.Steps(
                            thresholds: part.0, contributions: Array(part.1.dropLast()),
                            missing: part.1[part.1.count - 1])))
            })
        let measurement = try Measurement(repeats: job.repeats) {
            try scorer.logOdds(of: table, workers: workers)
        }
        try report(measurement, job)
    }

    private static func report(_ measurement: Measurement<[Double]>, _ job: Job) throws {
        let scores = measurement.value
        try measurement.report(job, ["mean_score": scores.reduce(0, +) / Double(scores.count)])
    }
}
