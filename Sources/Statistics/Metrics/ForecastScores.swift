import Glibc

/// How close forecast probabilities of default came to what happened.
public struct ForecastScores: Sendable, Hashable {
    /// Mean of −ln of the probability given to what happened; +∞ where something impossible did.
    public let logLoss: Double
    /// Mean of (p − y)².
    public let brier: Double
    /// Murphy's parts of the Brier score: reliability − resolution + uncertainty = Brier, over distinct forecasts.
    public let murphy: Murphy

    /// The parts of a Brier score.
    ///
    /// Source: Murphy (1973), *Journal of Applied Meteorology* 12.
    public struct Murphy: Sendable, Hashable {
        /// Mean squared gap of forecast and default rate among equal forecasts; 0 is perfect.
        public let reliability: Double
        /// Mean squared gap of those default rates and the overall one; more is better.
        public let resolution: Double
        /// Variance of the outcome, ȳ (1 − ȳ).
        public let uncertainty: Double
    }

    /// Scores forecasts.
    ///
    /// - Parameters:
    ///   - probabilities: PDs, fractions in [0, 1].
    ///   - defaulted: Outcomes, of the same length.
    ///   - weights: w ≥ 0, of the same length; absent for all 1.
    /// - Throws: ``MetricError/empty``, ``MetricError/badValue(row:what:value:expected:)``.
    public init(probabilities: [Double], defaulted: [Bool], weights: [Double]? = nil) throws(MetricError) {
        precondition(
            probabilities.count == defaulted.count
                && probabilities.count == weights?.count ?? probabilities.count,
            "\(probabilities.count) forecasts, \(defaulted.count) outcomes")
        if let weights { try checkWeights(weights, rows: probabilities.count) }
        var (total, loss, squares, defaults) = (0.0, 0.0, 0.0, 0.0)
        for row in probabilities.indices {
            let probability = probabilities[row]
            guard probability >= 0, probability <= 1 else {
                throw .badValue(row: row, what: "forecast", value: "\(probability)", expected: "in [0, 1]")
            }
            let weight = weights?[row] ?? 1
            if weight == 0 { continue }
            let error = defaulted[row] ? 1 - probability : probability
            total += weight
            loss -= weight * (defaulted[row] ? log(probability) : log1p(-probability))
            squares += weight * error * error
            if defaulted[row] { defaults += weight }
        }
        guard total > 0 else { throw .empty }
        logLoss = loss / total
        brier = squares / total
        murphy = Self.parts(probabilities, defaulted, weights, rate: defaults / total, total: total)
    }

    /// Scores forecasts given as log-odds, whose log loss stays finite where a probability would round to 0 or 1.
    ///
    /// - Parameters:
    ///   - logOdds: ln(p ÷ (1 − p)) of default, no NaN.
    ///   - defaulted: Outcomes, of the same length.
    ///   - weights: w ≥ 0, of the same length; absent for all 1.
    /// - Throws: ``MetricError/empty``, ``MetricError/badValue(row:what:value:expected:)``.
    public init(logOdds: [Double], defaulted: [Bool], weights: [Double]? = nil) throws(MetricError) {
        try checkValues(logOdds, weights: weights, what: "log-odds", allowsInfinite: true)
        let scores = try ForecastScores(
            probabilities: logOdds.map { 1 / (1 + exp(-$0)) }, defaulted: defaulted, weights: weights)
        var (total, loss) = (0.0, 0.0)
        for row in logOdds.indices {
            let weight = weights?[row] ?? 1
            if weight == 0 { continue }
            // −ln p = ln(1 + e^−η) for a default, on the side of the exponential that cannot overflow.
            let against = defaulted[row] ? -logOdds[row] : logOdds[row]
            loss += weight * (max(against, 0) + log1p(exp(-abs(against))))
            total += weight
        }
        logLoss = loss / total
        brier = scores.brier
        murphy = scores.murphy
    }

    private static func parts(
        _ probabilities: [Double], _ defaulted: [Bool], _ weights: [Double]?, rate: Double, total: Double
    ) -> Murphy {
        var (reliability, resolution) = (0.0, 0.0)
        var group = (forecast: Double.nan, weight: 0.0, defaults: 0.0)
        func close() {
            guard group.weight > 0 else { return }
            let groupRate = group.defaults / group.weight
            reliability += group.weight * (group.forecast - groupRate) * (group.forecast - groupRate)
            resolution += group.weight * (groupRate - rate) * (groupRate - rate)
        }
        for position in RisingOrder(probabilities).positions {
            let row = Int(position)
            if probabilities[row] != group.forecast {
                close()
                group = (probabilities[row], 0, 0)
            }
            let weight = weights?[row] ?? 1
            group.weight += weight
            if defaulted[row] { group.defaults += weight }
        }
        close()
        return Murphy(
            reliability: reliability / total, resolution: resolution / total, uncertainty: rate * (1 - rate))
    }
}
