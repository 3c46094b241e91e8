public import LinearAlgebra

/// A generator estimated from dated moves, by counts over time at risk.
///
/// λᵢⱼ = Nᵢⱼ ÷ ∫Yᵢ(s) ds with Nᵢⱼ moves and Yᵢ(s) obligors in state i at time s. Moves within a year are seen, so that
/// a PD is positive wherever a chain of moves leads to default.
///
/// Source: Lando & Skødeberg (2002), "Analyzing rating transitions and rating drift with continuous observations",
/// *Journal of Banking & Finance* 26, eq. 4.
public struct DurationEstimate: Sendable {
    /// The generator.
    public let generator: GeneratorMatrix
    /// N, shape (K, K): observed moves; the diagonal is 0.
    public let moves: Matrix
    /// Obligor-years spent in every state.
    public let exposure: [Double]

    /// Estimates from histories.
    ///
    /// - Parameters:
    ///   - histories: The histories.
    ///   - window: Observed time, in years: moves in (start, end]; `nil` for all.
    /// - Throws: ``MigrationError/noObservations(what:)`` if nobody was observed in the window.
    public init(_ histories: RatingHistories, window: ClosedRange<Double>? = nil) throws(MigrationError) {
        let order = histories.scale.count
        var moves = Matrix(rows: order, columns: order)
        var exposure = [Double](repeating: 0, count: order)
        let window = window ?? -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
        histories.forEachSpell { spell in
            let entry = max(spell.entry, window.lowerBound)
            let exit = min(spell.exit, window.upperBound)
            guard exit > entry else { return }
            exposure[spell.state] += exit - entry
            if let next = spell.next, spell.exit <= window.upperBound { moves[spell.state, next] += 1 }
        }
        guard exposure.contains(where: { $0 > 0 }) else {
            throw .noObservations(what: "no obligor was rated in the window")
        }
        var rates = Matrix(rows: order, columns: order)
        for row in 0..<order where exposure[row] > 0 {
            for column in 0..<order { rates[row, column] = moves[row, column] / exposure[row] }
        }
        self.moves = moves
        self.exposure = exposure
        generator = GeneratorMatrix(offDiagonal: rates, scale: histories.scale)
    }

    /// Standard errors of the rates, √Nᵢⱼ ÷ exposure; 0 on the diagonal and where nothing was seen.
    public var standardErrors: Matrix {
        var errors = Matrix(rows: moves.rows, columns: moves.columns)
        for row in 0..<moves.rows where exposure[row] > 0 {
            for column in 0..<moves.columns {
                errors[row, column] = moves[row, column].squareRoot() / exposure[row]
            }
        }
        return errors
    }

    /// Standard errors of P(t) = exp(tΛ) by the delta method.
    ///
    /// Var P ≈ Σᵢⱼ (∂P/∂λᵢⱼ)² Nᵢⱼ ÷ exposureᵢ², since rates are asymptotically independent; ∂P/∂λᵢⱼ is the Fréchet
    /// derivative of the exponential in the direction t(eᵢeⱼᵀ − eᵢeᵢᵀ).
    ///
    /// - Parameter years: t > 0.
    /// - Throws: ``MigrationError/time(_:expected:)``, ``MigrationError/algebra(_:)``.
    public func standardErrors(over years: Double) throws(MigrationError) -> Matrix {
        guard years > 0, years.isFinite else { throw .time(years, expected: "a horizon > 0") }
        let errors = standardErrors
        let scaled = years * generator.rates
        var variances = Matrix(rows: moves.rows, columns: moves.columns)
        for row in 0..<moves.rows {
            for column in 0..<moves.columns where errors[row, column] > 0 {
                var direction = Matrix(rows: moves.rows, columns: moves.columns)
                direction[row, column] = years * errors[row, column]
                direction[row, row] = -years * errors[row, column]
                let fixed = direction
                let derivative = try MigrationError.algebra { () throws(LinearAlgebraError) in
                    try scaled.exponential(withDerivativeIn: fixed).derivative
                }
                for i in 0..<moves.rows {
                    for j in 0..<moves.columns { variances[i, j] += derivative[i, j] * derivative[i, j] }
                }
            }
        }
        for row in 0..<moves.rows {
            for column in 0..<moves.columns { variances[row, column] = variances[row, column].squareRoot() }
        }
        return variances
    }
}
