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
        let line = try Self.fit(ranked.groups, from: (0, 1), slopeIsFree: true)
        let large = try Self.fit(ranked.groups, from: (0, 1), slopeIsFree: false)
        let (aa, ab, bb) = line.information
        let determinant = aa * bb - ab * ab
        intercept = line.intercept
        slope = line.slope
        interceptStandardError = (bb / determinant).squareRoot()
        slopeStandardError = (aa / determinant).squareRoot()
        interceptInTheLarge = large.intercept
        interceptInTheLargeStandardError = 1 / large.information.aa.squareRoot()
        likelihoodRatio = max(0, 2 * (Self.loss(ranked.groups, 0, 1) - line.loss))
    }

    private struct Fit {
        var intercept: Double
        var slope: Double
        var loss: Double
        /// Σ w π (1 − π) times 1, η and η².
        var information: (aa: Double, ab: Double, bb: Double) = (0, 0, 0)

        func moved(by step: (a: Double, b: Double), length: Double) -> Fit {
            Fit(intercept: intercept + length * step.a, slope: slope + length * step.b, loss: .infinity)
        }
    }

    /// Newton's method, with halving of the step until the loss falls while the optimum is far.
    private static func fit(
        _ groups: [RankedOutcomes.Group], from start: (Double, Double), slopeIsFree: Bool
    ) throws(MetricError) -> Fit {
        var fit = Fit(intercept: start.0, slope: start.1, loss: loss(groups, start.0, start.1))
        var lastDecrement = Double.infinity
        for _ in 0..<200 {
            let (gradient, information) = derivatives(groups, fit.intercept, fit.slope)
            fit.information = information
            let step = step(gradient, information, slopeIsFree: slopeIsFree)
            // Twice what the loss will still fall, if it is as curved as here.
            let decrement = gradient.a * step.a + gradient.b * step.b
            guard decrement.isFinite else { break }
            // Near the optimum steps square the distance until rounding stops them; the loss no longer shows it.
            let isNear = decrement < 1e-8 * (1 + fit.loss)
            if isNear && decrement >= lastDecrement / 4 || decrement == 0 { return fit }
            lastDecrement = isNear ? decrement : .infinity
            var length = 1.0
            var next = fit.moved(by: step, length: length)
            next.loss = loss(groups, next.intercept, next.slope)
            while !isNear, !(next.loss < fit.loss), length > 1e-12 {
                length /= 2
                next = fit.moved(by: step, length: length)
                next.loss = loss(groups, next.intercept, next.slope)
            }
            fit = next
        }
        throw .undefined("the likelihood of the calibration line has no finite maximum")
    }

    private static func step(
        _ gradient: (a: Double, b: Double), _ information: (aa: Double, ab: Double, bb: Double),
        slopeIsFree: Bool
    ) -> (a: Double, b: Double) {
        guard slopeIsFree else { return (gradient.a / information.aa, 0) }
        let determinant = information.aa * information.bb - information.ab * information.ab
        return (
            (information.bb * gradient.a - information.ab * gradient.b) / determinant,
            (information.aa * gradient.b - information.ab * gradient.a) / determinant
        )
    }

    private static func derivatives(
        _ groups: [RankedOutcomes.Group], _ intercept: Double, _ slope: Double
    ) -> (gradient: (a: Double, b: Double), information: (aa: Double, ab: Double, bb: Double)) {
        var gradient = (a: 0.0, b: 0.0)
        var information = (aa: 0.0, ab: 0.0, bb: 0.0)
        for group in groups {
            let probability = 1 / (1 + exp(-(intercept + slope * group.risk)))
            let residual = group.defaults - group.total * probability
            let curvature = group.total * probability * (1 - probability)
            gradient.a += residual
            gradient.b += residual * group.risk
            information.aa += curvature
            information.ab += curvature * group.risk
            information.bb += curvature * group.risk * group.risk
        }
        return (gradient, information)
    }

    /// Σ w [ln(1 + e^η) − y η].
    private static func loss(_ groups: [RankedOutcomes.Group], _ intercept: Double, _ slope: Double) -> Double
    {
        groups.reduce(0) { sum, group in
            let logOdds = intercept + slope * group.risk
            let softened = log1p(exp(-abs(logOdds)))
            return sum + group.defaults * (max(-logOdds, 0) + softened)
                + group.nonDefaults * (max(logOdds, 0) + softened)
        }
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
