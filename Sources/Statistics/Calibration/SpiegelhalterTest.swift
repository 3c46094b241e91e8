/// Whether forecasts are calibrated, without groups: Spiegelhalter's z.
///
///     z = Σ w (y − p)(1 − 2p) ÷ √(Σ w (1 − 2p)² p (1 − p))
///
/// is standard normal where every p is the true probability; positive where forecasts are too sure of themselves.
///
/// Source: Spiegelhalter (1986), *Statistics in Medicine* 5.
public struct SpiegelhalterTest: Sendable, Hashable {
    /// The statistic.
    public let z: Double
    private let probabilities: [Double]
    private let weights: [Double]?
    /// √(Σ w (1 − 2p)² p (1 − p)).
    private let deviation: Double

    /// P(|Z| ≥ |z|).
    public var pValue: Double { 2 * NormalTail.lower(-abs(z)) }

    /// Tests forecasts.
    ///
    /// - Parameters:
    ///   - probabilities: PDs, fractions in [0, 1].
    ///   - defaulted: Outcomes, of the same length.
    ///   - weights: w ≥ 0; a weight of 2 counts the row twice. Absent: all 1.
    /// - Throws: ``MetricError``: bad values, no rows, or forecasts of 0, ½ and 1 only, which the test cannot judge.
    public init(probabilities: [Double], defaulted: [Bool], weights: [Double]? = nil) throws(MetricError) {
        try checkForecasts(probabilities, defaulted, weights)
        var (excess, variance) = (0.0, 0.0)
        for row in probabilities.indices {
            let p = probabilities[row]
            let tilt = (weights?[row] ?? 1) * (1 - 2 * p)
            excess += tilt * ((defaulted[row] ? 1 : 0) - p)
            variance += tilt * (1 - 2 * p) * p * (1 - p)
        }
        guard variance > 0 else { throw .undefined("no forecast differs from 0, one half and 1") }
        deviation = variance.squareRoot()
        z = excess / deviation
        self.probabilities = probabilities
        self.weights = weights
    }

    /// The probability of rejecting, two-sided at a significance, if the true probabilities are others, by the normal
    /// law.
    ///
    /// Σ w (1 − 2p)(y − p) then has the mean Σ w (1 − 2p)(q − p) and the variance Σ w (1 − 2p)² q (1 − q).
    ///
    /// - Parameter truth: q by row, in [0, 1].
    public func power(if truth: [Double], significance: Double) -> Double {
        precondition(
            truth.count == probabilities.count,
            "\(truth.count) probabilities, \(probabilities.count) forecasts")
        var (mean, variance) = (0.0, 0.0)
        for row in truth.indices {
            let (p, q) = (probabilities[row], truth[row])
            let tilt = (weights?[row] ?? 1) * (1 - 2 * p)
            mean += tilt * (q - p)
            variance += tilt * (1 - 2 * p) * q * (1 - q)
        }
        let normal = NormalDistribution.standard
        let reach = normal.quantile(upperTail: significance / 2) * deviation
        guard variance > 0 else { return abs(mean) > reach ? 1 : 0 }
        let spread = variance.squareRoot()
        return normal.survival((reach - mean) / spread) + normal.cdf((-reach - mean) / spread)
    }
}

/// Refuses what is no forecast, and forecasts without weight.
func checkForecasts(_ probabilities: [Double], _ defaulted: [Bool], _ weights: [Double]?) throws(MetricError)
{
    precondition(
        probabilities.count == defaulted.count,
        "\(probabilities.count) forecasts, \(defaulted.count) outcomes")
    try checkValues(probabilities, weights: weights, what: "forecast", allowsInfinite: false)
    if let row = probabilities.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
        throw .badValue(row: row, what: "forecast", value: "\(probabilities[row])", expected: "in [0, 1]")
    }
    guard weights?.contains(where: { $0 > 0 }) ?? !probabilities.isEmpty else { throw .empty }
}
