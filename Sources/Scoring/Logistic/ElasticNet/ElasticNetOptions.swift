public import Parallelism

/// What an elastic net is and how its path is computed.
///
/// The path minimises, for every λ of a grid,
///
///     (1 ÷ W) Σᵢ wᵢ [log(1 + e^ηᵢ) − yᵢ ηᵢ] + λ Σⱼ vⱼ [α |βⱼ| + ½ (1 − α) βⱼ²],   W = Σ w,
///
/// with η = o + β₀ + Xβ, β₀ not penalised, the factors vⱼ scaled to a mean of 1: the objective of R's glmnet. With
/// `standardise` the penalty is on βⱼ times the standard deviation of column j (weighted, divisor W), so units do
/// not matter; coefficients are always reported per unit of the column.
public struct ElasticNetOptions: Sendable, Hashable {
    /// α in [0, 1]: 1 is the lasso, 0 is ridge regression.
    public var mixing: Double
    /// The penalties λ to fit.
    public var grid: PenaltyGrid
    /// Whether coefficients are penalised per standard deviation of their column.
    public var standardise: Bool
    /// vⱼ ≥ 0 by column name, 1 for columns without an entry; 0 leaves a column without a penalty.
    public var penaltyFactors: [String: Double]
    /// Limits of the coefficients.
    public var bounds: CoefficientBounds
    /// The largest violation of a coefficient's optimality condition in an accepted solution, from 1e-12 to 1e-2.
    ///
    /// It is a slope of the objective per standard deviation of the column, which lies between −1 and 1. At the
    /// default the objective is within about 1e-12 of its minimum.
    public var tolerance: Double
    /// Passes over the data allowed for one λ.
    public var maximumPasses: Int
    /// Threads to use; the result does not depend on them.
    public var workers: Workers

    /// Options with their defaults.
    public init(
        mixing: Double = 1, grid: PenaltyGrid = .automatic(), standardise: Bool = true,
        penaltyFactors: [String: Double] = [:], bounds: CoefficientBounds = .none, tolerance: Double = 1e-7,
        maximumPasses: Int = 200, workers: Workers = .allProcessors
    ) {
        self.mixing = mixing
        self.grid = grid
        self.standardise = standardise
        self.penaltyFactors = penaltyFactors
        self.bounds = bounds
        self.tolerance = tolerance
        self.maximumPasses = maximumPasses
        self.workers = workers
    }
}

/// The penalties of a path.
public enum PenaltyGrid: Sendable, Hashable {
    /// `count` penalties in a geometric sequence from the smallest λ at which no penalised coefficient moves, down
    /// to `ratio` times that (1e-4, or 1e-2 with fewer rows than columns). For the largest λ, α counts as at
    /// least 0.001, since ridge regression never reaches zero.
    ///
    /// With `stopsEarly` the path ends, after at least five penalties, where the next one explains less than a
    /// further 1e-5 of the null deviance, or where 0.999 of it is explained; unless there are bounds.
    case automatic(count: Int = 100, ratio: Double? = nil, stopsEarly: Bool = true)
    /// These penalties, strictly falling, all ≥ 0.
    case values([Double])
}

extension ElasticNetOptions {
    /// Refuses options that no data could satisfy.
    func validate() throws(ElasticNetError) {
        guard mixing >= 0, mixing <= 1 else { throw .badMixing(mixing) }
        guard tolerance >= 1e-12, tolerance <= 1e-2 else { throw .badTolerance(tolerance) }
        guard maximumPasses > 0 else { throw .badMaximumPasses(maximumPasses) }
        switch grid {
        case .automatic(let count, let ratio, _):
            guard count > 0 else { throw .badGridCount(count) }
            if let ratio, !(ratio > 0 && ratio < 1) { throw .badGridRatio(ratio) }
        case .values(let values):
            guard !values.isEmpty else { throw .badGridCount(0) }
            for (index, value) in values.enumerated() {
                guard value >= 0, value.isFinite, index == 0 || value < values[index - 1] else {
                    throw .badPenalty(index: index, value: value)
                }
            }
        }
    }

    /// vⱼ in the order of the columns, scaled to a mean of 1.
    func scaledPenaltyFactors(for names: [String]) throws(ElasticNetError) -> [Double] {
        let unknown = Set(penaltyFactors.keys).subtracting(names)
        guard unknown.isEmpty else { throw .unknownPenaltyFactors(unknown.sorted()) }
        var factors: [Double] = []
        for name in names {
            let factor = penaltyFactors[name] ?? 1
            guard factor >= 0, factor.isFinite else { throw .badPenaltyFactor(column: name, value: factor) }
            factors.append(factor)
        }
        let sum = factors.reduce(0, +)
        guard sum > 0 else { throw .nothingPenalised }
        let scale = Double(names.count) / sum
        return factors.map { $0 * scale }
    }
}
