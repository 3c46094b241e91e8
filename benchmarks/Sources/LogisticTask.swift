import LinearAlgebra
import Parallelism
import Scoring

/// L2-penalised logistic regression: mean log loss + 1e-4 ÷ 2 · ‖β‖², intercept free.
enum LogisticTask {
    static let penalty = 1e-4

    static func run(_ job: Job) throws {
        let (features, defaulted) = try BenchmarkSet(job).standardised()
        var options = LogisticOptions(
            penalty: .ridge(penalty * Double(job.rows)), workers: Workers(threads: job.threads))
        options.usesPortableKernel = job.method == "obligor-portable"
        // A step that changes coefficients by 1e-5 of themselves is the last: what it leaves is its square, far below
        // the gradient of 1e-6 at which the others end.
        options.tolerance = 1e-5
        let regression = LogisticRegression(options)
        let measurement = try Measurement(repeats: job.repeats) {
            try regression.fit(features, defaulted: defaulted)
        }
        let coefficients = measurement.value.coefficients
        try measurement.report(
            job,
            [
                "objective": objective(features, defaulted, coefficients),
                "iterations": measurement.value.iterations,
            ])
    }

    /// The penalised mean log loss, added up plainly.
    private static func objective(_ features: Matrix, _ defaulted: [Bool], _ coefficients: [Double]) -> Double
    {
        let loss = meanLogLoss(features, defaulted, coefficients)
        return loss + 0.5 * penalty * coefficients.dropFirst().reduce(0) { $0 + $1 * $1 }
    }
}
