import LinearAlgebra
import Parallelism

/// An elastic net on checked data, in the scaled coefficients u that the solver works with.
///
/// The objective's columns are zⱼ = scaleⱼ xⱼ + shiftⱼ, hence βⱼ = scaleⱼ uⱼ. A penalty on βⱼ times the standard
/// deviation of xⱼ is one on κⱼ uⱼ with κⱼ the standard deviation of zⱼ; without standardisation κⱼ = scaleⱼ.
struct ElasticNetProblem: Sendable {
    /// The loss.
    let objective: LogisticObjective
    /// W.
    let weightSum: Double
    /// Names of the p columns.
    let names: [String]
    /// The columns with two different values in rows of positive weight.
    let varies: [Bool]
    /// Where to start: the intercept at the log-odds of the default rate, slopes 0 or at the bound closest to it.
    let start: [Double]
    /// Limits of βⱼ.
    let limits: [CoefficientBounds.Limits]
    /// h for λ = 1.
    private let unitPenalty: SeparablePenalty
    /// The kink of h at 0 for λ = 1, as the largest penalty of a grid sees it; 0 for columns without a penalty.
    private let resistance: [Double]

    /// An elastic net on data of which some rows may be left out by weights of 0.
    ///
    /// - Parameters:
    ///   - sample: Checked data with both outcomes.
    ///   - weights: The weights to use instead of the sample's.
    ///   - workers: The threads of one pass over the data.
    init(
        _ sample: LogisticProblem, weights: [Double], workers: Workers, options: ElasticNetOptions
    ) throws(ElasticNetError) {
        guard !sample.names.isEmpty else { throw .noVaryingColumn }
        let factors = try options.scaledPenaltyFactors(for: sample.names)
        do throws(CoefficientBoundsError) {
            limits = try options.bounds.limits(for: sample.names)
        } catch {
            throw .bounds(error)
        }
        names = sample.names
        let features = sample.objective.features
        let scaling = sample.summary.standardising
        objective = LogisticObjective(
            features: features, outcomes: sample.objective.outcomes, weights: weights,
            offset: sample.objective.offset, workers: workers, scaling: scaling,
            kernel: sample.objective.kernel)
        weightSum = weights.reduce(0, +)
        let spreads = workers.map(features.columns) { column in
            WeightedSpread(of: features, column: column, scale: scaling.scale[column], weights: weights)
        }
        varies = spreads.map(\.varies)
        guard zip(varies, factors).contains(where: { $0 && $1 > 0 }) else { throw .noVaryingColumn }
        var penalty = SeparablePenalty(absolute: [0], square: [0], lower: [-.infinity], upper: [.infinity])
        var start = [sample.start[0]]
        var resistance = [0.0]
        for column in 0..<features.columns {
            let scale = scaling.scale[column]
            let unit = options.standardise ? spreads[column].deviation : scale
            penalty.absolute.append(factors[column] * options.mixing * unit)
            penalty.square.append(factors[column] * (1 - options.mixing) * unit * unit)
            // Ridge regression has no kink, so no penalty is large enough: glmnet counts α as at least 0.001.
            resistance.append(factors[column] * max(options.mixing, 1e-3) * unit)
            let lower = limits[column].lower / scale
            let upper = limits[column].upper / scale
            let rest = min(max(0, lower), upper)
            start.append(rest)
            // A column that never changes moves with the intercept: it is held, and the intercept does its work.
            penalty.lower.append(varies[column] ? lower : rest)
            penalty.upper.append(varies[column] ? upper : rest)
        }
        unitPenalty = penalty
        self.resistance = resistance
        self.start = start
    }

    /// Number of slopes.
    var columns: Int { names.count }

    /// h for a penalty λ.
    func penalty(_ lambda: Double) -> SeparablePenalty {
        var penalty = unitPenalty
        for index in 0..<penalty.count {
            penalty.absolute[index] *= lambda
            penalty.square[index] *= lambda
        }
        return penalty
    }

    /// How strongly the loss pulls a coefficient off its starting value, in multiples of what the penalty for λ = 1
    /// resists with, given the slope of the mean loss there; 0 for a column without a penalty.
    ///
    /// The largest of these over all columns is the smallest λ at which every penalised coefficient rests.
    func release(of index: Int, slope: Double) -> Double {
        let rest = start[index]
        let resisting = resistance[index] + unitPenalty.square[index] * abs(rest)
        guard resisting > 0 else { return 0 }
        var pull = 0.0
        if rest < unitPenalty.upper[index] { pull = max(pull, -slope) }
        if rest > unitPenalty.lower[index] { pull = max(pull, slope) }
        return pull / resisting
    }

    /// The coefficients per unit of the columns as they were given, intercept first; bounds hold exactly.
    func coefficients(_ u: [Double]) -> [Double] {
        limits.unscaled(u, by: objective.scaling)
    }
}
