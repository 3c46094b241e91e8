import LinearAlgebra

/// Probabilities of default over time, by the state today.
///
/// Cumulative: default by tₙ. Marginal: default in (tₙ₋₁, tₙ]. Forward: the same among those that had survived tₙ₋₁.
public struct PDTermStructure: Sendable, Equatable {
    /// t₁ < t₂ < …, in years from today.
    public let years: [Double]
    /// By state but default, then by time: fractions in [0, 1] that never fall.
    public let cumulative: [[Double]]

    /// The term structure of a generator.
    ///
    /// - Parameter years: Rising horizons > 0.
    /// - Throws: ``MigrationError/time(_:expected:)`` if horizons do not rise; ``MigrationError/scale(reason:)`` if the
    ///   scale has no default; ``MigrationError/algebra(_:)``.
    public init(_ generator: GeneratorMatrix, years: [Double]) throws(MigrationError) {
        guard let last = generator.scale.defaultState else {
            throw .scale(reason: "it does not end in default, so there is no PD")
        }
        var earlier = 0.0
        var cumulative = [[Double]](repeating: [], count: last)
        for horizon in years {
            guard horizon > earlier else { throw .time(horizon, expected: "later than \(earlier)") }
            let matrix = try generator.transitions(over: horizon)
            for state in 0..<last {
                // The exponential is exact to rounding only; a PD that never falls is exact by definition.
                cumulative[state].append(max(matrix[state, last], cumulative[state].last ?? 0))
            }
            earlier = horizon
        }
        self.years = years
        self.cumulative = cumulative
    }

    /// Default in each interval, by state and time.
    public var marginal: [[Double]] {
        cumulative.map { path in path.indices.map { path[$0] - ($0 > 0 ? path[$0 - 1] : 0) } }
    }

    /// Default in each interval given survival until its start; 0 where nobody survives.
    public var forward: [[Double]] {
        cumulative.map { path in
            path.indices.map { index in
                let before = index > 0 ? path[index - 1] : 0
                return before < 1 ? (path[index] - before) / (1 - before) : 0
            }
        }
    }
}
