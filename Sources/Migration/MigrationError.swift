public import Boosting
public import LinearAlgebra

/// Why a migration matrix, generator or estimate is not to be had.
public enum MigrationError: Error, Sendable, Equatable {
    /// The states do not make a scale.
    case scale(reason: String)
    /// A matrix has not one row and one column for every state.
    case shape(rows: Int, columns: Int, states: Int)
    /// An element that is no probability, count or rate.
    case element(row: Int, column: Int, value: Double, expected: String)
    /// A row of a matrix does not add up.
    case rowSum(row: Int, sum: Double, expected: Double)
    /// A time that is not finite, or a horizon that is not positive.
    case time(Double, expected: String)
    /// A state that the scale does not have.
    case state(Int, states: Int)
    /// There is nothing to estimate from.
    case noObservations(what: String)
    /// A transition was observed that the generator gives no probability.
    case impossible(from: Int, to: Int)
    /// The matrix has no real principal logarithm, or it was not found.
    case noLogarithm(LinearAlgebraError)
    /// A matrix operation failed.
    case algebra(LinearAlgebraError)
    /// A feature holds what is not finite; rows count from 0.
    case feature(name: String, row: Int, value: Double)
    /// An option is out of its range.
    case badOption(name: String, value: String, expected: String)
    /// Columns with one value only.
    case constant(columns: [String])
    /// Columns that are linear combinations of others.
    case collinear(columns: [String])
    /// A linear rule in these columns separates the outcomes, so that coefficients run away.
    case separated(columns: [String])
    /// Predictions of a state cannot average to a matrix that has a move which none of them allows.
    case unreachable(from: Int, to: Int)
    /// Boosting refused.
    case boosting(BoostingError)
    /// The iteration did not settle.
    case notConverged(iterations: Int, largestChange: Double)
}

extension MigrationError: CustomStringConvertible {
    /// The fact, the values and the remedy.
    public var description: String {
        switch self {
        case .scale(let reason): "No rating scale: \(reason)."
        case .shape(let rows, let columns, let states):
            "A \(rows)×\(columns) matrix for \(states) states: give one row and one column for every state."
        case .element(let row, let column, let value, let expected):
            "Row \(row + 1), column \(column + 1) is \(value), which is not \(expected)."
        case .rowSum(let row, let sum, let expected):
            "Row \(row + 1) adds up to \(sum) instead of \(expected): normalise it or state withdrawals."
        case .time(let value, let expected): "A time of \(value) years, which is not \(expected)."
        case .state(let state, let states):
            "State \(state) on a scale of \(states) states (0 … \(states - 1))."
        case .noObservations(let what): "Nothing to estimate from: \(what)."
        case .impossible(let from, let to):
            """
            A move from state \(from + 1) to state \(to + 1) was observed, which the starting generator rules out: \
            start from one in which it can be reached.
            """
        case .noLogarithm(let error):
            "The matrix has no usable principal logarithm (\(error)): estimate a generator by EM instead."
        case .algebra(let error): "A matrix operation failed: \(error)."
        case .feature(let name, let row, let value):
            "Feature \(name), row \(row) is \(value): impute what is missing and trim what is infinite."
        case .badOption(let name, let value, let expected): "\(name) is \(value), expected \(expected)."
        case .constant(let columns):
            "Constant: \(columns.joined(separator: ", ")). Leave them out or add a ridge."
        case .collinear(let columns):
            "Linear combinations of other columns: \(columns.joined(separator: ", ")). Leave them out or add a ridge."
        case .separated(let columns):
            """
            The columns \(columns.joined(separator: ", ")) separate the outcomes, so the likelihood has no maximum: \
            look for a column that knows the outcome, or add a ridge.
            """
        case .unreachable(let from, let to):
            """
            No prediction allows the move from state \(from + 1) to state \(to + 1), which the matrix has: mix the \
            predictions with a prior before reconciling them.
            """
        case .boosting(let error): "Boosting: \(error)"
        case .notConverged(let iterations, let largestChange):
            """
            No convergence after \(iterations) iterations (largest change \(largestChange)): allow more, or a larger \
            tolerance.
            """
        }
    }
}

extension MigrationError {
    /// Runs matrix operations and translates their errors.
    static func algebra<Value>(
        _ body: () throws(LinearAlgebraError) -> Value
    ) throws(MigrationError) -> Value {
        do throws(LinearAlgebraError) { return try body() } catch { throw .algebra(error) }
    }
}

extension MigrationError {
    /// Runs boosting and translates its errors.
    static func boosting<Value>(
        _ body: () throws(BoostingError) -> Value
    ) throws(MigrationError) -> Value {
        do throws(BoostingError) { return try body() } catch { throw .boosting(error) }
    }
}
