public import LinearAlgebra

/// Rates, per year, at which obligors move from every state (row) to every other (column).
///
/// Off the diagonal elements are ≥ 0 and rows sum to 0; P(t) = exp(tΛ) for any time t.
public struct GeneratorMatrix: Sendable, Equatable {
    /// The states of rows and columns.
    public let scale: RatingScale
    /// Λ, shape (K, K), per year.
    public let rates: Matrix

    /// A matrix of rates.
    ///
    /// - Parameter tolerance: By how much a row may miss 0.
    /// - Throws: ``MigrationError/shape(rows:columns:states:)``,
    ///   ``MigrationError/element(row:column:value:expected:)``, ``MigrationError/rowSum(row:sum:expected:)``.
    public init(_ rates: Matrix, scale: RatingScale, tolerance: Double = 1e-9) throws(MigrationError) {
        let order = scale.count
        guard rates.rows == order, rates.columns == order else {
            throw .shape(rows: rates.rows, columns: rates.columns, states: order)
        }
        for row in 0..<order {
            var sum = 0.0
            for column in 0..<order {
                let value = rates[row, column]
                guard value.isFinite, row == column ? value <= 0 : value >= 0 else {
                    let expected = row == column ? "a finite rate ≤ 0" : "a finite rate ≥ 0"
                    throw .element(row: row, column: column, value: value, expected: expected)
                }
                sum += value
            }
            guard abs(sum) <= tolerance * max(1, -rates[row, row]) else {
                throw .rowSum(row: row, sum: sum, expected: 0)
            }
        }
        if let last = scale.defaultState, rates[last, last] != 0 {
            throw .element(
                row: last, column: last, value: rates[last, last], expected: "0, as default is never left")
        }
        self.scale = scale
        self.rates = rates
    }

    /// Rates off the diagonal, all ≥ 0; the diagonal makes rows sum to 0.
    init(offDiagonal rates: Matrix, scale: RatingScale) {
        var complete = rates
        for row in 0..<complete.rows {
            var sum = 0.0
            for column in 0..<complete.columns where column != row { sum += complete[row, column] }
            complete[row, row] = -sum
        }
        self.scale = scale
        self.rates = complete
    }

    /// The rate from one state to another.
    public subscript(from: Int, to: Int) -> Double { rates[from, to] }

    /// exp(tΛ).
    ///
    /// - Parameter years: t ≥ 0.
    /// - Throws: ``MigrationError/time(_:expected:)``, ``MigrationError/algebra(_:)``.
    public func transitions(over years: Double) throws(MigrationError) -> TransitionMatrix {
        guard years >= 0, years.isFinite else { throw .time(years, expected: "a horizon ≥ 0") }
        let scaled = years * rates
        return TransitionMatrix(
            computed: try MigrationError.algebra { () throws(LinearAlgebraError) in try scaled.exponential()
            },
            scale: scale)
    }
}
