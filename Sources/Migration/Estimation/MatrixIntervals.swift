import Glibc
public import LinearAlgebra
import Statistics

/// Lower and upper bounds of the cells of a matrix, each cell for itself.
public struct MatrixIntervals: Sendable, Equatable {
    /// Lower bounds, shape (K, K).
    public let lower: Matrix
    /// Upper bounds, shape (K, K).
    public let upper: Matrix
    /// The level, such as 0.95.
    public let level: Double

    init(lower: Matrix, upper: Matrix, level: Double) {
        self.lower = lower
        self.upper = upper
        self.level = level
    }

    static func checked(_ level: Double) throws(MigrationError) -> Double {
        guard level > 0, level < 1 else {
            throw .badOption(name: "level", value: "\(level)", expected: "between 0 and 1, such as 0.95")
        }
        return NormalDistribution.standard.quantile(0.5 + level / 2)
    }

    /// Bounds by the delta method on the scale of log-odds: logit p ± z · se ÷ (p (1 − p)), which stay within 0 and 1.
    ///
    /// A cell whose standard error is 0 keeps its value as both bounds.
    public init(
        _ matrix: TransitionMatrix, standardErrors: Matrix, level: Double = 0.95
    ) throws(MigrationError) {
        let z = try Self.checked(level)
        var lower = matrix.probabilities
        var upper = lower
        for row in 0..<lower.rows {
            for column in 0..<lower.columns {
                let p = matrix[row, column]
                let error = standardErrors[row, column]
                guard error > 0, p > 0, p < 1 else { continue }
                let (center, spread) = (log(p / (1 - p)), z * error / (p * (1 - p)))
                lower[row, column] = 1 / (1 + exp(spread - center))
                upper[row, column] = 1 / (1 + exp(-spread - center))
            }
        }
        self.init(lower: lower, upper: upper, level: level)
    }
}

extension MigrationCounts {
    /// Wilson's intervals of the cells of ``matrix(_:)``.
    ///
    /// (p + z² ÷ 2n ± z √(p (1 − p) ÷ n + z² ÷ 4n²)) ÷ (1 + z² ÷ n) with n the obligors of the row whose state is known
    /// under the rule: who is spread in proportion is not. They
    /// take moves as independent; where obligors are seen at many snapshots, ``ObligorBootstrap`` does not.
    ///
    /// - Throws: ``MigrationError/scale(reason:)``, ``MigrationError/badOption(name:value:expected:)``.
    ///
    /// Source: Wilson (1927), *Journal of the American Statistical Association* 22.
    public func wilsonIntervals(
        _ rule: WithdrawalRule = .excluded, level: Double = 0.95
    ) throws(MigrationError) -> MatrixIntervals {
        let z = try MatrixIntervals.checked(level)
        let matrix = try matrix(rule)
        let (totals, starters) = (totals, starters)
        var lower = matrix.probabilities
        var upper = lower
        for row in 0..<lower.rows {
            // With withdrawal as a state of its own, one row and column more stands before default.
            let label = scale.position(of: matrix.scale.labels[row])
            guard let own = label, own != scale.defaultState else { continue }
            let isUnknown = rule == .excluded || rule == .proportional
            let n = isUnknown ? totals[own] : starters[own]
            guard n > 0 else {
                // Nobody was there: the cells may be anything.
                for column in 0..<lower.columns { (lower[row, column], upper[row, column]) = (0, 1) }
                continue
            }
            for column in 0..<lower.columns {
                let p = matrix[row, column]
                let center = p + z * z / (2 * n)
                let spread = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
                lower[row, column] = max(0, (center - spread) / (1 + z * z / n))
                upper[row, column] = min(1, (center + spread) / (1 + z * z / n))
            }
        }
        return MatrixIntervals(lower: lower, upper: upper, level: level)
    }
}
