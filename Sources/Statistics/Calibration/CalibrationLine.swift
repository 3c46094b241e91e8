import Glibc

/// The line on which log-odds of outcomes lie over log-odds of forecasts: Cox's calibration intercept and slope.
///
/// Fits ln(π ÷ (1 − π)) = α + β ln(p ÷ (1 − p)) by maximum likelihood. α = 0 and β = 1 is perfect calibration; β < 1
/// says that forecasts are too extreme. With the slope held at 1, α is *calibration in the large*: the shift of
/// log-odds that makes the mean forecast right.
///
/// Source: Cox (1958), "Two further applications of a model for binary regression", *Biometrika* 45.
public struct CalibrationLine: Sendable, Hashable {
    /// α.
    public let intercept: Double
    /// β.
    public let slope: Double
    /// Standard error of α.
    public let interceptStandardError: Double
    /// Standard error of β.
    public let slopeStandardError: Double
    /// α with β = 1.
    public let interceptInTheLarge: Double
    /// Its standard error.
    public let interceptInTheLargeStandardError: Double
    /// Likelihood-ratio statistic of α = 0 and β = 1 together.
    public let likelihoodRatio: Double

    /// P(χ²₂ ≥ likelihood ratio).
    public var pValue: Double { exp(-likelihoodRatio / 2) }

    /// Fits the line.
    ///
    /// - Parameters:
    ///   - logOdds: ln(p ÷ (1 − p)) of the forecasts, finite.
    ///   - defaulted: Outcomes, of the same length.
    ///   - weights: w ≥ 0; a weight of 2 counts the row twice. Absent: all 1.
    /// - Throws: ``MetricError``: bad values, one class, or no finite optimum, for forecasts that are all alike or
    ///   separate the classes.
    /// - Complexity: O(n) per Newton step; about ten steps.
    public init(logOdds: [Double], defaulted: [Bool], weights: [Double]? = nil) throws(MetricError) {
        try checkValues(logOdds, weights: weights, what: "log-odds", allowsInfinite: false)
        let ranked = try RankedOutcomes(risks: logOdds, defaulted: defaulted, weights: weights)
        guard let first = ranked.groups.first, let last = ranked.groups.last, first.risk < last.risk else {
            throw .undefined("all forecasts are alike, so no slope fits better than another")
        }
        guard !ranked.isSeparated else { throw .undefined("the forecasts separate the classes completely") }
        let line = try Fit(ranked.groups, slope: .free)
        let large = try Fit(ranked.groups, slope: .held)
        let (aa, ab, bb) = line.information
        let determinant = aa * bb - ab * ab
        intercept = line.intercept
        slope = line.slope
        interceptStandardError = (bb / determinant).squareRoot()
        slopeStandardError = (aa / determinant).squareRoot()
        interceptInTheLarge = large.intercept
        interceptInTheLargeStandardError = 1 / large.information.aa.squareRoot()
        likelihoodRatio = max(0, 2 * (Fit.loss(ranked.groups, 0, 1) - line.loss))
    }
}

extension RankedOutcomes {
    /// Whether some cut-off has all defaults on one side and all non-defaults on the other, ties at it allowed.
    fileprivate var isSeparated: Bool {
        let ofDefaults = groups.indices.filter { groups[$0].defaults > 0 }
        let ofNonDefaults = groups.indices.filter { groups[$0].nonDefaults > 0 }
        guard let lowDefault = ofDefaults.first, let highDefault = ofDefaults.last,
            let lowOther = ofNonDefaults.first, let highOther = ofNonDefaults.last
        else { return true }
        return highOther <= lowDefault || highDefault <= lowOther
    }
}
