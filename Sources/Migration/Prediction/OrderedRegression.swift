import Glibc
public import LinearAlgebra

/// A cumulative-link model of ordered levels, with thresholds for every stratum.
///
/// P(y ≤ k | x, s) = F(τₛₖ − xᵀβ), k = 0 … K − 2: the higher xᵀβ, the worse the level. With the current grade as
/// stratum every grade has moves of its own, and the features shift them all by the same amount on the scale of the
/// link.
///
/// The log-likelihood is concave in (τ, β) for both links, so Newton's method with halved steps finds the maximum where
/// there is one. A level that a stratum never shows gets no threshold of its own and probability 0 there.
///
/// Sources: McCullagh (1980), *Journal of the Royal Statistical Society* B 42; Pratt (1981), *Journal of the American
/// Statistical Association* 76, on concavity.
public struct OrderedRegression: Sendable, Equatable {
    /// F.
    public let link: OrderedLink
    /// β, per unit of the column.
    public let coefficients: [Double]
    /// τ, by stratum: K − 1 numbers that do not fall, ±∞ where a stratum lacks the outer levels; NaN for a stratum
    /// without rows.
    public let thresholds: [[Double]]
    /// Σ w ln P at the estimate, without the penalty.
    public let logLikelihood: Double
    /// Standard errors of β, from the inverse of the (penalised) observed information.
    public let standardErrors: [Double]
    /// Standard errors of τ, laid out like ``thresholds``; NaN where a threshold is not free.
    public let thresholdErrors: [[Double]]
    /// Newton steps taken.
    public let iterations: Int

    /// Fits the model.
    ///
    /// - Parameters:
    ///   - features: X, shape (n, p), finite.
    ///   - levels: y in 0 ..< K, length n.
    ///   - levelCount: K ≥ 2.
    ///   - strata: s in 0 ..< S, length n; absent: one stratum.
    ///   - strataCount: S; absent: 1.
    ///   - weights: w ≥ 0, length n; absent: all 1.
    ///   - names: Names of the columns for messages.
    /// - Throws: ``MigrationError``: ``MigrationError/noObservations(what:)``, ``MigrationError/state(_:states:)``,
    ///   ``MigrationError/feature(name:row:value:)``; without a ridge ``MigrationError/constant(columns:)``,
    ///   ``MigrationError/collinear(columns:)`` and ``MigrationError/separated(columns:)``;
    ///   ``MigrationError/notConverged(iterations:largestChange:)``.
    /// - Complexity: O(n p² + (p + S K)³) for a step.
    public init(
        _ features: Matrix, levels: [Int], levelCount: Int, strata: [Int]? = nil, strataCount: Int = 1,
        weights: [Double]? = nil, link: OrderedLink = .logit, names: [String]? = nil,
        options: RegressionOptions = RegressionOptions()
    ) throws(MigrationError) {
        let problem = try OrderedProblem(
            features, levels: levels, levelCount: levelCount, strata: strata, strataCount: strataCount,
            weights: weights, link: link, names: names, ridge: options.validated().ridge)
        let solution = try problem.solved(options)
        let columns = problem.columns
        self.link = link
        coefficients = zip(solution.slopes, columns.scales).map { $0 / $1 }
        // Thresholds of the raw columns: τ + meansᵀβ.
        let shift = zip(coefficients, columns.means).reduce(0) { $0 + $1.0 * $1.1 }
        thresholds = problem.layout.thresholds(solution.free).map { $0.map { $0 + shift } }
        logLikelihood = solution.logLikelihood
        iterations = solution.iterations
        let errors = try problem.errors(at: solution)
        standardErrors = errors.slopes
        thresholdErrors = errors.thresholds
    }

    init(link: OrderedLink, coefficients: [Double], thresholds: [[Double]]) {
        self.link = link
        self.coefficients = coefficients
        self.thresholds = thresholds
        logLikelihood = .nan
        standardErrors = coefficients.map { _ in .nan }
        thresholdErrors = thresholds.map { $0.map { _ in .nan } }
        iterations = 0
    }

    /// xᵀβ of every row.
    public func linearPredictors(_ features: Matrix) -> [Double] {
        precondition(features.columns == coefficients.count, "\(features.columns) columns")
        var sums = [Double](repeating: 0, count: features.rows)
        for (column, coefficient) in coefficients.enumerated() where coefficient != 0 {
            for (row, value) in features.column(column).enumerated() { sums[row] += coefficient * value }
        }
        return sums
    }

    /// The distribution over the K levels at xᵀβ = η in a stratum.
    public func distribution(_ predictor: Double, stratum: Int = 0) -> [Double] {
        let cuts = [-Double.infinity] + thresholds[stratum] + [.infinity]
        return (1..<cuts.count).map { place in
            let (upper, lower) = (cuts[place] - predictor, cuts[place - 1] - predictor)
            if upper.isNaN || lower.isNaN { return .nan }
            if upper <= lower { return 0 }
            return exp(link.slopes(upper: upper, lower: lower).logProbability)
        }
    }
}

/// Where the free thresholds of every stratum stand among all parameters.
struct ThresholdLayout: Sendable {
    let levelCount: Int
    /// By stratum, the levels that it shows, rising.
    let shown: [[Int]]
    /// By stratum, where its free thresholds begin.
    let starts: [Int]
    /// Free thresholds in all.
    let count: Int

    init(levels: [Int], strata: [Int], weights: [Double], levelCount: Int, strataCount: Int) {
        var sums = [[Double]](
            repeating: [Double](repeating: 0, count: levelCount), count: strataCount)
        for row in levels.indices { sums[strata[row]][levels[row]] += weights[row] }
        self.levelCount = levelCount
        shown = sums.map { sum in sum.indices.filter { sum[$0] > 0 } }
        var starts: [Int] = []
        var count = 0
        for levels in shown {
            starts.append(count)
            count += max(0, levels.count - 1)
        }
        self.starts = starts
        self.count = count
    }

    /// Positions of the free thresholds above and below a level; `nil` beyond the outer ones.
    func places(stratum: Int, level: Int) -> (upper: Int?, lower: Int?) {
        let levels = shown[stratum]
        guard let place = levels.firstIndex(of: level) else { return (nil, nil) }
        return (
            place + 1 < levels.count ? starts[stratum] + place : nil,
            place > 0 ? starts[stratum] + place - 1 : nil
        )
    }

    /// Whether the free thresholds rise strictly within every stratum.
    func isRising(_ free: ArraySlice<Double>) -> Bool {
        shown.indices.allSatisfy { stratum in
            let own = starts[stratum]..<starts[stratum] + max(0, shown[stratum].count - 1)
            return zip(own, own.dropFirst()).allSatisfy {
                free[free.startIndex + $1] > free[free.startIndex + $0]
            }
        }
    }

    /// All K − 1 thresholds of every stratum from the free ones.
    func thresholds(_ free: [Double]) -> [[Double]] {
        shown.indices.map { stratum in
            let levels = shown[stratum]
            guard let first = levels.first, let last = levels.last else {
                return [Double](repeating: .nan, count: levelCount - 1)
            }
            return (0..<levelCount - 1).map { cut in
                if cut < first { return -.infinity }
                if cut >= last { return .infinity }
                // The cut above the last level shown that is not above it.
                let place = levels.lastIndex { $0 <= cut } ?? 0
                return free[starts[stratum] + place]
            }
        }
    }
}
