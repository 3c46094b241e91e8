import Glibc
import LinearAlgebra
import Statistics

/// The systematic factor of each period and the correlation, fitted to matrices of periods.
///
/// Z_t minimises Σᵢⱼ nᵢ (p̂ᵢⱼₜ − pᵢⱼ(Z))² ÷ (pᵢⱼ(Z)(1 − pᵢⱼ(Z))) with pᵢⱼ(Z) the matrix of
/// ``MigrationThresholds/matrix(factor:correlation:)``; ρ is such that the Z_t have variance 1 about their mean. Good
/// times have Z > 0.
///
/// Source: Belkin, Suchower & Forest (1998), "A one-parameter representation of credit risk and transition matrices",
/// *CreditMetrics Monitor*.
public struct MacroFactorFit: Sendable, Equatable {
    /// ρ in [0, 1).
    public let correlation: Double
    /// Z by period.
    public let factors: [Double]
    /// The thresholds of the mean matrix.
    public let thresholds: MigrationThresholds
    /// Whether no ρ tried gives the Z_t variance 1, so that it stands at the least or the greatest of them.
    public let isAtEdge: Bool

    /// Fits the factor.
    ///
    /// - Parameters:
    ///   - periods: Counts of periods of equal length, at least two with moves.
    ///   - rule: What is assumed of withdrawals.
    ///   - mean: The through-the-cycle matrix; absent: that of all counts.
    /// - Throws: ``MigrationError/noObservations(what:)``, ``MigrationError/scale(reason:)``.
    public init(
        _ periods: [MigrationCounts], _ rule: WithdrawalRule = .excluded, mean: TransitionMatrix? = nil
    ) throws(MigrationError) {
        guard rule != .state else {
            throw .scale(reason: "withdrawal as a state has no place among the thresholds")
        }
        guard periods.count >= 2, let first = periods.first else {
            throw .noObservations(what: "fewer than two periods to fit a factor to")
        }
        for (place, period) in periods.enumerated() where period.totals.reduce(0, +) == 0 {
            throw .noObservations(what: "period \(place + 1) has no obligors")
        }
        let pooled = periods.dropFirst().reduce(first, +)
        let cycle: TransitionMatrix
        if let mean { cycle = mean } else { cycle = try pooled.matrix(rule) }
        let thresholds = MigrationThresholds(cycle)
        let observed = try periods.map { period throws(MigrationError) in
            (
                matrix: try period.matrix(rule).probabilities,
                starters: rule == .excluded ? period.totals : period.starters
            )
        }
        func factors(_ correlation: Double) -> [Double] {
            observed.map { period in
                Self.minimise { factor in
                    Self.distance(period.matrix, period.starters, thresholds, factor, correlation)
                }
            }
        }
        func excess(_ correlation: Double) -> Double { Self.variance(factors(correlation)) - 1 }
        // The spread of Z falls as ρ rises.
        var (low, high) = (1e-6, 0.9)
        if excess(high) >= 0 {
            low = high
        } else if excess(low) <= 0 {
            high = low
        } else {
            for _ in 0..<40 {
                let middle = (low + high) / 2
                if excess(middle) > 0 { low = middle } else { high = middle }
            }
        }
        isAtEdge = low == high
        correlation = (low + high) / 2
        self.factors = factors(correlation)
        self.thresholds = thresholds
    }

    private static func variance(_ values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    }

    private static func distance(
        _ matrix: Matrix, _ starters: [Double], _ thresholds: MigrationThresholds, _ factor: Double,
        _ correlation: Double
    ) -> Double {
        let conditional = thresholds.matrix(factor: factor, correlation: correlation)
        var sum = 0.0
        for row in 0..<matrix.rows where starters[row] > 0 && row != thresholds.scale.defaultState {
            for column in 0..<matrix.columns {
                let p = conditional[row, column]
                // A cell that the factor makes all but impossible would decide alone.
                let spread = max(p * (1 - p), 1e-6)
                let gap = matrix[row, column] - p
                sum += starters[row] * gap * gap / spread
            }
        }
        return sum
    }

    /// The minimum over [−6, 6]: the best of a grid, then golden sections around it.
    private static func minimise(_ function: (Double) -> Double) -> Double {
        let grid = stride(from: -6.0, through: 6, by: 0.5).map { ($0, function($0)) }
        let best = grid.min { $0.1 < $1.1 }?.0 ?? 0
        var (low, high) = (best - 0.5, best + 0.5)
        let golden = (5.0.squareRoot() - 1) / 2
        var (left, right) = (high - golden * (high - low), low + golden * (high - low))
        var (atLeft, atRight) = (function(left), function(right))
        while high - low > 1e-7 {
            if atLeft < atRight {
                (high, right, atRight) = (right, left, atLeft)
                left = high - golden * (high - low)
                atLeft = function(left)
            } else {
                (low, left, atLeft) = (left, right, atRight)
                right = low + golden * (high - low)
                atRight = function(right)
            }
        }
        return (low + high) / 2
    }
}

extension MigrationThresholds {
    /// The matrices of a scenario: from today to the end of each of its periods.
    ///
    /// - Parameters:
    ///   - path: Z by period, finite.
    ///   - correlation: ρ in [0, 1).
    /// - Returns: One point-in-time matrix per period, the product of those up to it.
    /// - Throws: ``MigrationError/algebra(_:)``.
    public func scenario(_ path: [Double], correlation: Double) throws(MigrationError) -> [TransitionMatrix] {
        var product = Matrix.identity(scale.count)
        var matrices: [TransitionMatrix] = []
        for factor in path {
            let step = matrix(factor: factor, correlation: correlation).probabilities
            product = try MigrationError.algebra { () throws(LinearAlgebraError) in try product.times(step) }
            matrices.append(TransitionMatrix(computed: product, scale: scale))
        }
        return matrices
    }
}

/// The asset correlation and the systematic factor behind a series of default rates.
///
/// With xₜ = Φ⁻¹(dₜ), mean m and variance v (divisor T): ρ = v ÷ (1 + v), PD = Φ(m √(1 − ρ)), Zₜ = (m − xₜ) ÷ √v.
///
/// Source: Vasicek (2002), "The distribution of loan portfolio value", *Risk* 15.
public struct DefaultRateFactor: Sendable, Equatable {
    /// ρ.
    public let correlation: Double
    /// The PD through the cycle, a fraction.
    public let pd: Double
    /// Z by period; good times > 0.
    public let factors: [Double]

    /// Reads the factor off default rates.
    ///
    /// - Parameter rates: Fractions in (0, 1), at least two, not all the same.
    /// - Throws: ``MigrationError/badOption(name:value:expected:)``, ``MigrationError/noObservations(what:)``.
    public init(rates: [Double]) throws(MigrationError) {
        for rate in rates where !(rate > 0 && rate < 1) {
            throw .badOption(name: "a default rate", value: "\(rate)", expected: "above 0 and below 1")
        }
        let values = rates.map { NormalDistribution.standard.quantile($0) }
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        guard values.count >= 2, variance > 0 else {
            throw .noObservations(what: "fewer than two different default rates")
        }
        correlation = variance / (1 + variance)
        pd = NormalDistribution.standard.cdf(mean * (1 - correlation).squareRoot())
        factors = values.map { (mean - $0) / variance.squareRoot() }
    }
}
