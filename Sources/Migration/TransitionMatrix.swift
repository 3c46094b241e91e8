public import LinearAlgebra

/// Probabilities of moving from every state (row) to every state (column) within a stated time.
///
/// Elements are in [0, 1] and rows sum to 1; on a scale that ends in default, the last row stays where it is.
public struct TransitionMatrix: Sendable, Equatable {
    /// The states of rows and columns.
    public let scale: RatingScale
    /// P, shape (K, K).
    public let probabilities: Matrix

    /// A matrix of probabilities.
    ///
    /// - Parameters:
    ///   - probabilities: P, shape (K, K).
    ///   - scale: The states.
    ///   - tolerance: By how much a row may miss 1; published tables are rounded.
    /// - Throws: ``MigrationError/shape(rows:columns:states:)``,
    ///   ``MigrationError/element(row:column:value:expected:)``, ``MigrationError/rowSum(row:sum:expected:)``.
    public init(
        _ probabilities: Matrix, scale: RatingScale, tolerance: Double = 1e-9
    ) throws(MigrationError) {
        let order = scale.count
        guard probabilities.rows == order, probabilities.columns == order else {
            throw .shape(rows: probabilities.rows, columns: probabilities.columns, states: order)
        }
        for row in 0..<order {
            var sum = 0.0
            for column in 0..<order {
                let value = probabilities[row, column]
                guard value >= 0, value <= 1 else {
                    throw .element(row: row, column: column, value: value, expected: "in [0, 1]")
                }
                sum += value
            }
            guard abs(sum - 1) <= tolerance else { throw .rowSum(row: row, sum: sum, expected: 1) }
        }
        if let last = scale.defaultState, probabilities[last, last] != 1 {
            throw .element(
                row: last, column: last, value: probabilities[last, last],
                expected: "1, as default is never left")
        }
        self.scale = scale
        self.probabilities = probabilities
    }

    /// A matrix that was computed from valid parts, freed of rounding: nothing is negative.
    init(computed probabilities: Matrix, scale: RatingScale) {
        var clean = probabilities
        for row in 0..<clean.rows {
            for column in 0..<clean.columns { clean[row, column] = min(1, max(0, clean[row, column])) }
        }
        if let last = scale.defaultState {
            for column in 0..<clean.columns { clean[last, column] = column == last ? 1 : 0 }
        }
        self.scale = scale
        self.probabilities = clean
    }

    /// The probability of moving from one state to another.
    public subscript(from: Int, to: Int) -> Double { probabilities[from, to] }

    /// The column of default: each state's PD within the time of the matrix; `nil` on a scale without default.
    public var defaultProbabilities: [Double]? { scale.defaultState.map { probabilities.column($0) } }

    /// The matrix over several of its periods, Pⁿ: right if moves depend on the present state alone.
    ///
    /// - Throws: ``MigrationError/algebra(_:)``.
    public func over(periods: Int) throws(MigrationError) -> TransitionMatrix {
        precondition(periods >= 0, "\(periods) periods")
        var power = Matrix.identity(scale.count)
        var square = probabilities
        var remaining = periods
        while remaining > 0 {
            if remaining & 1 == 1 {
                power = try MigrationError.algebra { () throws(LinearAlgebraError) in try power.times(square)
                }
            }
            remaining >>= 1
            if remaining > 0 {
                square = try MigrationError.algebra { () throws(LinearAlgebraError) in
                    try square.times(square)
                }
            }
        }
        return TransitionMatrix(computed: power, scale: scale)
    }
}

/// How far matrices move obligors, and how far they are from each other.
extension TransitionMatrix {
    /// Mean singular value of P − I: 0 if nothing moves.
    ///
    /// Source: Jafry & Schuermann (2004), "Measurement, estimation and comparison of credit migration matrices".
    public func singularValueMobility() throws(MigrationError) -> Double {
        let moved = probabilities - .identity(scale.count)
        let values = try MigrationError.algebra { () throws(LinearAlgebraError) in try moved.singularValues()
        }
        return values.reduce(0, +) / Double(scale.count)
    }

    /// (K − tr P) ÷ (K − 1): 0 if nothing moves, 1 if rows are alike.
    ///
    /// Source: Shorrocks (1978), "The measurement of mobility", *Econometrica* 46.
    public var shorrocksMobility: Double {
        let trace = (0..<scale.count).reduce(0.0) { $0 + probabilities[$1, $1] }
        return (Double(scale.count) - trace) / Double(scale.count - 1)
    }

    /// 1 − |det P|.
    public func determinantMobility() throws(MigrationError) -> Double {
        1 - abs(try determinant())
    }

    /// det P.
    public func determinant() throws(MigrationError) -> Double {
        let matrix = probabilities
        return try MigrationError.algebra { () throws(LinearAlgebraError) in try LU(matrix).determinant }
    }

    /// Σᵢⱼ |pᵢⱼ − qᵢⱼ|.
    public func absoluteDistance(to other: TransitionMatrix) -> Double {
        precondition(other.scale.count == scale.count, "matrices of different scales")
        return zip(probabilities.elements, other.probabilities.elements).reduce(0) { $0 + abs($1.0 - $1.1) }
    }

    /// √Σᵢⱼ (pᵢⱼ − qᵢⱼ)².
    public func frobeniusDistance(to other: TransitionMatrix) -> Double {
        precondition(other.scale.count == scale.count, "matrices of different scales")
        return zip(probabilities.elements, other.probabilities.elements)
            .reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
}
