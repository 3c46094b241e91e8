/// The line along which a model's log-odds are moved so that they come true for rows it has not seen.
///
///     ln(π ÷ (1 − π)) = α + β ln(p ÷ (1 − p))
///
/// A model that fits its training rows closely is right about them on average and not about others: it knows defaults
/// that it has seen better than those to come, so that the mean of its PDs is too low there (α > 0), and its PDs may be
/// too extreme (β < 1) or too tame (β > 1).
///
/// Both are estimated as in ``CalibrationLine``, with β drawn towards 1 by a normal prior: few rows move the slope little,
/// and it is finite even where log-odds are all alike or separate the classes. α is free: it takes some dozens of
/// defaults to know it.
///
/// Source: van Houwelingen & le Cessie (1990), "Predictive value of statistical models", *Statistics in Medicine* 9;
/// Steyerberg et al. (2004), "Validation and updating of predictive logistic regression models", ibid. 23.
public struct Recalibration: Sendable, Hashable {
    /// α.
    public let intercept: Double
    /// β, > 0.
    public let slope: Double

    /// Estimates the line.
    ///
    /// - Parameters:
    ///   - logOdds: ln(p ÷ (1 − p)) by a model that has not seen the row, finite.
    ///   - defaulted: Outcomes, of the same length.
    ///   - weights: w ≥ 0; a weight of 2 counts the row twice. Absent: all 1.
    ///   - slopeDeviation: Standard deviation of the prior of β around 1, > 0. Slopes of ten public credit sets, each
    ///     free, lay from 0.96 to 1.16.
    /// - Throws: ``MetricError``: bad values, one class, or log-odds that fall where risk rises.
    /// - Complexity: O(n) per Newton step; about ten steps.
    public init(
        logOdds: [Double], defaulted: [Bool], weights: [Double]? = nil, slopeDeviation: Double = 0.1
    ) throws(MetricError) {
        try checkValues(logOdds, weights: weights, what: "log-odds", allowsInfinite: false)
        let ranked = try RankedOutcomes(risks: logOdds, defaulted: defaulted, weights: weights)
        let fit = try CalibrationLine.Fit(
            ranked.groups, slope: .drawn(precision: 1 / (slopeDeviation * slopeDeviation)))
        guard fit.slope > 0 else { throw .undefined("the log-odds fall where risk rises") }
        intercept = fit.intercept
        slope = fit.slope
    }
}
